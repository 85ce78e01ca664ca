"""List, set, dict and generator comprehensions over values that source decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.source.facts import Expr, Literal, Op
from analyzer.source.modules import Module
from analyzer.source.operators import table_of
from analyzer.source.targets import bind
from analyzer.source.values import Named, Sequence, Undecided, Value, truth

if TYPE_CHECKING:
    from analyzer.source.evaluate import Env, Evaluator

MAX_ROUNDS = 20_000

MEMBERS = "__iter__"
"""Asked of an evaluator's `members`: what going through a class gives."""


class Comprehension:
    """Carries out one comprehension at a time; the rounds of inner ones count with the outermost."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.rounds = 0
        self._nested = False

    def value(self, expr: Op, module: Module, env: Env, calls: int) -> Value:
        """What a comprehension (`Op("for")`: kind, element, clauses) comes to."""
        kind, element, *clauses = expr.args
        name = str(kind.value) if isinstance(kind, Literal) else "list"
        found: list[Value] = []
        outermost = not self._nested
        self._nested = True
        self.rounds = 0 if outermost else self.rounds
        failure = self._clauses(clauses, element, module, dict(env), calls, found)
        self._nested = not outermost
        if failure is not None:
            return failure
        if name == "dictionary":
            return table_of(found)
        return Sequence("list" if name == "generator" else name, tuple(found))

    def _clauses(
        self,
        clauses: list[Expr],
        element: Expr,
        module: Module,
        env: dict[str, Value],
        calls: int,
        out: list[Value],
    ) -> Undecided | None:
        if not clauses:
            out.append(self.evaluator.evaluate(element, module, env, calls))
            return None
        first, *rest = clauses
        match first:
            case Op("if", (test,)):
                known = truth(self.evaluator.evaluate(test, module, env, calls))
                if known is None:
                    return Undecided("a comprehension's condition is not decided")
                return self._clauses(rest, element, module, env, calls, out) if known else None
            case Op("in", (target, iterable)):
                source = self._gone_through(self.evaluator.evaluate(iterable, module, env, calls))
                if not isinstance(source, Sequence) or not source.complete:
                    return Undecided("a comprehension over values that are not decided")
                for item in source.items:
                    self.rounds += 1
                    if self.rounds > MAX_ROUNDS:
                        return Undecided("a comprehension of too many rounds")
                    if not bind(target, item, env):
                        return Undecided("a comprehension's target is not understood")
                    failure = self._clauses(rest, element, module, env, calls, out)
                    if failure is not None:
                        return failure
        return None

    def _gone_through(self, value: Value) -> Value:
        return (self.evaluator.members(value, MEMBERS) or value) if isinstance(value, Named) else value
