"""Expressions of a migration's code to what they are on an empty database."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.data import calls
from analyzer.data.attributes import attribute, named
from analyzer.data.effects import FREE, Needs
from analyzer.data.items import iterate, pour
from analyzer.data.sql import HOLE
from analyzer.data.world import (
    ANY,
    NONE,
    Bag,
    Constant,
    Drawn,
    Fixed,
    Frame,
    Instance,
    Lambda,
    OneOf,
    Relation,
    Row,
    Rows,
    Some,
    Tool,
    Value,
    all_needs,
    constant,
    depending,
    either,
    later,
    needs_of,
    truth,
)
from analyzer.source.facts import Call, Expr, Items, Literal, Mapping, Op, Opaque, Ref

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

MAX_ITEMS = 24
MAX_TEXT = 200_000


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
            pour(machine, bag, evaluate(machine, item.args[0], frame))
        else:
            bag.put(evaluate(machine, item, frame), FREE)
    return bag


def _mapping(machine: Machine, pairs: tuple[tuple[Expr | None, Expr], ...], frame: Frame) -> Value:
    bag = Bag("dict")
    for key, value in pairs:
        found = evaluate(machine, value, frame)
        if key is None:
            pour(machine, bag, found)
        else:
            known = evaluate(machine, key, frame)
            bag.put(found, FREE, known.value if isinstance(known, Fixed) else None)
    return bag


# ---------------------------------------------------------------- binding


def bind(machine: Machine, target: Expr, value: Value, frame: Frame) -> None:
    """Assign a value to a target."""
    match target:
        case Ref(name) if "." not in name:
            frame.names[name] = value
        case Ref(name):
            owner, _, attr = name.rpartition(".")
            found = named(machine, owner, frame)
            if isinstance(found, Instance):
                old = found.attributes.get(attr)
                kept = old is not None and machine.doubts > 0
                found.attributes[attr] = either(old, value) if kept else later(old, value, machine.here)
        case Items(items=targets):
            _unpack(machine, targets, value, frame)
        case Op("[]", (container, key)):
            bag = evaluate(machine, container, frame)
            known = evaluate(machine, key, frame)
            if isinstance(bag, Bag):
                bag.put(
                    value,
                    machine.here | needs_of(known),
                    known.value if isinstance(known, Fixed) else None,
                    machine.doubts > 0,
                )
        case Op("*", (inner,)):
            bind(machine, inner, value, frame)
        case _:
            pass


def _unpack(machine: Machine, targets: tuple[Expr, ...], value: Value, frame: Frame) -> None:
    if isinstance(value, OneOf):
        for at, target in enumerate(targets):
            parts = [_part(option, at, len(targets)) for option in value.options if option != NONE]
            bind(machine, target, OneOf(tuple(parts)) if len(parts) > 1 else (parts or [ANY])[0], frame)
        return
    for at, target in enumerate(targets):
        bind(machine, target, _part(value, at, len(targets)), frame)


def _part(value: Value, at: int, count: int) -> Value:
    if isinstance(value, Bag) and value.kind in ("tuple", "list") and len(value.items) == count:
        return depending(value.items[at], needs_of(value))
    own = isinstance(value, Some) and value.own
    return Some(needs_of(value), own=own)


def augment(machine: Machine, target: Expr, op: str, value: Value, frame: Frame) -> None:
    """`target += value`"""
    old = evaluate(machine, target, frame)
    if isinstance(old, Bag):
        for item, needs in iterate(machine, value):
            old.put(item, machine.here | needs, doubtful=machine.doubts > 0)
        return
    bind(machine, target, binary(machine, op, old, value), frame)


# ---------------------------------------------------------------- operators


def _operation(machine: Machine, expr: Op, frame: Frame) -> Value:
    match expr.op, expr.args:
        case "f", parts:
            return _joined([evaluate(machine, part, frame) for part in parts])
        case "if", (body, test, orelse):
            return _conditional(machine, body, test, orelse, frame)
        case ("and" | "or") as op, (left, right):
            return _boolean(machine, op, left, right, frame)
        case "not", (inner,):
            value = evaluate(machine, inner, frame)
            known = truth(value, machine.here)
            missing = machine.missing(needs_of(value))
            return ANY if known is None else Drawn(not known, missing) if missing else Fixed(not known)
        case "[]", (value, *keys):
            return _subscript(machine, evaluate(machine, value, frame), keys, frame)
        case "for", (kind, element, *clauses):
            word = str(kind.value) if isinstance(kind, Literal) else "list"
            bag = Bag("dict" if word == "dictionary" else word)
            _comprehend(machine, clauses, element, Frame(frame.module, frame), bag, FREE)
            return bag
        case "lambda", (Items(items=params), body):
            names = tuple(str(p.value) for p in params if isinstance(p, Literal))
            return Lambda(names, body, frame)
        case "yield", args:
            return _yield(machine, args, frame)
        case ":=", (target, value):
            found = evaluate(machine, value, frame)
            bind(machine, target, found, frame)
            return found
        case op, (inner,) if op.startswith("."):
            return attribute(machine, evaluate(machine, inner, frame), op[1:])
        case ("assert", (test,)):
            evaluate(machine, test, frame)
            machine.record("check", "", "asserts something about the rows")
            return NONE
        case "slice", _:
            return ANY
        case op, (left, right):
            one = evaluate(machine, left, frame)
            return binary(machine, op, one, evaluate(machine, right, frame))
        case _, args:
            found = [evaluate(machine, arg, frame) for arg in args]
            return Some(all_needs(found))


def _joined(parts: list[Value]) -> Value:
    """An f-string; parts that are not decided leave a hole."""
    texts = [str(part.value) if isinstance(part, Fixed) else HOLE for part in parts]
    return Fixed("".join(texts)[:MAX_TEXT])


def _conditional(machine: Machine, body: Expr, test: Expr, orelse: Expr, frame: Frame) -> Value:
    asked = evaluate(machine, test, frame)
    known = truth(asked, machine.here)
    if known is None:
        with machine.doubting():
            return either(evaluate(machine, body, frame), evaluate(machine, orelse, frame))
    taken, other = (body, orelse) if known else (orelse, body)
    found = evaluate(machine, taken, frame)
    on = machine.missing(needs_of(asked))
    if not on:
        return found
    with machine.under(on):
        return later(found, evaluate(machine, other, frame), on)


def _boolean(machine: Machine, op: str, left: Expr, right: Expr, frame: Frame) -> Value:
    one = evaluate(machine, left, frame)
    known = truth(one, machine.here)
    on = machine.missing(needs_of(one))
    if known is None:
        with machine.doubting():
            other = evaluate(machine, right, frame)
        decided = truth(other, machine.here)
        return other if decided is (op == "or") and decided is not None else either(one, other)
    if known == (op == "or"):
        if on:
            with machine.under(on):
                evaluate(machine, right, frame)
        return one
    other = evaluate(machine, right, frame)
    if not on:
        return other
    if op == "or" and truth(other, machine.here) is False:
        return (
            Drawn(False, on | needs_of(other)) if not isinstance(other, (Row, Rows)) else depending(other, on)
        )
    return other


_COMPARE: dict[str, Callable[[object, object], object]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "is": operator.eq,
    "is not": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_PERCENT = re.compile(r"%(?:\((\w+)\))?[-+ #0]*\d*(?:\.\d+)?[sdrif]")


def binary(machine: Machine, op: str, one: Value, other: Value) -> Value:
    """An operator or comparison on values."""
    needs = needs_of(one) | needs_of(other)
    if op in ("in", "not in"):
        if truth(other, machine.here) is False:
            missing = machine.missing(needs_of(other))
            return Drawn(op == "not in", missing) if missing else Fixed(op == "not in")
        return ANY
    if op == "%" and isinstance(one, Fixed) and isinstance(one.value, str):
        return Fixed(_percent(one.value, other)[:MAX_TEXT])
    if op in ("+", "|", "-", "&") and isinstance(one, Bag):
        bag = Bag(one.kind, list(one.items), one.filled, one.needs)
        bag.pairs = dict(one.pairs)
        if op in ("+", "|"):
            pour(machine, bag, other)
        elif bag.filled:
            bag.filled = None
        return bag
    if isinstance(one, Rows) and op in ("|", "&"):
        return one
    left, right = constant(one, machine.here), constant(other, machine.here)
    if left is None or right is None:
        return _undecided_binary(op, one, other)
    result = _computed(op, left.value, right.value)
    if isinstance(result, Some):
        return Some(needs)
    missing = machine.missing(needs)
    return Drawn(result.value, missing) if missing else result


def _undecided_binary(op: str, one: Value, other: Value) -> Value:
    text = any(isinstance(v, Fixed) and isinstance(v.value, str) for v in (one, other))
    if op == "+" and text:
        return _joined([one, other])
    if op in _COMPARE:
        return ANY
    return Some(needs_of(one) | needs_of(other))


def _computed(op: str, left: Constant, right: Constant) -> Fixed | Some:
    try:
        if op in _COMPARE:
            return Fixed(bool(_COMPARE[op](left, right)))
        if isinstance(left, str) and isinstance(right, str) and op == "+":
            return Fixed((left + right)[:MAX_TEXT])
        if isinstance(left, (int, float)) and isinstance(right, (int, float)) and op in "+-":
            return Fixed(left + right if op == "+" else left - right)
    except TypeError:
        pass
    return ANY


def _percent(template: str, values: Value) -> str:
    """`template % values` with holes for what is not decided."""
    given = values.items if isinstance(values, Bag) else [values]
    pairs = values.pairs if isinstance(values, Bag) else {}
    rest = iter(given)

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        value = pairs.get(name) if name else next(rest, None)
        return str(value.value) if isinstance(value, Fixed) else HOLE

    return _PERCENT.sub(fill, template).replace("%%", "%")


def _subscript(machine: Machine, value: Value, keys: list[Expr], frame: Frame) -> Value:
    sliced = any(isinstance(key, Op) and key.op == "slice" for key in keys)
    known = [evaluate(machine, key, frame) for key in keys if not (isinstance(key, Op) and key.op == "slice")]
    match value:
        case Rows() if sliced:
            return value
        case Rows(label, needs, plain, key):
            caught = machine.fails_without(needs)
            there = needs if caught else FREE
            return Some(needs) if plain else Row(label, there, False, key)
        case Bag() if sliced:
            return value
        case Bag():
            return _item(machine, value, known)
        case Tool("connections"):
            return Tool("connection")
        case Tool():
            return ANY
        case Fixed():
            return ANY
        case Relation():
            return Some(value.needs)
        case OneOf(options):
            return Some(needs_of(value), own=any(isinstance(o, Some) and o.own for o in options))
        case Some():
            return value
        case _:
            return Some(needs_of(value))


def _item(machine: Machine, bag: Bag, keys: list[Value]) -> Value:
    key = keys[0] if keys else None
    found: Value | None = None
    if isinstance(key, Fixed):
        if key.value in bag.pairs:
            found = bag.pairs[key.value]
        elif (
            isinstance(key.value, int)
            and bag.kind != "dict"
            and -len(bag.items) <= key.value < len(bag.items)
        ):
            found = bag.items[key.value]
    if found is None:
        items = bag.items[:6]
        if not items:
            found = ANY
        else:
            found = items[0] if len(items) == 1 else OneOf(tuple(items))
    return depending(found, machine.missing(needs_of(bag)))


def _comprehend(
    machine: Machine, clauses: list[Expr], element: Expr, frame: Frame, bag: Bag, needs: Needs
) -> None:
    """Fill a bag as a comprehension does; effects in it need the rows that it goes over."""
    if not clauses:
        value, key = element, None
        if bag.kind == "dict" and isinstance(element, Items) and len(element.items) == 2:
            known = evaluate(machine, element.items[0], frame)
            key, value = (known.value if isinstance(known, Fixed) else None), element.items[1]
        bag.put(evaluate(machine, value, frame), needs, key, machine.doubts > 0)
        return
    first, *rest = clauses
    match first:
        case Op("in", (target, iterable)):
            for item, more in iterate(machine, evaluate(machine, iterable, frame)):
                with machine.under(more):
                    bind(machine, target, item, frame)
                    _comprehend(machine, rest, element, frame, bag, needs | more)
        case Op("if", (test,)):
            value = evaluate(machine, test, frame)
            known = truth(value, machine.here)
            missing = machine.missing(needs_of(value))
            if known is None:
                with machine.doubting():
                    _comprehend(machine, rest, element, frame, bag, needs)
            elif known or missing:
                more = FREE if known else missing
                with machine.under(more):
                    _comprehend(machine, rest, element, frame, bag, needs | more)


def _yield(machine: Machine, args: tuple[Expr, ...], frame: Frame) -> Value:
    if frame.yielded is None:
        frame.yielded = Bag("generator")
    for arg in args:
        value = evaluate(machine, arg, frame)
        frame.yielded.put(value, machine.here, doubtful=machine.doubts > 0)
    return ANY
