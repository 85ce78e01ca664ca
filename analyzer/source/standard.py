"""Functions of Python's standard library that hand on what they are given."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.source.evaluate import Env, Result
from analyzer.source.values import Undecided, Value


def standard() -> Mapping[str, Result]:
    """What they give, by dotted path."""
    return {"typing.cast": _cast}


def _cast(args: tuple[Value, ...], named: Env) -> Value:
    given = args[1] if len(args) == 2 else named.get("val")
    return Undecided("`cast(…)` without a value") if given is None and len(args) < 2 else given
