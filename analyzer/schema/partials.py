"""Calls of what `functools.partial` has filled in: `Name = partial(CharField, max_length=80)`."""

from __future__ import annotations

from msgspec import Struct

from analyzer.schema.classes import Classes
from analyzer.source.facts import Call, Expr, Literal, Ref
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External
from analyzer.source.values import Value

PARTIAL = "functools.partial"
MAX_LAYERS = 10


class Completed(Struct, frozen=True):
    """A call of what is behind a partial, as the module that made the partial would write it.

    `local` are the values of arguments that were written in another module.
    """

    call: Call
    module: Module
    local: tuple[tuple[str, Value], ...] = ()


def completed(classes: Classes, call: Call, module: Module) -> Completed:
    """The call with the arguments of the partials behind its name; as it is where there is none."""
    found = Completed(call, module)
    for layer in range(MAX_LAYERS):
        inner = _partial(classes, found)
        if inner is None:
            break
        found = _filled(classes, found, *inner, layer)
    return found


def _partial(classes: Classes, found: Completed) -> tuple[Call, Module] | None:
    """The call of `partial` that a name leads to, and its module."""
    func = found.call.func
    binding = classes.names.resolve(found.module, func.name) if isinstance(func, Ref) else None
    match binding:
        case Defined(home, _, Call(func=Ref(written), args=(Ref(), *_)) as inner):
            meant = classes.names.resolve(home, written)
            return (inner, home) if isinstance(meant, External) and meant.path == PARTIAL else None
        case _:
            return None


def _filled(classes: Classes, found: Completed, inner: Call, home: Module, layer: int) -> Completed:
    local = dict(found.local)

    def carried(expr: Expr) -> Expr:
        if isinstance(expr, Literal) or home.path == found.module.path:
            return expr
        name = f"<given {layer} {len(local)}>"
        local[name] = classes.evaluator.evaluate(expr, found.module, dict(found.local))
        return Ref(name)

    args = tuple(map(carried, found.call.args))
    named = tuple((name, carried(value)) for name, value in found.call.kwargs)
    kept = tuple(pair for pair in inner.kwargs if pair[0] == "**" or pair[0] not in dict(named))
    call = Call(inner.args[0], (*inner.args[1:], *args), (*kept, *named), found.call.line)
    return Completed(call, home, tuple(local.items()))
