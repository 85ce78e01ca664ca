"""What a module's body binds: its names with their candidates, read from statements alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from msgspec import Struct

from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Evaluate,
    Expr,
    For,
    FuncDef,
    If,
    Import,
    Items,
    Jump,
    Literal,
    Mapping,
    Op,
    Opaque,
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)

Decide = Callable[[Expr], bool | None]
"""Whether a condition holds; None where source does not decide it."""


def undecided(test: Expr) -> bool | None:
    """No condition is decided."""
    return None


Entry = Import | ClassDef | FuncDef | Assign

COMPOUND = (If, Try, For, While, With)
"""Statements that hold others of the same scope."""


class Scope(Struct, frozen=True):
    """What a module binds: candidates by name, the preferred first, and its star imports."""

    names: dict[str, list[tuple[Entry, str]]]
    stars: list[Import]
    exported: frozenset[str] | None
    dynamic: bool


def flatten(body: tuple[Stmt, ...], decide: Decide = undecided, *, hopeful: bool = False) -> list[Stmt]:
    """Statements of a block with those inside `if`, `try`, `for` and `with` in reading order.

    Of a condition that is decided only the branch that is taken.  `hopeful` puts what follows on
    the success of a `try` before what handles its failure.
    """
    out: list[Stmt] = []
    for stmt in body:
        if not isinstance(stmt, COMPOUND):
            out.append(stmt)
            continue
        match stmt:
            case If(test=Ref("TYPE_CHECKING" | "typing.TYPE_CHECKING"), orelse=(_, *_)):
                out += flatten(stmt.orelse, decide, hopeful=hopeful)  # the other is for type checkers
            case If():
                holds = decide(stmt.test)
                out += flatten(stmt.body, decide, hopeful=hopeful) if holds is not False else []
                out += flatten(stmt.orelse, decide, hopeful=hopeful) if holds is not True else []
            case Try():
                bodies = [handler.body for handler in stmt.handlers]
                bodies.insert(0 if hopeful else len(bodies), stmt.orelse)
                for inner in (stmt.body, *bodies, stmt.final):
                    out += flatten(inner, decide, hopeful=hopeful)
            case _:
                out += flatten(stmt.body, decide, hopeful=hopeful)
    return out


def read_scope(body: tuple[Stmt, ...], decide: Decide = undecided) -> Scope:
    """The names that a body binds, alternatives in reading order, those of a failure last."""
    names: dict[str, deque[tuple[Entry, str]]] = {}
    stars: list[Import] = []
    exported: set[str] | None = None
    for stmt in body:
        alternatives = isinstance(stmt, (If, Try))
        for inner in flatten((stmt,), decide, hopeful=True) if isinstance(stmt, COMPOUND) else (stmt,):
            if isinstance(inner, Import) and inner.names and inner.names[0][0] == "*":
                stars.append(inner)
                continue
            for name in bound_names(inner):
                known = names.setdefault(name, deque())
                entry = (inner, name)
                if alternatives and not (known and all(_is_none(other) for other, _ in known)):
                    known.append(entry)  # type: ignore[arg-type]
                else:
                    known.appendleft(entry)  # type: ignore[arg-type]
        if isinstance(stmt, Assign) and stmt.targets[0] == Ref("__all__"):
            exported = _extend_all(exported, stmt)
    dynamic = any(isinstance(entry, FuncDef) for entry, _ in names.get("__getattr__", ()))
    found = {name: list(known) for name, known in names.items()}
    return Scope(found, stars, frozenset(exported) if exported is not None else None, dynamic)


def _is_none(entry: Entry) -> bool:
    """Whether it says `NAME = None`, for a name that a condition may define after all."""
    return isinstance(entry, Assign) and entry.value == Literal(None)


def _extend_all(known: set[str] | None, stmt: Assign) -> set[str] | None:
    """`__all__` as far as it is a plain list of strings; None, which exports all, where it is not."""
    if not isinstance(stmt.value, Items):
        return None
    if stmt.op != "=" and known is None:
        return None
    words = {i.value for i in stmt.value.items if isinstance(i, Literal) and isinstance(i.value, str)}
    if len(words) < len(stmt.value.items):
        return None
    return words if known is None or stmt.op == "=" else known | words


def bound_names(stmt: Stmt) -> list[str]:
    """The names that a statement binds in its own scope."""
    match stmt:
        case ClassDef(name=name) | FuncDef(name=name):
            return [name]
        case Import(names=None):
            return [stmt.alias or stmt.module.partition(".")[0]]
        case Import(names=names):
            return [alias for _, alias in names or ()]
        case Assign(op="="):
            return [name for target in stmt.targets for name in _target_names(target)]
        case _:
            return []


def share(stmt: Assign, name: str) -> Expr:
    """What an assignment gives to one of the names that it binds: `A, B = 1, 2` gives B the 2."""
    for target in stmt.targets:
        path = _place(target, name)
        if path is not None:
            value = stmt.value
            for place in path:
                inner = value.items if isinstance(value, Items) else ()
                plain = place < len(inner) and not any(isinstance(i, Op) and i.op == "*" for i in inner)
                value = inner[place] if plain else Op("[]", (value, Literal(place)))
            return value
    return Opaque(f"{name} of several", stmt.line)


def alone(stmt: Assign, name: str) -> Assign:
    """An assignment as if it bound no other name."""
    if Ref(name) in stmt.targets:
        return stmt
    return Assign((Ref(name),), stmt.op, share(stmt, name), stmt.line)


def _place(target: Expr, name: str) -> tuple[int, ...] | None:
    """Where in an unpacked value the part is that a name gets; None where the target does not bind it."""
    if target == Ref(name):
        return ()
    if not isinstance(target, Items) or any(isinstance(item, Op) for item in target.items):
        return None
    for place, item in enumerate(target.items):
        inner = _place(item, name)
        if inner is not None:
            return (place, *inner)
    return None


def _target_names(target: Expr) -> list[str]:
    match target:
        case Ref(name) if "." not in name:
            return [name]
        case Items():
            return [name for item in target.items for name in _target_names(item)]
        case Op("*", (inner,)):
            return _target_names(inner)
        case _:
            return []


def heads(expr: Expr) -> set[str]:
    """The first parts of the names that an expression is written with."""
    out: set[str] = set()
    pending = [expr]
    while pending:
        item = pending.pop()
        if type(item) is Ref:
            out.add(item.name.partition(".")[0])
        elif type(item) is not Literal:
            pending += children(item)
    return out


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions that an expression is directly made of."""
    if isinstance(expr, Call):
        return (expr.func, *expr.args, *[value for _, value in expr.kwargs])
    if isinstance(expr, Op):
        return expr.args
    if isinstance(expr, Items):
        return expr.items
    if isinstance(expr, Mapping):
        return tuple([part for pair in expr.pairs for part in pair if part is not None])
    return ()


def expressions(stmt: Stmt) -> tuple[Expr, ...]:
    """The expressions that a statement itself is made of, targets included."""
    match stmt:
        case Assign(targets=targets, value=value):
            return (*targets, value)
        case If(test=value) | While(test=value) | Evaluate(value=value):
            return (value,)
        case For(target=target, iterable=iterable):
            return (target, iterable)
        case With(items=items):
            return tuple(part for pair in items for part in pair if part is not None)
        case Return(value=value) | Jump(value=value):
            return (value,) if value is not None else ()
        case _:
            return ()


def inside(stmt: Stmt) -> tuple[Stmt, ...]:
    """The statements inside of one."""
    match stmt:
        case If() | For():
            return (*stmt.body, *stmt.orelse)
        case Try():
            handled = [inner for handler in stmt.handlers for inner in handler.body]
            return (*stmt.body, *handled, *stmt.orelse, *stmt.final)
        case With() | While() | ClassDef():
            return stmt.body
        case FuncDef():
            return stmt.body or ()
        case _:
            return ()
