"""Classes that a metaclass makes of another body than the one written: which names it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.schema.classes import Class, Classes
from analyzer.schema.makers import metaclasses
from analyzer.source.bodies import outside
from analyzer.source.facts import Assign, Call, Expr, FuncDef, Jump, Literal, Op, Ref, Return, Stmt
from analyzer.source.scopes import children, expressions

MAKES = "__new__"
READS = ("get", "items", "keys", "values", "copy")
"""Methods of a dict that leave it as it is."""


def is_remade(classes: Classes, cls: Class, name: str) -> bool:
    """Whether a metaclass that is none of Django's may bind a name of the class to something else."""
    maker = next(metaclasses(classes, cls), None)
    if maker is None or maker.module.name.startswith("django."):
        return False
    node = classes.attributes(maker).get(MAKES)
    if Ref("type") not in maker.node.bases or not isinstance(node, FuncDef):
        return False
    whole = classes.names.modules.function(maker.module, node)
    return whole is None or not _leaves(whole, name)


def _leaves(node: FuncDef, name: str) -> bool:
    """Whether a `__new__` hands on the class body with that name as it stands."""
    if len(node.params) < 4 or node.params[3].startswith("*"):
        return False
    body = node.params[3]
    returned = False
    for stmt in outside(node.body or ()):
        match stmt:
            case Assign(targets=targets) if any(_changes(target, body, name) for target in targets):
                return False
            case Jump(kind="delete", value=value) if value is not None and _changes(value, body, name):
                return False
            case Return(value=value):
                if not isinstance(value, Call) or Ref(body) not in value.args:
                    return False
                returned = True
            case FuncDef():
                return False
            case _:
                pass
        if any(_is_changed(expr, body, name) for expr in _within(stmt)):
            return False
    return returned


def _changes(target: Expr, body: str, name: str) -> bool:
    """Whether a target is the class body, or the item of it that the name is, or may be."""
    match target:
        case Ref(written):
            return written == body
        case Op("[]", (Ref(written), Literal(key))) if written == body:
            return key == name
        case Op("[]", (Ref(written), _)):
            return written == body
        case Op("[]", (inner, _)):
            return _changes(inner, body, name)
        case _:
            return any(Ref(body) == part for part in children(target))


def _is_changed(expr: Expr, body: str, name: str) -> bool:
    """Whether a call may change the class body, or the item of it that the name is."""
    match expr:
        case Call(func=Ref(written)) if written.startswith(f"{body}."):
            return written.removeprefix(f"{body}.") not in READS
        case Call(func=Op(op, (Op("[]", (Ref(written), Literal(key))),))) if op.startswith("."):
            return written == body and key == name
        case Call(func=func, args=args):
            handed = Ref(body) in args
            return handed and not _is_new(func)
        case _:
            return False


def _is_new(func: Expr) -> bool:
    """Whether what is called makes the class."""
    match func:
        case Ref(written):
            return written.endswith(f".{MAKES}") or written == "type"
        case Op(op):
            return op == f".{MAKES}"
        case _:
            return False


def _within(stmt: Stmt) -> Iterator[Expr]:
    """Every expression in a statement."""
    pending = list(expressions(stmt))
    while pending:
        expr = pending.pop()
        yield expr
        pending += children(expr)
