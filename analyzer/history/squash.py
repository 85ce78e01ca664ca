"""Squashes: whether an app can be squashed at all, and how far the squashes that exist have come.

`squashmigrations` makes one migration of an app's many.  Where one of them needs another app's
migration that in turn needs one of the first app's, that one migration would need itself, and
Django refuses the result (CircularDependencyError).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from analyzer.history.values import History, Key, Migration

Part = tuple[Key, ...]
"""Migrations of an app that follow each other and can become one."""


class Obstacle(Struct, frozen=True):
    """Why an app cannot be squashed into one migration: the shortest way out of it and back.

    The first and the last of `path` are migrations of the app, all between them of other apps;
    each depends on the next.
    """

    app: str
    path: tuple[Key, ...]


class Squash(Struct, frozen=True):
    """A squashed migration and what it replaces.

    `present` are replaced migrations whose files still exist, `gone` the others.  `named` are
    (migration, replaced one) where a migration outside still depends on a replaced one by name.
    """

    migration: Key
    present: tuple[Key, ...]
    gone: tuple[Key, ...]
    named: tuple[tuple[Key, Key], ...]


def obstacles(history: History) -> tuple[Obstacle, ...]:
    """The apps whose migrations cannot become one, each with the shortest reason."""
    out = []
    for app in sorted({key[0] for key in history.nodes}):
        path = _way_back(app, history.edges)
        if path:
            out.append(Obstacle(app, path))
    return tuple(out)


def _way_back(app: str, edges: Mapping[Key, tuple[Key, ...]]) -> tuple[Key, ...]:
    """The shortest path from an app's migrations over other apps' back to the app; empty if there is none."""
    came: dict[Key, Key] = {}
    border: list[Key] = []
    for key in sorted(key for key in edges if key[0] == app):
        for parent in edges[key]:
            if parent[0] != app and parent not in came:
                came[parent] = key
                border.append(parent)
    while border:
        following: list[Key] = []
        for key in border:
            for parent in edges.get(key, ()):
                if parent[0] == app:
                    return (*_steps(key, came, app), parent)
                if parent not in came:
                    came[parent] = key
                    following.append(parent)
        border = following
    return ()


def _steps(key: Key, came: Mapping[Key, Key], app: str) -> tuple[Key, ...]:
    path = [key]
    while path[-1][0] != app:
        path.append(came[path[-1]])
    return tuple(reversed(path))


def squashes(migrations: Iterable[Migration]) -> tuple[Squash, ...]:
    """The squashed migrations of a project, in order."""
    known = {migration.key: migration for migration in migrations}
    out = []
    for migration in known.values():
        if migration.replaces:
            inside = {migration.key, *migration.replaces}
            named = [
                (other.key, key)
                for other in known.values()
                for key in (*other.dependencies, *other.run_before)
                if key in migration.replaces and other.key not in inside
            ]
            out.append(
                Squash(
                    migration.key,
                    tuple(key for key in dict.fromkeys(migration.replaces) if key in known),
                    tuple(key for key in dict.fromkeys(migration.replaces) if key not in known),
                    tuple(sorted(set(named))),
                )
            )
    return tuple(sorted(out, key=lambda squash: squash.migration))


def parts(history: History, app: str) -> tuple[Part, ...]:
    """The fewest runs of an app's migrations that can each become one, oldest first.

    Empty where they do not stand in a row.
    """
    row = _row(history, app)
    places = {key: place for place, key in enumerate(row)}
    reached: dict[Key, int] = {}
    out: list[list[Key]] = []
    start = 0
    for place, key in enumerate(row):
        outside = [parent for parent in history.edges[key] if parent[0] != app]
        if not out or any(_reach(parent, history, places, reached) >= start for parent in outside):
            out.append([])
            start = place
        out[-1].append(key)
    return tuple(map(tuple, out))


def _row(history: History, app: str) -> list[Key]:
    """An app's migrations in their order; nothing where they fork."""
    after: dict[Key, Key] = {}
    keys = [key for key in history.nodes if key[0] == app]
    for key in keys:
        for parent in history.edges[key]:
            if parent[0] == app:
                if parent in after:
                    return []
                after[parent] = key
    firsts = [key for key in history.roots if key[0] == app]
    if len(firsts) != 1:
        return []
    row = firsts
    while row[-1] in after and len(row) <= len(keys):
        row.append(after[row[-1]])
    return row if len(row) == len(keys) and len(after) == len(keys) - 1 else []


def _reach(key: Key, history: History, places: dict[Key, int], reached: dict[Key, int]) -> int:
    """The last migration of the row that `key` needs, by its place; -1 for none."""
    pending = [(key, False)]
    while pending:
        top, complete = pending.pop()
        parents = history.edges.get(top, ())
        if complete:
            reached[top] = max((reached[parent] for parent in parents), default=-1)
        elif top not in reached:
            reached[top] = places.get(top, -1)
            if top not in places:
                pending.append((top, True))
                pending.extend((parent, False) for parent in parents)
    return reached[key]
