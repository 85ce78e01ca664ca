"""What iterating over a value gives, on an empty database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.data.effects import FREE, Needs
from analyzer.data.world import (
    ANY,
    NONE,
    Bag,
    Drawn,
    Fixed,
    Made,
    OneOf,
    Relation,
    Row,
    Rows,
    Some,
    Tool,
    Value,
    all_needs,
    depending,
    needs_of,
    sources,
)

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

MAX_ITEMS = 40
_CATALOGUES = ("pg_", "information_schema", "sqlite_", "mysql.", "user_", "all_", "sys.")
"""How the tables begin in which databases describe themselves: what is read there are no rows."""


def pour(machine: Machine, bag: Bag, value: Value) -> None:
    """Add all that iterating over a value, or a dict's values, gives."""
    if isinstance(value, Bag) and bag.kind == "dict":
        bag.pairs.update(value.pairs)
    if isinstance(value, Bag) and value.filled is None and not value.items:
        bag.filled = bag.filled or None
    bag.many = bag.many or not counted(value)
    for item, needs in iterate(machine, value, values=True):
        bag.put(item, machine.missing(needs), doubtful=isinstance(value, Some))


def iterate(machine: Machine, value: Value, values: bool = False) -> list[tuple[Value, Needs]]:
    """The items of a value, each with the rows it needs; constants are cut off after some."""
    match value:
        case Bag():
            if value.kind == "dict" and not values:
                keys: list[Value] = [Fixed(key) for key in value.pairs]
                items = keys or [Some(needs_of(item)) for item in value.items]
            else:
                items = value.items
            if value.filled is False:
                return [(depending(item, value.needs), value.needs) for item in _sample(items)]
            return [(item, FREE) for item in _sample(items)] or [(ANY, FREE)]
        case Rows(label, needs, plain, key, whole=whole):
            return [(Some(needs) if plain else Row(label, needs, False, key if whole else ()), needs)]
        case Relation(row):
            needs = row.needs | (FREE if row.new else sources(value.label))
            return [(Row(value.label, needs), needs)]
        case Some(needs, why, own):
            return [(Some(needs, why, own), needs)]
        case Drawn(_, needs):
            return [(Some(needs), needs)]
        case OneOf(options):
            return [pair for option in options if option != NONE for pair in iterate(machine, option, values)]
        case Made(_, args):
            needs = all_needs(args)
            return [(Some(needs), needs)]
        case Tool("cursor"):
            return iterate(machine, fetched(machine), values)
        case Fixed(None | bool() | int() | float()):
            return []
        case _:
            return [(ANY, FREE)]


def counted(value: Value) -> bool:
    """Whether iterating over a value gives exactly the items that it gives in fact."""
    match value:
        case Bag():
            return value.filled is True and not value.many and len(value.items) <= MAX_ITEMS
        case OneOf(options):
            return all(counted(option) for option in options)
        case _:
            return False


def _sample(items: list[Value]) -> list[Value]:
    return list(items[:MAX_ITEMS])


def fetched(machine: Machine) -> Value:
    """The rows of the last query on a cursor."""
    tables = machine.queried
    if not tables or tables[0].startswith(_CATALOGUES):
        return ANY
    return Rows(tables[0], sources(tables[0]), plain=True)
