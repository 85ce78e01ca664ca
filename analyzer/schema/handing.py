"""Methods that do what the ones do that they override: they hand all on as they got it."""

from __future__ import annotations

from analyzer.source.facts import Call, Evaluate, Expr, FuncDef, Op, Ref, Return
from analyzer.source.modules import Module, Modules

PREPARED = "class_prepared"
PROCEDURES = frozenset({"__init__", "contribute_to_class", "finalize"})
"""Methods that return nothing."""


def hands_on(modules: Modules, module: Module, outline: FuncDef) -> bool:
    """Whether a method calls the one that it overrides, once, with all that it gets, and connects signals
    at most; one that is sent while models are made is none of those."""
    method = modules.function(module, outline)
    inherited = 0
    for stmt in (method.body or ()) if method is not None else ():
        match stmt:
            case Return(value=Call() as call) if _is_inherited(call, outline.name):
                inherited += 1
            case Evaluate(value=Call() as call) if _is_inherited(call, outline.name):
                if outline.name not in PROCEDURES:
                    return False
                inherited += 1
            case Evaluate(value=Call(func=Ref(name))) if name.endswith(".connect") and PREPARED not in name:
                continue
            case _:
                return False
        if method is None or not _hands_all(call, method):
            return False
    return inherited == 1


def _is_inherited(call: Call, name: str) -> bool:
    """Whether it is `super().name(…)`."""
    match call.func:
        case Op(op=op, args=(Call(func=Ref("super")),)):
            return op == f".{name}"
        case _:
            return False


def _hands_all(call: Call, method: FuncDef) -> bool:
    """Whether a call hands on all parameters of a method, each under its own name or in its place."""
    places: list[Expr] = []
    words: dict[str, Expr] = {}
    given = dict(call.kwargs)
    for parameter in method.params[1:]:
        name = parameter.lstrip("*")
        if parameter.startswith("**"):
            words["**"] = Ref(name)
        elif name in given:
            words[name] = Ref(name)
        elif name and name != "/":
            places.append(Op("*", (Ref(name),)) if parameter.startswith("*") else Ref(name))
    return list(call.args) == places and given == words
