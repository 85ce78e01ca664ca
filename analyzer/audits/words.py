"""How messages count and list."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 3
"""How many names a message lists before it counts the rest."""


def count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str], shown: int = SHOWN) -> str:
    """`a, b and c`; of many only the first few, and how many more there are."""
    rest = len(names) - shown
    if rest > 1:
        return f"{', '.join(names[:shown])} and {rest} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
