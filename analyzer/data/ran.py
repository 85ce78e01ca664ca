"""What the data operations of an earlier run do, for a run that finds the same ones again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.operations import Run
from analyzer.history.values import Migration, Operation, told

Runs = dict[str, tuple["Placed", ...]]
"""By migration, as "app.name"."""


class Placed(Struct, frozen=True, array_like=True):
    """A run, and the place of its operation in the migration's list; None where it stands in none."""

    at: int | None
    run: Run


class Ran(Struct, frozen=True):
    """The runs of all migrations, and the digest of the labels that they were told by."""

    labels: bytes = b""
    runs: Runs = {}


def placed(migration: Migration, runs: Iterable[Run]) -> tuple[Placed, ...]:
    """Runs as plain data: without the calls that make their operations."""
    written = told(migration).operations
    places = {id(operation): at for at, operation in enumerate(migration.operations)}
    found = []
    for run in runs:
        at = places.get(id(run.operation))
        found.append(Placed(at, run if at is None else replace(run, operation=written[at])))
    return tuple(found)


def restored(migration: Migration, known: Iterable[Placed]) -> Iterator[Run]:
    """The runs of a migration that is what it was, with its operations."""
    for one in known:
        operation: Operation = one.run.operation if one.at is None else migration.operations[one.at]
        yield replace(one.run, operation=operation)
