"""Operators on values, as far as they decide conditions or build texts of SQL."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.data import places
from analyzer.data.effects import FREE
from analyzer.data.items import pour
from analyzer.data.sqltext import HOLE
from analyzer.data.world import (
    ANY,
    Bag,
    Constant,
    Drawn,
    Fixed,
    Made,
    OneOf,
    Outside,
    Relation,
    Row,
    Rows,
    Some,
    Tool,
    Value,
    constant,
    depending,
    needs_of,
    truth,
)

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

MAX_TEXT = 200_000
MAX_NUMBER = 10**15

_EQUAL: dict[str, Callable[[object, object], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "is": operator.eq,
    "is not": operator.ne,
}
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_PERCENT = re.compile(r"%(?:\((\w+)\))?[-+ #0]*\d*(?:\.\d+)?[sdrif]")


def joined(parts: list[Value]) -> Fixed:
    """A text put together; parts that are not decided leave a hole."""
    texts = [str(part.value) if isinstance(part, Fixed) else HOLE for part in parts]
    return Fixed("".join(texts)[:MAX_TEXT])


def negated(machine: Machine, value: Value) -> Value:
    known = truth(value, machine.here)
    return ANY if known is None else _decided(machine, not known, value)


def _decided(machine: Machine, known: Constant, *values: Value) -> Value:
    """A constant as long as the rows of some values are missing."""
    missing = machine.missing(FREE.union(*(needs_of(value) for value in values)))
    return Drawn(known, missing) if missing else Fixed(known)


def binary(machine: Machine, op: str, one: Value, other: Value) -> Value:
    """`one op other`"""
    if op in ("in", "not in"):
        empty = truth(other, machine.here) is False
        return _decided(machine, op == "not in", other) if empty else ANY
    if op == "%" and isinstance(one, Fixed) and isinstance(one.value, str):
        return Fixed(_percent(one.value, other)[:MAX_TEXT])
    if isinstance(one, Bag) and op in ("+", "|", "-", "&"):
        return _combined(machine, op, one, other)
    if isinstance(one, Rows) and op in ("|", "&"):
        return one
    if op == "/" and isinstance(one, Outside):
        return places.under(machine, one, other) or ANY
    if isinstance(one, Made):
        start = places.path_of(one)
        if start is not None and op in ("/", "+"):
            return places.below(start, op, other)
    left, right = constant(one, machine.here), constant(other, machine.here)
    if left is not None and right is not None:
        found = _computed(op, left.value, right.value)
        if found is not None:
            return _decided(machine, found, one, other)
    if op == "+" and any(isinstance(v, Fixed) and isinstance(v.value, str) for v in (one, other)):
        return joined([one, other])
    if op in _EQUAL or op in _ORDER:
        return ANY
    return Some(needs_of(one) | needs_of(other))


def _combined(machine: Machine, op: str, one: Bag, other: Value) -> Bag:
    bag = Bag(one.kind, list(one.items), one.filled, one.needs)
    bag.pairs = dict(one.pairs)
    if op in ("+", "|"):
        pour(machine, bag, other)
    elif bag.filled:
        bag.filled = None
    return bag


def _computed(op: str, left: Constant, right: Constant) -> Constant:
    """The result on constants; None where it is not computed."""
    if op in _EQUAL:
        return _EQUAL[op](left, right)
    if isinstance(left, str) and isinstance(right, str):
        return (left + right)[:MAX_TEXT] if op == "+" else None
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return None
    if op in _ORDER:
        return _ORDER[op](left, right)
    if op in ("+", "-") and abs(left) + abs(right) < MAX_NUMBER:
        return left + right if op == "+" else left - right
    return None


def _percent(template: str, values: Value) -> str:
    """`template % values` with holes for what is not decided."""
    bag = values if isinstance(values, Bag) else None
    rest = iter(bag.items if bag is not None else [values])
    pairs = bag.pairs if bag is not None else {}

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        value = pairs.get(name) if name else next(rest, None)
        return str(value.value) if isinstance(value, Fixed) else HOLE

    return _PERCENT.sub(fill, template).replace("%%", "%")


def filled(text: str, params: Value) -> str:
    """A text of SQL with its parameters as constants, and holes for those that are not decided."""
    if isinstance(params, Bag) and not params.items and not params.pairs:
        return text
    constants = Bag("tuple")
    if isinstance(params, Bag):
        constants.items = [_quoted(item) for item in params.items]
        constants.pairs = {key: _quoted(item) for key, item in params.pairs.items()}
    return _percent(text, constants)[:MAX_TEXT]


def _quoted(value: Value) -> Value:
    """A parameter as SQL writes it."""
    if not isinstance(value, Fixed):
        return Fixed(HOLE)
    if isinstance(value.value, str):
        return Fixed("'" + value.value.replace("'", "''") + "'")
    return Fixed("NULL") if value.value is None else Fixed(str(value.value))


# ---------------------------------------------------------------- subscripts


def subscript(machine: Machine, value: Value, key: Value | None) -> Value:
    """`value[key]`; without a key, a slice."""
    match value:
        case Rows() if key is None:
            return Rows(value.label, value.needs, value.plain, value.key, value.manager, False)
        case Bag() if key is None:
            return value
        case Rows(label, needs, plain, picked):
            there = needs if machine.fails_without(needs) else FREE
            return Some(needs) if plain else Row(label, there, False, picked if value.whole else ())
        case Bag():
            return item(machine, value, key)
        case Tool("connections"):
            return Tool("connection")
        case Some():
            return value
        case OneOf(options):
            return Some(needs_of(value), own=any(isinstance(o, Some) and o.own for o in options))
        case Relation():
            return Some(value.needs)
        case _:
            return Some(needs_of(value))


def item(machine: Machine, bag: Bag, key: Value | None) -> Value:
    """The item under a key; one of the items where the key is not decided."""
    found: Value | None = None
    if isinstance(key, Fixed):
        at = key.value
        if at in bag.pairs:
            found = bag.pairs[at]
        elif isinstance(at, int) and bag.kind != "dict" and -len(bag.items) <= at < len(bag.items):
            found = bag.items[at]
    if found is None and bag.default is not None and (isinstance(key, Fixed) or not bag.items):
        found = Bag(bag.default.kind)
        found.default = bag.default.default
        bag.put(found, machine.here, key.value if isinstance(key, Fixed) else None, machine.doubts > 0)
    if found is None:
        items = bag.items[:6]
        found = OneOf(tuple(items)) if len(items) > 1 else items[0] if items else ANY
    return depending(found, machine.missing(needs_of(bag)))
