"""The Markdown report: the verdict first, then everything it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.render.links import Link
from analyzer.render.markdown.cycles import cycles
from analyzer.render.markdown.drift import drift
from analyzer.render.markdown.grounds import findings, reading, unknown
from analyzer.render.markdown.history import history
from analyzer.render.markdown.images import Image, Images
from analyzer.render.markdown.ledgers import ledger_pages
from analyzer.render.markdown.operations import operations
from analyzer.render.markdown.reset import reset
from analyzer.render.markdown.structure import apps, levels
from analyzer.render.markdown.text import text
from analyzer.render.markdown.verdict import verdict

if TYPE_CHECKING:
    from analyzer.analysis import Analysis
    from analyzer.reset.elidable import Marked

__all__ = ["Image", "markdown"]

GROUND = (
    "Read from source by migscan: nothing was imported, run or looked up in a database. "
    "What source does not decide is listed, not guessed. The same as data: [report.json](report.json)."
)


def markdown(analysis: Analysis, link: Link, images: Images, marked: Marked | None = None) -> str:
    """`report.md`; the same text for the same source.  `marked` is what a patch marks as elidable."""
    parts = [
        verdict(analysis, link),
        apps(analysis, link, images),
        levels(analysis, link, images),
        cycles(analysis, link, images),
        history(analysis, link, images),
        drift(analysis, link),
        reset(analysis, link),
        ledger_pages(analysis, link, marked),
        operations(analysis, link),
        findings(analysis, link),
        unknown(analysis, link),
        reading(analysis, link),
    ]
    lines = [f"# {text(analysis.project)}: models and migrations", "", GROUND, "", _contents(parts), ""]
    return "\n".join([*lines, *(line for part in parts for line in part)]).rstrip() + "\n"


def _contents(parts: list[list[str]]) -> str:
    """A line of links to the sections that are there."""
    titles = [line.removeprefix("## ") for part in parts for line in part if line.startswith("## ")]
    return " · ".join(f"[{title}](#{_anchor(title)})" for title in titles)


def _anchor(title: str) -> str:
    return "".join(letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter == "-")
