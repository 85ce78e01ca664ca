"""The cheapest feedback arc set of a weighted graph: which arrows to take out so that no cycle is left.

Branch and bound over short cycles: one arrow of every cycle has to go, so try each in turn.  A
packing of cycles gives the lower bound and, read the other way round, a good first answer; where
both agree the answer is proven at once.  Effort is counted in scanned arrows, never in seconds,
so that the same graph gives the same answer everywhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct

Arc = tuple[str, str]
"""(what needs, what is needed)."""

UNCUTTABLE = 1_000_000
"""From this weight on an arc must stay."""

EFFORT = 1_500_000
"""Arcs that the search may scan before it settles for the best answer so far."""

SHORTEST_UP_TO = 20_000
"""Nodes times arcs up to which every node is tried in the search for a shortest cycle."""


class FeedbackArcs(Struct, frozen=True):
    """Arcs to cut, sorted; no set costs less than `bound`, and none less than `cost` where `exact`.

    `complete` is False where arcs that must stay form a cycle of their own; `bound` is 0 then.
    """

    arcs: tuple[Arc, ...]
    cost: int
    exact: bool
    bound: int
    complete: bool


def feedback_arcs(weights: Mapping[Arc, int], effort: int = EFFORT) -> FeedbackArcs:
    """A cheapest set of arcs whose removal leaves no cycle, as far as `effort` allows.

    Arcs of at least `UNCUTTABLE` stay; a cycle of such arcs alone stays too, and nothing is exact then.
    """
    search = _Search({arc: weights[arc] for arc in sorted(weights) if arc[0] != arc[1]}, effort)
    search.run()
    arcs = tuple(sorted(arc for arc in search.best if weights[arc] < UNCUTTABLE))
    complete = len(arcs) == len(search.best)
    cost = sum(weights[arc] for arc in arcs)
    exact = search.proven and complete
    bound = cost if exact else search.bound if complete else 0
    return FeedbackArcs(arcs, cost, exact, bound, complete)


class _Search:
    """One search: the weights, the best answer so far, and the effort that is left."""

    def __init__(self, weights: Mapping[Arc, int], effort: int) -> None:
        self.weights = weights
        self.effort = effort
        self.bound, first = self._packing(weights)
        second = self._pruned(_backward(_greedy_order(weights), weights))
        self.best = min(first, second, key=self._cost)
        self.proven = self.bound >= self._cost(self.best)

    def run(self) -> None:
        if not self.proven:
            self.proven = self._branch(dict(self.weights), frozenset(), 0)

    def _cost(self, arcs: Iterable[Arc]) -> int:
        return sum(self.weights[arc] for arc in arcs)

    def _branch(self, left: dict[Arc, int], cut: frozenset[Arc], cost: int) -> bool:
        """Try every way to break the arcs that are left; False where effort ran out."""
        bound, _ = self._packing(left)
        if cost + bound >= self._cost(self.best):
            return True
        cycle = self._cycle(left)
        if cycle is None:
            self.best = self._pruned(cut)
            return True
        complete, kept = True, dict(left)
        for arc in sorted(cycle, key=lambda item: (left[item], item)):
            if left[arc] >= UNCUTTABLE:
                break
            if self.effort <= 0:
                return False
            without = {other: weight for other, weight in kept.items() if other != arc}
            complete &= self._branch(without, cut | {arc}, cost + self.weights[arc])
            kept[arc] = UNCUTTABLE
        return complete

    def _packing(self, weights: Mapping[Arc, int]) -> tuple[int, frozenset[Arc]]:
        """A lower bound on the cost, and a set of arcs that breaks every cycle.

        Every cycle pays the weight of its cheapest arc; an arc that has paid all is out.
        """
        left = dict(weights)
        bound, spent = 0, []
        while (cycle := self._cycle(left)) is not None:
            paid = min(left[arc] for arc in cycle)
            bound += paid
            for arc in cycle:
                left[arc] -= paid
                if left[arc] == 0:
                    del left[arc]
                    spent.append(arc)
        return bound, self._pruned(spent)

    def _pruned(self, arcs: Iterable[Arc]) -> frozenset[Arc]:
        """The arcs without those that may stay, the dearest put back first."""
        cut = set(arcs)
        users = _targets(arc for arc in self.weights if arc not in cut)
        for arc in sorted(cut, key=lambda item: (-self.weights[item], item)):
            if not _reaches(users, arc[1], arc[0]):
                cut.remove(arc)
                users.setdefault(arc[0], []).append(arc[1])
        return frozenset(cut)

    def _cycle(self, weights: Mapping[Arc, int]) -> list[Arc] | None:
        """A cycle, a shortest one where the graph is small enough to look for it."""
        for arc in weights:
            if arc[::-1] in weights:
                self.effort -= len(weights) // 4
                return [arc, (arc[1], arc[0])]
        targets = _core(_targets(weights))
        arcs = sum(map(len, targets.values()))
        self.effort -= len(weights)
        if not targets:
            return None
        if len(targets) * arcs > SHORTEST_UP_TO:
            return _some_cycle(targets)
        best: list[Arc] | None = None
        for start in targets:
            self.effort -= arcs
            found = _shortest_through(start, targets, len(best) if best else len(targets) + 1)
            best = found or best
            if best and len(best) == 3:
                break
        return best


def _targets(arcs: Iterable[Arc]) -> dict[str, list[str]]:
    targets: dict[str, list[str]] = {}
    for source, target in arcs:
        targets.setdefault(source, []).append(target)
    return targets


def _core(targets: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is left when nodes without a way out are taken away again and again; empty without cycles."""
    users: dict[str, list[str]] = {}
    for source, needed in targets.items():
        for target in needed:
            users.setdefault(target, []).append(source)
    waiting = {node: len(targets.get(node, ())) for node in [*targets, *users]}
    gone = [node for node, count in waiting.items() if count == 0]
    out = set(gone)
    while gone:
        for user in users.get(gone.pop(), ()):
            waiting[user] -= 1
            if waiting[user] == 0:
                gone.append(user)
                out.add(user)
    return {node: [t for t in needed if t not in out] for node, needed in targets.items() if node not in out}


def _some_cycle(targets: Mapping[str, list[str]]) -> list[Arc]:
    """Walk along first targets of a core until a node comes twice."""
    node = next(iter(targets))
    path, position = [node], {node: 0}
    while (node := targets[node][0]) not in position:
        position[node] = len(path)
        path.append(node)
    ring = [*path[position[node] :], node]
    return list(pairwise(ring))


def _shortest_through(start: str, targets: Mapping[str, list[str]], limit: int) -> list[Arc] | None:
    """A shortest cycle through the node, if it has fewer arcs than the limit."""
    before: dict[str, str] = {}
    depth = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        if depth[node] + 1 >= limit:
            return None
        for target in targets.get(node, ()):
            if target == start:
                ring = [node]
                while ring[-1] != start:
                    ring.append(before[ring[-1]])
                ring.reverse()
                return list(zip(ring, [*ring[1:], start], strict=True))
            if target not in depth:
                depth[target] = depth[node] + 1
                before[target] = node
                queue.append(target)
    return None


def _reaches(targets: Mapping[str, list[str]], start: str, goal: str) -> bool:
    seen, todo = {start}, [start]
    while todo:
        node = todo.pop()
        if node == goal:
            return True
        for target in targets.get(node, ()):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return False


def _greedy_order(weights: Mapping[Arc, int]) -> list[str]:
    """An order in which what is needed stands early: ends first, then whoever is needed most.

    Eades, Lin, Smyth: A fast and effective heuristic for the feedback arc set problem (1993), weighted.
    """
    nodes = sorted({node for arc in weights for node in arc})
    needs: dict[str, dict[str, int]] = {node: {} for node in nodes}
    users: dict[str, dict[str, int]] = {node: {} for node in nodes}
    for (source, target), weight in weights.items():
        needs[source][target] = users[target][source] = weight
    early: list[str] = []
    late: list[str] = []
    left = dict.fromkeys(nodes)
    while left:
        node = next((item for item in left if not needs[item]), None)
        if node is None and (node := next((item for item in left if not users[item]), None)) is not None:
            late.append(node)
        else:
            node = node or max(left, key=lambda item: sum(users[item].values()) - sum(needs[item].values()))
            early.append(node)
        del left[node]
        for user in users[node]:
            del needs[user][node]
        for target in needs[node]:
            del users[target][node]
    return early + late[::-1]


def _backward(order: list[str], weights: Mapping[Arc, int]) -> list[Arc]:
    position = {node: index for index, node in enumerate(order)}
    return [arc for arc in weights if position[arc[0]] < position[arc[1]]]
