"""The part of the JSON document that says what a reset would come to; see `report_values`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from analyzer.reset.ledgers import ledgers
from analyzer.reset.outlook import outlook

if TYPE_CHECKING:
    from analyzer.outcome import Analysis

Count = Annotated[int, Meta(ge=0)]


class AppResetEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """What would become of an app with migrations."""

    app: str
    prospect: Literal["reset", "leave", "blocked"]
    why: Annotated[str, Meta(description="why it is left or blocked; empty where it can be reset")]
    file: Annotated[str, Meta(description="where that is seen; empty if nowhere")]
    line: Count
    files: Annotated[int, Meta(ge=0, description="migration files of the app")]
    operations: Count
    seeds: Count
    hidden: Count
    undecided: Count


class ResetEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """What a reset would come to; `migscan plan` works it out."""

    procedure: Annotated[Literal["placeholder", "replaces"], Meta(description="what a plan would recommend")]
    worthwhile: Annotated[bool, Meta(description="whether there are files enough to be worth it")]
    files: Annotated[int, Meta(ge=0, description="migration files of the apps that can be reset")]
    least: Annotated[int, Meta(ge=0, description="how few files can be left of these")]
    named: Annotated[int, Meta(ge=0, description="findings about what names migrations from outside")]
    apps: tuple[AppResetEntry, ...]


def reset_entry(analysis: Analysis) -> ResetEntry:
    return msgspec.convert(outlook(analysis, ledgers(analysis)), ResetEntry, from_attributes=True)
