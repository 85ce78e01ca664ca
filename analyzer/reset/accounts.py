"""What became of the rows and the hidden schema of the old migrations on the side of the new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from analyzer.data.values import DataOperation, Receiver, Row, SchemaObject, Verdict

Fate = Literal["missing", "undecided", "superseded", "kept"]
FATES: tuple[Fate, ...] = ("missing", "undecided", "superseded", "kept")
"""In the order in which a reader must care."""

KEEPERS: frozenset[Verdict] = frozenset({"seed", "schema", "mixed", "unknown"})
SHOWN = 5


class Account(Struct, frozen=True, order=True):
    """One data operation of the old side that a fresh database may need, and what became of it.

    `new` is where the new side does the same, or an empty file.
    """

    app: str
    migration: str
    file: str
    line: int
    operation: str
    verdict: Verdict
    fate: Fate
    why: str
    new: tuple[str, int] = ("", 0)


def accounts(
    old: Iterable[DataOperation], new: Iterable[DataOperation], receivers: Iterable[Receiver]
) -> tuple[Account, ...]:
    """An account of every old operation that is no mere change of existing rows, sorted.

    `receivers` are those of the new side: what they make is there after every `migrate`.
    """
    there = _There([operation for operation in new if operation.in_graph], receivers)
    asked = [one for one in old if one.in_graph and one.verdict in KEEPERS]
    makers = Counter(_object(thing) for one in asked if one.net in KEEPERS for thing in _made(one))
    return tuple(sorted(there.account(one, makers) for one in asked))


class _There:
    """What the new side makes on an empty database."""

    def __init__(self, operations: list[DataOperation], receivers: Iterable[Receiver]) -> None:
        alive = [operation for operation in operations if operation.net in KEEPERS]
        rows = [row for operation in alive for row in operation.rows]
        rows += [row for receiver in receivers for row in receiver.rows]
        self.rows = {_row(row): (row.file, row.line) for row in reversed(rows)}
        self.targets = {row.target.lower(): (row.file, row.line) for row in reversed(rows)}
        objects = [one for operation in alive for one in _made(operation)]
        self.objects = {_object(one): (one.file, one.line) for one in reversed(objects)}
        self.makers = Counter(_object(one) for one in objects)
        self.undecided = {target for one in alive if one.net == "unknown" for target in _about(one)}

    def account(self, one: DataOperation, makers: Counter[tuple[str, str]]) -> Account:
        """`makers` counts the old operations that make an object: one for each kind of database, perhaps."""
        if one.net not in KEEPERS:
            by = f" by {one.superseded_by}" if one.superseded_by else ""
            return _account(one, "superseded", f"undone{by} in the old migrations themselves")
        answers = [*map(self._row, one.rows), *(self._object(thing, makers) for thing in _made(one))]
        if not answers:
            return _account(one, "undecided", "source does not say which rows or objects it makes")
        fate = min((fate for fate, _, _ in answers), key=FATES.index)
        said = [why for found, why, _ in answers if found == fate]
        place = next((place for _, _, place in answers if place[0]), ("", 0))
        return _account(one, fate, _some(said), place)

    def _row(self, row: Row) -> tuple[Fate, str, tuple[str, int]]:
        what = f"{row.target}({', '.join(f'{name}={value}' for name, value in row.key)})"
        place = self.rows.get(_row(row))
        if place is not None and row.key and not row.many:
            return "kept", what, place
        near = self.targets.get(row.target.lower())
        if near is None and row.target.lower() not in self.undecided:
            return "missing", what, ("", 0)
        if row.key and not row.many and near is not None and row.target.lower() not in self.undecided:
            return "missing", what, near
        return "undecided", f"{what}: source does not say which rows these are", near or ("", 0)

    def _object(
        self, one: SchemaObject, makers: Counter[tuple[str, str]]
    ) -> tuple[Fate, str, tuple[str, int]]:
        what = " ".join(
            filter(None, (one.kind, one.name or "without a name", one.table and f"on {one.table}"))
        )
        place = self.objects.get(_object(one))
        if place is None:
            return "missing", what, ("", 0)
        if not one.name:
            return "undecided", what, place
        if self.makers[_object(one)] < makers[_object(one)]:
            return "undecided", f"{what}: made in fewer places than before", place
        return "kept", what, place


def _account(one: DataOperation, fate: Fate, why: str, new: tuple[str, int] = ("", 0)) -> Account:
    return Account(one.app, one.migration, one.file, one.line, one.operation, one.net, fate, why, new)


def _made(operation: DataOperation) -> list[SchemaObject]:
    return [one for one in operation.objects if one.action != "drop"]


def _row(row: Row) -> tuple[str, tuple[tuple[str, str], ...]]:
    return row.target.lower(), tuple(sorted(row.key))


def _object(one: SchemaObject) -> tuple[str, str]:
    """By what an object is found again: its name, or the table of one that has none."""
    return one.kind, one.name.lower() if one.name else f"on {one.table.lower()}"


def _about(operation: DataOperation) -> Iterator[str]:
    yield from (what.lower() for what in operation.tables_or_models)


def _some(said: list[str]) -> str:
    rest = len(said) - SHOWN
    return ", ".join(said[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
