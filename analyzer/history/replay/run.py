"""Operations carried out one by one, whatever they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.history.replay.step import Readers, Step
from analyzer.history.replay.table import ADDING, OPERATIONS, SUBJECTS, UNKNOWN
from analyzer.history.replay.working import MisfitError, Working
from analyzer.history.values import Migration

STATE_ONLY = (None, "state_operations")
"""Where an operation must stand to change the state: not inside `database_operations`."""


def run(plan: Iterable[Migration], readers: Readers, broken: Iterable[tuple[str, str, str]]) -> Working:
    """The states that the migrations of a plan lead through; an operation that does not fit is a doubt.

    `broken` are (app, file, why) of migration files that could not be read at all.
    """
    working = Working()
    for app, file, why in broken:
        working.doubt(app, "", "", why, (file, 1))
    working.position += 1
    for migration in plan:
        for operation in migration.operations:
            if operation.inside in STATE_ONLY:
                _carry_out(Step(migration.app, operation, working, readers))
        if migration.further:
            working.doubt(migration.app, "", "", migration.further, (migration.file, migration.line))
        working.close()
    return working


def _carry_out(step: Step) -> None:
    operation = step.operation
    if operation.why:
        for model in dict.fromkeys(model for model, _ in _subjects(step)):
            step.working.doubt(step.app, model, "", f"{operation.cls}: {operation.why}", step.place)
        return
    function = OPERATIONS.get(operation.django)
    if function is None:
        return
    if operation.maybe and not _is_new(step):
        _doubt(step, f"{operation.cls} may not be there: {operation.maybe}")
        return
    try:
        function(step)
    except MisfitError as misfit:
        _doubt(step, f"{operation.cls} does not fit: {misfit}")
    if operation.maybe:
        _doubt(step, f"{operation.cls} may not be there: {operation.maybe}")


def _is_new(step: Step) -> bool:
    """Whether the operation adds what the state does not hold."""
    if step.operation.django not in ADDING:
        return False
    model, field = next(_subjects(step))
    draft = step.working.models.get((step.app, model))
    if step.operation.django == "CreateModel":
        return bool(model) and draft is None
    return bool(field) and draft is not None and field not in draft.fields


def _doubt(step: Step, why: str) -> None:
    for model, field in _subjects(step):
        step.working.doubt(step.app, model, field, why, step.place)


def _subjects(step: Step) -> Iterator[tuple[str, str]]:
    """(model in lower case, field) that the operation is about; "" for what is not decided."""
    subject = SUBJECTS.get(step.operation.django, UNKNOWN)
    for argument in subject.models:
        model = _text(step, argument).lower()
        for field in subject.fields or (None,):
            yield model, _text(step, field) if field is not None and model else ""


def _text(step: Step, argument: tuple[str, int | None]) -> str:
    found = step.value(*argument)
    return found if isinstance(found, str) else ""
