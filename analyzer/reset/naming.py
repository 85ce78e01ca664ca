"""Names for migrations that follow those of an app: numbers go on where the highest one ends."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analyzer.history.values import Key

_NUMBER = re.compile(r"(\d+)")
MOST_DIGITS = 9
"""A longer number is no count of migrations."""


def following(names: Iterable[str], words: Iterable[str]) -> tuple[str, ...]:
    """A name for each word, numbered on from the highest number (MigrationAutodetector.parse_number)."""
    highest = max((_number(name) for name in names), default=0)
    return tuple(f"{highest + place:04d}_{word}" for place, word in enumerate(words, 1))


def _number(name: str) -> int:
    found = _NUMBER.match(name)
    return int(found.group()) if found is not None and len(found.group()) <= MOST_DIGITS else 0


def names_of(app: str, keys: Iterable[Key]) -> list[str]:
    """The names of an app's migrations."""
    return [name for label, name in keys if label == app]
