"""What schema operations are given, as far as their calls write it."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.history.values import Operation, WrittenOperation
from analyzer.source.facts import Call, Expr, Items, Literal, Mapping, Op

_NAMED = ("AddIndex", "AddConstraint", "AddIndexConcurrently", "CreateModel", "AlterModelOptions")


def given_words(operation: Operation) -> list[str]:
    """The texts that an operation is given, in order: names of models, fields and tables."""
    if not isinstance(operation, WrittenOperation):
        return []
    call = operation.made.call
    given = [*call.args, *(value for _, value in call.kwargs)]
    return [value.value for value in given if isinstance(value, Literal) and isinstance(value.value, str)]


def naming(operation: Operation) -> Iterator[str]:
    """The texts in the parts of a schema operation that name indexes and constraints."""
    if operation.cls not in _NAMED or not isinstance(operation, WrittenOperation):
        return
    call = operation.made.call
    part: Expr | None = call.argument("options", 2) if operation.cls == "CreateModel" else call
    if part is not None:
        yield from _literals(part)


def option(operation: Operation, name: str) -> Literal | None:
    """A constant among the options of CreateModel or AlterModelOptions."""
    if not isinstance(operation, WrittenOperation):
        return None
    options = operation.made.call.argument("options", 2 if operation.cls == "CreateModel" else 1)
    for key, value in options.pairs if isinstance(options, Mapping) else ():
        if key == Literal(name) and isinstance(value, Literal):
            return value
    return None


def _literals(expr: Expr) -> Iterator[str]:
    match expr:
        case Literal(str() as value):
            yield value
        case Call(_, args, kwargs):
            for arg in args:
                yield from _literals(arg)
            for _, arg in kwargs:
                yield from _literals(arg)
        case Items(_, items) | Op(_, items):
            for item in items:
                yield from _literals(item)
        case Mapping(pairs):
            for _, inner in pairs:
                yield from _literals(inner)
        case _:
            pass
