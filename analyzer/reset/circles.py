"""Circles that new migrations would close with ones that stay: apps that cannot be reset without others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from analyzer.history.values import Key
from analyzer.reset.decide import Block
from analyzer.reset.outside import Outside
from analyzer.reset.planned import Layout
from analyzer.reset.rounds import shortest


def closing(drawn: Layout, outside: Outside, own: Collection[str]) -> dict[str, Block]:
    """The apps whose new migrations others, which stay, need in a shortest circle, with the circle.

    `own` are the apps that have migrations in the project.  Empty where there is no circle.
    """
    way = circle(drawn, outside)
    new = {migration.key for migration in drawn.migrations}
    needed = [after for before, after in pairwise(way) if before not in new and after in new]
    kept = sorted({key[0] for key in way if key not in new} & set(own))
    told = " → ".join(".".join(key) for key in _turns(way))
    if kept:
        why = (
            f"migrations that stay and its new ones would need each other ({told}, each needs the next): "
            "reset "
            f"{', '.join(kept)} together with it, once what blocks them is out of the way"
        )
    else:
        why = (
            f"Django would not load what makemigrations writes (CircularDependencyError: {told}, each "
            "needs the "
            "next), because a package needs its first migration and is needed by it"
        )
    apps = {key[0] for key in needed or [key for key in way if key in new]}
    return {app: Block(why) for app in apps & set(drawn.apps)}


def circle(drawn: Layout, outside: Outside) -> tuple[Key, ...]:
    """A shortest circle through new migrations, maybe by way of ones that stay; empty where there is none.

    What depends on the first migration of an app gets its first new one, all else its last one.
    """
    new = {app: drawn.of(app) for app in drawn.apps if drawn.of(app)}
    known = {migration.key for migration in drawn.migrations}

    def standing(key: Key) -> Key:
        if key[0] not in new:
            return key
        return new[key[0]][0 if outside.is_root(key) else -1].key

    edges = {
        key: tuple(map(standing, parents)) for key, parents in outside.edges.items() if key[0] not in new
    }
    for migration in drawn.migrations:
        wanted = [key if key in known else outside.resolved(key) for key in migration.dependencies]
        edges[migration.key] = tuple(key if key in known else standing(key) for key in wanted if key)
    return tuple(shortest(edges, known))


def _turns(way: Sequence[Key]) -> list[Key]:
    """Where a way comes to an app or leaves it, and its end."""
    steps = list(pairwise(way))
    turns = [
        key
        for place, (key, after) in enumerate(steps)
        if key[0] != after[0] or not place or steps[place - 1][0][0] != key[0]
    ]
    return [*turns, *way[-1:]]
