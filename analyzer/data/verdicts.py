"""From what an operation does to a verdict: what a reset would lose, and what it need not care about."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.data.effects import Effect
from analyzer.data.later import History
from analyzer.data.operations import Run, Runner
from analyzer.data.values import DataOperation, Evidence, OnEmpty, Verdict
from analyzer.history.values import Migration
from analyzer.source.names import Names

MAX_EVIDENCE = 8


def data_operations(migrations: tuple[Migration, ...], names: Names) -> tuple[DataOperation, ...]:
    """Every operation that runs code or SQL, with a candidate verdict and its evidence."""
    history = History(migrations)
    runner = Runner(names)
    found: list[DataOperation] = []
    for migration in history.ordered:
        for run in runner.runs(migration):
            judged = judge(migration, run, history)
            history.learn(migration, run, judged.lasting)
            found.append(judged.operation)
    found = [history.superseded(operation) for operation in found]
    place = {migration.key: at for at, migration in enumerate(migrations)}
    return tuple(sorted(found, key=lambda o: (o.app, place.get((o.app, o.migration), 0), o.file, o.line)))
