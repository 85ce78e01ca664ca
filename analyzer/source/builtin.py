"""What builtins give for decided values; `Undecided` on all else."""

from __future__ import annotations

import re

from msgspec.structs import replace

from analyzer.source.operators import NOTHING, binary, table_of
from analyzer.source.values import Maybe, Sequence, Table, Undecided, Value, is_plain, truth

KEYWORDS = {
    "sorted": ("reverse",),
    "max": ("default",),
    "min": ("default",),
    "zip": ("strict",),
    "enumerate": ("start",),
}
"""Keywords that are understood, by builtin."""

SETS = ("set", "frozenset")

_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*").fullmatch
"""A text that is a number, and none that outgrows what counts."""

LONGEST = 1000
"""A range of so many numbers is not gone through."""


def call_builtin(name: str, args: list[Value], named: Table = NOTHING) -> Value:
    """`list(x)` and its like on decided values."""
    if name == "dict":
        return _dict(args, named)
    allowed = KEYWORDS.get(name, ())
    if not named.complete or any(key not in allowed for key, _ in named.pairs):
        return Undecided(f"`{name}(…)` with keywords is not evaluated")
    match name, args:
        case "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed", _:
            return _rebuilt(name, args, named)
        case "zip" | "enumerate", _:
            return _paired(name, args, named)
        case "any" | "all" | "bool", _:
            return _whether(name, args[0] if args else None)
        case "max" | "min", [_, *_]:
            return _extreme(
                name, _items(args[0]) if len(args) == 1 else Sequence("tuple", tuple(args)), named
            )
        case "sum", [first, *rest]:
            return _sum(_items(first), rest[0] if rest else 0)
        case "len", [first]:
            return _length(first)
        case "str" | "int", [first]:
            return _scalar(name, first)
        case "range", [_, *_]:
            return _range([arg for arg in args if isinstance(arg, int)], len(args))
        case _:
            return Undecided(f"`{name}(…)` is not evaluated")


def _scalar(name: str, value: Value) -> Value:
    if name == "str" and is_plain(value):
        return str(value)
    if name == "int" and isinstance(value, int):
        return int(value)
    if name == "int" and isinstance(value, str) and _NUMBER(value):
        return int(value)
    return Undecided(f"`{name}(…)` is not evaluated")


def _length(value: Value) -> Value:
    items = _items(value)
    if isinstance(items, str):
        return len(items)
    if isinstance(items, Sequence) and items.complete and not any(isinstance(i, Maybe) for i in items.items):
        unique = items.kind not in SETS or all(map(_is_told_apart, items.items))
        return len(items.items) if unique else Undecided("`len(…)` of a set of values that are not decided")
    return Undecided("`len(…)` of a value that is not decided")


def _range(numbers: list[int], given: int) -> Value:
    if len(numbers) < given or given > 3 or (given == 3 and numbers[2] == 0):
        return Undecided("`range(…)` of values that are not decided")
    found = range(*numbers)[:LONGEST]
    return Sequence("list", tuple(found)) if len(found) < LONGEST else Undecided("a long range")


def _whether(name: str, value: Value) -> Value:
    """`any` and `all` of conditions, of which one that decides is enough; `bool`."""
    known = truth(value)
    if name != "bool":
        complete = isinstance(value, Sequence) and value.complete
        answers = [truth(item) for item in value.items] if isinstance(value, Sequence) else [None]
        decides = name == "any"
        known = decides if decides in answers else None if None in answers or not complete else not decides
    return Undecided("a condition is not decided") if known is None else known


def _dict(args: list[Value], named: Table) -> Value:
    first = args[0] if args else NOTHING
    if isinstance(first, Sequence) and first.complete:
        first = table_of(first.items)
    if isinstance(first, Table) and len(args) < 2:
        return _table(first, named)
    return first if isinstance(first, Undecided) else Undecided("`dict(…)` of a value that is not decided")


def _table(table: Table, named: Table) -> Table:
    """`dict(table, **named)`"""
    if not named.pairs and named.complete:
        return table
    return Table((*table.pairs, *named.pairs), table.complete and named.complete)


def _items(value: Value) -> Value:
    """What going through a value gives: of a dict, its keys."""
    if isinstance(value, Table):
        return Sequence("list", tuple(key for key, _ in value.items), value.complete)
    if isinstance(value, Sequence) and value.kind in SETS:
        return replace(value, items=_once(value.items))
    return value


def _once(items: tuple[Value, ...]) -> tuple[Value, ...]:
    """The items of a set, each of them once as far as they can be told apart."""
    return tuple(dict.fromkeys(items)) if all(map(_is_told_apart, items)) else items


def _is_told_apart(item: Value) -> bool:
    return is_plain(item) or (isinstance(item, Sequence) and item.complete and all(map(is_plain, item.items)))


def _extreme(name: str, items: Value, named: Table) -> Value:
    if isinstance(items, Sequence) and items.complete and not items.items and named.has("default"):
        return named.get("default")
    order = places(items.items, name == "max") if isinstance(items, Sequence) and items.complete else None
    if not order or not isinstance(items, Sequence):
        return Undecided(f"`{name}(…)` of values that are not decided")
    return items.items[order[0]]


def _sum(items: Value, start: Value) -> Value:
    given = items.items if isinstance(items, Sequence) and items.complete else (None,)
    total = start
    for item in given:
        numbers = isinstance(item, (int, float)) and isinstance(total, (int, float))
        total = binary("+", total, item) if numbers else Undecided("`sum(…)` of values that are not decided")
    return total


def _paired(name: str, args: list[Value], named: Table) -> Value:
    listed = [_items(arg) for arg in (args if name == "zip" else args[:1])]
    columns = [arg.items for arg in listed if isinstance(arg, Sequence) and arg.complete]
    start = args[1] if len(args) > 1 else named.get("start") if named.has("start") else 0
    unsure = any(isinstance(item, Maybe) for column in columns for item in column)
    if (
        unsure
        or len(columns) < len(listed)
        or not columns
        or (name == "enumerate" and not isinstance(start, int))
    ):
        return Undecided(f"`{name}(…)` of values that are not decided")
    if named.has("strict") and len(set(map(len, columns))) > 1:
        return Undecided("`zip(…)` of values of different lengths")
    first = start if isinstance(start, int) else 0
    rows = zip(*columns, strict=False) if name == "zip" else enumerate(columns[0], first)
    return Sequence("list", tuple(Sequence("tuple", tuple(row)) for row in rows))


def _rebuilt(name: str, args: list[Value], named: Table) -> Value:
    if not args:
        return Sequence(name, ())
    first = _items(args[0])
    if not isinstance(first, Sequence):
        return Undecided(f"`{name}(…)` of a value that is not decided")
    items = first.items
    if name == "sorted":
        backwards = truth(named.get("reverse")) if named.has("reverse") else False
        order = places(items, backwards) if backwards is not None else None
        if order is None:
            return Undecided("`sorted(…)` of values that are not decided")
        items = tuple(items[at] for at in order)
    if name == "reversed":
        items = items[::-1]
    kind = name if name in ("tuple", "set") else "list"
    return Sequence(kind, _once(items) if name in SETS else items, first.complete, first.why)


def places(keys: tuple[Value, ...], backwards: bool = False) -> list[int] | None:
    """The places of texts, numbers, or tuples of them, in order; None where it is not decided."""
    listed = ("list", "tuple")
    plain = [
        key.items if isinstance(key, Sequence) and key.complete and key.kind in listed else key
        for key in keys
    ]
    if not all(all(map(is_plain, key)) if isinstance(key, tuple) else is_plain(key) for key in plain):
        return None
    try:
        return sorted(range(len(keys)), key=plain.__getitem__, reverse=backwards)  # type: ignore[arg-type]
    except TypeError:
        return None
