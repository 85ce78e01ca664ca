"""Rows that defaults made when old migrations added columns: a fresh database misses them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from analyzer.data.calls import called
from analyzer.data.given import name_of
from analyzer.data.labels import Labels
from analyzer.data.machine import Machine
from analyzer.data.outcomes import rows_of
from analyzer.data.values import DataOperation, Evidence
from analyzer.data.world import Code
from analyzer.history.order import full_plan
from analyzer.history.values import Migration, WrittenOperation
from analyzer.pipeline import Examined
from analyzer.reset.filling import ADDING, default_of
from analyzer.source.values import Made

FINDING = frozenset({"get_or_create", "update_or_create"})
"""Calls that make a row once, however often they run."""

Place = tuple[str, str]


class Filled(DataOperation, frozen=True):
    """An operation that adds a column whose default makes rows."""


def filled(examined: Examined, apps: Collection[str]) -> tuple[Filled, ...]:
    """The `AddField` of apps' migrations, those that Django loads, whose default makes rows on an empty
    database, as data operations; one whose function makes only what is not there yet counts once.

    BaseDatabaseSchemaEditor.add_field asks for the default even of a table without rows.
    """
    labels = Labels(examined.migrations, examined.schema.models, {})
    known: dict[Place, Filled | None] = {}
    out = []
    for migration, operation in _added(examined, apps):
        field = examined.schema.classes.evaluator.argument(operation.made, "field", 2)
        if isinstance(field, Made):
            machine = Machine(examined.schema.classes.names, labels, migration.file, operation.line)
            found = _filled(machine, field, migration, operation, known)
            out += [found] if found is not None else []
    return tuple(out)


def _added(examined: Examined, apps: Collection[str]) -> Iterator[tuple[Migration, WrittenOperation]]:
    """What adds columns, in the order in which it runs."""
    migrations = {migration.key: migration for migration in examined.migrations if migration.app in apps}
    for key in full_plan(examined.analysis.history):
        for operation in migrations[key].operations if key in migrations else ():
            state = operation.inside == "state_operations"
            if operation.django == ADDING and isinstance(operation, WrittenOperation) and not state:
                yield migrations[key], operation


def _filled(
    machine: Machine,
    field: Made,
    migration: Migration,
    operation: WrittenOperation,
    known: dict[Place, Filled | None],
) -> Filled | None:
    function = default_of(machine, field)
    if function is None:
        return None
    place = (function.module.path, function.qualname) if isinstance(function, Code) else ("", "")
    if place[1] and place in known:
        before = known[place]
        if before is None or _once(before):
            return None
        return replace(
            before, app=migration.app, migration=migration.name, file=migration.file, line=operation.line
        )
    called(machine, function, [], {})
    seeds = tuple(one for one in machine.effects if one.kind == "create" and one.live)
    targets = {one.target for one in seeds}
    name = name_of(function)
    found = Filled(
        app=migration.app,
        migration=migration.name,
        file=migration.file,
        line=operation.line,
        operation=operation.cls,
        forward=name,
        reverse=None,
        elidable=None,
        verdict="seed",
        confidence=1.0,
        runs_on_empty="creates_rows",
        evidence=tuple(Evidence(one.file, one.line, one.why) for one in seeds),
        tables_or_models=machine.labels.models(targets),
        net="seed",
        rows=rows_of(seeds, machine.labels),
        needs=machine.labels.models({*targets, *machine.queried, *machine.touched}),
    )
    made = found if seeds and not all(one.doubtful for one in seeds) else None
    known[place] = made
    return made


def _once(operation: Filled) -> bool:
    return all(row.how in FINDING for row in operation.rows)
