"""Sharing old migrations out among new ones, one place after another until no circle is left."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Mapping
from types import MappingProxyType

from analyzer.history.values import Key
from analyzer.reset.anchoring import Places, anchored, latest
from analyzer.reset.bonds import Bond, Brought, Group, Partition, filled, needed, wanted
from analyzer.reset.bonds import circle as circle_of
from analyzer.reset.naming import following, names_of
from analyzer.reset.outside import LATEST, Outside, parents
from analyzer.reset.planned import Layout
from analyzer.reset.rounds import knotted, ordered

MOST_WORK = 40_000
"""So many places are given to old migrations in all, however many there are of them."""

MOST_TRIES = 150
"""So many ways to share out the old migrations are tried."""


class Solver:
    def __init__(
        self,
        layout: Layout,
        outside: Outside,
        anchors: Mapping[str, int],
        rests: Mapping[str, int],
        without: Collection[tuple[Key, Key]] = (),
        brought: Mapping[str, Brought] = MappingProxyType({}),
    ) -> None:
        self.apps = frozenset(layout.apps)
        self.edges = dict(outside.edges)
        self.fillers = frozenset(filled(self.edges, anchors))
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
                one for one in needed(key, self.edges, outside, self.apps) if (key, one[0]) not in without
            )
            for key in self.old
        }
        self.wanted = {migration.key: wanted(migration.dependencies, outside, self.apps, self.places)
                       for migration in layout.migrations if migration.app in self.apps}  # fmt: skip
        for app, name in self.rests:
            before = self.parts[app][self.places[app, name] - 1]
            self.wanted[app, name] = ((before,), ())
        ends = {app: listed[-1].key for app in layout.apps if (listed := layout.of(app))}
        for app, needs in brought.items():
            end = self.parts[app][-1]
            direct, older = self.wanted[end]
            new = [ends[other] for other in needs.tables if other in ends]
            new += [self.parts[other][-1] for other in needs.after]
            aside = [found for other in needs.tables if other not in ends
                     if (found := outside.resolved((other, LATEST))) is not None]  # fmt: skip
            reached = outside.reached(aside, self.apps)
            self.wanted[end] = (
                tuple(dict.fromkeys((*direct, *(one for one in new if one != end)))),
                tuple(sorted({*older, *reached})),
            )
        self.tries = 0
        self.most_tries = max(4, min(MOST_TRIES, MOST_WORK // max(1, len(self.old))))

    def solve(self) -> Partition:
        counts = Counter(app for app, _ in self.old)
        if bare := self.bare():
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
        return self.shared(latest(found, self._split(), self.fits))

    def bare(self) -> list[str]:
        """Apps with old migrations and no new one."""
        return sorted({app for app, _ in self.old if not self.parts[app]})

    def shared(self, places: Places) -> Partition:
        """The old migrations under the new ones that replace them, with the anchors that these need."""
        parts = {
            new: tuple(key for key in self.old if places[key] == place and key[0] == app and self._real(key))
            for app, keys in sorted(self.parts.items())
            for place, new in enumerate(keys)
        }
        real = {key: needed for key, needed in self.edges.items() if self._real(key)}
        ends = anchored(parts, self.parts, real, real)
        groups = tuple(Group(new, replaced) for new, replaced in ends.parts.items())
        return Partition(groups, self._order(places), anchored=ends, rests=tuple(self.rests))

    def _real(self, key: Key) -> bool:
        return key not in self.fillers

    def _split(self) -> dict[str, list[Key]]:
        """The old migrations of the apps that get several new ones, fillers left out."""
        several = {app for app, keys in self.parts.items() if len(keys) > 1}
        return {app: [key for key in self.old if key[0] == app and self._real(key)] for app in several}

    def fits(self, places: Places) -> bool:
        """Whether no circle is closed."""
        after: dict[Key, list[Key]] = {}
        for source, target in self._bonds(places):
            after.setdefault(source, []).append(target)
        return not knotted(after)

    def circle(self, places: Places) -> tuple[Bond, ...]:
        """A shortest circle that these places close; empty where there is none."""
        return circle_of(self._bonds(places))

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
            circle = circle_of(bonds)
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
        for child, listed in self.needs.items():
            source = self._new(child, places)
            for parent, aside in listed:
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
