"""Operations that a migration's `__init__` gives it (django.db.migrations.migration.Migration.__init__)."""

from __future__ import annotations

from analyzer.source.evaluate import Evaluator
from analyzer.source.execute import parameters
from analyzer.source.facts import Assign, Call, Evaluate, Expr, FuncDef, If, Items, Literal, Op, Ref, Stmt
from analyzer.source.filling import Filling
from analyzer.source.modules import Module
from analyzer.source.scopes import flatten, heads
from analyzer.source.values import Sequence, Table, Undecided, Value

OPERATIONS = "operations"
INIT = ".__init__"


def constructed(evaluator: Evaluator, node: FuncDef, module: Module, value: Value) -> Sequence | None:
    """What the operations of a class come to once an object of it is made.

    None where `__init__` does more than to call Django's own and to set `operations` then.
    """
    body = [stmt for stmt in node.body or () if not _is_text(stmt)]
    own = next(iter(node.params), "")
    if not own or not body or not _is_super_call(body[0], node.params[1:]) or node.decorators:
        return None
    rest = tuple(body[1:])
    if not all(_is_followed(stmt, own) for stmt in flatten(rest)):
        return None
    env = parameters(evaluator, node, module, (Sequence("tuple", (), False), Table((), False)))
    env |= {own: Undecided("a migration"), f"{own}.{OPERATIONS}": value}
    Filling(evaluator).run(rest, module, env, 1)
    found = env[f"{own}.{OPERATIONS}"]
    return found if isinstance(found, Sequence) and found.complete else None


def _is_followed(stmt: Stmt, own: str) -> bool:
    """Whether a statement does nothing to the migration but to set its operations."""
    attribute = f"{own}.{OPERATIONS}"
    match stmt:
        case If(test=test):
            return own not in heads(test)
        case Assign(targets=(Ref(name),), value=value):
            return ("." not in name or name == attribute) and _hands_on(value, own, attribute)
        case _:
            return _is_text(stmt)


def _hands_on(value: Expr, own: str, attribute: str) -> bool:
    """Whether an expression uses nothing of the migration but its operations."""
    return own not in heads(value) or own not in heads(_without(value, attribute))


def _without(value: Expr, attribute: str) -> Expr:
    match value:
        case Ref(name) if name == attribute:
            return Literal(None)
        case Op(op, args):
            return Op(op, tuple(_without(arg, attribute) for arg in args))
        case Items(kind, items):
            return Items(kind, tuple(_without(item, attribute) for item in items))
        case _:
            return value


def _is_super_call(stmt: Stmt, params: tuple[str, ...]) -> bool:
    """Whether Django's own `__init__` gets what this one does."""
    match stmt:
        case Evaluate(value=Call(func=Op(op, (Call(func=Ref("super")),))) as call) if op == INIT:
            given = [_parameter(arg) for arg in call.args]
            named = [_named(key, value) for key, value in call.kwargs]
            return [*given, *named] == [param for param in params if param not in ("*", "/")]
        case _:
            return False


def _parameter(arg: Expr) -> str:
    match arg:
        case Ref(name):
            return name
        case Op("*", (Ref(name),)):
            return f"*{name}"
        case _:
            return ""


def _named(key: str, value: Expr) -> str:
    match value:
        case Ref(name) if key == "**":
            return f"**{name}"
        case Ref(name) if key == name:
            return name
        case _:
            return ""


def _is_text(stmt: Stmt) -> bool:
    return isinstance(stmt, Evaluate) and isinstance(stmt.value, Literal)
