"""Expressions of a migration's code to what they are on an empty database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.data import calls
from analyzer.data.attributes import attribute, named, put
from analyzer.data.effects import FREE, Needs
from analyzer.data.items import counted, iterate, pour
from analyzer.data.operators import binary, joined, negated, subscript
from analyzer.data.world import (
    ANY,
    NONE,
    Bag,
    Constant,
    Drawn,
    Fixed,
    Frame,
    Lambda,
    OneOf,
    Row,
    Rows,
    Some,
    Value,
    all_needs,
    depending,
    either,
    later,
    needs_of,
    truth,
)
from analyzer.source.facts import Call, Expr, Items, Literal, Mapping, Op, Opaque, Ref

if TYPE_CHECKING:
    from analyzer.data.machine import Machine


def evaluate(machine: Machine, expr: Expr, frame: Frame) -> Value:
    match expr:
        case Literal(value):
            return Fixed(value)
        case Ref(name):
            return named(machine, name, frame)
        case Call():
            return calls.evaluate(machine, expr, frame)
        case Items(kind, items):
            return _display(machine, kind, items, frame)
        case Mapping(pairs):
            return _mapping(machine, pairs, frame)
        case Op():
            return _operation(machine, expr, frame)
        case Opaque():
            return ANY


# ---------------------------------------------------------------- displays


def _display(machine: Machine, kind: str, items: tuple[Expr, ...], frame: Frame) -> Value:
    bag = Bag(kind)
    for item in items:
        if isinstance(item, Op) and item.op == "*" and item.args:
            pour(machine, bag, machine.evaluate(item.args[0], frame))
        else:
            bag.put(machine.evaluate(item, frame), FREE)
    return bag


def _mapping(machine: Machine, pairs: tuple[tuple[Expr | None, Expr], ...], frame: Frame) -> Value:
    bag = Bag("dict")
    for key, value in pairs:
        found = machine.evaluate(value, frame)
        if key is None:
            pour(machine, bag, found)
        else:
            bag.put(found, FREE, _key(machine.evaluate(key, frame)))
    return bag


def _key(value: Value) -> Constant:
    return value.value if isinstance(value, Fixed) else None


# ---------------------------------------------------------------- binding


def bind(machine: Machine, target: Expr, value: Value, frame: Frame) -> None:
    """Assign a value to a target."""
    match target:
        case Ref(name) if "." not in name:
            frame.names[name] = value
        case Ref(name):
            owner, _, attr = name.rpartition(".")
            put(machine, named(machine, owner, frame), attr, value)
        case Items(items=targets):
            for at, inner in enumerate(targets):
                bind(machine, inner, _part(value, at, len(targets)), frame)
        case Op("[]", (container, key)):
            bag = machine.evaluate(container, frame)
            known = machine.evaluate(key, frame)
            if isinstance(bag, Bag):
                bag.put(value, machine.here | needs_of(known), _key(known), machine.doubts > 0)
                bag.many = bag.many or machine.several > 0
        case Op("*", (inner,)):
            bind(machine, inner, value, frame)
        case _:
            pass


def _part(value: Value, at: int, count: int) -> Value:
    """What one of several targets gets of an unpacked value."""
    match value:
        case OneOf(options):
            parts = [_part(option, at, count) for option in options if option != NONE]
            return OneOf(tuple(parts)) if len(parts) > 1 else (parts or [ANY])[0]
        case Bag(kind="tuple" | "list") if len(value.items) == count:
            return depending(value.items[at], needs_of(value))
        case _:
            return Some(needs_of(value), own=isinstance(value, Some) and value.own)


def augment(machine: Machine, target: Expr, op: str, value: Value, frame: Frame) -> None:
    """`target += value`"""
    old = machine.evaluate(target, frame)
    if not isinstance(old, Bag):
        bind(machine, target, binary(machine, op, old, value), frame)
        return
    for item, needs in iterate(machine, value):
        old.put(item, machine.here | needs, doubtful=machine.doubts > 0)
    old.many = old.many or machine.several > 0 or not counted(value)


# ---------------------------------------------------------------- operators

_Args = tuple[Expr, ...]


def _operation(machine: Machine, expr: Op, frame: Frame) -> Value:
    read = _OPERATIONS.get(expr.op)
    if read is not None:
        return read(machine, expr.args, frame)
    if expr.op.startswith(".") and expr.args:
        return attribute(machine, machine.evaluate(expr.args[0], frame), expr.op[1:])
    found = [machine.evaluate(arg, frame) for arg in expr.args]
    if len(found) == 2:
        return binary(machine, expr.op, found[0], found[1])
    return Some(all_needs(found))


def _format(machine: Machine, args: _Args, frame: Frame) -> Value:
    return joined([machine.evaluate(part, frame) for part in args])


def _not(machine: Machine, args: _Args, frame: Frame) -> Value:
    return negated(machine, machine.evaluate(args[0], frame)) if args else ANY


def _conditional(machine: Machine, args: _Args, frame: Frame) -> Value:
    if len(args) != 3:
        return ANY
    body, test, orelse = args
    asked = machine.evaluate(test, frame)
    known = truth(asked, machine.here)
    if known is None:
        with machine.doubting():
            return either(machine.evaluate(body, frame), machine.evaluate(orelse, frame))
    taken, other = (body, orelse) if known else (orelse, body)
    found = machine.evaluate(taken, frame)
    on = machine.missing(needs_of(asked))
    if not on:
        return found
    with machine.under(on):
        return later(found, machine.evaluate(other, frame), on)


def _and(machine: Machine, args: _Args, frame: Frame) -> Value:
    return _boolean(machine, False, args, frame)


def _or(machine: Machine, args: _Args, frame: Frame) -> Value:
    return _boolean(machine, True, args, frame)


def _boolean(machine: Machine, ends_at: bool, args: _Args, frame: Frame) -> Value:
    """`and` ends at what is false, `or` at what is true; the rest is for a database with rows."""
    if len(args) != 2:
        return ANY
    one = machine.evaluate(args[0], frame)
    known = truth(one, machine.here)
    on = machine.missing(needs_of(one))
    if known is None:
        with machine.doubting():
            other = machine.evaluate(args[1], frame)
        return other if truth(other, machine.here) is ends_at else either(one, other)
    if known is ends_at:
        if on:
            with machine.under(on):
                machine.evaluate(args[1], frame)
        return one
    other = machine.evaluate(args[1], frame)
    if on and truth(other, machine.here) is (not ends_at):
        rows = ends_at and isinstance(other, (Row, Rows))
        return depending(other, on) if rows else Drawn(not ends_at, on | needs_of(other))
    return other


def _subscript(machine: Machine, args: _Args, frame: Frame) -> Value:
    value = machine.evaluate(args[0], frame)
    match args[1:]:
        case (Op("slice", parts),):
            for part in parts:
                machine.evaluate(part, frame)
            return subscript(machine, value, None)
        case keys:
            found = [machine.evaluate(key, frame) for key in keys]
            return subscript(machine, value, found[0] if found else ANY)


def _lambda(machine: Machine, args: _Args, frame: Frame) -> Value:
    match args:
        case (Items(items=params), body, Mapping(pairs)):
            names = tuple(str(p.value) for p in params if isinstance(p, Literal))
            defaults = {str(n.value): machine.evaluate(v, frame) for n, v in pairs if isinstance(n, Literal)}
            return Lambda(names, body, frame, defaults)
        case _:
            return ANY


def _named(machine: Machine, args: _Args, frame: Frame) -> Value:
    """`target := value`"""
    if len(args) != 2:
        return ANY
    found = machine.evaluate(args[1], frame)
    bind(machine, args[0], found, frame)
    return found


def _assert(machine: Machine, args: _Args, frame: Frame) -> Value:
    for test in args:
        machine.evaluate(test, frame)
    machine.record("check", "", "asserts something about the rows")
    return NONE


def _yield(machine: Machine, args: _Args, frame: Frame) -> Value:
    if frame.yielded is None:
        frame.yielded = Bag("generator")
    for arg in args:
        value = machine.evaluate(arg, frame)
        frame.yielded.put(value, machine.here, doubtful=machine.doubts > 0)
        frame.yielded.many = frame.yielded.many or machine.several > 0
    return ANY


def _comprehension(machine: Machine, args: _Args, frame: Frame) -> Value:
    kind, element, *clauses = args
    word = str(kind.value) if isinstance(kind, Literal) else "list"
    bag = Bag("dict" if word == "dictionary" else word)
    _comprehend(machine, clauses, element, Frame(frame.module, frame, frame.cls), bag, FREE)
    return bag


def _comprehend(
    machine: Machine, clauses: list[Expr], element: Expr, frame: Frame, bag: Bag, needs: Needs
) -> None:
    """Fill a bag as a comprehension does; effects in it need the rows that it goes over."""
    if not clauses:
        key: Constant = None
        if bag.kind == "dict" and isinstance(element, Items) and len(element.items) == 2:
            key = _key(machine.evaluate(element.items[0], frame))
            element = element.items[1]
        bag.put(machine.evaluate(element, frame), needs, key, machine.doubts > 0)
        return
    first, *rest = clauses
    match first:
        case Op("in", (target, iterable)):
            source = machine.evaluate(iterable, frame)
            bag.many = bag.many or not counted(source)
            for item, more in iterate(machine, source):
                with machine.under(more), machine.turning(counted(source)):
                    bind(machine, target, item, frame)
                    _comprehend(machine, rest, element, frame, bag, needs | more)
        case Op("if", (test,)):
            asked = machine.evaluate(test, frame)
            known = truth(asked, machine.here)
            on = machine.missing(needs_of(asked)) if known is False else FREE
            if known is not False or on:
                with machine.under(on), machine.doubting(known is None):
                    _comprehend(machine, rest, element, frame, bag, needs | on)
        case _:
            pass


_OPERATIONS: dict[str, Callable[[Machine, _Args, Frame], Value]] = {
    "f": _format,
    "not": _not,
    "if": _conditional,
    "and": _and,
    "or": _or,
    "[]": _subscript,
    "for": _comprehension,
    "lambda": _lambda,
    "yield": _yield,
    ":=": _named,
    "assert": _assert,
}
