"""What running an operation left behind, beside what migscan says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from tests.oracle.verdicts.catalogs import Thing

Json = Mapping[str, Any]
Place = tuple[str, int]

KEEPERS = ("schema", "mixed")
"""Verdicts that keep what an operation does to the schema."""


@dataclass(frozen=True)
class Left:
    """What one operation left in one database, or in several."""

    rows: tuple[str, ...] = ()
    """Tables that it made rows in."""
    touched: tuple[str, ...] = ()
    """Tables of which it changed or removed rows, which an earlier operation had made."""
    hidden: tuple[Thing, ...] = ()
    """What stands at the end of history and models do not say; what models say and it removed."""
    expressed: tuple[Thing, ...] = ()
    """What the models say as well."""
    superseded: tuple[Thing, ...] = ()
    """What later history removed or made otherwise."""
    gone: tuple[Thing, ...] = ()
    """What it removed or renamed."""
    failed: tuple[str, ...] = ()

    @property
    def does(self) -> str:
        """In the words of `runs_on_empty`."""
        if self.rows:
            return "creates_rows"
        return "changes_schema" if self.schema else "nothing"

    @property
    def schema(self) -> tuple[Thing, ...]:
        return self.hidden + self.expressed + self.superseded + self.gone

    def __or__(self, other: Left) -> Left:
        """An operation that failed on one database is known by the other."""
        done = [left for left in (self, other) if not left.failed]
        if len(done) < 2:
            return (done or [self])[0]
        return Left(*(_united(getattr(self, one.name), getattr(other, one.name)) for one in fields(Left)))


def _united(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(one + other))


@dataclass(frozen=True)
class Ran:
    """One operation of a record: where it is written, innermost line first, and what it left."""

    app: str
    migration: str
    operation: str
    places: tuple[Place, ...]
    left: Left


@dataclass(frozen=True)
class Outcome:
    """One operation: what migscan says and what running showed; either may be missing."""

    app: str
    migration: str
    place: Place
    operation: str
    said: Json | None
    left: Left | None
    why: str = ""
    """Why it was not run, or why what running it showed does not count."""

    @property
    def ran(self) -> bool:
        return self.left is not None and not self.why

    @property
    def verdict(self) -> str:
        return str(self.said["verdict"]) if self.said else "not listed"

    @property
    def on_empty(self) -> str:
        return str(self.said["runs_on_empty"]) if self.said else "not listed"

    @property
    def undecided(self) -> bool:
        return "unknown" in (self.on_empty, self.verdict)

    @property
    def agrees(self) -> bool:
        """Whether it does anything on an empty database, and rows are told from schema.

        What migscan has no reason to list may say in SQL what the models say as well.
        """
        left = self.left or Left()
        if self.said is None:
            return not left.rows and not left.hidden
        return self.on_empty == left.does or self.restates or self.touches

    @property
    def restates(self) -> bool:
        """Whether it is SQL that says what holds already, and migscan calls it redundant for that."""
        does = self.left.does if self.left else ""
        return self.verdict == "redundant" and self.on_empty == "changes_schema" and does == "nothing"

    @property
    def touches(self) -> bool:
        """Whether all it does is to change rows that an earlier operation made, and migscan keeps it.

        A row that is there or is made then, `update_or_create` for one, belongs to its seed.
        """
        left = self.left or Left()
        return self.on_empty == "creates_rows" and left.does == "nothing" and bool(left.touched)

    @property
    def hides(self) -> bool:
        return bool(self.left and self.left.hidden)

    @property
    def hidden_agrees(self) -> bool:
        """Whether hidden schema is kept, now and at the end of history, and nothing else is called so."""
        left, said = self.left or Left(), self.said or {}
        net = str(said.get("net", self.verdict))
        if left.hidden:
            return self.verdict in KEEPERS and net in KEEPERS
        if left.superseded:
            return "net" not in said or net != "schema"
        return "schema" not in (self.verdict, net)


FIGURES: dict[str, Callable[[Outcome], bool]] = {
    "listed": lambda one: one.said is not None,
    "not run": lambda one: not one.ran,
    "ran": lambda one: one.ran,
    "undecided": lambda one: one.ran and one.undecided,
    "agree": lambda one: one.ran and not one.undecided and one.agrees,
    "restating": lambda one: one.ran and one.restates,
    "touching": lambda one: one.ran and one.touches,
    "disagree": lambda one: one.ran and not one.undecided and not one.agrees,
    "hidden": lambda one: one.ran and one.hides,
    "hidden right": lambda one: one.ran and one.hides and one.hidden_agrees,
    "hidden wrong": lambda one: one.ran and not one.undecided and not one.hidden_agrees,
}
"""What is counted."""
