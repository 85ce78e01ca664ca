"""Markdown that shows a project's text as it is: escaping, links, tables, folds.

Written for GitHub and GitLab alike: GFM tables, `<details>` with blank lines around Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analyzer.render.links import Link
from analyzer.render.words import number, place, printable, shortened

FOLD_FROM = 12
"""Rows from which on a table is folded."""

LONGEST = 160
"""Letters of a message or of code in a table cell."""

_PLAIN_CODE = re.compile(r"[\w .,:;/@()\[\]{}=+*'\"!?#%^~$-]+")
_CODE = re.compile(r"`([^`]+)`")
_MARKUP = re.compile(r"""[\\`*\[\]<>|~$&@]|(?<![^\W_])_|_(?![^\W_])|(?<=:)//|(?<=www)\.""")


def text(value: str) -> str:
    """Prose of the project: nothing in it is markup."""
    return _MARKUP.sub(lambda match: "".join(f"&#{ord(letter)};" for letter in match[0]), printable(value))


def message(value: str) -> str:
    """Prose of our own about the project: what stands in back-ticks is code."""
    parts = _CODE.split(printable(value))
    return "".join(code(part) if at % 2 else text(part) for at, part in enumerate(parts))


def code(value: str) -> str:
    """A name or a piece of code; as HTML where a back-tick or a pipe would break a code span."""
    shown = printable(value)
    if not shown.strip():
        return ""
    if _PLAIN_CODE.fullmatch(shown):
        return f"`{shown.strip()}`"
    return f"<code>{_MARKUP.sub(lambda match: ''.join(f'&#{ord(x)};' for x in match[0]), shown)}</code>"


def where(link: Link, file: str, line: int, label: str | None = None) -> str:
    """`file:line`, as a link where the report can reach the source."""
    if not file:
        return ""
    shown = code(label or place(file, line))
    address = link(file, line)
    return f"[{shown}]({address})" if address else shown


def short(value: str) -> str:
    return shortened(printable(value), LONGEST)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; a column whose head ends in `#` holds numbers and is set to the right."""
    names = [name.removesuffix("#") for name in head]
    rule = ["---:" if name.endswith("#") else "---" for name in head]
    return [_row(names), _row(rule), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def folded(summary: str, body: Sequence[str], is_open: bool = False) -> list[str]:
    """A part that opens with a click; the summary is plain text of ours or escaped."""
    opening = "<details open>" if is_open else "<details>"
    return [f"{opening}<summary>{summary}</summary>", "", *body, "", "</details>"]


def long_table(what: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table that is folded away if it is long; `what` names its rows in the plural."""
    lines = table(head, rows)
    return lines if len(rows) < FOLD_FROM else folded(f"{number(len(rows))} {what}", lines)


def section(title: str, *blocks: Sequence[str], level: int = 2) -> list[str]:
    """A heading and its blocks, with the blank lines that Markdown needs; nothing if all are empty."""
    filled = [block for block in blocks if block]
    if not filled:
        return []
    lines = [f"{'#' * level} {title}", ""]
    for block in filled:
        lines += [*block, ""]
    return lines


def bullets(items: Iterable[str]) -> list[str]:
    return [f"- {item}" for item in items]


def codes(values: Iterable[str]) -> str:
    return ", ".join(code(value) for value in values)
