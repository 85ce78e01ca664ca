"""MS09x: comments that suppress findings, and what is wrong with them.

`# migscan: ignore[MS401] reason` speaks for its line, for the bracket that closes on it, or, on a line
of its own, for the line below.  `# migscan: ignore-file[MS401] reason` speaks for its file.  Codes may be
a rule's code or name, or a family such as `MS4`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from analyzer.audits.rules import Rule, Severity

MARK = b"migscan:"

_COMMENT = re.compile(r"#\s*migscan:\s*(.*)")
_IGNORE = re.compile(r"(ignore|ignore-file)\s*\[([^\]]*)\]\s*[-:]*\s*(.*)")

_POST = """
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Post(models.Model):
            best = models.ForeignKey("Comment", models.SET_NULL, null=True){comment}
        class Comment(models.Model):
            post = models.ForeignKey({target}, models.CASCADE)
"""
_REASON = "the table is filled by hand"

_CONFIGURED = """
        # migscan.toml
        require-reasons = true"""

UNUSED = Rule(
    code="MS090",
    name="unused-ignore",
    severity=Severity.WARNING,
    title="A comment suppresses nothing",
    why="What it suppressed is gone, or it never named it. Left where it is, it would hide the next one.",
    fix="Remove it, or name the rule as `migscan rules` lists it: `# migscan: ignore[MS201] reason`.",
    bad=_POST.format(comment=f"  # migscan: ignore[MS201] {_REASON}", target='"self"'),
    good=_POST.format(comment=f"  # migscan: ignore[MS201] {_REASON}", target="Post"),
)

NO_REASON = Rule(
    code="MS091",
    name="ignore-without-reason",
    severity=Severity.WARNING,
    title="A comment suppresses a finding and does not say why",
    why="The project asks for reasons (`require-reasons`): without one, it cannot be told if it still holds.",
    fix="Write the reason after the codes: `# migscan: ignore[MS201] why this is meant`.",
    bad=_CONFIGURED + _POST.format(comment="  # migscan: ignore[MS201]", target="Post"),
    good=_CONFIGURED + _POST.format(comment=f"  # migscan: ignore[MS201] {_REASON}", target="Post"),
)

RULES = (UNUSED, NO_REASON)


class Ignore(Struct, frozen=True):
    """A comment that suppresses: the lines that it speaks for (None is the whole file), codes, reason.

    `wrong` says what is wrong with it where it cannot be understood.
    """

    line: int
    lines: frozenset[int] | None
    codes: tuple[str, ...]
    reason: str
    wrong: str = ""


def ignores(data: bytes, python: bool = True) -> list[Ignore]:
    """The comments of a file that suppress, in order."""
    if MARK not in data:
        return []
    lines = data.decode("utf-8", "replace").split("\n")
    found = [(number, text) for number, text in enumerate(lines, 1) if _COMMENT.search(text)]
    spans = _comment_lines(data) if python else None
    return [
        ignore
        for number, text in found
        if spans is None or number in spans
        for ignore in _read(number, text, lines, (spans or {}).get(number, frozenset({number})))
    ]


def _read(number: int, text: str, lines: list[str], span: frozenset[int]) -> Iterator[Ignore]:
    comment = _COMMENT.search(text)
    if comment is None:
        return
    said = _IGNORE.fullmatch(comment[1].strip())
    if said is None:
        yield Ignore(number, frozenset(), (), "", f"`{comment[1].strip()[:60]}` is not understood")
        return
    codes = tuple(code for code in re.split(r"[\s,]+", said[2]) if code)
    if not codes:
        yield Ignore(number, frozenset(), (), "", "it names no rule")
    elif said[1] == "ignore-file":
        yield Ignore(number, None, codes, said[3].strip())
    else:
        alone = text[: comment.start()].strip() == ""
        yield Ignore(number, span | {_next(lines, number)} if alone else span, codes, said[3].strip())


def _next(lines: list[str], number: int) -> int:
    """The line below that is neither empty nor a comment."""
    for following, text in enumerate(lines[number:], number + 1):
        if text.strip() and not text.lstrip().startswith("#"):
            return following
    return number


def _comment_lines(data: bytes) -> dict[int, frozenset[int]] | None:
    """The lines with a real comment, and the lines that it speaks for; None where the file is broken.

    Where brackets close before the comment, the line that opened them is meant, too: formatters move
    comments there.
    """
    import io
    import tokenize

    spans: dict[int, frozenset[int]] = {}
    opened: list[int] = []
    closed: set[int] = set()
    line = 0
    try:
        for token in tokenize.tokenize(io.BytesIO(data).readline):
            if token.start[0] != line:
                line, closed = token.start[0], set()
            if token.type == tokenize.OP and token.string in "([{":
                opened.append(line)
            elif token.type == tokenize.OP and token.string in ")]}" and opened:
                closed.add(opened.pop())
            elif token.type == tokenize.COMMENT:
                spans[line] = frozenset({line, *closed})
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return spans
