"""Under which versions of Django a project may run, and what holds under all of them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from analyzer.catalogue.versions import Range
from analyzer.catalogue.versions import Version as Release
from analyzer.history.drift.values import Difference, Drift, Version

KNOWN: tuple[Version, ...] = ((3, 2), (4, 0), (4, 1), (4, 2), (5, 0), (5, 1), (5, 2), (6, 0))
"""The versions among which the autodetector or the fields differ; before and behind nothing changes."""

SOME = "only with some of the versions of Django that may be in use"

USUAL: Version = (5, 2)
"""Taken where nothing tells which Django a project runs with."""


def possible(required: Range | None, generated: Version | None) -> tuple[Version, ...]:
    """The oldest and the newest version that requirement files allow, one if they are the same.

    `generated` is the newest version that wrote a migration: an older one does not run the project.
    """
    if required is not None and required.exact is not None:
        return (_feature(required.exact),)
    if required is None and generated is None:
        return (USUAL,)
    oldest = generated or KNOWN[0]
    allowed = [known for known in KNOWN if known >= oldest and (required is None or _allows(required, known))]
    return tuple(dict.fromkeys((allowed[0], allowed[-1]))) if allowed else (oldest,)


def _feature(release: Release) -> Version:
    major, minor = release.padded(2)
    return (major, minor)


def _allows(required: Range, known: Version) -> bool:
    """Whether some release of a version is in the range."""
    if required.lower is not None and known < _feature(required.lower):
        return False
    return required.upper is None or Release(known) < required.upper or required.includes_upper


def under_all(found: tuple[Drift, ...]) -> Drift:
    """What is written under every one of some versions; what is not written under all is not certain."""
    by_place = [_by_place(drift.differences) for drift in found]
    out: list[Difference] = []
    for place in dict.fromkeys(place for places in by_place for place in places):
        lists = [places.get(place, []) for places in by_place]
        longest = max(lists, key=len)
        if min(map(len, lists)) < len(longest):
            out += [replace(one, certain=False, why=f"{one.why} ({SOME})") for one in longest]
        else:
            out += [_together(same) for same in zip(*lists, strict=True)]
    return Drift(
        tuple(sorted(out)),
        found[0].fields,
        min(drift.equal for drift in found),
        tuple(sorted({undecided for drift in found for undecided in drift.undecided})),
    )


def _together(same: tuple[Difference, ...]) -> Difference:
    """One operation under several versions: certain only if it is so under each."""
    return next((one for one in same if not one.certain), same[0])


Place = tuple[str, str, str, str]


def _by_place(differences: Iterable[Difference]) -> dict[Place, list[Difference]]:
    out: dict[Place, list[Difference]] = {}
    for found in differences:
        out.setdefault((found.app, found.model, found.operation, found.field or ""), []).append(found)
    return out
