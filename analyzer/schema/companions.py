"""Fields that come along with others: what `contribute_to_class` of packages' fields adds.

Which they are is data in `catalogue.rules`; here is how they follow from a class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from analyzer.catalogue.rules import COMPANION_TABLES, COMPANIONS
from analyzer.schema.classes import Class
from analyzer.schema.fields import KINDS, Copy, Declared, FieldClass, Fields
from analyzer.source.facts import Assign, Call, Expr, Literal, Ref
from analyzer.source.facts import Mapping as MappingExpr
from analyzer.source.names import External
from analyzer.source.values import Made, Named, Value

FIELDS = "django.db.models.fields."
PLAIN = (str, int, float, type(None))
DELETION = "django.db.models.deletion."


def companions(fields: Fields, declared: dict[str, Declared]) -> dict[str, Declared]:
    """The fields that the declared ones bring along, by name, without those declared themselves."""
    return {
        added: companion
        for name, field in declared.items()
        for added, companion in _companions(fields, name, field)
        if added not in declared
    }


def _companions(fields: Fields, name: str, field: Declared) -> Iterator[tuple[str, Declared]]:
    cls = field.field.cls
    paths = fields.classes.ancestry(cls).paths if cls is not None else {field.field.path}
    for path, brought in COMPANIONS.items():
        for companion in brought if path in paths else ():
            if companion.without and fields.argument(field, companion.without) is True:
                continue
            said = None
            if companion.named_by:
                said = fields.classes.evaluator.argument(field.made, companion.named_by)
            added = said if isinstance(said, str) else companion.name.format(name)
            same = companion.null is None and fields.argument(field, "null") is True
            named = {**nullable(companion.null is True or same), **dict(companion.named)}
            found = plain_path(companion.field)
            made = made_up(fields, added, found, (), named, field.owner, field.line, path)
            yield added, replace(made, copy=Copy(made, (), companion.why)) if companion.why else made
    for path, attribute in COMPANION_TABLES.items():
        if cls is not None and path in paths:
            yield from _from_table(fields, name, field, cls, attribute)


def _from_table(
    fields: Fields, name: str, field: Declared, cls: Class, attribute: str
) -> Iterator[tuple[str, Declared]]:
    found = fields.classes.lookup(cls, attribute)
    if found is None or not isinstance(found[1], Assign) or not isinstance(found[1].value, MappingExpr):
        return
    for key, value in found[1].value.pairs:
        if isinstance(key, Literal) and isinstance(key.value, str):
            added = key.value.replace("%s", name)
            made = fields.field(added, value, found[0], field.line)
            if made is not None:
                yield added, Declared(added, made.field, made.made, field.owner, field.line)


def nullable(null: bool) -> dict[str, Value]:
    """The keywords of a field that is null, or none."""
    return {"null": True} if null else {}


def plain_path(cls: str) -> str:
    """The dotted path of a field class, of Django's own by its name alone."""
    return cls if "." in cls else f"{FIELDS}{cls}"


def on_delete(name: str) -> Value:
    """One of Django's functions for `on_delete`, by its name."""
    return Named(External(f"{DELETION}{name}"))


def made_up(
    fields: Fields,
    name: str,
    path: str,
    args: tuple[Expr, ...],
    named: Mapping[str, Value],
    owner: Class,
    line: int,
    maker: str = "",
) -> Declared:
    """A field that stands nowhere in the source: a call of the class of that dotted path.

    Names in `args` mean what they mean in the owner's module.
    """
    home, _, called = path.rpartition(".")
    module = fields.classes.names.modules.find(home)
    local = [(f"<{key}>", value) for key, value in named.items() if not isinstance(value, PLAIN)]
    kwargs = tuple(
        (key, Literal(value) if isinstance(value, PLAIN) else Ref(f"<{key}>")) for key, value in named.items()
    )
    call = Call(Ref(called), args, kwargs, line)
    cls = fields.classes.of_binding(fields.classes.names.member(module, called)) if module else None
    found = fields.of_class(cls) if cls is not None else None
    if found is None:
        kind = next((kind for known, kind in KINDS if known == path), None)
        found = FieldClass(called, path, kind, False, None)
    return Declared(name, found, Made(found.path, call, owner.module, tuple(local)), owner, line, maker)
