"""The top of the report: can this be reset, what stands in the way, and the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.render.concerns import Concern, standing
from analyzer.render.links import Link
from analyzer.render.markdown.text import section, table, text, where
from analyzer.render.tally import Tally, tally
from analyzer.render.words import number

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

SHOWN = 12


def verdict(analysis: Analysis, link: Link) -> list[str]:
    stand = standing(analysis)
    return [
        *section(
            "Can this project be reset?", [f"**{text(stand.answer)}**"], _concerns(stand.concerns, link)
        ),
        *section("In numbers", _numbers(tally(analysis))),
    ]


def _concerns(concerns: tuple[Concern, ...], link: Link) -> list[str]:
    lines = [f"{index}. {_concern(concern, link)}" for index, concern in enumerate(concerns[:SHOWN], start=1)]
    rest = len(concerns) - SHOWN
    return (
        lines if rest <= 0 else [*lines, f"{SHOWN + 1}. {number(rest)} more kinds of [findings](#findings)"]
    )


def _concern(concern: Concern, link: Link) -> str:
    what = f"**{text(concern.what)}**"
    why = f": {text(concern.why)}" if concern.why else ""
    first = where(link, concern.file, concern.line)
    return f"{what}{why}" + (f" ({first})" if first else "")


def _numbers(numbers: Tally) -> list[str]:
    verdicts = numbers.data_operations_by_verdict
    rows = [
        ("Apps of the project", numbers.apps, _some(numbers.apps_undecided, "not known to be installed")),
        ("Models", numbers.models, _some(numbers.models_uncertain, "not fully resolved")),
        ("Abstract models", numbers.models_abstract, ""),
        ("Relations", numbers.relations, _some(numbers.relations_uncertain, "without a certain target")),
        ("Levels", numbers.levels, ""),
        ("Cycles of models", numbers.model_cycles, ""),
        ("Cycles of apps", numbers.app_cycles, ""),
        ("Migrations", numbers.migrations, _some(numbers.migrations_incomplete, "not fully understood")),
        ("Squashed migrations", numbers.squashes, ""),
        ("Data operations", numbers.data_operations, _some(verdicts["unknown"], "undecided")),
        ("Findings", numbers.findings, ""),
        ("Places not understood", numbers.unknown, ""),
    ]
    return table(
        ["", "found#", "of these uncertain"], [(name, number(n), unsure) for name, n, unsure in rows]
    )


def _some(value: int, what: str) -> str:
    return f"{number(value)} {what}" if value else "none"
