"""The arguments of fields and options that packages make, as far as `catalogue.making` puts them in terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from analyzer.catalogue.making import Copying, Given, Keywords, Layer, Option
from analyzer.schema.classes import Class
from analyzer.schema.columns import Extra
from analyzer.schema.meta import effective_meta, option
from analyzer.schema.models import Candidate, Registry
from analyzer.schema.requests import Request, given, value_of
from analyzer.source.facts import Expr, Items, Literal, Opaque
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External
from analyzer.source.scopes import heads
from analyzer.source.values import Made, Named, Sequence, Undecided, Value, is_plain

ABSENT = "pghistory.constants.DEFAULT"
_WORD = re.compile(r"((?<=[a-z])[A-Z])|([A-Z](?![A-Z]|$))")


def is_newer(registry: Registry, request: Request, name: str) -> bool:
    """Whether the factory's module defines a name."""
    home = request.recipe.factory.rpartition(".")[0]
    names = registry.classes.names
    module = names.modules.find(home) or names.modules.find(home.rpartition(".")[0])
    return module is not None and isinstance(names.member(module, name), Defined)


def values_of(registry: Registry, request: Request, keywords: Keywords) -> dict[str, Value]:
    """The values of keywords; what is absent is left out."""
    out: dict[str, Value] = {}
    for name, written in keywords:
        if isinstance(written, Given):
            if written.kind != "absent":
                out[name] = _given(registry, request, written)
        else:
            out[name] = _value(written)
    return out


def _value(written: object) -> Value:
    if isinstance(written, tuple):
        return Sequence("tuple", tuple(map(_value, written)))
    return written  # type: ignore[return-value]


def _given(registry: Registry, request: Request, said: Given) -> Value:
    classes = registry.classes
    match said.kind:
        case "name":
            return Named(External(said.name))
        case "argument":
            if given(classes, request, said.name) is None:
                return said.default
            return value_of(classes, request, said.name)
        case "attribute":
            return request.attribute
        case _:
            value = classes.evaluator.settings.get(said.name, said.default)
            return value is True if is_plain(value) else Undecided(f"setting {said.name} is not decided")


def layered(
    registry: Registry,
    request: Request,
    layers: Iterable[Layer],
    own: Keywords = (),
    said: Made | None = None,
) -> tuple[dict[str, Value], str]:
    """The keywords of layers, those after them instead of those before; and what is not followed.

    `own` are those of what is called in `said`, whose keywords count most.
    """
    out: dict[str, Value] = {}
    why = ""
    for layer in layers:
        out.update(values_of(registry, request, layer.named))
        value = registry.classes.evaluator.settings.get(layer.setting) if layer.setting else None
        if isinstance(value, Made):
            out.update(_called(registry, value))
        elif value is not None:
            why = why or f"setting {layer.setting} is not followed"
    for name, written in own:
        if isinstance(written, Given) and written.kind == "absent":
            out.pop(name, None)
    out.update(values_of(registry, request, own))
    if said is not None:
        out.update(_called(registry, said))
        why = why or ("its arguments are not decided" if said.call.unpacks else "")
    return {name: value for name, value in out.items() if not _is_absent(value)}, why


def _called(registry: Registry, made: Made) -> dict[str, Value]:
    env = dict(made.local)
    evaluator = registry.classes.evaluator
    return {name: evaluator.evaluate(expr, made.module, env) for name, expr in made.call.kwargs}


def _is_absent(value: Value) -> bool:
    return isinstance(value, Named) and value.path in (ABSENT, "pghistory.DEFAULT")


# ---------------------------------------------------------------- options


def options_of(registry: Registry, request: Request, made: str) -> dict[str, Value]:
    """The Meta options of the model `made` that a recipe knows."""
    out: dict[str, Value] = {}
    candidate = registry.candidate(request.model)
    for row in request.recipe.options:
        if row.since and not is_newer(registry, request, row.since):
            continue
        if row.until and is_newer(registry, request, row.until):
            continue
        said = value_of(registry.classes, request, row.argument) if row.argument else None
        out[row.name] = said if said not in (None, "") else _option(registry, row, candidate, made)
    return out


def _option(registry: Registry, row: Option, candidate: Candidate | None, made: str) -> Value:
    if not isinstance(row.value, str) or "{" not in row.value:
        return _value(row.value)
    if row.value == "{made}":
        return made
    if candidate is None:
        return Undecided("the other model is not known")
    single, plural = verbose_names(registry, candidate.cls, candidate.name)
    wanted = plural if "{verbose_name_plural}" in row.value else single
    if not isinstance(wanted, str):
        return wanted
    return row.value.format(verbose_name=wanted, verbose_name_plural=wanted)


def verbose_names(registry: Registry, cls: Class, name: str) -> tuple[Value, Value]:
    """What a model is called, one and several (django.db.models.options.Options.contribute_to_class)."""
    meta = effective_meta(registry.classes, cls)
    said = _text(registry, meta, "verbose_name")
    single = _WORD.sub(r" \1\2", name).strip().lower() if said is None else said
    several = _text(registry, meta, "verbose_name_plural")
    if several is None:
        several = f"{single}s" if isinstance(single, str) else single
    return single, several


def _text(registry: Registry, meta: Class | None, name: str) -> Value:
    found = registry.classes.lookup(meta, name) if meta is not None else None
    if found is None:
        return None
    value = option(registry.classes, meta, name)
    return value if isinstance(value, str) else Undecided(f"`{name}` of the other model is not decided")


def as_written(value: Value, home: Module) -> Expr:
    """An expression that comes to a value in a module."""
    if value is None or isinstance(value, (str, int, float)):
        return Literal(value)
    if isinstance(value, Sequence) and value.complete:
        return Items(value.kind, tuple(as_written(item, home) for item in value.items))
    if isinstance(value, Made) and value.module == home and not heads(value.call) & dict(value.local).keys():
        return value.call
    return Opaque(value.why if isinstance(value, Undecided) else "what a package was told", 0)


# ---------------------------------------------------------------- copies


def unchosen(registry: Registry, request: Request) -> Iterator[str]:
    """Why it is not decided which fields of the other model are copied."""
    copying = request.recipe.copying
    for name in (copying.only, copying.without) if copying is not None else ():
        value = value_of(registry.classes, request, name) if name else None
        if value is not None and not (isinstance(value, Sequence) and value.complete):
            yield f"its argument `{name}` is not decided"


def extra_of(registry: Registry, request: Request, copying: Copying) -> Extra:
    """What a request says of all its copies."""
    classes = registry.classes
    plain, why = layered(registry, request, copying.plain)
    relations, more = layered(registry, request, copying.relations)
    for name in copying.refused:
        if given(classes, request, name) is not None or classes.evaluator.settings.get(name) is not None:
            more = more or f"`{name}` is not followed"
    unindexed = value_of(classes, request, copying.unindexed) if copying.unindexed else None
    if unindexed is not None and not isinstance(unindexed, (str, Sequence)):
        why = why or f"its argument `{copying.unindexed}` is not decided"
    names = unindexed.items if isinstance(unindexed, Sequence) else (unindexed,)
    texts = frozenset(name for name in names if isinstance(name, str))
    return Extra(request.recipe.factory, _files(registry, copying), relations, plain, texts, why or more)


def _files(registry: Registry, copying: Copying) -> str | None:
    for setting, _, cls in copying.flags:
        if registry.classes.evaluator.settings.get(setting) is True:
            return cls
    return None


def pascal_case(name: str) -> str:
    """`Shop_name_event` as `Shop_nameEvent` would be `ShopNameEvent` (pghistory `core._pascalcase`)."""
    bare = re.sub(r"^[-_.]", "", name)
    return bare[:1].upper() + re.sub(r"[-_.\s]([a-z])", lambda found: found.group(1).upper(), bare[1:])
