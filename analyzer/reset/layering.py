"""Sharing old migrations out in layers: without a circle, with empty new migrations as they are needed.

Apps that need each other are put in an order.  A layer of an app ends where one of its old migrations needs
one of a later app that does not stand in an earlier layer already.  Layers one after the other, and the apps
of each in order: nothing needs what comes later.  New files that hold nothing stand for the layers, behind
those that `makemigrations` writes; these need nothing of them, but by way of packages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import permutations

from analyzer.graphs.levels import components
from analyzer.history.values import Key
from analyzer.reset.anchoring import Places
from analyzer.reset.bonds import Brought, Partition
from analyzer.reset.outside import Outside, parents
from analyzer.reset.planned import Layout
from analyzer.reset.sharing import Solver

MOST_WORK = 400_000
"""So many layers are given to old migrations in all, to find the order of apps that needs the fewest."""

MOST_RESTS = 40
"""So many empty migrations are put up with."""

Needs = Mapping[Key, tuple[tuple[Key, bool], ...]]


def layered(
    layout: Layout,
    outside: Outside,
    apart: Mapping[str, int],
    brought: Mapping[str, Brought],
    without: Collection[tuple[Key, Key]] = (),
    work: int = MOST_WORK,
) -> Partition:
    """Share out the old migrations; apps that are `apart` get a last file for what is brought along.

    A circle remains only where what packages need closes it; `why` says where too many files would be needed.
    """
    first = Solver(layout, outside, {}, {}, without, brought)
    if bare := first.bare():
        return Partition((), (), why=f"nothing new could replace the old ones of {', '.join(bare)}")
    layers = _fewest(first, work)
    written = {app: len(layout.of(app)) for app in layout.apps}
    most = {
        app: 1 + apart.get(app, 0) + max((layers[key] for key in first.old if key[0] == app), default=0)
        for app in written
    }
    solver = Solver(layout, outside, {}, most, without, brought)
    places = {key: written[key[0]] + layer for key, layer in layers.items()}
    places |= dict.fromkeys(_early(solver), 0)
    if circle := solver.circle(places):
        return Partition((), (), circle=circle)
    places = _pulled(solver, places, written)
    used = {app: 1 + max((places[key] for key in first.old if key[0] == app), default=0) for app in written}
    rests = {app: apart.get(app, 0) + max(0, used[app] - count) for app, count in written.items()}
    rests = {app: count for app, count in rests.items() if count > 0}
    number = sum(rests.values())
    if number > MOST_RESTS:
        said = f"{number} new migrations without operations would be needed, to stand for the old ones"
        together = {key: min(place, written[key[0]]) for key, place in places.items()}
        return Partition((), (), why=said, circle=solver.circle(together))
    last = Solver(layout, outside, {}, rests, without, brought)
    return last.shared(_filled(last, places))


def _early(solver: Solver) -> set[Key]:
    """What new files need by way of packages, with all that it needs itself."""
    pending = [parent for _, older in solver.wanted.values() for parent in older]
    out: set[Key] = set()
    while pending:
        key = pending.pop()
        if key not in out:
            out.add(key)
            pending += [*parents(solver.edges, key, inside=True), *(one for one, _ in solver.needs[key])]
    return out


def _pulled(solver: Solver, places: Places, written: Mapping[str, int]) -> Places:
    """Each app's layers by one place nearer to its written files, where that closes no circle."""
    for app in sorted(written):
        late = [key for key in solver.old if key[0] == app and places[key] >= written[app]]
        tried = {**places, **{key: places[key] - 1 for key in late}}
        if late and written[app] and solver.fits(tried):
            places = tried
    return places


def _filled(solver: Solver, places: Places) -> Places:
    """An old migration for each new one, where that closes no circle."""
    for app, new in sorted(solver.parts.items()):
        own = [key for key in solver.old if key[0] == app]
        for place in [*range(len(new) - 1, 0, -1), *range(len(new))]:
            if any(places[key] == place for key in own):
                continue
            before = [key for key in own if places[key] < place][-1:]
            after = [key for key in own if places[key] > place][:1]
            for key in (*before, *after):
                tried = {**places, key: place}
                spared = sum(places[one] == places[key] for one in own) > 1
                if spared and solver.fits(tried):
                    places = tried
                    break
    return places


# ---------------------------------------------------------------- the order of apps


def _fewest(solver: Solver, work: int) -> dict[Key, int]:
    """The layers in the order of apps that needs the fewest, among those that are tried."""
    apps = sorted(solver.parts)
    edges: dict[str, set[str]] = {app: set() for app in apps}
    for key in solver.old:
        edges[key[0]] |= {parent[0] for parent, _ in solver.needs[key]} - {key[0]}
    tries = max(1, work // max(1, len(solver.old)))
    order: list[str] = []
    for members in _in_order(components(apps, edges), apps, edges):
        best = list(members)
        if len(best) > 1:
            own = [key for key in solver.old if key[0] in members]
            best, used = _best(best, own, solver, tries)
            tries = max(1, tries - used)
        order += best
    return _layers(solver.old, solver, order)


def _in_order(
    knots: Sequence[tuple[str, ...]], apps: Sequence[str], edges: Mapping[str, Collection[str]]
) -> list[tuple[str, ...]]:
    """Apps, or all that need each other, after what they need."""
    home = {app: members for members in knots for app in members}
    done: list[tuple[str, ...]] = []
    left = list(dict.fromkeys(home.get(app, (app,)) for app in apps))
    placed: set[str] = set()
    while left:
        ready = [
            members for members in left
            if all(other in placed or other in members for app in members for other in edges[app])
        ]  # fmt: skip
        for members in ready or left[:1]:
            done.append(members)
            placed |= {*members}
            left.remove(members)
    return done


def _best(members: list[str], own: Sequence[Key], solver: Solver, tries: int) -> tuple[list[str], int]:
    """The order of apps that need each other which needs the fewest layers, and how many were tried."""

    def cost(order: Sequence[str]) -> int:
        layers = _layers(own, solver, order)
        return sum(max((layers[key] for key in own if key[0] == app), default=0) for app in order)

    best, least, used = members, cost(members), 1
    if len(members) <= 5:
        for order in permutations(members):
            if used >= tries:
                break
            used += 1
            found = cost(order)
            if found < least:
                best, least = list(order), found
        return best, used
    improved = True
    while improved and used < tries:
        improved = False
        for app in members:
            for place in range(len(best)):
                rest = [one for one in best if one != app]
                moved = [*rest[:place], app, *rest[place:]]
                if moved == best or used >= tries:
                    continue
                used += 1
                found = cost(moved)
                if found < least:
                    best, least, improved = moved, found, True
    return best, used


def _layers(old: Sequence[Key], solver: Solver, order: Sequence[str]) -> dict[Key, int]:
    rank = {app: place for place, app in enumerate(order)}
    layers: dict[Key, int] = {}
    for key in old:
        layer = max(
            (layers[one] for one in parents(solver.edges, key, inside=True) if one in layers), default=0
        )
        for parent, aside in solver.needs[key]:
            if parent in layers:
                later = rank[parent[0]] > rank[key[0]] or (aside and parent[0] == key[0])
                layer = max(layer, layers[parent] + later)
        layers[key] = layer
    return layers
