"""The four ledgers of a reset, from an analysis: seeds, hidden schema, one-time, undecided."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analyzer.data.alive import in_order
from analyzer.data.values import DataOperation
from analyzer.outcome import Analysis
from analyzer.reset.hidden import hidden_objects
from analyzer.reset.questions import question
from analyzer.reset.seeds import seeds
from analyzer.reset.values import SURE, Droppable, Ledgers, Question

LIKELY = 0.6
"""Below this confidence a verdict is a question."""


def ledgers(analysis: Analysis) -> Ledgers:
    """What to carry over and what to leave out, in the order in which migrations run."""
    ordered = in_order(analysis.data_operations, analysis.history)
    nodes = analysis.history.nodes
    hidden = hidden_objects(analysis, ordered)
    return Ledgers(
        seeds=seeds(analysis, ordered),
        hidden=hidden,
        one_time=_one_time(ordered, {one.operation for one in hidden}),
        undecided=_undecided(ordered),
        aside=tuple(
            one
            for one in (*analysis.data_operations, *analysis.unloaded_operations)
            if (one.app, one.migration) not in nodes
        ),
    )


def elidable_places(found: Ledgers) -> tuple[tuple[str, int], ...]:
    """(file, line) of the operations that may be marked as elidable: only where that is safe."""
    return tuple(
        (one.operation.file, one.operation.line)
        for one in found.one_time
        if one.sure and one.operation.elidable is None and one.operation.verdict in ("one-time", "noop")
    )


def _one_time(ordered: Iterable[DataOperation], owners: Collection[DataOperation]) -> tuple[Droppable, ...]:
    """What may go; among it what makes schema that a later operation makes anew."""
    found = []
    for one in ordered:
        if _is_question(one):
            continue
        if one.net in ("one-time", "noop", "redundant"):
            found.append(Droppable(one, _why(one), one.confidence >= SURE and one.elidable is not False))
        elif one.net == "schema" and one not in owners:
            found.append(Droppable(one, "makes what a later migration makes anew", False))
    return tuple(found)


def _why(operation: DataOperation) -> str:
    if operation.superseded_by:
        return f"{operation.superseded_by} undoes it"
    if _only_drops(operation):
        return "drops what a fresh schema does not have"
    if operation.net == "redundant":
        return "the models say it again"
    if operation.net == "noop":
        return "does nothing"
    return "works on rows that an empty database does not have"


def _undecided(ordered: Iterable[DataOperation]) -> tuple[Question, ...]:
    return tuple(Question(one, question(one)) for one in ordered if _is_question(one))


def _is_question(operation: DataOperation) -> bool:
    """Whether nobody can go by the verdict alone."""
    if operation.net == "unknown" or (operation.confidence < LIKELY and not _only_drops(operation)):
        return True
    if operation.net == "mixed":
        return not operation.rows and not operation.objects
    return operation.elidable is False and operation.net in ("one-time", "noop")


def _only_drops(operation: DataOperation) -> bool:
    """Whether it makes nothing, so that leaving it out loses nothing."""
    dropping = bool(operation.objects) and all(made.action == "drop" for made in operation.objects)
    return operation.net == "redundant" and dropping and not operation.rows
