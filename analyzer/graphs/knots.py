"""What holds a cycle together: its shortest circles, its hubs, and what the first cuts achieve."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping

from analyzer.graphs.arcs import Arc
from analyzer.graphs.levels import components
from analyzer.graphs.values import Hub, Step

SHOWN_CIRCLES = 5
SHOWN_HUBS = 5
SHOWN_STEPS = 3
MOST_ARCS = 1_500
"""Beyond this a knot's circles are not searched: one search an arc, each over all of them."""

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


def steps(arcs: Iterable[Arc], cut: Iterable[Arc]) -> tuple[Step, ...]:
    """The cut in the order in which it helps most, with the cycles that are left after each arc."""
    left, todo = set(arcs), sorted(cut)
    done: list[Step] = []
    while todo and len(done) < SHOWN_STEPS:
        best = min(todo, key=lambda arc: (_largest(left - {arc}), arc))
        left.discard(best)
        todo.remove(best)
        done.append(Step(best[0], best[1], _sizes(left)))
    return tuple(done)


def _largest(arcs: Iterable[Arc]) -> int:
    return max(_sizes(arcs), default=0)


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
