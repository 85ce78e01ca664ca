"""Lists, dicts, texts and Python's own functions, as far as they carry rows from one place to another."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.data.attributes import QUERY, attribute, put
from analyzer.data.effects import FREE
from analyzer.data.items import iterate, pour
from analyzer.data.operators import MAX_TEXT, item
from analyzer.data.orm import selected
from analyzer.data.sqltext import HOLE, words
from analyzer.data.world import (
    ANY,
    NONE,
    Args,
    Bag,
    Called,
    Drawn,
    Fixed,
    Kwargs,
    Made,
    Model,
    Relation,
    Row,
    Rows,
    Some,
    Value,
    all_needs,
    depending,
    needs_of,
    sources,
    truth,
)

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

# ---------------------------------------------------------------- containers

_GROWING = words("append add appendleft insert push")
_POURING = words("extend update union intersection difference")
_VIEWS = words("values itervalues copy")


def on_bag(machine: Machine, bag: Bag, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of a list, set or dict."""
    if name in _GROWING and args:
        bag.put(args[-1], machine.here, doubtful=machine.doubts > 0)
        bag.many = bag.many or machine.several > 0
        return NONE
    if name in _POURING:
        return _poured(machine, bag, name, args, kwargs)
    if name in ("items", "iteritems"):
        return _pairs(bag)
    if name in ("keys", "iterkeys"):
        return _like(bag, [Fixed(key) for key in bag.pairs] or [Some(bag.needs)] * bool(bag.items))
    if name in _VIEWS:
        return bag
    if name in ("get", "setdefault", "pop"):
        return _lookup(machine, bag, name, args)
    return Some(needs_of(bag) | all_needs(args))


def _poured(machine: Machine, bag: Bag, name: str, args: Args, kwargs: Kwargs) -> Value:
    target = bag if name in ("extend", "update") else Bag(bag.kind, list(bag.items), bag.filled, bag.needs)
    for arg in args:
        if isinstance(arg, Bag):
            target.pairs.update(arg.pairs)
        for value, needs in iterate(machine, arg, values=True):
            target.put(value, machine.here | needs, doubtful=machine.doubts > 0 or isinstance(arg, Some))
    for key, value in kwargs.items():
        target.put(value, machine.here, key, machine.doubts > 0)
    return target


def _like(bag: Bag, items: list[Value]) -> Bag:
    return Bag("list", items, bag.filled, bag.needs)


def _pairs(bag: Bag) -> Bag:
    pairs: list[Value] = [Bag("tuple", [Fixed(key), value], True) for key, value in bag.pairs.items()]
    if not pairs:
        pairs = [Bag("tuple", [ANY, value], True) for value in bag.items]
    return _like(bag, pairs)


def _lookup(machine: Machine, bag: Bag, name: str, args: Args) -> Value:
    default = args[1] if len(args) > 1 else NONE
    key = args[0] if args else None
    if name == "setdefault":
        bag.put(default, machine.here, _key(key), machine.doubts > 0)
        return default
    if isinstance(key, Fixed) and key.value in bag.pairs:
        return item(machine, bag, key)
    items = [found for found, _ in iterate(machine, bag, values=True)]
    needs = machine.missing(needs_of(bag))
    if bag.filled is False:
        return depending(items[0], needs) if items else default
    return items[0] if items and isinstance(items[0], (Bag, Model, Row)) else Some(needs)


def _key(value: Value | None) -> str | int | float | bool | None:
    return value.value if isinstance(value, Fixed) else None


# ---------------------------------------------------------------- texts

_BRACES = re.compile(r"\{([^{}]*)\}")
_SAME_TEXT = words("strip lstrip rstrip encode decode expandtabs replace")
_PARTS = words("split splitlines partition rpartition rsplit")


def on_text(machine: Machine, value: Fixed, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of a constant: texts keep what matters of SQL."""
    text = value.value
    if not isinstance(text, str):
        return ANY
    if name == "format":
        return Fixed(_format(text, args, kwargs)[:MAX_TEXT])
    if name == "join" and args:
        return _join(text, args[0])
    if name in _SAME_TEXT:
        return value
    if name in ("lower", "upper"):
        return Fixed(text.lower() if name == "lower" else text.upper())
    if name in _PARTS:
        separator = _key(args[0]) if args else None
        if name == "split" and isinstance(separator, str) and separator:
            parts: list[Value] = [Fixed(part) for part in text.split(separator)]
            return Bag("list", parts, True)
    return ANY


def _join(text: str, value: Value) -> Value:
    parts = value.items if isinstance(value, Bag) and value.items else []
    texts = [str(part.value) if isinstance(part, Fixed) else HOLE for part in parts] or [HOLE]
    return depending(Fixed(text.join(texts)[:MAX_TEXT]), needs_of(value))


def _format(text: str, args: Args, kwargs: Kwargs) -> str:
    rest = iter(args)

    def fill(match: re.Match[str]) -> str:
        name = re.split(r"[.!:\[]", match.group(1))[0]
        value: Value | None
        if name.isdigit():
            value = args[int(name)] if int(name) < len(args) else None
        else:
            value = kwargs.get(name) if name else next(rest, None)
        return str(value.value) if isinstance(value, Fixed) else HOLE

    return _BRACES.sub(fill, text)


# ---------------------------------------------------------------- functions

_UNKNOWN = words("print isinstance hasattr issubclass type id vars")


def builtin(machine: Machine, name: str, args: Args, kwargs: Kwargs, called: Called) -> Value:
    """One of Python's own functions."""
    if name in ("map", "filter"):
        return _mapped(machine, name, args, called)
    if name == "dict":
        return _dict(machine, args, kwargs)
    if name in _UNKNOWN:
        return ANY
    read = _FUNCTIONS.get(name)
    return read(machine, args) if read is not None else Some(all_needs(args))


def _mapped(machine: Machine, name: str, args: Args, called: Called) -> Value:
    bag = Bag("list")
    for value, needs in iterate(machine, args[1]) if len(args) > 1 else ():
        with machine.under(needs):
            found = called(machine, args[0], [value], {})
        bag.put(value if name == "filter" else found, machine.missing(needs))
    return bag


def _dict(machine: Machine, args: Args, kwargs: Kwargs) -> Value:
    bag = Bag("dict")
    for arg in args:
        pour(machine, bag, arg)
    for name, value in kwargs.items():
        bag.put(value, FREE, name)
    return bag


def _list(machine: Machine, args: Args) -> Value:
    if not args:
        return Bag("list")
    match args[0]:
        case Rows() as rows:
            return rows
        case Relation() | Drawn() as value:
            return Some(value.needs)
        case Bag(kind=kind) as source if kind in ("list", "tuple"):
            bag = Bag(kind, list(source.items), source.filled, source.needs)
            bag.pairs = dict(source.pairs)
            return bag
        case value:
            bag = Bag("list")
            pour(machine, bag, value)
            return bag


def _numbered(machine: Machine, args: Args) -> Value:
    bag = Bag("list")
    for value, needs in iterate(machine, args[0]) if args else ():
        bag.put(Bag("tuple", [ANY, value], True), machine.missing(needs))
    return bag


def _zipped(machine: Machine, args: Args) -> Value:
    bag = Bag("list")
    for row in zip(*(iterate(machine, arg) for arg in args), strict=False):
        needs = FREE.union(*(needs for _, needs in row))
        bag.put(Bag("tuple", [value for value, _ in row], True), machine.missing(needs))
    return bag


def _next(machine: Machine, args: Args) -> Value:
    if not args:
        return ANY
    missing = machine.missing(needs_of(args[0]))
    found = next((value for value, _ in iterate(machine, args[0])), ANY)
    if missing and (len(args) > 1 or machine.fails_without(missing)):
        return depending(found, missing)
    return found


def _size(machine: Machine, args: Args) -> Value:
    value = args[0] if args else ANY
    missing = machine.missing(needs_of(value))
    if missing:
        return Drawn(0, missing)
    empty = isinstance(value, Bag) and value.filled is False and not value.needs
    return Fixed(0) if empty else ANY


def _bool(machine: Machine, args: Args) -> Value:
    value = args[0] if args else ANY
    if truth(value, machine.here) is not False:
        return ANY
    missing = machine.missing(needs_of(value))
    return Drawn(False, missing) if missing else Fixed(False)


def _all(machine: Machine, args: Args) -> Value:
    """`all()` is true of nothing."""
    missing = machine.missing(needs_of(args[0])) if args else FREE
    return Drawn(True, missing) if missing else ANY


def _extreme(machine: Machine, args: Args) -> Value:
    return args[0] if len(args) > 1 else Some(all_needs(args))


def _converted(machine: Machine, args: Args) -> Value:
    value = args[0] if args else ANY
    if isinstance(value, Made) and value.path == QUERY:
        return selected(value)
    return value if isinstance(value, (Fixed, Drawn)) else Some(needs_of(value))


def _setattr(machine: Machine, args: Args) -> Value:
    match args:
        case [owner, Fixed(str() as name), value]:
            put(machine, owner, name, value)
        case _:
            pass
    return NONE


def _getattr(machine: Machine, args: Args) -> Value:
    match args:
        case [owner, Fixed(str() as name), *_]:
            return attribute(machine, owner, name)
        case [Row() as row, *_]:
            return Relation(row, "…")
        case [Model(label), *_]:
            return Rows(label, sources(label))
        case _:
            return Some(all_needs(args))


_FUNCTIONS: dict[str, Callable[[Machine, Args], Value]] = {
    **dict.fromkeys(("list", "tuple", "set", "frozenset", "sorted", "reversed", "iter"), _list),
    **dict.fromkeys(("int", "str", "float"), _converted),
    **dict.fromkeys(("min", "max"), _extreme),
    **dict.fromkeys(("len", "sum"), _size),
    **dict.fromkeys(("bool", "any"), _bool),
    "all": _all,
    "enumerate": _numbered,
    "zip": _zipped,
    "next": _next,
    "getattr": _getattr,
    "setattr": _setattr,
}
