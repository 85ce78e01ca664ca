"""Data operations: migration operations that run code or SQL, and what they mean for a reset."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Verdict = Literal["seed", "one-time", "schema", "redundant", "noop", "mixed", "unknown"]
VERDICTS: tuple[Verdict, ...] = ("seed", "schema", "mixed", "unknown", "one-time", "redundant", "noop")
"""In the order in which a reader must care: what a reset would lose first."""

Action = Literal["create", "drop", "alter"]

OnEmpty = Literal["creates_rows", "changes_schema", "nothing", "unknown"]


class Evidence(Struct, frozen=True):
    """One line of source that speaks for the verdict."""

    file: str
    line: int
    why: str


ReverseKind = Literal["none", "noop", "code", "sql", "unknown"]
"""How an operation is undone: not at all, by nothing, by code, by SQL, or source does not say."""


class Row(Struct, frozen=True):
    """A row that an operation makes on an empty database, as far as source tells.

    `target` is the model, or the table where no model of that table is known; `key` its constant
    values by field, long texts left out; `how` the call or statement that makes it.  `many` says that
    it stands for several rows, or for a number of them that source does not say.
    """

    target: str
    key: tuple[tuple[str, str], ...]
    how: str
    many: bool
    file: str
    line: int


class SchemaObject(Struct, frozen=True):
    """A part of the schema that an operation makes, drops or alters by itself.

    `kind` is what SQL calls it, in lower case; `name` and `table` are empty where source does not
    say them or there is none.  `arguments` are the types that a routine takes, by which it is told from
    others of its name; None where source does not say them.  `certain` is False where source does not
    decide whether it happens.  `wording` is the SQL that makes it, in one form for all ways to write the
    same; empty where there is no SQL.
    """

    kind: str
    name: str
    table: str
    action: Action
    file: str
    line: int
    arguments: str | None = None
    certain: bool = True
    wording: str = ""


class DataOperation(Struct, frozen=True):
    """One RunPython, RunSQL or subclass, or a schema operation that only SQL expresses.

    `confidence` is between 0 and 1; a verdict is a candidate, never a promise.  `needs` are the models
    that it works with, `hints` tells whether any are given, `atomic` is what it is given.  `objects`
    are those that a migration's state does not say.  `net` is the verdict after all later migrations:
    what a fresh database at the end of history still needs of it; `superseded_by` made it so.
    `in_graph` is False where Django does not load the migration.
    """

    app: str
    migration: str
    file: str
    line: int
    operation: str
    forward: str | None
    reverse: str | None
    elidable: bool | None
    verdict: Verdict
    confidence: float
    runs_on_empty: OnEmpty
    evidence: tuple[Evidence, ...]
    tables_or_models: tuple[str, ...]
    superseded_by: str | None = None
    net: Verdict = "unknown"
    reverse_kind: ReverseKind = "none"
    atomic: bool | None = None
    hints: bool = False
    rows: tuple[Row, ...] = ()
    objects: tuple[SchemaObject, ...] = ()
    needs: tuple[str, ...] = ()
    in_graph: bool = True


class Receiver(Struct, frozen=True):
    """A receiver of `post_migrate` that makes rows: it runs after every `migrate` and survives a reset.

    `sender` is as far as source says it; `rows` are those that it makes on an empty database.
    """

    name: str
    sender: str
    file: str
    line: int
    rows: tuple[Row, ...]
    needs: tuple[str, ...]
    certain: bool
