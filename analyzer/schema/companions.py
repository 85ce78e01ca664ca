"""Fields that come along with others: what `contribute_to_class` of packages' fields adds.

Which they are is data in `catalogue.rules`; here is how they follow from a class.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.catalogue.rules import COMPANION_TABLES, COMPANIONS
from analyzer.schema.classes import Class
from analyzer.schema.fields import KINDS, RELATED, Declared, FieldClass, Fields
from analyzer.source.facts import Assign, Call, Expr, Literal, Mapping, Ref
from analyzer.source.values import Made


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
            said = None
            if companion.named_by:
                said = fields.classes.evaluator.argument(field.made, companion.named_by)
            added = said if isinstance(said, str) else companion.name.format(name)
            same = companion.null is None and fields.argument(field, "null") is True
            null = nullable(companion.null is True or same)
            yield added, made_up(added, companion.field, (), null, field.owner, field.line)
    for path, attribute in COMPANION_TABLES.items():
        if cls is not None and path in paths:
            yield from _from_table(fields, name, field, cls, attribute)


def _from_table(
    fields: Fields, name: str, field: Declared, cls: Class, attribute: str
) -> Iterator[tuple[str, Declared]]:
    found = fields.classes.lookup(cls, attribute)
    if found is None or not isinstance(found[1], Assign) or not isinstance(found[1].value, Mapping):
        return
    for key, value in found[1].value.pairs:
        if isinstance(key, Literal) and isinstance(key.value, str):
            added = key.value.replace("%s", name)
            made = fields.field(added, value, found[0], field.line)
            if made is not None:
                yield added, Declared(added, made.field, made.made, field.owner, field.line)


def nullable(null: bool) -> tuple[tuple[str, Expr], ...]:
    """The keywords of a field that is null, or none."""
    return (("null", Literal(True)),) if null else ()


def made_up(
    name: str, cls: str, args: tuple[Expr, ...], named: tuple[tuple[str, Expr], ...], owner: Class, line: int
) -> Declared:
    """A field that stands nowhere in the source, as if it stood in its owner's body."""
    path = RELATED + cls
    kind = next((kind for known, kind in KINDS if known == path), None)
    call = Call(Ref(cls), args, named, line)
    return Declared(
        name, FieldClass(cls, path, kind, False, None), Made(path, call, owner.module), owner, line
    )
