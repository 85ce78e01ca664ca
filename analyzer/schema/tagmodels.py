"""Models that relation fields make as their own targets, where they are given none.

Which fields do so is data in `catalogue.recipes.TAG_MODELS`.
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.catalogue.making import TagModel
from analyzer.catalogue.recipes import TAG_MODELS
from analyzer.schema.classes import Ancestor, Class, Gap
from analyzer.schema.factories import Factories, Naming
from analyzer.schema.fields import Declared, FieldClass
from analyzer.schema.models import Candidate, Registry, classes_of
from analyzer.source.facts import Literal
from analyzer.source.values import Named, Value


def add_tag_models(registry: Registry, factories: Factories) -> None:
    """Make a model for each such field of each model, abstract ones and heirs included."""
    modules = registry.classes.names.modules
    candidates = [
        candidate
        for path, _facts in modules.files.loaded()
        if "/migrations/" not in f"/{path}"
        for cls in classes_of(registry.classes, path, modules.name_of(path))
        if (candidate := registry.candidate(cls)) is not None and not candidate.proxy
    ]
    tagged = {c.cls.key for c in candidates if _declares(registry, c)}
    found = [
        (candidate, name, declared, row)
        for candidate in candidates
        if any(ancestor.key in tagged for ancestor in registry.classes.ancestry(candidate.cls).classes)
        for name, declared in registry.local_fields(candidate.cls).items()
        if (row := _row(registry, declared)) is not None
    ]
    mixed: set[str] = set()
    for candidate, name, declared, row in found:
        cls = candidate.cls
        fields = {name: _settled(registry, declared)}
        if declared.made.call.argument("to", 0) is None and candidate.app is not None:
            fields = {name: _make(registry, factories, candidate, name, declared, row)}
        registry.added.setdefault(cls.key, {}).update(fields)
        registry.local_fields(cls, anew=True)
        if row.mixin and not candidate.abstract and cls.key not in mixed:
            mixed.add(cls.key)
            bases = registry.classes.bases(cls)
            mixin = factories.known(row.mixin)
            if isinstance(mixin, Class):
                registry.classes.set_bases(cls, (mixin, *bases))


def _declares(registry: Registry, candidate: Candidate) -> bool:
    """Whether a class itself has such a field."""
    own = registry.fields.declared(candidate.cls).values()
    return any(_row(registry, declared) is not None for declared in own)


def _row(registry: Registry, declared: Declared) -> TagModel | None:
    cls = declared.field.cls
    if cls is None:
        return None
    paths = registry.classes.ancestry(cls).paths
    return next((row for row in TAG_MODELS if row.field in paths), None)


def _make(
    registry: Registry,
    factories: Factories,
    candidate: Candidate,
    name: str,
    declared: Declared,
    row: TagModel,
) -> Declared:
    """Make the model, and the field that points to it."""
    cls = candidate.cls
    called = row.name.format(model=candidate.name, field=name)
    own = declared.owner.key == cls.key
    line = declared.line if own else cls.node.line
    naming = Naming(called, candidate.app_label, cls.module.name)
    base = _base(registry, factories, declared, row)
    app = registry.apps.containing(cls.module.name)
    settles = app is not None and app.label == candidate.app_label
    options: dict[str, Value] = {} if settles else {"app_label": candidate.app_label}
    made = factories.build(naming, options, (base,), cls.module, line)
    if settles:
        registry.exact[made.key] = row.field
    settled = _settled(registry, declared)
    call = settled.made.call
    target = Literal(f"{candidate.app_label}.{called}")
    return replace(settled, made=replace(settled.made, call=replace(call, args=(target,))))


def _settled(registry: Registry, declared: Declared) -> Declared:
    """The field with what its own constructor would give to Django's written out."""
    fields, field, call = registry.fields, declared.field, declared.made.call
    given = fields.handed(declared, "on_delete", 1)
    named = [("null", Literal(True))] if fields.argument(declared, "null") is True else []
    kept = [(name, value) for name, value in call.kwargs if name not in ("null", "on_delete")]
    deleted = [("on_delete", given.expr)] if given is not None and field.kind == "FK" else []
    plain = FieldClass(field.name, field.path, field.kind, False, None)
    made = replace(declared.made, call=replace(call, kwargs=(*kept, *named, *deleted)))
    return replace(declared, field=plain, made=made)


def _base(registry: Registry, factories: Factories, declared: Declared, row: TagModel) -> Ancestor:
    evaluator = registry.classes.evaluator
    given = evaluator.argument(declared.made, row.based_by) if row.based_by else None
    if given is not None:
        cls: Class | None = registry.classes.of_binding(given.binding) if isinstance(given, Named) else None
        return cls or Gap(row.field, f"the class in its argument `{row.based_by}` is not known")
    for option, base in row.options:
        if evaluator.argument(declared.made, option) is True:
            return factories.known(base)
    return factories.known(row.base)
