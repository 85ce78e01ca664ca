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


class Hub(Struct, frozen=True):
    """A member of a cycle and on how many of its shortest circles it lies."""

    label: str
    circles: int


class Step(Struct, frozen=True):
    """One arc of the cut, and the sizes of the cycles that are left without it and those before it."""

    source: str
    target: str
    left: tuple[int, ...]


class Cycle(Struct, frozen=True):
    """A strongly connected component with more than one member.

    `behind` lists what merely depends on the cycle, sorted.  `cut` is a cheapest feedback arc
    set; `exact` tells a proven minimum from a heuristic.  `circles` are the shortest ways round,
    one for each arc at most; `hubs` lie on most of them; `steps` are the first arcs of the cut.
    """

    members: tuple[str, ...]
    behind: tuple[str, ...]
    cut: tuple[CutEdge, ...]
    exact: bool
    circles: tuple[tuple[str, ...], ...] = ()
    hubs: tuple[Hub, ...] = ()
    steps: tuple[Step, ...] = ()


class Levels(Struct, frozen=True):
    """Labels by level, each level sorted; `of` gives the level of a label."""

    rows: tuple[tuple[str, ...], ...]
    of: dict[str, int]
