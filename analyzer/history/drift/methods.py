"""How a method of a field's class treats the model that the field is given to, read from its statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal as Says

from analyzer.schema.given import CONTRIBUTES, SELF
from analyzer.source.facts import (
    Assign,
    Call,
    Evaluate,
    Expr,
    For,
    FuncDef,
    If,
    Jump,
    Op,
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from analyzer.source.scopes import children, expressions, flatten, heads, inside

ADD_FIELD = "add_field"
MAX_ROUNDS = 20
"""Names that are given on more often than that are all taken to hold what is given."""

Handing = Says["done", "open", "lost"]
"""All ways through a block hand the field on, or none ends there, or one ends without."""


def named(method: FuncDef) -> tuple[str, ...]:
    """What a method calls the model and the name of the field."""
    return tuple(param for param in method.params if not param.startswith(("*", "/")))[1:3]


def hands_itself_on(method: FuncDef) -> bool:
    """Whether a method gives the field to the model under its name, whatever way it takes."""
    return _handed_on(method.body or (), named(method)) == "done"


def overrides(method: FuncDef) -> bool:
    """Whether a method calls the one that it overrides."""
    return any(verb(call) == CONTRIBUTES and hands_on(call) for call in calls(method.body or ()))


def hands_on(call: Call) -> bool:
    """Whether a call is of the method that the one in which it stands overrides."""
    return _is_unbound(call) or (isinstance(call.func, Op) and is_super(call.func.args[0]))


def is_super(expr: Expr) -> bool:
    """Whether an expression is `super()`."""
    return isinstance(expr, Call) and expr.func == Ref("super")


def verb(call: Call) -> str:
    """The last name of what is called."""
    match call.func:
        case Ref(name):
            return name.rpartition(".")[2]
        case Op(op=op) if op.startswith("."):
            return op[1:]
        case _:
            return ""


def _handed_on(body: Iterable[Stmt], names: tuple[str, ...]) -> Handing:
    for stmt in body:
        match stmt:
            case Evaluate(Call() as call) | Return(Call() as call) if _gives_itself(call, names):
                return "done"
            case Return():
                return "lost"
            case Jump(kind="raise"):
                return "done"
            case Assign(targets=targets) if any(Ref(name) in targets for name in names):
                return "lost"
            case If():
                ways = {_handed_on(stmt.body, names), _handed_on(stmt.orelse, names)}
            case With():
                ways = {_handed_on(stmt.body, names)}
            case Try() | For() | While():
                ways = {"lost" if any(isinstance(s, Return) for s in flatten((stmt,))) else "open"}
            case _:
                continue
        if "lost" in ways:
            return "lost"
        if ways == {"done"}:
            return "done"
    return "open"


def _gives_itself(call: Call, names: tuple[str, ...]) -> bool:
    """A call that gives the field itself to the model: `super().contribute_to_class(cls, name)`."""
    if len(names) < 2:
        return False
    if verb(call) == ADD_FIELD:
        return call.func == Ref(f"{names[0]}._meta.{ADD_FIELD}") and call.args[:1] == (Ref(SELF),)
    given = call.args[1:] if _is_unbound(call) else call.args
    return verb(call) == CONTRIBUTES and hands_on(call) and given[:2] == tuple(map(Ref, names))


def _is_unbound(call: Call) -> bool:
    return isinstance(call.func, Ref) and call.args[:1] == (Ref(SELF),)


# ---------------------------------------------------------------- what a function gets


def marked(function: FuncDef) -> set[str]:
    """The names in a function that may hold the model, the field or something of them."""
    inner = [stmt for stmt in flatten(function.body or ()) if isinstance(stmt, FuncDef)]
    found = {param.lstrip("*") for known in (function, *inner) for param in known.params}
    found -= set(named(function)[1:]) if function.name == CONTRIBUTES else set()
    bound = [(heads(target), heads(value)) for target, value in _bound(function.body or ())]
    for _ in range(MAX_ROUNDS):
        before = len(found)
        for targets, values in bound:
            if values & found:
                found |= targets
        if len(found) == before:
            return found
    return found.union(*(targets for targets, _ in bound))


def _bound(body: Iterable[Stmt]) -> Iterator[tuple[Expr, Expr]]:
    """(target, value) of what a block binds, the functions in it included."""
    for stmt in body:
        match stmt:
            case Assign(targets=targets, value=value):
                yield from ((target, value) for target in targets)
            case For(target=target, iterable=value):
                yield target, value
            case With(items=items):
                yield from ((target, value) for value, target in items if target is not None)
            case _:
                pass
        yield from _bound(inside(stmt))


# ---------------------------------------------------------------- statements


def carried_out(body: Iterable[Stmt]) -> Iterator[Stmt]:
    """The statements of a block that `schema.given.Giving` carries out."""
    for stmt in body:
        match stmt:
            case If():
                yield from carried_out((*stmt.body, *stmt.orelse))
            case Try():
                yield from carried_out((*stmt.body, *stmt.orelse, *stmt.final))
            case With() | For():
                yield from carried_out(stmt.body)
            case _:
                yield stmt


def calls(body: Iterable[Stmt]) -> Iterator[Call]:
    """All calls in a block, those in its functions and lambdas included."""
    for stmt in body:
        pending = list(expressions(stmt))
        while pending:
            expr = pending.pop()
            if isinstance(expr, Call):
                yield expr
            pending += children(expr)
        yield from calls(inside(stmt))
