"""The `replaces` of new migrations: every old one in exactly one of them, and no circle between them.

Django puts a migration with `replaces` in the place of those that it names, with all their edges
(MigrationGraph.remove_replaced_nodes), or leaves it out (remove_replacement_node).  Where the graph of
the new migrations is free of circles with the edges of all that they replace, it is so in every state
of a database: leaving one out only splits its node, and the old migrations have no circle themselves.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from analyzer.history.values import Key
from analyzer.reset.anchoring import Anchored, Places, anchored, latest
from analyzer.reset.naming import following, names_of
from analyzer.reset.outside import Outside, parents
from analyzer.reset.planned import SETTING, Layout
from analyzer.reset.rounds import knotted, ordered, shortest

MOST_EMPTY = 12
"""So often an app gets one more empty migration before its migrations count as impossible to share out."""

MOST_MOVES = 40
"""So many old dependencies are left out, one by one, to see whether it can be done without them."""

MOST_WORK = 40_000
"""So many places are given to old migrations in all, however many there are of them."""

MOST_TRIES = 150
"""So many ways to share out the old migrations are tried."""


class Group(Struct, frozen=True):
    """A new migration, as the layout calls it, and the old ones that it replaces, oldest first."""

    new: Key
    replaces: tuple[Key, ...]


class Bond(Struct, frozen=True):
    """Why one new migration needs another: `child` depends on `parent`, both old, maybe by way of packages
    (`aside`); where the new files themselves say so, both are new."""

    source: Key
    target: Key
    child: Key
    parent: Key
    new: bool
    aside: bool = False


NO_ANCHORS = Anchored({}, {}, {}, (), {})


class Partition(Struct, frozen=True):
    """How the old migrations are shared out, or why they cannot be.

    `order` lists the new migrations so that none needs a later one, which proves that there is no circle.
    `circle` holds the bonds that close one with the predicted files alone, whatever is tried; `why` says
    what else is in the way of these; `moves` are old dependencies, (child, parent), without which it could
    be done.  `anchored` are the empty migrations that apps with several new ones get, and `rests` new
    ones beside the predicted files that hold no operations.
    """

    groups: tuple[Group, ...]
    order: tuple[Key, ...]
    circle: tuple[Bond, ...] = ()
    why: str = ""
    anchored: Anchored = NO_ANCHORS
    rests: tuple[Key, ...] = ()
    lacking: tuple[tuple[str, int], ...] = ()
    moves: tuple[tuple[Key, Key], ...] = ()

    @property
    def possible(self) -> bool:
        return bool(self.groups)

    @property
    def plain(self) -> bool:
        """Whether the predicted files alone will do."""
        return self.possible and not self.anchors and not self.rests

    @property
    def anchors(self) -> tuple[Key, ...]:
        return tuple(sorted(self.anchored.parents))

    @property
    def movable(self) -> tuple[Bond, ...]:
        """The old dependencies that close the circle: without one of them there is none."""
        return tuple(bond for bond in self.circle if not bond.new)


def partition(layout: Layout, outside: Outside) -> Partition:
    """Share out the migrations of the apps of a layout among the files that it predicts.

    Where that cannot be done, with empty migrations beside them: as few as are found to do.
    """
    first = found = _Solver(layout, outside, {}, {}).solve()
    anchors: dict[str, int] = {}
    rests: dict[str, int] = {}
    for _ in range(MOST_EMPTY):
        if found.possible:
            return replace(found, circle=first.circle, why=first.why)
        if not _widened(found, layout, anchors, rests):
            break
        found = _Solver(layout, outside, anchors, rests).solve()
    if found.possible:
        return replace(found, circle=first.circle, why=first.why)
    anchors = {app: count for app, count in anchors.items() if len(layout.of(app)) > 1}
    return replace(first, moves=_moves(layout, outside, anchors))


def _moves(layout: Layout, outside: Outside, anchors: Mapping[str, int]) -> tuple[tuple[Key, Key], ...]:
    """Old dependencies without which the migrations can be shared out; empty where none are found."""
    without: list[tuple[Key, Key]] = []
    for _ in range(MOST_MOVES):
        found = _Solver(layout, outside, anchors, {}, without).solve()
        if found.possible:
            return tuple(without)
        if found.lacking:
            anchors = {**anchors, **{app: anchors.get(app, 0) + missing for app, missing in found.lacking}}
            continue
        movable = sorted((bond.aside, bond.child, bond.parent) for bond in found.movable)
        if not movable:
            return ()
        without.append(movable[0][1:])
    return ()


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


class _Solver:
    def __init__(
        self,
        layout: Layout,
        outside: Outside,
        anchors: Mapping[str, int],
        rests: Mapping[str, int],
        without: Collection[tuple[Key, Key]] = (),
    ) -> None:
        self.apps = frozenset(layout.apps)
        self.edges = dict(outside.edges)
        self.fillers = frozenset(_filled(self.edges, anchors))
        self.parts = {app: [migration.key for migration in layout.of(app)] for app in layout.apps}
        self.rests = [
            (app, name)
            for app, count in sorted(rests.items())
            for name in following(names_of(app, self.parts[app]), ["rest"] * count)
        ]
        for key in self.rests:
            self.parts[key[0]].append(key)
        self.places = {key: place for keys in self.parts.values() for place, key in enumerate(keys)}
        self.old = ordered([key for key in self.edges if key[0] in self.apps], self.edges)
        self.needs = {
            key: tuple(
                one for one in _needed(key, self.edges, outside, self.apps) if (key, one[0]) not in without
            )
            for key in self.old
        }
        self.wanted = {migration.key: _wanted(migration.dependencies, outside, self.apps, self.places)
                       for migration in layout.migrations if migration.app in self.apps}  # fmt: skip
        for app, name in self.rests:
            before = self.parts[app][self.places[app, name] - 1]
            self.wanted[app, name] = ((before,), ())
        self.tries = 0
        self.most_tries = max(4, min(MOST_TRIES, MOST_WORK // max(1, len(self.old))))

    def solve(self) -> Partition:
        counts = Counter(app for app, _ in self.old)
        bare = [app for app, count in sorted(counts.items()) if not self.parts[app]]
        if bare:
            return Partition((), (), why=f"nothing new could replace the old ones of {', '.join(bare)}")
        lacking = {app: len(new) - counts[app] for app, new in sorted(self.parts.items())}
        short = tuple((app, missing) for app, missing in lacking.items() if missing > 0)
        if short:
            said = ", ".join(f"{app} has {counts[app]} and gets {len(self.parts[app])}" for app, _ in short)
            return Partition(
                (), (), why=f"there are fewer old migrations than new ones: {said}", lacking=short
            )
        bounds: dict[Key, int] = {}
        for app, new in self.parts.items():
            listed = [key for key in self.old if key[0] == app]
            for back in range(len(new) - 1):
                bounds[listed[-1 - back]] = len(new) - 1 - back
        found = self._tried(bounds)
        while isinstance(found, dict) and (empty := self._empty(found)) is not None:
            app, place = empty
            late = [key for key in self.old if key[0] == app and found[key] < place]
            if not late:
                return Partition((), (), why=f"nothing is left for {'.'.join(self.parts[app][place])}")
            bounds = {**bounds, late[-1]: place}
            found = self._tried(bounds)
        if not isinstance(found, dict):
            why = "" if found else "no way was found among those that were tried"
            return Partition((), (), circle=found, why=why)
        found = latest(found, self._split(), self._fits)
        parts = {
            new: tuple(key for key in self.old if found[key] == place and key[0] == app and self._real(key))
            for app, keys in sorted(self.parts.items())
            for place, new in enumerate(keys)
        }
        real = {key: needed for key, needed in self.edges.items() if self._real(key)}
        ends = anchored(parts, self.parts, real, real)
        groups = tuple(Group(new, replaced) for new, replaced in ends.parts.items())
        return Partition(groups, self._order(found), anchored=ends, rests=tuple(self.rests))

    def _real(self, key: Key) -> bool:
        return key not in self.fillers

    def _split(self) -> dict[str, list[Key]]:
        """The old migrations of the apps that get several new ones, fillers left out."""
        several = {app for app, keys in self.parts.items() if len(keys) > 1}
        return {app: [key for key in self.old if key[0] == app and self._real(key)] for app in several}

    def _fits(self, places: Places) -> bool:
        """Whether no circle is closed."""
        after: dict[Key, list[Key]] = {}
        for source, target in self._bonds(places):
            after.setdefault(source, []).append(target)
        return not knotted(after)

    def _tried(self, bounds: Mapping[Key, int]) -> dict[Key, int] | tuple[Bond, ...]:
        """Places for the old migrations, none before its bound; else the circle that is always closed.

        A circle goes where all that causes one of its bonds moves to the next file of its app.
        """
        first: tuple[Bond, ...] = ()
        pending = deque([dict(bounds)])
        seen: set[tuple[tuple[Key, int], ...]] = set()
        while pending and self.tries < self.most_tries:
            self.tries += 1
            tried = pending.popleft()
            places = self._placed(tried)
            bonds = self._bonds(places)
            circle = _circle(bonds)
            if not circle:
                return places
            moves = [move for bond in circle if (move := self._moved(bond, bonds, places, tried))]
            if not moves or not first:
                first = circle
            for move in moves:
                state = tuple(sorted(move.items()))
                if state not in seen:
                    seen.add(state)
                    pending.append(move)
        return first

    def _placed(self, bounds: Mapping[Key, int]) -> dict[Key, int]:
        places: dict[Key, int] = {}
        for key in self.old:
            before = (places[parent] for parent in parents(self.edges, key, inside=True) if parent in places)
            places[key] = max([bounds.get(key, 0), *before])
        return places

    def _bonds(self, places: Mapping[Key, int]) -> dict[tuple[Key, Key], list[Bond]]:
        """What needs what among the new migrations, with every reason for it."""
        out: dict[tuple[Key, Key], list[Bond]] = {}

        def add(source: Key, target: Key, child: Key, parent: Key, new: bool, aside: bool) -> None:
            out.setdefault((source, target), []).append(Bond(source, target, child, parent, new, aside))

        for new, (direct, older) in self.wanted.items():
            for target in direct:
                add(new, target, new, target, True, False)
            for parent in older:
                add(new, self._new(parent, places), new, parent, True, True)
        for child, needed in self.needs.items():
            source = self._new(child, places)
            for parent, aside in needed:
                target = self._new(parent, places)
                if aside or source != target:
                    add(source, target, child, parent, False, aside)
        return out

    def _new(self, old: Key, places: Mapping[Key, int]) -> Key:
        return self.parts[old[0]][places[old]]

    def _moved(
        self,
        bond: Bond,
        bonds: Mapping[tuple[Key, Key], list[Bond]],
        places: Mapping[Key, int],
        bounds: Mapping[Key, int],
    ) -> dict[Key, int] | None:
        """Bounds that take away all reasons for a bond; None where there is no later file to move to."""
        reasons = bonds[bond.source, bond.target]
        later = places[bond.child] + 1 if not bond.new else 0
        if any(one.new for one in reasons) or later >= len(self.parts[bond.source[0]]):
            return None
        return {**bounds, **{one.child: later for one in reasons}}

    def _empty(self, places: Mapping[Key, int]) -> tuple[str, int] | None:
        used = {(key[0], place) for key, place in places.items()}
        pairs = ((app, place) for app, keys in self.parts.items() for place in range(len(keys)))
        return next((pair for pair in pairs if pair not in used), None)

    def _order(self, places: Mapping[Key, int]) -> tuple[Key, ...]:
        edges: dict[Key, list[Key]] = {new: [] for keys in self.parts.values() for new in keys}
        for source, target in self._bonds(places):
            edges[source].append(target)
        return tuple(ordered(sorted(edges), {key: tuple(found) for key, found in edges.items()}))


def _filled(edges: dict[Key, tuple[Key, ...]], anchors: Mapping[str, int]) -> tuple[Key, ...]:
    """Add migrations at the end of apps, so that there is one for each new migration."""
    out: list[Key] = []
    for app, count in sorted(anchors.items()):
        known = [key for key in edges if key[0] == app]
        above = {parent for key in known for parent in edges[key]}
        last = tuple(sorted(key for key in known if key not in above))
        for name in following(names_of(app, known), ["filler"] * count):
            edges[app, name] = last
            last = ((app, name),)
            out.append((app, name))
    return tuple(out)


def _needed(
    key: Key, edges: Mapping[Key, tuple[Key, ...]], outside: Outside, apps: frozenset[str]
) -> tuple[tuple[Key, bool], ...]:
    """What an old migration needs of the apps: (migration, whether by way of others)."""
    direct = [parent for parent in edges.get(key, ()) if parent[0] in apps]
    around = [parent for parent in edges.get(key, ()) if parent[0] not in apps]
    plain = [(parent, False) for parent in direct if parent[0] != key[0]]
    return (*plain, *((parent, True) for parent in sorted(outside.reached(around, apps))))


def _wanted(
    dependencies: Iterable[Key], outside: Outside, apps: frozenset[str], new: Mapping[Key, int]
) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """What a new migration needs: new ones that it names, and old ones by way of settings and packages."""
    direct = tuple(key for key in dependencies if key in new)
    others = [key for key in dependencies if key not in new and (key[0] == SETTING or key[0] not in apps)]
    starts = [found for key in others if (found := outside.resolved(key)) is not None]
    return direct, tuple(sorted(outside.reached(starts, apps)))


def _circle(bonds: Mapping[tuple[Key, Key], list[Bond]]) -> tuple[Bond, ...]:
    """The bonds of a shortest circle; empty where there is none."""
    after: dict[Key, list[Key]] = {}
    for source, target in sorted(bonds):
        if source == target:
            return (bonds[source, target][0],)
        after.setdefault(source, []).append(target)
    return tuple(bonds[pair][0] for pair in pairwise(shortest(after)))
