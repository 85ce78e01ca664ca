"""What Django makes of a database's rows: which migrations count as applied, and which would run.

The behaviour of django.db.migrations.loader.MigrationLoader (build_graph, check_consistent_history),
of MigrationGraph's replacement of nodes and, for squashes of squashes, of Django 6.0.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.reset.environments_disk import File

Edge = tuple[Key, Key]
"""(child, parent)"""


class Loaded(Struct, frozen=True):
    """The graph that Django has for these rows.

    `applied` are the migrations that count as applied, `pending` those that `migrate` would run; `missing`
    are edges to what does not exist (NodeNotFoundError), `inconsistent` from a recorded migration to one
    that is not (InconsistentMigrationHistory).
    """

    nodes: frozenset[Key]
    applied: frozenset[Key]
    pending: frozenset[Key]
    missing: tuple[Edge, ...]
    inconsistent: tuple[Edge, ...]
    leaves: tuple[Key, ...]


class _Graph:
    def __init__(self, files: Mapping[Key, File]) -> None:
        self.parents: dict[Key, set[Key]] = {key: set() for key in files}
        for key, file in files.items():
            for parent in file.parents:
                if parent != key:
                    self.parents[key].add(parent)
            for child in file.run_before:
                if child in self.parents and child != key:
                    self.parents[child].add(key)
        self.children: dict[Key, set[Key]] = {}
        for child, parents in self.parents.items():
            for parent in parents:
                self.children.setdefault(parent, set()).add(child)

    def drop(self, key: Key) -> tuple[set[Key], set[Key]]:
        """Take a node out; its parents and its children."""
        parents, children = self.parents.pop(key, set()), self.children.pop(key, set())
        for parent in parents:
            self.children.get(parent, set()).discard(key)
        for child in children:
            self.parents[child].discard(key)
        return parents, children

    def join(self, child: Key, parent: Key) -> None:
        if child in self.parents and child != parent:
            self.parents[child].add(parent)
            self.children.setdefault(parent, set()).add(child)

    def use(self, squash: Key, replaced: Collection[Key]) -> None:
        """The squash takes the place of what it replaces."""
        for key in replaced:
            parents, children = self.drop(key)
            for child in children - set(replaced):
                self.join(child, squash)
            for parent in parents - set(replaced):
                self.join(squash, parent)

    def refuse(self, squash: Key, replaced: Collection[Key]) -> None:
        """What the squash replaces stays; whoever needs the squash needs the last of that."""
        there = {key for key in replaced if key in self.parents}
        inner = {parent for key in there for parent in self.parents[key]}
        _, children = self.drop(squash)
        for child in children:
            for key in there - inner:
                self.join(child, key)


def load(files: Mapping[Key, File], recorded: frozenset[Key]) -> Loaded:
    """The graph for the rows of a database."""
    graph = _Graph(files)
    squashes = {key: file.replaces for key, file in sorted(files.items()) if file.replaces}
    applied = set(recorded)
    for squash in _inner_first(squashes):
        targets = _targets(squash, squashes)
        statuses = {key in applied for key in targets}
        if statuses == {True}:
            applied.add(squash)
        else:
            applied.discard(squash)
        (graph.use if len(statuses) < 2 else graph.refuse)(squash, squashes[squash])
    nodes = frozenset(graph.parents)
    edges = sorted((child, parent) for child, parents in graph.parents.items() for parent in parents)
    return Loaded(
        nodes=nodes,
        applied=frozenset(applied),
        pending=frozenset(nodes - applied),
        missing=tuple(edge for edge in edges if edge[1] not in nodes),
        inconsistent=tuple(
            (child, parent) for child, parent in edges
            if child in recorded and parent not in recorded
            and not (parent in squashes and recorded.issuperset(squashes[parent]))
        ),
        leaves=tuple(sorted(k for k in nodes if not any(c[0] == k[0] for c in graph.children.get(k, ())))),
    )  # fmt: skip


def _inner_first(squashes: Mapping[Key, tuple[Key, ...]]) -> list[Key]:
    """The squashes, those that another one replaces before that one."""
    out: dict[Key, None] = {}
    begun: set[Key] = set()
    for first in squashes:
        stack = [first]
        while stack:
            key = stack[-1]
            inner = [k for k in squashes[key] if k in squashes and k not in begun and k != key]
            if key not in begun and inner:
                begun.add(key)
                stack += inner
            else:
                begun.add(key)
                out.setdefault(stack.pop())
    return list(out)


def _targets(squash: Key, squashes: Mapping[Key, tuple[Key, ...]]) -> set[Key]:
    """What a squash replaces in the end, through squashes that it replaces in turn."""
    out: set[Key] = set()
    seen: set[Key] = set()
    border = list(squashes[squash])
    while border:
        key = border.pop()
        if key in seen:
            continue
        seen.add(key)
        if key in squashes:
            border += squashes[key]
        else:
            out.add(key)
    return out
