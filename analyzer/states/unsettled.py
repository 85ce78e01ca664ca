"""Names that a class or module binds only under conditions that source does not decide."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.schema.classes import Class, Classes
from analyzer.source.facts import Assign, ClassDef, For, FuncDef, If, Ref, Stmt, Try, While
from analyzer.source.modules import Module
from analyzer.source.scopes import flatten


def unsettled(classes: Classes, cls: Class) -> dict[str, str]:
    """Why it is not certain what a class body binds to a name, by name."""
    return doubtful(classes, cls.node.body, cls.module)


def doubtful(classes: Classes, body: Iterable[Stmt], module: Module) -> dict[str, str]:
    """Why it is not certain what a block binds to a name, by name."""
    out: dict[str, str] = {}
    for stmt in body:
        match stmt:
            case If():
                holds = classes.decides(stmt.test, module)
                if holds is None:
                    why = f"depends on a condition at {module.at(stmt.line)} that is not decided"
                    out.update((name, why) for name in _bound((*stmt.body, *stmt.orelse)))
                else:
                    out.update(doubtful(classes, stmt.body if holds else stmt.orelse, module))
            case Try(handlers=(_, *_)):
                why = f"depends on whether the `try` at {module.at(stmt.line)} fails"
                inner = [s for handler in stmt.handlers for s in handler.body]
                out.update((name, why) for name in _bound((*stmt.body, *inner, *stmt.orelse)))
            case For() | While():
                why = f"depends on the loop at {module.at(stmt.line)}"
                out.update((name, why) for name in _bound(stmt.body))
            case Assign(op="="):
                for name in _bound((stmt,)):
                    out.pop(name, None)
            case Assign():
                out.update((t.name, "is changed in place") for t in stmt.targets if isinstance(t, Ref))
            case _:
                pass
    return out


def _bound(body: tuple[Stmt, ...]) -> list[str]:
    out: list[str] = []
    for stmt in flatten(body):
        match stmt:
            case Assign():
                out += [target.name for target in stmt.targets if isinstance(target, Ref)]
            case ClassDef(name=name) | FuncDef(name=name):
                out.append(name)
            case _:
                pass
    return out
