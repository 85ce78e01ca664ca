"""Data operations: migration operations that run code or SQL, and what they mean for a reset."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Verdict = Literal["seed", "one-time", "schema", "redundant", "noop", "mixed", "unknown"]
VERDICTS: tuple[Verdict, ...] = ("seed", "schema", "mixed", "unknown", "one-time", "redundant", "noop")
"""In the order in which a reader must care: what a reset would lose first."""

OnEmpty = Literal["creates_rows", "changes_schema", "nothing", "unknown"]


class Evidence(Struct, frozen=True):
    """One line of source that speaks for the verdict."""

    file: str
    line: int
    why: str


class DataOperation(Struct, frozen=True):
    """One RunPython, RunSQL or subclass, or a schema operation that only SQL expresses.

    `confidence` is between 0 and 1; a verdict is a candidate, never a promise.
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
