"""What a module's body binds: its names with their candidates, read from statements alone."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from analyzer.source.facts import (
    Assign,
    ClassDef,
    Expr,
    For,
    FuncDef,
    If,
    Import,
    Items,
    Literal,
    Op,
    Ref,
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


class Scope(Struct, frozen=True):
    """What a module binds: candidates by name, the preferred first, and its star imports."""

    names: dict[str, list[tuple[Entry, str]]]
    stars: list[Import]
    exported: frozenset[str] | None
    dynamic: bool


def flatten(body: tuple[Stmt, ...], decide: Decide = undecided) -> list[Stmt]:
    """Statements of a block with those inside `if`, `try`, `for` and `with` in reading order.

    Of a condition that is decided only the branch that is taken.
    """
    out: list[Stmt] = []
    for stmt in body:
        match stmt:
            case If(test=Ref("TYPE_CHECKING" | "typing.TYPE_CHECKING"), orelse=(_, *_)):
                out += flatten(stmt.orelse, decide)  # the other branch is for type checkers alone
            case If():
                holds = decide(stmt.test)
                out += flatten(stmt.body, decide) if holds is not False else []
                out += flatten(stmt.orelse, decide) if holds is not True else []
            case Try():
                inner = [s for handler in stmt.handlers for s in flatten(handler.body, decide)]
                out += flatten(stmt.body, decide) + inner
                out += flatten(stmt.orelse, decide) + flatten(stmt.final, decide)
            case For() | While() | With():
                out += flatten(stmt.body, decide)
            case _:
                out.append(stmt)
    return out


def read_scope(body: tuple[Stmt, ...], decide: Decide = undecided) -> Scope:
    """The names that a body binds, alternatives in reading order."""
    names: dict[str, list[tuple[Entry, str]]] = {}
    stars: list[Import] = []
    exported: set[str] | None = None
    for stmt in body:
        alternatives = isinstance(stmt, (If, Try))
        for inner in flatten((stmt,), decide):
            if isinstance(inner, Import) and inner.names and inner.names[0][0] == "*":
                stars.append(inner)
                continue
            for name in _bound(inner):
                known = names.setdefault(name, [])
                entry = (inner, name)
                if alternatives and known and all(_is_none(other) for other, _ in known):
                    known.insert(0, entry)  # type: ignore[arg-type]
                elif alternatives:
                    known.append(entry)  # type: ignore[arg-type]
                else:
                    known.insert(0, entry)  # type: ignore[arg-type]
        if isinstance(stmt, Assign) and stmt.targets[0] == Ref("__all__"):
            exported = _extend_all(exported, stmt)
    dynamic = any(isinstance(entry, FuncDef) for entry, _ in names.get("__getattr__", ()))
    return Scope(names, stars, frozenset(exported) if exported is not None else None, dynamic)


def _is_none(entry: Entry) -> bool:
    """Whether it says `NAME = None`, for a name that a condition may define after all."""
    return isinstance(entry, Assign) and entry.value == Literal(None)


def _extend_all(known: set[str] | None, stmt: Assign) -> set[str] | None:
    """`__all__` as far as it is a plain list of strings; None, which exports all, where it is not."""
    if not isinstance(stmt.value, Items):
        return None
    words = {i.value for i in stmt.value.items if isinstance(i, Literal) and isinstance(i.value, str)}
    if len(words) < len(stmt.value.items):
        return None
    return words if stmt.op == "=" else (known or set()) | words


def _bound(stmt: Stmt) -> list[str]:
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
