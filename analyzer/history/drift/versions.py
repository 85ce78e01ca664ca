"""What holds under every version of Django that a project may run with."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from analyzer.history.drift.values import Difference, Drift
from analyzer.schema.version import Version, written

FOLLOWED: Version = (2, 1)
"""The oldest version whose `deconstruct` tells the arguments that later ones tell."""

PLAIN = frozenset({"AddField", "CreateModel", "DeleteModel", "RemoveField"})
"""What every version writes where only one side has a model or field."""

SOME = "only with some of the versions of Django that may be in use"


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


def as_followed(drift: Drift, oldest: Version) -> Drift:
    """The drift; of versions before those that are followed only what is made and what goes is certain."""
    if oldest >= FOLLOWED:
        return drift
    why = f"what Django {written(oldest)} writes of it is not followed"
    return replace(drift, differences=tuple(sorted(_doubted(one, why) for one in drift.differences)))


def _doubted(found: Difference, why: str) -> Difference:
    if not found.certain or found.operation in PLAIN:
        return found
    return replace(found, certain=False, why=f"{found.why} ({why})" if found.why else why)


def _together(same: tuple[Difference, ...]) -> Difference:
    """One operation under several versions: certain only if it is so under each."""
    return next((one for one in same if not one.certain), same[0])


Place = tuple[str, str, str, str]


def _by_place(differences: Iterable[Difference]) -> dict[Place, list[Difference]]:
    out: dict[Place, list[Difference]] = {}
    for found in differences:
        out.setdefault((found.app, found.model, found.operation, found.field or ""), []).append(found)
    return out
