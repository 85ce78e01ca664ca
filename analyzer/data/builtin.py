"""Lists, dicts, texts and Python's own functions, as far as they carry rows from one place to another."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.data.effects import FREE
from analyzer.data.items import iterate, pour
from analyzer.data.sql import HOLE
from analyzer.data.world import (
    ANY,
    NONE,
    Bag,
    Drawn,
    Fixed,
    Model,
    Relation,
    Row,
    Rows,
    Some,
    Value,
    all_needs,
    constant,
    depending,
    needs_of,
    sources,
    truth,
)

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

Args = list[Value]
Kwargs = dict[str, Value]
Called = Callable[["Machine", Value, Args, Kwargs], Value]

_BRACES = re.compile(r"\{([^{}]*)\}")
_GROWING = frozenset({"append", "add", "appendleft", "insert", "push"})
_POURING = frozenset({"extend", "update", "union", "intersection", "difference", "chain"})


def on_bag(machine: Machine, bag: Bag, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of a list, set or dict."""
    doubtful = machine.doubts > 0
    if name in _GROWING and args:
        bag.put(args[-1], machine.here, doubtful=doubtful)
        return NONE
    if name in _POURING:
        target = (
            bag if name in ("extend", "update") else Bag(bag.kind, list(bag.items), bag.filled, bag.needs)
        )
        for arg in args:
            _pour_here(machine, target, arg)
        for key, value in kwargs.items():
            target.put(value, machine.here, key, doubtful)
        return target
    if name in ("items", "iteritems"):
        return _pairs(bag)
    if name in ("keys", "iterkeys"):
        return _like(bag, [Fixed(key) for key in bag.pairs] or [Some(bag.needs)] * bool(bag.items))
    if name in ("values", "itervalues", "copy"):
        return bag
    if name in ("get", "setdefault", "pop"):
        return _lookup(machine, bag, name, args)
    return Some(needs_of(bag) | all_needs(args))


def _pour_here(machine: Machine, bag: Bag, value: Value) -> None:
    if isinstance(value, Bag):
        bag.pairs.update(value.pairs)
    for item, needs in iterate(machine, value, values=True):
        bag.put(item, machine.here | needs, doubtful=machine.doubts > 0 or isinstance(value, Some))


def _like(bag: Bag, items: list[Value]) -> Bag:
    return Bag("list", items, bag.filled, bag.needs)


def _pairs(bag: Bag) -> Bag:
    pairs: list[Value] = [Bag("tuple", [Fixed(key), value], True) for key, value in bag.pairs.items()]
    if not pairs:
        pairs = [Bag("tuple", [ANY, value], True) for value in bag.items]
    return _like(bag, pairs)


def _lookup(machine: Machine, bag: Bag, name: str, args: Args) -> Value:
    default = args[1] if len(args) > 1 else NONE
    if name == "setdefault":
        bag.put(default, machine.here, doubtful=machine.doubts > 0)
        return default
    key = args[0] if args else None
    if isinstance(key, Fixed) and key.value in bag.pairs:
        return depending(bag.pairs[key.value], machine.missing(needs_of(bag)))
    items = [item for item, _ in iterate(machine, bag, values=True)]
    needs = machine.missing(needs_of(bag))
    if bag.filled is False:
        return depending(items[0], needs) if items else default
    return Some(needs) if not items else items[0] if isinstance(items[0], (Bag, Model, Row)) else Some(needs)


def on_text(value: Fixed, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of a constant: texts keep what matters of SQL."""
    text = value.value
    if not isinstance(text, str):
        return ANY
    if name == "format":
        return Fixed(_format(text, args, kwargs))
    if name == "join" and args:
        bag = args[0]
        parts = bag.items if isinstance(bag, Bag) and bag.items else []
        words = [str(p.value) if isinstance(p, Fixed) else HOLE for p in parts] or [HOLE]
        return depending(Fixed(text.join(words)), needs_of(bag))
    if name in ("strip", "lstrip", "rstrip", "encode", "decode", "expandtabs", "replace"):
        return value
    if name == "lower":
        return Fixed(text.lower())
    if name == "upper":
        return Fixed(text.upper())
    if name in ("split", "splitlines", "partition", "rpartition", "rsplit"):
        separator = args[0].value if args and isinstance(args[0], Fixed) else None
        parts_ = (
            text.split(separator) if isinstance(separator, str) and separator and name == "split" else None
        )
        return Bag("list", [Fixed(part) for part in parts_], bool(parts_)) if parts_ else ANY
    return ANY


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

_SAME = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "aiter"})


def builtin(machine: Machine, name: str, args: Args, kwargs: Kwargs, called: Called) -> Value:
    """One of Python's own functions."""
    first = args[0] if args else NONE
    if name in _SAME:
        return _copied(machine, name, args)
    match name:
        case "enumerate":
            return _numbered(machine, first)
        case "zip":
            return _zipped(machine, args)
        case "dict":
            return _dict(machine, args, kwargs)
        case "map" | "filter":
            return _mapped(machine, name, args, called)
        case "next":
            return _next(machine, args)
        case "len" | "sum":
            return _size(machine, first)
        case "bool" | "any" | "all":
            return _bool(machine, first)
        case "min" | "max":
            return first if len(args) > 1 else Some(needs_of(first))
        case "getattr":
            return _getattr(machine, args)
        case "int" | "str" | "float":
            return first if isinstance(first, (Fixed, Drawn)) else Some(needs_of(first))
        case "print" | "setattr" | "isinstance" | "hasattr" | "issubclass" | "type" | "id" | "vars":
            return ANY
        case _:
            return Some(all_needs(args))


def _copied(machine: Machine, name: str, args: Args) -> Value:
    kind = name if name in ("tuple", "set") else "list"
    if not args:
        return Bag(kind)
    first = args[0]
    if isinstance(first, (Rows, Relation, Drawn)):
        return (
            Rows(first.label, needs_of(first), first.plain)
            if isinstance(first, Rows)
            else Some(needs_of(first))
        )
    bag = Bag(kind)
    pour(machine, bag, first)
    return bag


def _numbered(machine: Machine, value: Value) -> Value:
    bag = Bag("list", filled=truth(value, machine.here) if not needs_of(value) else False)
    for item, needs in iterate(machine, value):
        bag.put(Bag("tuple", [ANY, item], True), machine.missing(needs))
    return bag


def _zipped(machine: Machine, args: Args) -> Value:
    columns = [iterate(machine, arg) for arg in args]
    bag = Bag("list")
    for row in zip(*columns, strict=False):
        needs = FREE.union(*(needs for _, needs in row))
        bag.put(Bag("tuple", [item for item, _ in row], True), machine.missing(needs))
    return bag


def _dict(machine: Machine, args: Args, kwargs: Kwargs) -> Value:
    bag = Bag("dict")
    for arg in args:
        pour(machine, bag, arg)
    for name, value in kwargs.items():
        bag.put(value, FREE, name)
    return bag


def _mapped(machine: Machine, name: str, args: Args, called: Called) -> Value:
    bag = Bag("list")
    for item, needs in iterate(machine, args[1]) if len(args) > 1 else ():
        with machine.under(needs):
            found = called(machine, args[0], [item], {})
        bag.put(item if name == "filter" else found, machine.missing(needs))
    return bag


def _next(machine: Machine, args: Args) -> Value:
    first = args[0] if args else ANY
    needs = needs_of(first)
    found = next((item for item, _ in iterate(machine, first)), ANY)
    if len(args) > 1:
        return found if not machine.missing(needs) else depending(found, needs)
    return found if machine.fails_without(needs) or not needs else depending(found, FREE)


def _size(machine: Machine, value: Value) -> Value:
    missing = machine.missing(needs_of(value))
    if missing:
        return Drawn(0, missing)
    if isinstance(value, Bag) and value.filled is False and not value.needs:
        return Fixed(0)
    return ANY


def _bool(machine: Machine, value: Value) -> Value:
    known = truth(value, machine.here)
    missing = machine.missing(needs_of(value))
    if known is False:
        return Drawn(False, missing) if missing else Fixed(False)
    return ANY


def _getattr(machine: Machine, args: Args) -> Value:
    from analyzer.data.attributes import attribute

    owner = args[0] if args else ANY
    if len(args) > 1 and isinstance(args[1], Fixed) and isinstance(args[1].value, str):
        return attribute(machine, owner, args[1].value)
    if isinstance(owner, Row):
        return Relation(owner, "…")
    if isinstance(owner, Model):
        return Rows(owner.label, sources(owner.label))
    return Some(needs_of(owner))


_ = constant
