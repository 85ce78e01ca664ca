"""The `replaces` of new migrations: every old one in exactly one of them, and no circle between them.

Django puts a migration with `replaces` in the place of those that it names, with all their edges
(MigrationGraph.remove_replaced_nodes), or leaves it out (remove_replacement_node).  Where the graph of
the new migrations is free of circles with the edges of all that they replace, it is so in every state
of a database: leaving one out only splits its node, and the old migrations have no circle themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise
from types import MappingProxyType

from msgspec.structs import replace

from analyzer.history.values import Key
from analyzer.reset.bonds import Brought, Partition
from analyzer.reset.layering import layered
from analyzer.reset.outside import Outside
from analyzer.reset.planned import Layout
from analyzer.reset.rounds import shortest
from analyzer.reset.sharing import Solver

MOST_EMPTY = 12
"""So often an app gets one more empty migration before another way is tried."""

MOST_MOVES = 40
"""So many old dependencies are left out, one by one, to see whether it can be done without them."""

MOST_WORK = 30_000
"""So many migrations are looked at in all to find these."""

WORK_ON_MOVES = 20_000
"""So many layers are given to old migrations each time."""


def partition(
    layout: Layout, outside: Outside, brought: Mapping[str, Brought] = MappingProxyType({})
) -> Partition:
    """Share out the migrations of the apps of a layout among the files that it predicts.

    Where that cannot be done, with empty migrations beside them: as few as are found to do.  `brought`
    is what the last file of an app needs beside what `makemigrations` lets it depend on.
    """
    apart = _apart(layout, brought)
    first = found = Solver(layout, outside, {}, apart, (), brought).solve()
    anchors: dict[str, int] = {}
    rests = dict(apart)
    for _ in range(MOST_EMPTY):
        if found.possible:
            return replace(found, circle=first.circle, why=first.why)
        if not _widened(found, layout, anchors, rests):
            break
        found = Solver(layout, outside, anchors, rests, (), brought).solve()
    if not found.possible:
        found = layered(layout, outside, apart, brought)
    if not found.possible and found.circle and brought:
        apart = dict.fromkeys(brought, 1)
        found = layered(layout, outside, apart, brought)
    if found.possible:
        return replace(found, circle=first.circle, why=first.why)
    circle = found.circle or first.circle
    return replace(found, circle=circle, moves=_moves(layout, outside, apart, brought))


def _apart(layout: Layout, brought: Mapping[str, Brought]) -> dict[str, int]:
    """The apps whose seeds and hidden schema need a file of their own: they would close a circle."""
    written = {migration.key for migration in layout.migrations if migration.app in layout.apps}
    ends = {app: listed[-1].key for app in layout.apps if (listed := layout.of(app))}
    plain = {one.key: [key for key in one.dependencies if key in written]
             for one in layout.migrations if one.key in written}  # fmt: skip
    apart: dict[str, int] = {}
    while True:
        after = {key: list(wanted) for key, wanted in plain.items()}
        closers: dict[Key, set[Key]] = {}
        for app, needs in brought.items():
            if app not in apart:
                wanted = {ends[other] for other in (*needs.tables, *needs.after) if other in ends} - {
                    ends[app]
                }
                closers[ends[app]] = wanted - {*after[ends[app]]}
                after[ends[app]] += sorted(closers[ends[app]])
        way = shortest(after)
        closing = [one for one, other in pairwise(way) if other in closers.get(one, ())]
        if not closing:
            return apart
        apart[closing[0][0]] = 1


def _moves(
    layout: Layout, outside: Outside, apart: Mapping[str, int], brought: Mapping[str, Brought]
) -> tuple[tuple[Key, Key], ...]:
    """Old dependencies without which the migrations can be shared out, none of them needlessly; empty where
    none are found."""

    def shared(without: Collection[tuple[Key, Key]]) -> Partition:
        return layered(layout, outside, apart, brought, without, WORK_ON_MOVES)

    without: list[tuple[Key, Key]] = []
    most = min(MOST_MOVES, MOST_WORK // max(1, len(outside.edges)))
    while not (found := shared(without)).possible:
        movable = sorted((bond.aside, bond.child, bond.parent) for bond in found.movable)
        if not movable or len(without) >= most:
            return ()
        without.append(movable[0][1:])
    for move in tuple(without):
        left = [one for one in without if one != move]
        if shared(left).possible:
            without = left
    return tuple(without)


def _widened(found: Partition, layout: Layout, anchors: dict[str, int], rests: dict[str, int]) -> bool:
    """Give the apps that are in the way one more empty migration; whether there are any."""
    for app, missing in found.lacking:
        anchors[app] = anchors.get(app, 0) + missing
    if found.lacking:
        return True
    movable = sorted({bond.source[0] for bond in found.movable})
    unanchored = [app for app in movable if app not in anchors and len(layout.of(app)) > 1]
    if unanchored:
        anchors |= {app: len(layout.of(app)) - 1 for app in unanchored}
        return True
    if movable:
        app = min(movable, key=lambda app: (rests.get(app, 0), app))
        rests[app] = rests.get(app, 0) + 1
        return True
    return False
