"""The part of the JSON document that holds the ledgers of a reset; see `report_values`.

Operations are named by their place: all else about them stands in `data_operations`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from analyzer.data.values import DataOperation
from analyzer.render.report_operations import Label, Line, Path, SchemaObjectEntry
from analyzer.reset.ledgers import ledgers
from analyzer.reset.values import HiddenObject, Seed

if TYPE_CHECKING:
    from analyzer.outcome import Analysis

Key = tuple[str, str]


class PlaceEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Which operation is meant."""

    app: str
    migration: str
    file: Path
    line: Line


class SeedEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An operation whose rows a fresh database needs."""

    operation: PlaceEntry
    after: Annotated[
        tuple[tuple[Label, Key], ...],
        Meta(description="(model, migration) of seeds whose rows it uses"),
    ]
    fails: Annotated[str, Meta(description="why it raises on a fresh database; empty where it does not")]
    stale: Annotated[
        tuple[str, ...], Meta(description="models and fields that it names and that are gone, and how")
    ]
    later: Annotated[tuple[Key, ...], Meta(description="later migrations that work on rows of its models")]
    same: Annotated[Key | None, Meta(description="the first migration that runs the very same code")]


class HiddenEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the schema that is there at the end of history and that no model makes."""

    made: SchemaObjectEntry
    operation: PlaceEntry
    before: Annotated[tuple[str, ...], Meta(description="what needs it to be there first")]
    behind: Annotated[tuple[str, ...], Meta(description="what it needs itself")]
    meta: Annotated[str, Meta(description="where Meta says it already, or how it could")]
    remade: Annotated[int, Meta(ge=0, description="how many earlier operations made it, too")]


class DroppableEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that a fresh database does not need."""

    operation: PlaceEntry
    why: str
    sure: bool


class QuestionEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that a person must decide about."""

    operation: PlaceEntry
    question: str


class LedgersEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """What a reset must carry over and what it may leave out, in the order in which migrations run.

    `aside` are those of migrations that are not in the graph.
    """

    seeds: tuple[SeedEntry, ...]
    hidden: tuple[HiddenEntry, ...]
    one_time: tuple[DroppableEntry, ...]
    undecided: tuple[QuestionEntry, ...]
    aside: tuple[PlaceEntry, ...]


def ledgers_entry(analysis: Analysis) -> LedgersEntry:
    found = ledgers(analysis)
    return LedgersEntry(
        seeds=tuple(map(_seed, found.seeds)),
        hidden=tuple(map(_hidden, found.hidden)),
        one_time=tuple(DroppableEntry(_place(one.operation), one.why, one.sure) for one in found.one_time),
        undecided=tuple(QuestionEntry(_place(one.operation), one.question) for one in found.undecided),
        aside=tuple(map(_place, found.aside)),
    )


def _place(operation: DataOperation) -> PlaceEntry:
    return PlaceEntry(operation.app, operation.migration, operation.file, operation.line)


def _seed(one: Seed) -> SeedEntry:
    return SeedEntry(_place(one.operation), one.after, one.fails, one.stale, one.later, one.same)


def _hidden(one: HiddenObject) -> HiddenEntry:
    made = one.made
    entry = SchemaObjectEntry(made.kind, made.name, made.table, made.action, made.file, made.line)
    return HiddenEntry(entry, _place(one.operation), one.before, one.behind, one.meta, one.remade)
