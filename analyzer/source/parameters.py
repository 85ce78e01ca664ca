"""Which argument of a call a function's parameter gets, whatever arguments are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from analyzer.source import values
from analyzer.source.facts import FuncDef, Ref

Argument = TypeVar("Argument")


class Bound(Struct, Generic[Argument], frozen=True):
    """The arguments by parameter.

    `rest` is what `*args` collects and `options` what `**kwargs` does; `missing` are the parameters
    that the call gives nothing, in order.
    """

    given: dict[str, Argument]
    rest: tuple[Argument, ...]
    options: dict[str, Argument]
    missing: tuple[str, ...]


def positional(params: Iterable[str]) -> tuple[str, ...]:
    """The parameters that arguments without a keyword fill, in order."""
    out: list[str] = []
    for param in params:
        if param.startswith("*"):
            break
        if param != "/":
            out.append(param)
    return tuple(out)


def keywords(params: Iterable[str]) -> tuple[str, ...]:
    """The parameters that a keyword may name, in order."""
    out: list[str] = []
    for param in params:
        if param == "/":
            out.clear()
        elif not param.startswith("*"):
            out.append(param)
    return tuple(out)


def collector(params: Iterable[str], stars: str) -> str | None:
    """The name of the parameter after `*` or `**`, if there is one."""
    names = (param.lstrip("*") for param in params if _stars(param) == stars)
    return next((name for name in names if name), None)


def bound(params: Sequence[str], args: Sequence[Argument], named: Mapping[str, Argument]) -> Bound[Argument]:
    """How Python hands arguments to parameters; what fits nowhere is in `rest` and `options`."""
    places, names = positional(params), keywords(params)
    given = dict(zip(places, args, strict=False))
    options: dict[str, Argument] = {}
    for name, value in named.items():
        if name in names and name not in given:
            given[name] = value
        else:
            options[name] = value
    wanted = [param for param in params if not param.startswith("*") and param != "/"]
    missing = tuple(param for param in wanted if param not in given)
    return Bound(given, tuple(args[len(places) :]), options, missing)


def handed_over(function: FuncDef, args: values.Sequence, owner: values.Value) -> values.Sequence | None:
    """What a function gets by place, a class method its class first; None where a decorator has a say."""
    match function.decorators:
        case () | (Ref("staticmethod"),):
            return args
        case (Ref("classmethod"),) if isinstance(owner, values.Named):
            return values.Sequence("tuple", (owner, *args.items), args.complete, args.why)
        case _:
            return None


def _stars(param: str) -> str:
    return param[: len(param) - len(param.lstrip("*"))]
