"""Operation classes of a project's own that hand a state on to operations that they were given."""

from __future__ import annotations

from msgspec import Struct

from analyzer.source.facts import Assign, Call, Evaluate, Expr, For, FuncDef, Literal, Op, Ref, Return, Stmt
from analyzer.source.parameters import positional

FORWARDS = "state_forwards"


class Held(Struct, frozen=True):
    """A parameter of the class that takes operations, and where it stands without a keyword."""

    name: str
    position: int | None


def held(forwards: FuncDef, init: FuncDef | None) -> tuple[Held, ...] | None:
    """The parameters whose operations `state_forwards` carries out; None where it does anything else.

    `self.operation.state_forwards(…)`, and the same in a loop over `self.operations`.
    """
    names: list[str] = []
    for stmt in forwards.body or ():
        if is_idle(stmt):
            continue
        attribute = _handed_on(stmt)
        if attribute is None:
            return None
        names.append(attribute)
    found = kept(init) if init is not None else {}
    if init is None or not names or any(name not in found for name in names):
        return None
    places = positional(init.params)[1:]
    params = [found[name] for name in names]
    return tuple(Held(name, places.index(name) if name in places else None) for name in params)


def is_idle(stmt: Stmt) -> bool:
    """Whether a statement does nothing: a text, a name, a bare return."""
    match stmt:
        case Evaluate(value=Literal() | Ref()) | Return(value=None | Literal()):
            return True
        case _:
            return False


def _handed_on(stmt: Stmt) -> str | None:
    """The attribute of `self` whose operations a statement carries out."""
    match stmt:
        case Evaluate(value=Call(func=Ref(name))):
            owner, _, attribute = name.removesuffix(f".{FORWARDS}").partition(".")
            return attribute if owner == "self" and name.endswith(f".{FORWARDS}") else None
        case For(
            target=Ref(one), iterable=Ref(many), body=(Evaluate(value=Call(func=Ref(name))),), orelse=()
        ):
            owner, _, attribute = many.partition(".")
            return attribute if owner == "self" and name == f"{one}.{FORWARDS}" else None
        case _:
            return None


def kept(init: FuncDef) -> dict[str, str]:
    """Attributes that a constructor fills with one of its parameters: the parameter by attribute."""
    out: dict[str, str] = {}
    for stmt in init.body or ():
        if isinstance(stmt, Assign):
            param = _parameter(stmt.value)
            for target in stmt.targets:
                if isinstance(target, Ref) and target.name.startswith("self.") and param in init.params:
                    out[target.name.removeprefix("self.")] = param
    return out


def _parameter(expr: Expr) -> str:
    """`name`, `name or []` and `list(name)`."""
    match expr:
        case Ref(name) | Op("or", (Ref(name), _)) | Call(func=Ref("list" | "tuple"), args=(Ref(name),)):
            return name
        case _:
            return ""
