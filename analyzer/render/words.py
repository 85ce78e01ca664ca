"""Words and numbers as people read them, and text of a project made safe to show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb]"
)
_IRREGULAR = {"is": "are", "has": "have", "was": "were", "needs": "need", "leaf": "leaves"}
_IRREGULAR |= {"gets": "get", "this": "these"}


def printable(text: str) -> str:
    """One line without control characters: no name in a project may drive a terminal or a page."""
    flat = text.replace("\r\n", "\n").replace("\n", " ").replace("\t", " ")
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", flat)


def number(value: int) -> str:
    return f"{value:,}"


def plural(value: int, noun: str) -> str:
    """The noun alone, in the form that the number asks for: `plural(2, "is")` is "are"."""
    if value == 1:
        return noun
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith(("s", "x", "sh", "ch")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def count(value: int, noun: str) -> str:
    """ "1 model", "1,400 migrations"; an adjective may come first: `count(2, "own app")`."""
    head, _, last = noun.rpartition(" ")
    return " ".join(part for part in (number(value), head, plural(value, last)) if part)


def joined(items: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def some(items: Iterable[str], limit: int = 6) -> str:
    """The first few, and how many more there are."""
    whole = list(items)
    rest = len(whole) - limit
    return ", ".join(whole) if rest <= 0 else f"{', '.join(whole[:limit])} and {number(rest)} more"


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut in the middle so that both ends stay readable."""
    if len(text) <= limit:
        return text
    head = (limit - 1) // 2
    return f"{text[:head]}…{text[len(text) - (limit - 1 - head) :]}"


def place(file: str, line: int) -> str:
    """`file:line`, or the file alone where no line is known."""
    return printable(f"{file}:{line}" if line else file)


def by_app(labels: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Labels as (app, [names]), both sorted."""
    apps: dict[str, list[str]] = {}
    for label in sorted(labels):
        app, _, name = label.partition(".")
        apps.setdefault(app, []).append(name)
    return sorted(apps.items())
