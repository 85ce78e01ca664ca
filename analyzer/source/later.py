"""Functions whose results are made when they are needed (django.utils.functional.lazy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.source.names import Defined
from analyzer.source.values import Made, Named, Value

if TYPE_CHECKING:
    from analyzer.source.evaluate import Evaluator

LAZY = "django.utils.functional.lazy"


def behind(evaluator: Evaluator, callee: Value, calls: int) -> Named | None:
    """The function behind `lazy(function, …)`, where what it returns is followed."""
    if not isinstance(callee, Made) or callee.path != LAZY or not callee.call.args:
        return None
    found = evaluator.evaluate(callee.call.args[0], callee.module, dict(callee.local), calls)
    if not isinstance(found, Named):
        return None
    own = isinstance(found.binding, Defined) and found.binding.module.own
    return found if own or found.path in evaluator.calls else None
