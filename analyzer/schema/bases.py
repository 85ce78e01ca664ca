"""The base classes of a class as they are written."""

from __future__ import annotations

from analyzer.source.facts import Call, ClassDef, Expr, Ref

WITH_METACLASS = frozenset({"with_metaclass"})


def base_exprs(node: ClassDef) -> tuple[Expr, ...]:
    """Bases as written; `with_metaclass(Meta, A, B)` (six) stands for A, B."""
    out: list[Expr] = []
    for base in node.bases:
        match base:
            case Call(func=Ref(name)) if name.rpartition(".")[2] in WITH_METACLASS:
                out.extend(base.args[1:])
            case _:
                out.append(base)
    return tuple(out)


def in_words(expr: Expr) -> str:
    """An expression as a reason names it."""
    match expr:
        case Ref(name):
            return name
        case Call(func=Ref(name)):
            return f"{name}(…)"
        case _:
            return "an expression"
