"""Operations that changed the state of migrations and no table: new files make of it what was never made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from analyzer.data.written import given_words
from analyzer.history.kinds import STATE
from analyzer.history.values import History, Migration, Operation

HOLDER = "SeparateDatabaseAndState"
PYTHON = frozenset({"AlterModelOptions", "AlterModelManagers"})
"""State operations that change no table in any case."""


class StateOnly(Struct, frozen=True, order=True):
    """A `SeparateDatabaseAndState` whose state operations have no counterpart for the database.

    `said` are those operations; `maybe` says why there is one for some databases, or on some condition.
    """

    app: str
    migration: str
    file: str
    line: int
    said: tuple[str, ...]
    maybe: str = ""


def state_only(
    migrations: Iterable[Migration], history: History, apps: Collection[str]
) -> tuple[StateOnly, ...]:
    """Those of some apps that Django loads, by migration: existing databases need not have what they say."""
    loaded = (one for one in migrations if one.app in apps and one.key in history.nodes)
    return tuple(sorted(found for one in loaded for found in _of(one)))


def _of(migration: Migration) -> Iterator[StateOnly]:
    for head, *inner in groups(migration.operations):
        tables = [one for one in inner if one.inside == "database_operations"]
        state = [one for one in inner if one.inside == "state_operations"]
        said = tuple(_said(one) for one in state if one.django in STATE - PYTHON)
        if head.django == HOLDER and said and all(one.maybe for one in tables):
            maybe = tables[0].maybe if tables else ""
            yield StateOnly(migration.app, migration.name, head.file, head.line, said, maybe)


def groups(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Each operation of a migration with those that it holds."""
    group: list[Operation] = []
    for one in operations:
        if one.inside is None and group:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _said(operation: Operation) -> str:
    words = given_words(operation)
    return f"{operation.django} {'.'.join(words[:2])}".strip()
