"""Where a migration's list of operations takes them from: the calls that are written in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analyzer.data.world import NONE, Bag, Instance, Kwargs, Made, OneOf, Some, Value
from analyzer.source.facts import Assign, Call, ClassDef, Expr, Items, Op, Ref
from analyzer.source.scopes import flatten

OPERATIONS = "operations"
BOTH = "SeparateDatabaseAndState"


def listed_calls(node: ClassDef) -> Iterator[Call]:
    """The calls that the list of a class Migration is put together of."""
    for stmt in flatten(node.body):
        if isinstance(stmt, Assign) and any(t == Ref(OPERATIONS) for t in stmt.targets):
            yield from _calls(stmt.value)


def _calls(expr: Expr) -> Iterator[Call]:
    match expr:
        case Call():
            yield expr
        case Items(items=items):
            for item in items:
                yield from _calls(item)
        case Op("*" | "+", args):
            for arg in args:
                yield from _calls(arg)
        case _:
            pass


Kind = Callable[[Instance], str]
"""The path of the class outside the project that an operation of the project's own comes from."""


def found_in(value: Value, kind: Kind, paired: bool = False) -> Iterator[tuple[Made | Instance, bool]]:
    """The operations in a list with those inside `SeparateDatabaseAndState`; whether a state says them."""
    for option in value.options if isinstance(value, OneOf) else ():
        yield from found_in(option, kind, paired)
    for item in value.items if isinstance(value, Bag) else (value,):
        match item:
            case Made(path, args, kwargs) if path.endswith(BOTH):
                yield from _both(args, dict(kwargs), kind)
            case Instance(base=[*_, (args, given)]) if kind(item).endswith(BOTH):
                yield from _both(args, given, kind)
                yield item, paired
            case Made() | Instance():
                yield item, paired
            case _:
                pass


def _both(args: tuple[Value, ...], given: Kwargs, kind: Kind) -> Iterator[tuple[Made | Instance, bool]]:
    """What SeparateDatabaseAndState runs on the database, beside what it says to the state."""
    state = given.get("state_operations", args[1] if len(args) > 1 else NONE)
    inner = given.get("database_operations", args[0] if args else NONE)
    yield from found_in(inner, kind, isinstance(state, Bag) and bool(state.items))


def is_open(value: Value) -> bool:
    """Whether a list may hold operations that source does not show."""
    match value:
        case Bag(filled=filled, items=items):
            return filled is None or any(isinstance(item, Some) for item in items)
        case OneOf(options):
            return any(is_open(option) for option in options)
        case _:
            return isinstance(value, Some)
