"""What a reset must carry over and what it may leave out, as lists to work off."""

from __future__ import annotations

from msgspec import Struct

from analyzer.data.values import DataOperation, SchemaObject
from analyzer.history.values import Key

SURE = 0.9
"""The confidence from which on a one-time operation is said to be safe to leave out."""


class Seed(Struct, frozen=True):
    """An operation whose rows a fresh database needs.

    `after` are (model, migration) of seeds whose rows it works with; `fails` says why it raises on a
    fresh database; `stale` are models and fields that it names and that are no longer there, each
    with what became of it.  `later` are one-time operations behind it that work on rows of the same
    models: carry over what they leave, not what the seed once made.  `same` is the first migration
    that runs the very same code.
    """

    operation: DataOperation
    after: tuple[tuple[str, Key], ...]
    fails: str
    stale: tuple[str, ...]
    later: tuple[Key, ...] = ()
    same: Key | None = None


class HiddenObject(Struct, frozen=True):
    """A part of the schema that is there at the end of history, and that no model makes.

    `operation` is its owner: the last one that makes it; `before` says what needs it to be there first,
    `behind` what it needs itself; `meta` says where Meta expresses it already, or how it could.
    """

    made: SchemaObject
    operation: DataOperation
    before: tuple[str, ...]
    behind: tuple[str, ...]
    meta: str
    remade: int = 0


class Droppable(Struct, frozen=True):
    """An operation that a fresh database does not need; `why` in words, `sure` whether that is safe."""

    operation: DataOperation
    why: str
    sure: bool


class Question(Struct, frozen=True):
    """An operation that a person must decide about, and what to find out."""

    operation: DataOperation
    question: str


class Ledgers(Struct, frozen=True):
    """All data operations of migrations in the graph, each in at least one of the lists.

    `aside` are those of migrations that squashed ones replaced, or that Django does not load.
    """

    seeds: tuple[Seed, ...]
    hidden: tuple[HiddenObject, ...]
    one_time: tuple[Droppable, ...]
    undecided: tuple[Question, ...]
    aside: tuple[DataOperation, ...]
