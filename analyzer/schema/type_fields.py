"""What the types of a model in one table add to it (django-typed-models).

Follows typedmodels.models.TypedModelMetaclass: the fields of a type are those of the model that it is a
type of, whose field that tells the types has them as choices.
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.catalogue.rules import TYPED
from analyzer.schema.classes import Class
from analyzer.schema.fields import Declared
from analyzer.schema.keywords import as_written, verbose_names
from analyzer.schema.models import Registry, classes_of
from analyzer.schema.typed import is_typed, whole_of
from analyzer.source.facts import Expr, Items, Literal


def add_types(registry: Registry) -> None:
    """Give the fields of types to the models that these are types of, and the types as choices."""
    types: dict[str, list[Class]] = {}
    wholes: dict[str, Class] = {}
    modules = registry.classes.names.modules
    every = (
        cls
        for path, _facts in modules.files.loaded()
        for cls in classes_of(registry.classes, path, modules.name_of(path))
    )
    for cls in every:
        candidate = registry.candidate(cls) if is_typed(registry.classes, cls) else None
        whole = whole_of(registry, cls) if candidate is not None and candidate.proxy else None
        if whole is not None:
            wholes[whole.cls.key] = whole.cls
            types.setdefault(whole.cls.key, []).append(cls)
    for key, found in types.items():
        added = registry.added.setdefault(key, {})
        for cls in found:
            for name, declared in registry.fields.declared(cls).items():
                added.setdefault(name, declared)
        told = next(TYPED[base] for base in TYPED if registry.classes.is_a(wholes[key], base))
        telling = registry.local_fields(wholes[key], anew=True).get(told)
        if telling is not None:
            added[told] = _with_choices(registry, telling, found)
        registry.local_fields(wholes[key], anew=True)


def _with_choices(registry: Registry, declared: Declared, types: list[Class]) -> Declared:
    """The field that tells the types, with the label and the name of each."""
    rows: dict[str, Expr] = {}
    for cls in types:
        candidate = registry.candidate(cls)
        if candidate is not None:
            spoken, _ = verbose_names(registry, cls, candidate.name)
            rows[candidate.label.lower()] = as_written(spoken, declared.made.module)
    listed = tuple(Items("tuple", (Literal(key), rows[key])) for key in sorted(rows))
    call = declared.made.call
    kept = tuple(pair for pair in call.kwargs if pair[0] != "choices")
    choices = ("choices", Items("list", listed))
    return replace(declared, made=replace(declared.made, call=replace(call, kwargs=(*kept, choices))))
