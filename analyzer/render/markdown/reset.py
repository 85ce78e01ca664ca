"""What a reset of the migrations would come to, and the command that plans it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.render.links import Link
from analyzer.render.markdown.text import code, long_table, section, text, where
from analyzer.render.words import count
from analyzer.reset.ledgers import ledgers
from analyzer.reset.outlook import AppOutlook, Outlook, outlook

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

PROCEDURES = {
    "placeholder": "placeholders in two releases, since a database that lags behind is stopped loudly",
    "replaces": "new migrations with `replaces` beside the old ones, since others' databases may lag behind",
}


def reset(analysis: Analysis, link: Link) -> list[str]:
    """The section; nothing where there are no migrations."""
    if not analysis.migrations:
        return []
    found = outlook(analysis, ledgers(analysis))
    head = ["app", "would be", "files#", "operations#", "seeds#", "hidden schema#", "to decide#", "why"]
    rows = [_row(one, link) for one in found.apps]
    return section("Reset", [_said(found)], long_table("apps", head, rows), _how(found))


def _said(found: Outlook) -> str:
    if not found.least:
        return "No app's migrations can be replaced by fewer files as things stand."
    numbers = (
        f"**{count(found.files, 'migration file')} of {count(found.least, 'app')} could become "
        f"{found.least}**, or a few more where apps need each other, if the plan below finds nothing in the "
        "way: whether migrations that stay would close a circle with the new ones is only looked at there."
    )
    return (
        numbers if found.worthwhile else f"{numbers} So few cost little: leaving them is a good choice, too."
    )


def _how(found: Outlook) -> list[str]:
    if not found.least:
        return []
    lines = [f"Recommended: {PROCEDURES[found.procedure]}."]
    if found.named:
        tell = "tells" if found.named == 1 else "tell"
        lines[0] += (
            f" {count(found.named, 'finding')} {tell} what names migrations from outside (MS501 to MS504)."
        )
    return [
        *lines,
        "",
        "The plan, with the files that will be written, drafts of what must be carried over, and each step:",
        "",
        "```sh",
        "migscan plan . -o migscan-plan",
        "```",
    ]


def _row(one: AppOutlook, link: Link) -> list[str]:
    why = text(one.why)
    if one.file:
        why += f" ({where(link, one.file, one.line)})"
    numbers = (one.files, one.operations, one.seeds, one.hidden, one.undecided)
    return [code(one.app), one.prospect, *map(str, numbers), why]
