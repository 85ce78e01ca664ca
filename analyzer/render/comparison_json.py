"""The comparison of environments as one JSON document of a versioned shape."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from analyzer.render.comparison import of, steps
from analyzer.reset.environments_values import Cell, Comparison, Difference, Situation, Verdict

SCHEMA_VERSION = 1


class EnvironmentEntry(Struct, frozen=True):
    """One environment, with what to do there in order."""

    label: str
    name: str
    file: str
    kind: str
    rows: int
    partial: bool
    dated: bool
    verdict: Verdict
    apps: tuple[Cell, ...]
    do: tuple[str, ...]


class ComparisonEntry(Struct, frozen=True):
    """The document.  Keys may be added, none goes."""

    schema_version: int
    project: str
    expect_new: bool
    verdict: Verdict
    environments: tuple[EnvironmentEntry, ...]
    situations: tuple[Situation, ...]
    differences: tuple[Difference, ...]
    open: tuple[str, ...]


def comparison_json(comparison: Comparison) -> str:
    """The text of the document, one value a line."""
    entry = ComparisonEntry(
        SCHEMA_VERSION,
        comparison.project,
        comparison.expect_new,
        comparison.verdict,
        tuple(
            EnvironmentEntry(
                one.label, one.name, one.file, one.kind, one.rows, one.partial, one.dated, one.verdict,
                one.cells, tuple(steps(of(comparison, one))),
            )
            for one in comparison.environments
        ),
        comparison.situations,
        comparison.differences,
        comparison.open,
    )  # fmt: skip
    data = msgspec.to_builtins(entry)
    return msgspec.json.format(msgspec.json.encode(_text(data)), indent=1).decode() + "\n"


def _text(value: object) -> object:
    """Values with file names that are no text made so that they can be written."""
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case dict():
            return {key: _text(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_text(inner) for inner in value]
        case _:
            return value
