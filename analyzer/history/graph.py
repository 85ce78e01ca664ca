"""The migration graph as django.db.migrations.loader.MigrationLoader builds it for a fresh database.

A squashed migration replaces the migrations it names when nothing is applied yet: edges to and
from the replaced ones move to it (MigrationGraph.remove_replaced_nodes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from analyzer.history.values import History, Key, Migration

Names = Callable[[str], tuple[str, ...]]
"""The first and the last migration of an external app by label; empty where they are not known."""


SPECIAL = ("__first__", "__latest__")


def build(
    migrations: Iterable[Migration],
    external: Names,
    own_apps: frozenset[str],
    unloaded: frozenset[str] = frozenset(),
) -> tuple[tuple[Migration, ...], History]:
    """(migrations with resolved parents, the graph).

    `unloaded` are apps whose migrations Django never looks at: they stay out of the graph.
    """
    listed = tuple(migrations)
    by_app: dict[str, list[Migration]] = {}
    for migration in listed:
        by_app.setdefault(migration.app, []).append(migration)
    resolved = tuple(
        replace(
            migration,
            parents=tuple(_parents(migration, by_app, external, own_apps)),
        )
        for migration in listed
    )
    loaded = tuple(migration for migration in resolved if migration.app not in unloaded)

    def target(key: Key, app: str) -> Key | None:
        return resolve(key, app, by_app, external)

    return resolved, _graph(loaded, own_apps - unloaded, target)


def _parents(
    migration: Migration, by_app: Mapping[str, list[Migration]], external: Names, own_apps: frozenset[str]
) -> list[Key]:
    out: list[Key] = []
    for key in migration.dependencies:
        found = resolve(key, migration.app, by_app, external)
        if found == key and key[1] in SPECIAL and key[0] in own_apps:
            continue  # an app without migrations
        if found is not None and found not in out:
            out.append(found)
    return sorted(out)


def resolve(key: Key, app: str, by_app: Mapping[str, list[Migration]], external: Names) -> Key | None:
    """`__first__`, `__latest__` as real names; None where Django ignores them (MigrationLoader.check_key)."""
    if key[1] not in SPECIAL:
        return key
    if key[0] == app:
        return None
    own = by_app.get(key[0])
    if own is not None:
        return first(own) if key[1] == "__first__" else last(own)
    names = external(key[0])
    if names:
        return (key[0], names[0] if key[1] == "__first__" else names[-1])
    return key


def first(migrations: list[Migration]) -> Key:
    """The root node of an app with the smallest name (MigrationGraph.root_nodes)."""
    roots = [m.key for m in migrations if not any(parent[0] == m.app for parent in m.dependencies)]
    return min(roots or [m.key for m in migrations])


def last(migrations: list[Migration]) -> Key:
    """The leaf node of an app with the smallest name (MigrationGraph.leaf_nodes)."""
    parents = {key for migration in migrations for key in migration.dependencies}
    leaves = [m.key for m in migrations if m.key not in parents]
    return min(leaves or [m.key for m in migrations])


def _graph(
    migrations: tuple[Migration, ...], own_apps: frozenset[str], target: Callable[[Key, str], Key | None]
) -> History:
    known = {migration.key for migration in migrations}
    replaced = {key: migration.key for migration in migrations for key in migration.replaces}
    nodes = frozenset(key for key in known if key not in replaced)
    edges: dict[Key, set[Key]] = {key: set() for key in nodes}
    missing: set[tuple[Key, Key]] = set()
    for migration in migrations:
        pairs = [(migration.key, parent, parent) for parent in migration.parents]
        befores = [target(key, migration.app) for key in migration.run_before]
        pairs += [(after, migration.key, after) for after in befores if after is not None]
        for child, parent, named in pairs:
            if named[0] in own_apps and named not in known and named not in replaced:
                missing.add((migration.key, named))
                continue
            below = _standing(child, replaced)
            if below in edges:
                edges[below].add(_standing(parent, replaced))
    itself = {migration.key for migration in migrations if migration.key in migration.parents}
    itself |= {
        squash for m in migrations for parent in m.parents if (squash := _turned(m.key, parent, replaced))
    }
    for key, parents in edges.items():
        if key not in itself:  # what a squash replaces may depend on each other
            parents.discard(key)
    children = {parent for key, parents in edges.items() for parent in parents if parent[0] == key[0]}
    return History(
        nodes=nodes,
        edges={key: tuple(sorted(parents)) for key, parents in sorted(edges.items())},
        leaves=tuple(sorted(key for key in nodes if key not in children)),
        roots=tuple(sorted(k for k in nodes if not any(p[0] == k[0] for p in edges[k]))),
        missing=tuple(sorted(missing)),
        cycles=(),
        replaced=dict(sorted(replaced.items())),
    )


def _turned(child: Key, parent: Key, replaced: Mapping[Key, Key]) -> Key | None:
    """The squash that would stand for both ends of an edge between it and what it replaces."""
    if replaced.get(child) == parent:
        return parent
    return child if replaced.get(parent) == child else None


def _standing(key: Key, replaced: Mapping[Key, Key]) -> Key:
    """The migration that stands for `key` after replacement (a squash may itself be squashed)."""
    seen: set[Key] = set()
    while key in replaced and key not in seen:
        seen.add(key)
        key = replaced[key]
    return key
