"""The operations between two states, and the proof that nothing else differs.

Computes what django.db.migrations.autodetector.MigrationAutodetector does without asking: where only
a name differs, that is a removal and an addition, and said so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from analyzer.history.drift.arrange import arranged
from analyzer.history.drift.fields import field_drift
from analyzer.history.drift.indexes import IndexDrift
from analyzer.history.drift.models import created, deleted
from analyzer.history.drift.options import OptionDrift
from analyzer.history.drift.sides import Clues, NoClues, Sides
from analyzer.history.drift.values import Difference, Drift, Step, Version
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.options import together
from analyzer.states.values import Listing, ProjectState


def drift(
    before: ProjectState,
    after: ProjectState,
    apps: Collection[str],
    deconstructor: Deconstructor,
    django: Version,
    swappable: str = "auth.User",
    clues: Clues | None = None,
) -> Drift:
    """The operations that `makemigrations` would write for some apps, and what is proved equal.

    `before` is the state of the migrations, `after` that of the models; `apps` are the labels of the
    apps that have migrations.  `swappable` is AUTH_USER_MODEL; `clues` say what speaks against a
    difference.
    """
    sides = Sides(before, after, apps, deconstructor, django, swappable, clues or NoClues())
    fields = field_drift(sides)
    options = OptionDrift(sides)
    steps = [*deleted(sides), *created(sides), *fields.steps, *_on_options(sides, options)]
    differences = {_difference(step) for step in _arranged(steps, django)}
    undecided = {*fields.undecided, *options.undecided}
    return Drift(
        tuple(sorted(differences, key=_order)), fields.fields, fields.equal, tuple(sorted(undecided))
    )


def _on_options(sides: Sides, options: OptionDrift) -> Iterator[Step]:
    indexes = IndexDrift(sides, options.plain)
    yield from options.options()
    yield from options.managers()
    yield from options.single("db_table_comment", "AlterModelTableComment", options.kept)
    yield from list(indexes.steps())
    yield from options.order()
    yield from options.together("unique_together")
    for step in options.together("index_together"):
        if not _is_taken(sides, indexes, step):
            yield step
    yield from options.single("db_table", "AlterModelTable", options.kept)


def _is_taken(sides: Sides, indexes: IndexDrift, step: Step) -> bool:
    """Whether indexes took the place of all that `index_together` lost, and it gained nothing."""
    taken = indexes.taken.get(step.key, frozenset())
    old, new = (
        together(side[step.key].options.get("index_together", Listing("set", ())))
        for side in (sides.before, sides.after)
    )
    items = (set(form.items) for form in (old, new) if isinstance(form, Listing))
    return bool(taken) and [not found - taken for found in items] == [True, True]


def _arranged(steps: list[Step], django: Version) -> list[Step]:
    """The operations that remain; what others take up only where nothing undecided stands between is not
    certain to remain."""
    remaining = arranged(steps, django)
    sure = [step for step in steps if step.certain]
    if len(sure) == len(steps):
        return remaining
    kept = {(step.kind, step.key, step.field) for step in arranged(sure, django)}
    return [
        replace(step, certain=False, why=f"{step.why}; this may be a part of another operation")
        if step.certain and (step.kind, step.key, step.field) not in kept
        else step
        for step in remaining
    ]


def _order(difference: Difference) -> tuple[str, str, str, str, str]:
    return (
        difference.app,
        difference.model,
        difference.operation,
        difference.field or "",
        difference.why,
    )


def _difference(step: Step) -> Difference:
    here, there = (step.place, step.other) if step.place[0] else (step.other, ("", 0))
    return Difference(
        app=step.app,
        model=step.model,
        operation=step.kind,
        field=step.field,
        certain=step.certain,
        file=here[0],
        line=here[1],
        other_file=there[0],
        other_line=there[1],
        why=step.why,
        arguments=step.arguments,
    )
