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
    """All relations of a cut from one member to another.

    `left` holds the sizes of the cycles that are left without these and those of the steps before;
    None where the knot is too large to try.
    """

    source: str
    target: str
    cut: tuple[CutEdge, ...]
    left: tuple[int, ...] | None


class Cycle(Struct, frozen=True):
    """A strongly connected component with more than one member.

    `behind` lists what merely depends on the cycle, sorted.  `cut` is a cheapest feedback arc
    set of weight `weight` (see `cycles.COSTS`); `exact` tells a proven minimum from a heuristic,
    and no set weighs less than `bound`.  `steps` is the same cut, most helpful relations first;
    `order` holds the members as they can be built then, empty where the cut
    leaves a cycle.  `circles` are the shortest ways round, of `circle_count` that are each the
    shortest through some arc; `hubs` lie on most of these, and every way round meets `core`.
    """

    members: tuple[str, ...]
    behind: tuple[str, ...]
    cut: tuple[CutEdge, ...]
    exact: bool
    weight: int
    bound: int
    steps: tuple[Step, ...]
    order: tuple[tuple[str, ...], ...]
    circles: tuple[tuple[str, ...], ...]
    circle_count: int
    hubs: tuple[Hub, ...]
    core: tuple[str, ...]


class Levels(Struct, frozen=True):
    """Labels by level, each level sorted; `of` gives the level of a label."""

    rows: tuple[tuple[str, ...], ...]
    of: dict[str, int]
