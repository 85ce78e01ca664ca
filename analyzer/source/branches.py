"""Two ways that a block may go: when there are two, and what holds after either."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from analyzer.source.facts import Expr, Handler, Import, Items, Jump, Ref, Try
from analyzer.source.modules import Module
from analyzer.source.names import Names, absolute
from analyzer.source.values import Maybe, Table, Undecided, Value, is_plain, merge

RETURNED = "<returned>"
JUMPED = "<jumped>"
"""Names by which a block tells what it returned, and that it left a loop's body."""

MISSING = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
"""What a handler names that is meant for a package which is not installed, among others."""


def joined(
    one: Mapping[str, Value], other: Mapping[str, Value], why: str, expected: bool | None
) -> dict[str, Value]:
    """The names after one of two ways; `expected` says which it is on an ordinary machine."""
    out: dict[str, Value] = {}
    for name in sorted({*one, *other}):
        if name == RETURNED:
            out[name] = merge(one.get(name), other.get(name), why)
        elif name == JUMPED:
            jumps = one.get(name, "continue"), other.get(name, "continue")
            out[name] = jumps[0] if jumps[0] == jumps[1] else Undecided(why)
        elif name in one and name in other:
            out[name] = merge(one[name], other[name], why)
            if one[name] != other[name] and isinstance(out[name], Undecided) and expected is not None:
                out[name] = Maybe(one[name] if expected else other[name], why)
        elif is_plain(one.get(name)) and expected is False:
            out[name] = other.get(name, Undecided(why))
        elif isinstance(table := one.get(name), Table) and expected is False:
            out[name] = Maybe(table, why)
        else:
            out[name] = one[name] if name in one else other[name]
    return out


def unknown_import(stmt: Try, module: Module, names: Names) -> str:
    """The module that a `try` asks for and that may be missing: neither known here nor Python's own."""
    if not any(map(falls_back, stmt.handlers)):
        return ""
    for inner in stmt.body:
        if isinstance(inner, Import) and names.target(module, inner) is None:
            path = absolute(module, inner)
            if path.partition(".")[0] not in sys.stdlib_module_names:
                return path
    return ""


def falls_back(handler: Handler) -> bool:
    """Whether a handler goes on without the package."""
    raises = any(isinstance(stmt, Jump) and stmt.kind == "raise" for stmt in handler.body)
    return _expects(handler.exception) and not raises


def _expects(exception: Expr | None) -> bool:
    match exception:
        case None:
            return True
        case Ref(name):
            return name in MISSING
        case Items(items=items):
            return any(map(_expects, items))
        case _:
            return False
