"""What holds a cycle together: its shortest circles, hubs and core, and what each cut achieves."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping

from analyzer.graphs.arcs import Arc
from analyzer.graphs.levels import components, levels
from analyzer.graphs.values import Hub

SHOWN_CIRCLES = 5
SHOWN_HUBS = 5
MOST_ARCS = 1_500
"""Beyond this a knot's circles are not searched: one search an arc, each over all of them."""

EFFORT = 250_000
"""Arcs that may be looked at to find out in which order a cut helps most."""

Targets = Mapping[str, Collection[str]]


def circles(arcs: Iterable[Arc]) -> tuple[tuple[str, ...], ...]:
    """For every arc the shortest circle that it closes; each circle once, the shortest first.

    A circle begins with its smallest label and lists every member once.
    """
    arcs = sorted(arcs)
    if len(arcs) > MOST_ARCS:
        return ()
    targets = _targets(arcs)
    found = {_rotated(path) for arc in arcs if (path := _way_back(arc, targets)) is not None}
    return tuple(sorted(found, key=lambda circle: (len(circle), circle)))


def hubs(found: Iterable[tuple[str, ...]]) -> tuple[Hub, ...]:
    """The members that lie on most of the shortest circles."""
    counted = Counter(label for circle in found for label in circle)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Hub(label, count) for label, count in ranked[:SHOWN_HUBS])


def steps(arcs: Iterable[Arc], cut: Iterable[Arc]) -> tuple[tuple[Arc, tuple[int, ...] | None], ...]:
    """The cut, most helpful arcs first, with the sizes of the cycles that are left after each.

    The rest of a large cut follows in the order of its labels, with None for what is not tried.
    """
    left, todo, effort = set(arcs), sorted(cut), EFFORT
    done: list[tuple[Arc, tuple[int, ...] | None]] = []
    while todo and (effort := effort - len(todo) * len(left)) >= 0:
        sizes, best = min((_sizes(left - {arc}), arc) for arc in todo)
        left.discard(best)
        todo.remove(best)
        done.append((best, sizes))
    return (*done, *((arc, None) for arc in todo))


def core(arcs: Iterable[Arc], cut: Iterable[Arc]) -> tuple[str, ...]:
    """Few members that every circle meets: without them none is left.

    The smaller of two feedback vertex sets found by heuristics, so not always a smallest one.
    """
    arcs = set(arcs)
    if len(arcs) > MOST_ARCS:
        return ()
    found = (_needed(arcs, _crossroads(arcs)), _needed(arcs, _ends(cut)))
    return min(found, key=lambda members: (len(members), members))


def _crossroads(arcs: Iterable[Arc]) -> list[str]:
    """Of those who still are in a circle, always the one with the most ways through it."""
    chosen: list[str] = []
    left = _circular(arcs)
    while left:
        needs = Counter(source for source, _ in left)
        users = Counter(target for _, target in left)
        chosen.append(min(needs, key=lambda label: (-needs[label] * users[label], label)))
        left = _circular(arc for arc in left if chosen[-1] not in arc)
    return chosen


def _ends(cut: Iterable[Arc]) -> list[str]:
    """An end of every arc of the cut, always the one that most of those that are left share."""
    chosen: list[str] = []
    left = set(cut)
    while left:
        ends = Counter(label for arc in left for label in arc)
        chosen.append(min(ends, key=lambda label: (-ends[label], label)))
        left = {arc for arc in left if chosen[-1] not in arc}
    return chosen


def _needed(arcs: Collection[Arc], chosen: Collection[str]) -> tuple[str, ...]:
    """The chosen without those who can go while no circle comes back, the last chosen first."""
    kept = set(chosen)
    for label in reversed(list(chosen)):
        if not _sizes(arc for arc in arcs if (kept - {label}).isdisjoint(arc)):
            kept.remove(label)
    return tuple(sorted(kept))


def _circular(arcs: Iterable[Arc]) -> set[Arc]:
    """The arcs that lie on a circle."""
    arcs = set(arcs)
    targets = _targets(arcs)
    edges = {label: frozenset(targets[label]) for label in targets}
    home = {label: number for number, members in enumerate(components(edges, edges)) for label in members}
    return {arc for arc in arcs if arc[0] in home and home[arc[0]] == home.get(arc[1])}


def order(arcs: Iterable[Arc], cut: Iterable[Arc]) -> tuple[tuple[str, ...], ...]:
    """The members in the order in which they can be built once a cut that leaves no circle is made."""
    arcs = set(arcs)
    kept = _targets(arcs.difference(cut))
    edges = {label: frozenset(kept.get(label, ())) for arc in arcs for label in arc}
    return levels(edges, edges).rows


def _sizes(arcs: Iterable[Arc]) -> tuple[int, ...]:
    targets = _targets(arcs)
    edges = {label: frozenset(targets[label]) for label in targets}
    return tuple(sorted((len(members) for members in components(edges, edges)), reverse=True))


def _targets(arcs: Iterable[Arc]) -> dict[str, list[str]]:
    targets: dict[str, list[str]] = {}
    for source, target in arcs:
        targets.setdefault(source, []).append(target)
        targets.setdefault(target, [])
    return targets


def _way_back(arc: Arc, targets: Targets) -> list[str] | None:
    """The shortest way from an arc's end to its beginning."""
    start, goal = arc[1], arc[0]
    came: dict[str, str | None] = {start: None}
    queue = deque([start])
    while queue:
        label = queue.popleft()
        if label == goal:
            break
        for target in targets[label]:
            if target not in came:
                came[target] = label
                queue.append(target)
    if goal not in came:
        return None
    path: list[str] = []
    at: str | None = goal
    while at is not None:
        path.append(at)
        at = came[at]
    return path[::-1]


def _rotated(circle: list[str]) -> tuple[str, ...]:
    first = circle.index(min(circle))
    return tuple(circle[first:] + circle[:first])
