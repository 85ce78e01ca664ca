"""The hidden schema that a fresh database ends with, object by object, in the words that make it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from analyzer.data.alive import ONCE, alive
from analyzer.data.sqltext import HOLE
from analyzer.data.values import DataOperation, SchemaObject, Verdict
from analyzer.data.written import given_words
from analyzer.history.values import Migration

KEEPERS: frozenset[Verdict] = frozenset({"seed", "schema", "mixed", "unknown"})
Identity = tuple[str, str]
Place = tuple[str, int]

_BY_NAME = frozenset({"extension", "schema"})
"""Kinds of which a name says all: how they are made, or where, is another matter."""


class Definition(Struct, frozen=True):
    """An object as one operation makes it: several where each is for a database of its own."""

    made: SchemaObject
    operation: DataOperation

    @property
    def place(self) -> Place:
        return self.made.file, self.made.line

    @property
    def wording(self) -> str:
        """The words by which it is compared; empty where its name says all."""
        return "" if self.made.kind in _BY_NAME else self.made.wording


def definitions(ordered: Sequence[DataOperation]) -> dict[Identity, tuple[Definition, ...]]:
    """What operations, in the order in which they run, leave of every object: its last definitions."""
    listed = [Definition(one.made, one.operation) for one in alive(ordered)]
    asked = [one for one in ordered if one.net in ("seed", "unknown")]
    listed += [Definition(made, one) for one in asked for made in made_by(one)]
    found: dict[Identity, tuple[Definition, ...]] = {}
    for one in listed:
        found[identity(one.made)] = (*found.get(identity(one.made), ()), one)
    return found


def made_by(operation: DataOperation) -> tuple[SchemaObject, ...]:
    """What an operation makes or alters."""
    return tuple(one for one in operation.objects if one.action != "drop")


def identity(one: SchemaObject) -> Identity:
    """By what an object is found again: its name, or the table of one that has none."""
    return one.kind, one.name.lower() if one.name else f"on {one.table.lower()}"


def undecided(wording: str) -> bool:
    return HOLE in wording


def replaced_by(one: Definition, last: Iterable[Definition]) -> DataOperation | None:
    """The operation that defines an object later, in the place of this definition."""
    if not one.made.name or one.made.kind in ONCE or one.made.action == "alter":
        return None
    by = [each.operation for each in last if each.operation.net in ("schema", "mixed")]
    return None if not by or one.operation in by else by[-1]


class Renamed(Struct, frozen=True):
    """Names that tables and columns got, by the ones that they had before."""

    later: Mapping[str, frozenset[str]]

    def alike(self, old: str, new: str) -> bool:
        """Whether two texts say the same, but for names that changed since the old one."""
        before, after = old.split(" "), new.split(" ")
        pairs = zip(before, after, strict=False)
        return len(before) == len(after) and all(
            one == other or other in self.later.get(one, ()) for one, other in pairs
        )


def renamed(migrations: Iterable[Migration]) -> Renamed:
    """The names that operations change, as a text of SQL may write them."""
    later: dict[str, set[str]] = {}
    for migration in migrations:
        for operation in migration.operations:
            for old, new in _renamed(operation.cls, migration.app, given_words(operation)):
                for known in later.values():
                    if old.lower() in known:
                        known.add(new.lower())
                later.setdefault(old.lower(), set()).add(new.lower())
    return Renamed({old: frozenset(new) for old, new in later.items()})


def _renamed(cls: str, app: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    match cls, *words:
        case "RenameModel", old, new:
            yield f"{app}_{old}", f"{app}_{new}"
            yield f"{old}_id", f"{new}_id"
        case "AlterModelTable", model, table:
            yield f"{app}_{model}", table
        case "RenameField", _, old, new:
            yield old, new
            yield f"{old}_id", f"{new}_id"
        case _:
            return
