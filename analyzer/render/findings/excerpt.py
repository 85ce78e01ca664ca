"""The line that a finding blames, and what of it to point at."""

from __future__ import annotations

import re

from analyzer.audits.rules import Finding
from analyzer.render.words import printable

LONGEST = 160
_WORD = re.compile(r"\w{3,}")
_NAME = re.compile(r"\w+(?:\.\w+)+|\w*[_\d]\w*|\w*[^\W\d_A-Z][A-Z]\w*")
"""What in a message is a name, not prose: dotted, with an underscore or digit, or in camel case."""


def pointed(finding: Finding, line: str) -> tuple[int, int]:
    """Where to point: first column, 1-based, and width.

    At the column that the rule says; else at the longest name that the message tells; else at the
    beginning of the line.
    """
    if finding.column > 1:
        return finding.column, 1
    named = {word for name in _NAME.findall(finding.message) for word in _WORD.findall(name)}
    words = [word for word in _WORD.finditer(line.partition("#")[0]) if word[0] in named]
    if words:
        longest = max(words, key=lambda word: (len(word[0]), -word.start()))
        return longest.start() + 1, len(longest[0])
    code = line.lstrip()
    return (len(line) - len(code) + 1 if code else 1), 1


def excerpt(finding: Finding, line: str) -> list[str]:
    """The line with its number and a caret below; nothing where there is no such line."""
    shown = printable(line.expandtabs(4).rstrip("\r\n"))
    if not finding.line or not shown.strip():
        return []
    column, width = pointed(finding, shown)
    margin = len(str(finding.line))
    cut = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 2]} …"
    lines = [f"  {finding.line} | {cut}"]
    if column <= len(cut):
        caret = "^" * max(1, min(width, len(cut) - column + 1))
        lines.append(f"  {' ' * margin} | {' ' * (column - 1)}{caret}")
    return lines
