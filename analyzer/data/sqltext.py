"""A text of SQL as statements of words: quotes, comments and `$$` bodies respected, no grammar.

Parts of the text that source does not decide are `HOLE`s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

HOLE = "__undecided__"
"""Stands in a text for a value that source does not decide."""


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


DECORATION = words(
    """OR REPLACE UNIQUE TEMP TEMPORARY GLOBAL LOCAL UNLOGGED MATERIALIZED RECURSIVE VIRTUAL CONSTRAINT
    CONCURRENTLY IF NOT EXISTS FULLTEXT SPATIAL FOREIGN DEFAULT TRUSTED TEXT SEARCH ONLY CLUSTERED
    NONCLUSTERED BITMAP EDITIONABLE NONEDITIONABLE FORCE CLASS FAMILY DEFINER ALGORITHM SQL SECURITY"""
)
"""What may stand between a verb, the kind of an object and its name."""

_ROUTINES = words("TRIGGER PROCEDURE FUNCTION EVENT")
_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|(?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"""
    r"""|(?P<text>[eEbBxXnN]?'(?:[^'\\]|''|\\.)*')|"(?:[^"]|"")*"|`[^`]*`|\[\w[^\]]*\]"""
    r"""|[\w$]+|[^\s]""",
    re.DOTALL,
)
_NAME = re.compile(r"\w[\w$]*|[\"`\[].*", re.DOTALL)
_TEXT = re.compile(r"[eEbBxXnN]?'(?P<said>.*)'|\$(?P<tag>\w*)\$(?P<body>.*)\$(?P=tag)\$", re.DOTALL)


def split(text: str) -> list[list[str]]:
    """The words of each statement, as they are written; a string constant or `$$` body is one word.

    The semicolons between the BEGIN and END of a trigger or routine end no statement.
    """
    out: list[list[str]] = []
    current: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word.startswith(("--", "/*")) and len(word) > 1:
            continue
        if _is_routine(current):
            depth += _deeper(word.upper(), current[-1].upper(), depth)
        if word != ";" or depth:
            current.append(word)
        elif current:
            out.append(current)
            current = []
    if current:
        out.append(current)
    return out


def literal(word: str) -> str | None:
    """What a string constant or a `$$` body holds, escapes left as they are; None of any other word."""
    found = _TEXT.fullmatch(word)
    if found is None:
        return None
    body = found.group("body")
    return found.group("said").replace("''", "'") if body is None else body


def _is_routine(current: Sequence[str]) -> bool:
    if len(current) < 2 or current[0].upper() != "CREATE":
        return False
    return not _ROUTINES.isdisjoint(word.upper() for word in current[1:6])


def _deeper(word: str, before: str, depth: int) -> int:
    """How a word changes the nesting of blocks: `END CASE` and `END IF` close what `END` closed."""
    if word == "BEGIN" or (depth and word in ("CASE", "IF", "LOOP") and before != "END"):
        return 1
    return -1 if word == "END" and depth else 0


def outer(upper: Sequence[str]) -> list[str]:
    """The words outside parentheses."""
    out: list[str] = []
    depth = 0
    for word in upper:
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
        elif not depth:
            out.append(word)
    return out


def name_at(rest: Sequence[str]) -> str:
    """A possibly quoted and qualified name at the beginning of some words, decoration left out."""
    start = 0
    while start < len(rest) and rest[start].upper() in DECORATION:
        start += 1
    parts: list[str] = []
    for at, word in enumerate(rest[start : start + 7]):
        if at % 2 == 0:
            if not _NAME.fullmatch(word):
                break
            parts.append(word.strip('"`[]'))
        elif word != ".":
            break
    name = ".".join(parts)
    return "" if HOLE in name else name.removeprefix("public.")


def name_after(tokens: Sequence[str], upper: Sequence[str], keyword: str) -> str:
    """The name that follows a keyword."""
    return name_at(tokens[upper.index(keyword) + 1 :]) if keyword in upper else ""


def tables(tokens: Sequence[str], upper: Sequence[str], first: str = "") -> tuple[str, ...]:
    """The tables that a statement speaks of, the one it works on first."""
    found = [first] if first else []
    for at, word in enumerate(upper[:-1]):
        if word in ("FROM", "JOIN", "INTO", "UPDATE", "USING"):
            found.append(name_at(tokens[at + 1 :]))
    return tuple(dict.fromkeys(name for name in found if name and name.upper() not in ("SELECT", "SET")))
