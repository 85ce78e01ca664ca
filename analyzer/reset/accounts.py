"""What became of the rows and the hidden schema of the old migrations on the side of the new ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from analyzer.data.values import DataOperation, Receiver, Row, SchemaObject, Verdict
from analyzer.reset.definitions import (
    KEEPERS,
    Definition,
    Renamed,
    definitions,
    identity,
    made_by,
    replaced_by,
    undecided,
)

Fate = Literal["missing", "changed", "undecided", "superseded", "kept"]
FATES: tuple[Fate, ...] = ("missing", "changed", "undecided", "superseded", "kept")
"""In the order in which a reader must care.  `changed`: the object is there, made by other words."""

SHOWN = 5
WORDS = 8
NOWHERE = ("", 0)
Answer = tuple[Fate, str, tuple[str, int]]


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
    new: tuple[str, int] = NOWHERE


def accounts(
    old: Sequence[DataOperation],
    new: Sequence[DataOperation],
    receivers: Iterable[Receiver],
    renamed: Renamed,
) -> tuple[Account, ...]:
    """An account of every old operation that is no mere change of existing rows, sorted.

    Operations are given in the order in which a fresh database runs them.  `receivers` are those of the
    new side: what they make is there after every `migrate`.  `renamed` are the names that old
    migrations change.
    """
    there = _There(old, [operation for operation in new if operation.in_graph], receivers, renamed)
    asked = [one for one in old if one.in_graph and one.verdict in KEEPERS]
    return tuple(sorted(there.account(one) for one in asked))


class _There:
    """What the new side makes on an empty database, beside what the old one does."""

    def __init__(
        self,
        old: Sequence[DataOperation],
        new: Sequence[DataOperation],
        receivers: Iterable[Receiver],
        renamed: Renamed,
    ) -> None:
        alive = [operation for operation in new if operation.net in KEEPERS]
        rows = [row for operation in alive for row in operation.rows]
        rows += [row for receiver in receivers for row in receiver.rows]
        self.rows = {_row(row): (row.file, row.line) for row in reversed(rows)}
        self.targets = {row.target.lower(): (row.file, row.line) for row in reversed(rows)}
        self.undecided = {target for one in alive if one.net == "unknown" for target in _about(one)}
        self.old = definitions([one for one in old if one.in_graph])
        self.new = definitions(new)
        self.alike = renamed.alike

    def account(self, one: DataOperation) -> Account:
        if one.net not in KEEPERS:
            by = f" by {one.superseded_by}" if one.superseded_by else ""
            return _account(one, "superseded", f"undone{by} in the old migrations themselves")
        answers = [*map(self._row, one.rows), *(self._object(thing, one) for thing in made_by(one))]
        if not answers:
            return _account(one, "undecided", "source does not say which rows or objects it makes")
        answers = [answer for answer in answers if answer[0] != "superseded"] or answers
        fate = min((fate for fate, _, _ in answers), key=FATES.index)
        said = [why for found, why, _ in answers if found == fate]
        place = next((place for found, _, place in answers if found == fate and place[0]), NOWHERE)
        return _account(one, fate, _some(said), place)

    def _row(self, row: Row) -> Answer:
        what = f"{row.target}({', '.join(f'{name}={value}' for name, value in row.key)})"
        place = self.rows.get(_row(row))
        if place is not None and row.key and not row.many:
            return "kept", what, place
        near = self.targets.get(row.target.lower())
        if near is None and row.target.lower() not in self.undecided:
            return "missing", what, NOWHERE
        if row.key and not row.many and near is not None and row.target.lower() not in self.undecided:
            return "missing", what, near
        return "undecided", f"{what}: source does not say which rows these are", near or NOWHERE

    def _object(self, one: SchemaObject, by: DataOperation) -> Answer:
        what = " ".join(
            filter(None, (one.kind, one.name or "without a name", one.table and f"on {one.table}"))
        )
        last, there = self.old.get(identity(one), ()), self.new.get(identity(one), ())
        mine = Definition(one, by)
        if mine not in last and (remade := replaced_by(mine, last)):
            return "superseded", f"{what}: made anew by {remade.app}.{remade.migration}", NOWHERE
        if not there:
            return "missing", what, NOWHERE
        return self._compared(what, mine, last, there)

    def _compared(
        self, what: str, mine: Definition, last: Sequence[Definition], there: Sequence[Definition]
    ) -> Answer:
        """What became of one of the last definitions of an object, given those of the new side."""
        if not mine.wording or not all(one.wording for one in there):
            return _by_name(what, mine, last, there)
        same = [one for one in there if self.alike(mine.wording, one.wording)]
        others = [one for one in there if not any(self.alike(each.wording, one.wording) for each in last)]
        if undecided(mine.wording) or (not same and any(undecided(one.wording) for one in others)):
            return "undecided", f"{what}: source does not decide all of its text", (same or there)[0].place
        if same:
            return _by_name(what, mine, [one for one in last if one.wording == mine.wording], same)
        if others and mine.made.name:
            return "changed", f"{what}: {_unlike(mine.wording, others[0].wording)}", others[0].place
        return "missing", what, NOWHERE


def _by_name(what: str, mine: Definition, last: Sequence[Definition], there: Sequence[Definition]) -> Answer:
    if not mine.made.name and not mine.wording:
        return "undecided", what, there[0].place
    if len(there) < len(last):
        return "undecided", f"{what}: made in fewer places than before", there[0].place
    return "kept", what, there[0].place


def _unlike(old: str, new: str) -> str:
    """Where two texts begin to differ."""
    before, after = old.split(" "), new.split(" ")
    at = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
    start = min(len(before), len(after)) if at is None else at
    shown = [" ".join(words[start : start + WORDS]) or "its end" for words in (before, after)]
    return f"its text is another one: old `{shown[0]}`, new `{shown[1]}`"


def _account(one: DataOperation, fate: Fate, why: str, new: tuple[str, int] = NOWHERE) -> Account:
    return Account(one.app, one.migration, one.file, one.line, one.operation, one.net, fate, why, new)


def _row(row: Row) -> tuple[str, tuple[tuple[str, str], ...]]:
    return row.target.lower(), tuple(sorted(row.key))


def _about(operation: DataOperation) -> Iterator[str]:
    yield from (what.lower() for what in operation.tables_or_models)


def _some(said: list[str]) -> str:
    rest = len(said) - SHOWN
    return ", ".join(said[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
