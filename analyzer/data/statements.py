"""Statements of a migration's code, carried out on an empty database.

A condition that rows decide splits the run: what an empty database takes goes on, the other branch
runs under the `needs` of the condition, and so does all that follows an early return.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from analyzer.data import expressions
from analyzer.data.attributes import class_value, from_binding
from analyzer.data.effects import FREE, Needs
from analyzer.data.items import counted, iterate
from analyzer.data.world import (
    NONE,
    Code,
    Defines,
    Frame,
    Holder,
    Outside,
    Some,
    Value,
    either,
    later,
    needs_of,
    truth,
)
from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Evaluate,
    Expr,
    For,
    FuncDef,
    Handler,
    If,
    Import,
    Items,
    Jump,
    Literal,
    Opaque,
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from analyzer.source.names import Package, absolute

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

_LOOKUP_ERRORS = (
    "DoesNotExist",
    "Exception",
    "IndexError",
    "StopIteration",
    "AttributeError",
    "TypeError",
    "Http404",
)
"""How the names of exceptions end that a lookup without rows leads to."""


class Left(Struct, frozen=True):
    """How an empty database leaves a block before its end, and the rows that would keep it inside."""

    how: str
    needs: Needs


def run(machine: Machine, body: tuple[Stmt, ...], frame: Frame) -> Left | None:
    """Run a block; tells if an empty database leaves it before its end."""
    for at, stmt in enumerate(body):
        if not machine.afford():
            return None
        left = _STEPS[type(stmt)](machine, stmt, frame)
        if left is None and machine.raised is not None:
            left = Left("raise", machine.raised)
        if left is not None:
            rest = body[at + 1 :]
            if rest and machine.missing(left.needs):
                _aside(machine, rest, frame, left.needs)
            return left
    return None


def _aside(machine: Machine, body: tuple[Stmt, ...], frame: Frame, needs: Needs) -> None:
    """Run a block that an empty database does not reach; its names keep what they were there."""
    before = dict(frame.names)
    raised = machine.failure()
    on = machine.missing(needs)
    with machine.under(needs):
        machine.run(body, frame)
    machine.raised = raised
    for name, new in frame.names.items():
        frame.names[name] = later(before.get(name), new, on)


# ---------------------------------------------------------------- plain statements


def _evaluate(machine: Machine, stmt: Evaluate, frame: Frame) -> None:
    machine.line = stmt.line
    machine.statement = stmt.value
    machine.evaluate(stmt.value, frame)


def _assign(machine: Machine, stmt: Assign, frame: Frame) -> None:
    machine.line = stmt.line
    value = machine.evaluate(stmt.value, frame)
    for target in stmt.targets:
        if stmt.op == "=":
            expressions.bind(machine, target, value, frame)
        else:
            expressions.augment(machine, target, stmt.op[:-1], value, frame)


def _return(machine: Machine, stmt: Return, frame: Frame) -> Left:
    machine.line = stmt.line
    found = NONE if stmt.value is None else machine.evaluate(stmt.value, frame)
    frame.returned.append((machine.here, found))
    return Left("return", FREE)


def _jump(machine: Machine, stmt: Jump, frame: Frame) -> Left | None:
    machine.line = stmt.line
    if stmt.kind == "raise":
        if machine.here:
            machine.record("check", "", "refuses to go on with rows that do not fit")
        return Left("raise", FREE)
    return Left("loop", FREE) if stmt.kind in ("break", "continue") else None


def _function(machine: Machine, stmt: FuncDef, frame: Frame) -> None:
    frame.names[stmt.name] = Code(stmt, frame.module, stmt.name, frame)


def _class(machine: Machine, stmt: ClassDef, frame: Frame) -> None:
    frame.names[stmt.name] = class_value(machine, Defines(frame.module, stmt.name, stmt))


def _import(machine: Machine, stmt: Import, frame: Frame) -> None:
    modules = machine.names.modules
    if stmt.names is None:
        path = stmt.module if stmt.alias else stmt.module.partition(".")[0]
        module = modules.find(path, frame.module.path)
        own = module is not None and module.own
        frame.names[stmt.alias or path] = Holder(Package(module)) if module and own else Outside(path)
        return
    source = machine.names.target(frame.module, stmt)
    for name, alias in stmt.names:
        path = f"{absolute(frame.module, stmt)}.{name}"
        if source is not None:
            frame.names[alias] = from_binding(machine, machine.names.member(source, name))
        elif modules.is_own(path):
            frame.names[alias] = Some(own=True, why=f"`{path}` is not found in the project")
        else:
            frame.names[alias] = Outside(path)


# ---------------------------------------------------------------- branches


def _if(machine: Machine, stmt: If, frame: Frame) -> Left | None:
    machine.line = stmt.line
    test = machine.evaluate(stmt.test, frame)
    known = truth(test, machine.here)
    if known is None:
        return _undecided(machine, stmt.body, stmt.orelse, frame)
    taken, other = (stmt.body, stmt.orelse) if known else (stmt.orelse, stmt.body)
    on = machine.missing(needs_of(test))
    if not on:
        machine.settled += not isinstance(stmt.test, Literal)
        return machine.run(taken, frame)
    before = dict(frame.names)
    left = machine.run(taken, frame)
    after, frame.names = frame.names, before
    _aside(machine, other, frame, on)
    for name, value in after.items():
        frame.names[name] = later(value, frame.names.get(name, value), on)
    return None if left is None else Left(left.how, left.needs | on)


def _undecided(machine: Machine, one: tuple[Stmt, ...], other: tuple[Stmt, ...], frame: Frame) -> Left | None:
    """Both branches may run; where one leaves, what follows sees the names of the other."""
    before = dict(frame.names)
    with machine.doubting():
        left = machine.run(one, frame)
        after, frame.names = frame.names, before
        left_too = machine.run(other, frame)
    for name, value in after.items():
        known = frame.names.get(name)
        if known is None or left_too is not None:
            frame.names[name] = value
        elif left is None:
            frame.names[name] = either(value, known)
    return Left(left.how, left.needs | left_too.needs) if left and left_too else None


def _for(machine: Machine, stmt: For, frame: Frame) -> Left | None:
    machine.line = stmt.line
    source = machine.evaluate(stmt.iterable, frame)
    left: Left | None = None
    items = iterate(machine, source)
    with machine.turning(counted(source)):
        for item, needs in items:
            machine.line = stmt.line
            settled = machine.settled
            gone = _pass(machine, stmt, frame, item, needs)
            asked = machine.settled > settled and not counted(source)
            if len(items) == 1 and (gone is not None or (asked and not machine.again)):
                # One item stands for many: what the first skips, such as a header, the next may not,
                # and what the first fills, such as a list of names, the next may ask.
                before, machine.again = machine.again, True
                _pass(machine, stmt, frame, item, needs)
                machine.again = before
            if not machine.missing(needs):
                left = gone or left
    after = machine.run(stmt.orelse, frame)
    if left is not None and left.how != "loop" and truth(source, machine.here):
        return left
    return after


def _pass(machine: Machine, stmt: For, frame: Frame, item: Value, needs: Needs) -> Left | None:
    """The body of a loop with one item, which needs its rows."""
    on = machine.missing(needs)
    before = dict(frame.names)
    with machine.under(needs):
        expressions.bind(machine, stmt.target, item, frame)
        left = machine.run(stmt.body, frame)
    if on:
        for name, new in frame.names.items():
            frame.names[name] = later(before.get(name), new, on)
    return left


def _while(machine: Machine, stmt: While, frame: Frame) -> Left | None:
    machine.line = stmt.line
    test = machine.evaluate(stmt.test, frame)
    known = truth(test, machine.here)
    if known is False:
        on = machine.missing(needs_of(test))
        if on:
            _aside(machine, stmt.body, frame, on)
        return None
    with machine.turning(False):
        left = machine.run(stmt.body, frame)
        if left is not None and left.how == "loop":
            machine.run(stmt.body, frame)
    return left if known and left is not None and left.how != "loop" else None


# ---------------------------------------------------------------- exceptions


def _try(machine: Machine, stmt: Try, frame: Frame) -> Left | None:
    caught = any(_catches(handler) for handler in stmt.handlers)
    raised = machine.failure()
    before = dict(frame.names)
    machine.catching += caught
    left = machine.run(stmt.body, frame)
    machine.catching -= caught
    failure = machine.failure()
    machine.raised = raised
    failed = failure is not None or (left is not None and left.how == "raise")
    needs = failure or (left.needs if left is not None else FREE)
    if failed and caught:
        left = _handled(machine, stmt.handlers, frame, before, needs)
        if stmt.orelse:
            _aside(machine, stmt.orelse, frame, needs)
    else:
        left = _unhandled(machine, stmt, frame, left)
    after = machine.run(stmt.final, frame)
    return left or after


def _handled(
    machine: Machine,
    handlers: tuple[Handler, ...],
    frame: Frame,
    before: dict[str, Value],
    needs: Needs,
) -> Left | None:
    """An empty database goes on in the handler that catches the failed lookup."""
    handler = next(handler for handler in handlers if _catches(handler))
    after = frame.names
    frame.names = dict(before)
    left = machine.run(handler.body, frame)
    for name, value in after.items():
        known = frame.names.get(name)
        frame.names[name] = later(known, value, needs) if left is None else value
    if left is None or left.how == "raise":
        return None
    return Left(left.how, left.needs | needs)


def _unhandled(machine: Machine, stmt: Try, frame: Frame, left: Left | None) -> Left | None:
    """Any statement of the block may fail, so the handlers may run, and the block may go on."""
    if left is None:
        left = machine.run(stmt.orelse, frame)
    leave = True
    with machine.doubting():
        for handler in stmt.handlers:
            before = dict(frame.names)
            gone = machine.run(handler.body, frame)
            leave = leave and gone is not None
            for name, value in before.items():
                frame.names[name] = value if gone else either(value, frame.names.get(name, value))
    return left if leave else None


def _with(machine: Machine, stmt: With, frame: Frame) -> Left | None:
    machine.line = stmt.line
    swallows = False
    for value, target in stmt.items:
        found = machine.evaluate(value, frame)
        swallows = swallows or _is_suppress(value)
        if target is not None:
            expressions.bind(machine, target, found, frame)
    if not swallows:
        return machine.run(stmt.body, frame)
    raised = machine.failure()
    machine.catching += 1
    left = machine.run(stmt.body, frame)
    machine.catching -= 1
    machine.raised = raised
    return None if left is not None and left.how == "raise" else left


def _is_suppress(value: Expr) -> bool:
    match value:
        case Call(func=Ref(name)):
            return name.rpartition(".")[2] == "suppress"
        case _:
            return False


def _catches(handler: Handler) -> bool:
    """Whether a handler catches a lookup that finds no row."""
    match handler.exception:
        case None:
            return True
        case Ref(name):
            return name.endswith(_LOOKUP_ERRORS)
        case Items(items=items):
            return any(isinstance(item, Ref) and item.name.endswith(_LOOKUP_ERRORS) for item in items)
        case Opaque(text):
            return any(error in text for error in _LOOKUP_ERRORS)
        case _:
            return False


_STEPS: dict[type[Stmt], Callable[..., Left | None]] = {
    Evaluate: _evaluate,
    Assign: _assign,
    Return: _return,
    Jump: _jump,
    FuncDef: _function,
    ClassDef: _class,
    Import: _import,
    If: _if,
    For: _for,
    While: _while,
    Try: _try,
    With: _with,
}
