"""List, set, dict and generator comprehensions over values that source decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.source.facts import Expr, Literal, Op
from analyzer.source.modules import Module
from analyzer.source.operators import table_of
from analyzer.source.targets import bind
from analyzer.source.values import Maybe, Named, Sequence, Table, Undecided, Value, truth

if TYPE_CHECKING:
    from analyzer.source.evaluate import Env, Evaluator

MAX_ROUNDS = 20_000

ITEMS_A_ROUND = 16
"""So many items that a builtin goes through take as long as a round."""

MAX_UNSURE = 200
"""So many elements are kept that may be there or not; a list of more says nothing."""

CONDITION = "a comprehension's condition is not decided"

MEMBERS = "__iter__"
"""Asked of an evaluator's `members`: what going through a class gives."""


class Comprehension:
    """Carries out one comprehension at a time; the rounds of inner ones count with the outermost."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.rounds = 0
        self._nested = False

    def spend(self, items: int) -> None:
        """Count what a builtin goes through while rounds are carried out."""
        self.rounds += items // ITEMS_A_ROUND

    def value(self, expr: Op, module: Module, env: Env, calls: int) -> Value:
        """What a comprehension (`Op("for")`: kind, element, clauses) comes to."""
        kind, element, *clauses = expr.args
        name = str(kind.value) if isinstance(kind, Literal) else "list"
        found: list[Value] = []
        gaps: list[str] = []
        outermost = not self._nested
        self._nested = True
        self.rounds = 0 if outermost else self.rounds
        failure = self._clauses(clauses, element, module, dict(env), calls, found, gaps)
        self._nested = not outermost
        if failure is not None:
            return failure
        if name == "dictionary":
            table = table_of(found)
            return Table(table.pairs, False) if gaps and isinstance(table, Table) else table
        return Sequence("list" if name == "generator" else name, tuple(found), not gaps, "".join(gaps[:1]))

    def _clauses(
        self,
        clauses: list[Expr],
        element: Expr,
        module: Module,
        env: dict[str, Value],
        calls: int,
        out: list[Value],
        gaps: list[str],
        unsure: bool = False,
    ) -> Undecided | None:
        """Add the elements; those that an undecided condition lets in are `Maybe`, `gaps` hides others."""
        if not clauses:
            value = self.evaluator.evaluate(element, module, env, calls)
            out.append(Maybe(value, CONDITION) if unsure and not isinstance(value, Maybe) else value)
            return None
        first, *rest = clauses
        match first:
            case Op("if", (test,)):
                known = truth(self.evaluator.evaluate(test, module, env, calls))
                if known is False:
                    return None
                if known is None and len(out) >= MAX_UNSURE:
                    return Undecided(CONDITION)
                return self._clauses(rest, element, module, env, calls, out, gaps, unsure or known is None)
            case Op("in", (target, iterable)):
                source = gone_through(self.evaluator, self.evaluator.evaluate(iterable, module, env, calls))
                if not isinstance(source, Sequence) or not (source.complete or source.items):
                    return Undecided("a comprehension over values that are not decided")
                if not source.complete:
                    gaps.append(source.why or "a comprehension over values that are not all decided")
                for item in source.items:
                    self.rounds += 1
                    if self.rounds > MAX_ROUNDS:
                        return Undecided("a comprehension of too many rounds")
                    if not bind(target, item, env):
                        return Undecided("a comprehension's target is not understood")
                    failure = self._clauses(rest, element, module, env, calls, out, gaps, unsure)
                    if failure is not None:
                        return failure
        return None


def gone_through(evaluator: Evaluator, value: Value) -> Value:
    """What a loop goes through: of an enumeration its members."""
    return (evaluator.members(value, MEMBERS) or value) if isinstance(value, Named) else value
