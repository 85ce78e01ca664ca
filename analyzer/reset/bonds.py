"""What new migrations need of each other with `replaces`: by themselves, and by all that they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.reset.anchoring import Anchored
from analyzer.reset.naming import following, names_of
from analyzer.reset.outside import Outside
from analyzer.reset.planned import SETTING
from analyzer.reset.rounds import shortest


class Bond(Struct, frozen=True):
    """Why one new migration needs another: `child` depends on `parent`, both old, maybe by way of packages
    (`aside`); where the new files themselves say so, both are new."""

    source: Key
    target: Key
    child: Key
    parent: Key
    new: bool
    aside: bool = False


class Group(Struct, frozen=True):
    """A new migration, as the layout calls it, and the old ones that it replaces, oldest first."""

    new: Key
    replaces: tuple[Key, ...]


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


class Brought(Struct, frozen=True):
    """What the file of an app that gets seeds and hidden schema needs: the tables of some apps, and what
    the files of others (`after`) hold of the kind."""

    tables: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def filled(edges: dict[Key, tuple[Key, ...]], anchors: Mapping[str, int]) -> tuple[Key, ...]:
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


def needed(
    key: Key, edges: Mapping[Key, tuple[Key, ...]], outside: Outside, apps: frozenset[str]
) -> tuple[tuple[Key, bool], ...]:
    """What an old migration needs of the apps: (migration, whether by way of others)."""
    direct = [parent for parent in edges.get(key, ()) if parent[0] in apps]
    around = [parent for parent in edges.get(key, ()) if parent[0] not in apps]
    plain = [(parent, False) for parent in direct if parent[0] != key[0]]
    return (*plain, *((parent, True) for parent in sorted(outside.reached(around, apps))))


def wanted(
    dependencies: Iterable[Key], outside: Outside, apps: frozenset[str], new: Mapping[Key, int]
) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """What a new migration needs: new ones that it names, and old ones by way of settings and packages."""
    direct = tuple(key for key in dependencies if key in new)
    others = [key for key in dependencies if key not in new and (key[0] == SETTING or key[0] not in apps)]
    starts = [found for key in others if (found := outside.resolved(key)) is not None]
    return direct, tuple(sorted(outside.reached(starts, apps)))


def circle(bonds: Mapping[tuple[Key, Key], list[Bond]]) -> tuple[Bond, ...]:
    """The bonds of a shortest circle; empty where there is none."""
    after: dict[Key, list[Key]] = {}
    for source, target in sorted(bonds):
        if source == target:
            return (bonds[source, target][0],)
        after.setdefault(source, []).append(target)
    return tuple(bonds[pair][0] for pair in pairwise(shortest(after)))
