"""The comparison of environments as one JSON document of a versioned shape."""

from __future__ import annotations

from msgspec import Struct

from analyzer.render.comparison import of, steps
from analyzer.render.encoding import described, encoded
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
    return encoded(entry)


def schema() -> str:
    """The JSON Schema of the document, as it is published in `compare.schema.json`."""
    return described(ComparisonEntry, "migscan compare")
