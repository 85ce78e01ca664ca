"""In which order Django goes through migrations: each after all that it depends on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzer.history.values import History, Key, Migration


def full_plan(history: History) -> tuple[Key, ...]:
    """The whole graph for a fresh database (MigrationGraph._generate_plan over its leaf nodes)."""
    return plan((*history.leaves, *sorted(history.nodes)), history.edges)


def unsquashed_plan(migrations: Iterable[Migration]) -> tuple[Key, ...]:
    """The order in which migrations ran before squashed ones replaced them."""
    loaded = {m.key: m for m in migrations}
    squashes = {key: m.replaces for key, m in loaded.items() if any(old in loaded for old in m.replaces)}
    edges = {
        key: tuple(sorted({old for parent in m.parents for old in _before(parent, squashes)}))
        for key, m in loaded.items()
        if key not in squashes
    }
    return plan(sorted(edges), edges)


def _before(key: Key, squashes: Mapping[Key, tuple[Key, ...]]) -> set[Key]:
    """The migrations that a squashed one stands for, at any depth; any other for itself."""
    found: set[Key] = set()
    seen: set[Key] = set()
    pending = [key]
    while pending:
        one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        if one in squashes:
            pending.extend(squashes[one])
        else:
            found.add(one)
    return found


def reached(starts: Iterable[Key], edges: Mapping[Key, Iterable[Key]]) -> set[Key]:
    """All that some migrations lead to, at any depth; themselves only where something leads back."""
    seen: set[Key] = set()
    pending = list(starts)
    while pending:
        for one in edges.get(pending.pop(), ()):
            if one not in seen:
                seen.add(one)
                pending.append(one)
    return seen


def plan(targets: Iterable[Key], edges: Mapping[Key, tuple[Key, ...]]) -> tuple[Key, ...]:
    """Targets in order, each behind what it needs; of several parents the greatest key goes first.

    Django: MigrationGraph.iterative_dfs.  Where migrations depend on each other in a circle, on which
    Django gives up, one of them comes too early.
    """
    out: list[Key] = []
    entered: set[Key] = set()
    for target in targets:
        pending = [(target, False)]
        while pending:
            key, complete = pending.pop()
            if complete:
                out.append(key)
            elif key not in entered and key in edges:
                entered.add(key)
                pending.append((key, True))
                pending.extend((parent, False) for parent in sorted(edges[key]))
    return tuple(out)
