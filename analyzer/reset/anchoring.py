"""Apps that get several new migrations with `replaces`: what keeps these together on all databases.

Django decides about each `replaces` on its own: used where all or none of the migrations that it names are
applied (MigrationLoader.build_graph).  Some new migrations of an app beside old ones of it would run on a
state that is not theirs.  So each part of an app's history but the last one gets an empty migration, an
anchor, that runs after all the others: until then none of these parts counts as applied, and a database
that has begun with the last part goes on with old migrations alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.reset.naming import following, names_of

MOST_TRIES = 400
"""So often it is tried to leave more of the history to the last part."""

Places = dict[Key, int]


class Anchored(Struct, frozen=True):
    """The parts of the apps with their anchors, as the new migrations will replace them.

    The anchor of a part stands first in it, although it runs last: a new migration that runs records what
    it replaces in this order (MigrationExecutor.record_migration), so that a later one can tell that from
    old migrations which ran one by one.
    `parents` are the anchors with what each depends on.  `lasts` are, by new migration, the old ones that
    others name instead of it while both are there, so that nothing but the end of its app needs an anchor.
    `early` are the apps with a part that has no old migration of its own: their anchors must be applied
    everywhere in a release before.  `needed` is the first old migration of the last part of each app:
    a database that has not got so far is stopped.
    """

    parts: dict[Key, tuple[Key, ...]]
    parents: dict[Key, tuple[Key, ...]]
    lasts: dict[Key, tuple[Key, ...]]
    early: tuple[str, ...]
    needed: dict[str, Key]


def latest(
    places: Places,
    listed: Mapping[str, Sequence[Key]],
    fits: Callable[[Places], bool],
    tries: int = MOST_TRIES,
) -> Places:
    """The same places with as much of each app's history as possible in its later parts.

    `listed` are the migrations of the apps with several parts, oldest first; each part keeps one.
    """
    left = tries
    for _ in range(2):
        before = places
        for keys in (listed[app] for app in sorted(listed)):
            for part in range(max((places[key] for key in keys), default=0), 0, -1):
                movable = [key for key in keys if places[key] == part - 1][1:]
                low, high = 0, len(movable)
                while low < high and left:
                    left -= 1
                    middle = (low + high) // 2
                    tried = {**places, **dict.fromkeys(movable[middle:], part)}
                    if fits(tried):
                        places, high = tried, middle
                    else:
                        low = middle + 1
        if places == before:
            break
    return places


def anchored(
    parts: Mapping[Key, tuple[Key, ...]],
    new: Mapping[str, Sequence[Key]],
    edges: Mapping[Key, tuple[Key, ...]],
    known: Iterable[Key],
) -> Anchored:
    """Add the anchors of apps with several new migrations; `parts` are the old ones by new one."""
    taken = tuple(known)
    out = Anchored(dict(parts), {}, {}, (), {})
    early = []
    for app, keys in sorted(new.items()):
        if len(keys) < 2:
            continue
        old = [one for key in keys for one in parts[key]]
        *firsts, end, last = [(app, name) for name in following(names_of(app, taken), _words(len(keys)))]
        out.parents[end] = _ends(old, edges)
        out.parents[last] = (*firsts, end)
        before: tuple[Key, ...] = ()
        for key, anchor in zip(keys, firsts, strict=False):
            before = _ends(parts[key], edges) or before
            out.parents[anchor] = before
            out.lasts[key] = before if parts[key] else (anchor,)
            before = before if parts[key] else (anchor,)
            out.parts[key] = (anchor, *parts[key])
        out.parts[keys[-1]] = (*parts[keys[-1]], end, last)
        early += [app] if any(not parts[key] for key in keys) else []
        if parts[keys[-1]]:
            out.needed[app] = parts[keys[-1]][0]
    return Anchored(out.parts, out.parents, out.lasts, tuple(early), out.needed)


def _words(parts: int) -> list[str]:
    """One anchor for each part but the last, one behind all old migrations, and one behind all of these.

    Django goes through what a migration depends on from the name that sorts last, so the anchor behind
    the old ones has a higher number than those of the parts: they are applied after it.
    """
    return ["anchor"] * (parts + 1)


def _ends(keys: Iterable[Key], edges: Mapping[Key, tuple[Key, ...]]) -> tuple[Key, ...]:
    """The migrations that no other one of them depends on."""
    listed = list(keys)
    above = {parent for key in listed for parent in edges.get(key, ())}
    return tuple(key for key in listed if key not in above)
