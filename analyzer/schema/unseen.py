"""Statements in the body of a class that bind names which do not stand there: `exec(…)`, `locals()[…] =`."""

from __future__ import annotations

from analyzer.schema.classes import Class
from analyzer.source.facts import Assign, Call, Evaluate, Expr, Op, Ref, Stmt
from analyzer.source.scopes import flatten

NAMESPACES = ("locals", "vars")


def binds_unseen(cls: Class) -> str:
    """The place of such a statement; "" where the body has none."""
    found = (stmt for stmt in flatten(cls.node.body) if _is_unseen(stmt))
    return next((cls.module.at(stmt.line) for stmt in found if isinstance(stmt, (Assign, Evaluate))), "")


def _is_unseen(stmt: Stmt) -> bool:
    match stmt:
        case Evaluate(value=Call(func=Ref("exec"))):
            return True
        case Evaluate(value=Call(func=Op(op, (owner,)))) if op.startswith("."):
            return _is_namespace(owner)
        case Assign(targets=targets):
            return any(isinstance(t, Op) and t.op == "[]" and _is_namespace(t.args[0]) for t in targets)
        case _:
            return False


def _is_namespace(expr: Expr) -> bool:
    return isinstance(expr, Call) and isinstance(expr.func, Ref) and expr.func.name in NAMESPACES
