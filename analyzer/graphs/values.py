"""Levels and cycles as values; the graphs behind them stay in `levels` and `cycles`."""

from __future__ import annotations

from msgspec import Struct


class CutEdge(Struct, frozen=True):
    """One relation to postpone; its cost says what that means (see `cycles.COSTS`)."""

    source: str
    field: str
    target: str
    cost: str
    file: str
    line: int


class Cycle(Struct, frozen=True):
    """A strongly connected component with more than one member.

    `behind` lists what merely depends on the cycle, sorted.  `cut` is a cheapest feedback arc
    set; `exact` tells a proven minimum from a heuristic.
    """

    members: tuple[str, ...]
    behind: tuple[str, ...]
    cut: tuple[CutEdge, ...]
    exact: bool


class Levels(Struct, frozen=True):
    """Labels by level, each level sorted; `of` gives the level of a label."""

    rows: tuple[tuple[str, ...], ...]
    of: dict[str, int]
