"""Constructors carried out: what they set of an object is a name with a dot, `self.name`."""

from __future__ import annotations

from analyzer.source.execute import Executor
from analyzer.source.facts import Assign, Ref, Stmt
from analyzer.source.modules import Module
from analyzer.source.operators import binary
from analyzer.source.values import Value


class Filling(Executor):
    """Carries out a body that sets attributes of objects that have local names."""

    def step(self, stmt: Stmt, module: Module, env: dict[str, Value], calls: int) -> None:
        match stmt:
            case Assign(targets=(Ref(name),), op=op, value=written) if name.count(".") == 1:
                value = self.evaluator.evaluate(written, module, env, calls)
                if op != "=":
                    value = binary(op[:-1], self.evaluator.evaluate(Ref(name), module, env, calls), value)
                env[name] = value
            case _:
                super().step(stmt, module, env, calls)
