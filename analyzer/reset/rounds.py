"""Orders and circles among migrations."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping

from analyzer.history.values import Key


def ordered(keys: Iterable[Key], edges: Mapping[Key, tuple[Key, ...]]) -> list[Key]:
    """Migrations in an order in which none needs a later one, as far as there is such an order."""
    wanted = set(keys)
    out: list[Key] = []
    state: dict[Key, bool] = {}
    for start in sorted(wanted):
        pending = [(start, False)]
        while pending:
            key, complete = pending.pop()
            if complete:
                state[key] = True
                out += [key] if key in wanted else []
            elif key not in state:
                state[key] = False
                pending.append((key, True))
                pending += [(parent, False) for parent in reversed(edges.get(key, ())) if parent not in state]
    return out


def shortest(after: Mapping[Key, Collection[Key]], among: Collection[Key] | None = None) -> list[Key]:
    """The way round a shortest circle, its first migration at both ends; empty where there is none.

    With `among`, one that goes through one of these.
    """
    best: list[Key] = []
    left = knotted(after)
    for start in sorted(left if among is None else left.intersection(among)):
        path = _way(start, after)
        if path and (not best or len(path) < len(best)):
            best = path
    return best


def knotted(after: Mapping[Key, Collection[Key]]) -> set[Key]:
    """What is left once all that nothing leads on from, or to, is taken away again and again."""
    left = set(after)
    while True:
        fed = {target for source in left for target in after[source]}
        kept = {key for key in left if key in fed and any(target in left for target in after[key])}
        if kept == left:
            return left
        left = kept


def _way(start: Key, after: Mapping[Key, Collection[Key]]) -> list[Key]:
    """The shortest way from a migration back to itself."""
    came: dict[Key, Key] = {}
    queue = deque([start])
    while queue:
        key = queue.popleft()
        for target in after.get(key, ()):
            if target == start:
                path = [start, key]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1] if len(path) > 1 else [start, start]
            if target not in came:
                came[target] = key
                queue.append(target)
    return []
