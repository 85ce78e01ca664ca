"""The top of the report: can this be reset, what stands in the way, and the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.render.concerns import Concern, standing
from analyzer.render.links import Link
from analyzer.render.markdown.text import codes, message, section, table, text, where
from analyzer.render.squashing import squashings
from analyzer.render.tally import Tally, tally
from analyzer.render.words import count, number

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

SHOWN = 12


def verdict(analysis: Analysis, link: Link) -> list[str]:
    stand = standing(analysis)
    return [
        *section(
            "Can this project be reset?",
            [f"**{text(stand.answer)}**"],
            _concerns(stand.concerns, link),
            _squash(analysis),
        ),
        *section("In numbers", _numbers(tally(analysis))),
    ]


def _squash(analysis: Analysis) -> list[str]:
    """Whether squashing would do instead."""
    found = squashings(analysis)
    if not found:
        return []
    blocked = [one.app for one in found if one.obstacle]
    unsure = [one.app for one in found if one.why]
    free = len(found) - len(blocked) - len(unsure)
    said = f"{number(free)} of {count(len(found), 'app')} with more than one migration can become one each"
    if blocked:
        said += f"; {codes(blocked)} cannot"
    if unsure:
        said += f"; of {codes(unsure)} source does not decide it"
    return [f"**Squashed instead?** {said} ([why, and how far](#can-it-be-squashed))."]


def _concerns(concerns: tuple[Concern, ...], link: Link) -> list[str]:
    lines = [f"{index}. {_concern(concern, link)}" for index, concern in enumerate(concerns[:SHOWN], start=1)]
    rest = len(concerns) - SHOWN
    return (
        lines if rest <= 0 else [*lines, f"{SHOWN + 1}. {number(rest)} more kinds of [findings](#findings)"]
    )


def _concern(concern: Concern, link: Link) -> str:
    what = f"**{message(concern.what)}**"
    why = f": {message(concern.why)}" if concern.why else ""
    first = where(link, concern.file, concern.line)
    return f"{what}{why}" + (f" ({first})" if first else "")


def _numbers(numbers: Tally) -> list[str]:
    verdicts, hidden = numbers.data_operations_by_verdict, numbers.relations_left_out
    left_out = f"made without {count(hidden, 'unknown relation')}" if hidden else ""
    rows = [
        ("Apps of the project", numbers.apps, _some(numbers.apps_unknown, "whether installed")),
        ("Models", numbers.models, _some(numbers.models_unknown, "a base is not found")),
        ("Abstract models", numbers.models_abstract, _some(numbers.abstract_unknown, "a base is not found")),
        ("Fields", numbers.fields, _some(numbers.fields_unknown, "the class is not found")),
        ("Relations", numbers.relations, _some(numbers.relations_unknown, "the target is not certain")),
        ("Levels", numbers.levels, left_out),
        ("Cycles of models", numbers.model_cycles, left_out),
        ("Cycles of apps", numbers.app_cycles, left_out),
        ("Migrations", numbers.migrations, _some(numbers.migrations_incomplete, "read in part")),
        ("Squashed migrations", numbers.squashes, ""),
        ("Apps that cannot be squashed into one migration", numbers.unsquashable_apps,
         _some(numbers.unsquashable_unknown, "whether they can")),
        ("Operations that makemigrations would write", numbers.drift,
         _some(numbers.drift_unknown, "whether it would")),
        ("Data operations", numbers.data_operations, _some(verdicts["unknown"], "no verdict")),
        ("Findings", numbers.findings, ""),
        ("Places not understood", numbers.unknown, ""),
    ]  # fmt: skip
    return table(
        ["", "found#", "of these unknown"], [(name, number(n), unknown) for name, n, unknown in rows]
    )


def _some(value: int, what: str) -> str:
    return f"{number(value)}: {what}" if value else "0"
