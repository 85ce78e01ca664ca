"""Migrations folded into runs: what nothing outside the app touches becomes one step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from analyzer.history.values import Key

if TYPE_CHECKING:
    from analyzer.analysis import Analysis


class Run(Struct, frozen=True):
    """Migrations of one app that follow each other, oldest first.

    `needs` are migrations of other own apps that its first one depends on, `users` those of other
    apps that depend on its last one.
    """

    keys: tuple[Key, ...]
    needs: tuple[Key, ...]
    users: tuple[Key, ...]

    @property
    def app(self) -> str:
        return self.keys[0][0]


class Folded(Struct, frozen=True):
    """The migration graph in runs; `before` holds the runs of the same app that a run needs."""

    runs: tuple[Run, ...]
    before: dict[Key, tuple[Key, ...]]
    run_of: dict[Key, Key]


def folded(analysis: Analysis) -> Folded:
    """Fold the graph of the analysis; a run is known by its first migration."""
    nodes = analysis.history.nodes
    parents = {key: [p for p in analysis.history.edges.get(key, ()) if p in nodes] for key in sorted(nodes)}
    children: dict[Key, list[Key]] = {key: [] for key in parents}
    for key, above in parents.items():
        for parent in above:
            children[parent].append(key)
    own = {key: [p for p in above if p[0] == key[0]] for key, above in parents.items()}
    nexts = {key: [c for c in below if c[0] == key[0]] for key, below in children.items()}
    foreign = {key for key in parents if len(own[key]) < len(parents[key])}
    wanted = {key for key in parents if len(nexts[key]) < len(children[key])}

    def joins(key: Key) -> bool:
        """Whether a migration goes on with its parent's run."""
        if len(own[key]) != 1 or key in foreign:
            return False
        parent = own[key][0]
        return (
            len(nexts[parent]) == 1 and parent not in wanted and parent not in foreign and key not in wanted
        )

    runs, run_of = [], {}
    for key, above in parents.items():
        if joins(key):
            continue
        keys = [key]
        while len(nexts[keys[-1]]) == 1 and joins(nexts[keys[-1]][0]):
            keys.append(nexts[keys[-1]][0])
        run_of.update(dict.fromkeys(keys, key))
        runs.append(
            Run(
                keys=tuple(keys),
                needs=tuple(sorted(p for p in above if p[0] != key[0])),
                users=tuple(sorted(c for c in children[keys[-1]] if c[0] != key[0])),
            )
        )
    for key in parents.keys() - run_of.keys():
        run_of[key] = key
        runs.append(Run(keys=(key,), needs=(), users=()))
    runs.sort(key=lambda run: run.keys)
    before = {run.keys[0]: tuple(sorted({run_of[p] for p in own[run.keys[0]]})) for run in runs}
    return Folded(tuple(runs), before, {key: run_of[key] for key in sorted(run_of)})


def sections(folds: Folded, app: str) -> tuple[tuple[Run, ...], ...]:
    """The runs of an app in stretches without fork or merge, oldest first."""
    runs = {run.keys[0]: run for run in folds.runs if run.app == app}
    after: dict[Key, list[Key]] = {key: [] for key in runs}
    for key in runs:
        for parent in folds.before[key]:
            after[parent].append(key)

    def starts(key: Key) -> bool:
        above = folds.before[key]
        return len(above) != 1 or len(after[above[0]]) != 1

    found = []
    for key in runs:
        if starts(key):
            stretch = [key]
            while len(after[stretch[-1]]) == 1 and not starts(after[stretch[-1]][0]):
                stretch.append(after[stretch[-1]][0])
            found.append(tuple(runs[item] for item in stretch))
    placed = {run.keys[0] for stretch in found for run in stretch}
    found += [(runs[key],) for key in runs if key not in placed]
    return tuple(found)


def short(name: str) -> str:
    """A migration's number, or the start of its name where it has none."""
    number = re.match(r"\d+(?=_|$)", name)
    return number.group() if number else clipped(name, 24)


def clipped(text: str, most: int) -> str:
    """Text that is not longer than that, its middle left out."""
    if len(text) <= most:
        return text
    half = (most - 3) // 2
    return f"{text[: most - 3 - half]}...{text[-half:]}"


def span(keys: tuple[Key, ...]) -> str:
    """A run in few letters: `0055...0123 (69)`."""
    first, last = short(keys[0][1]), short(keys[-1][1])
    return first if len(keys) == 1 else f"{first}...{last} ({len(keys)})"
