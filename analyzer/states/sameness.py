"""Whether two values are equal for the autodetector, as far as their forms decide it.

Follows django.db.migrations.autodetector.MigrationAutodetector.deep_deconstruct, whose results are
compared with `==`.
"""

from __future__ import annotations

from analyzer.source.values import is_plain
from analyzer.states.objects import DATETIME, ZONE
from analyzer.states.values import (
    PERHAPS,
    UNORDERED,
    Built,
    Dictionary,
    Form,
    Listing,
    Name,
    Reference,
    Unsure,
)

MAX_COMPARED = 200_000
"""Pairs of shared objects: far more than all fields of a project have."""


def same(one: Form, other: Form) -> bool | None:
    """Whether two values are equal for the autodetector; None where that is not decided."""
    if isinstance(one, Unsure) or isinstance(other, Unsure):
        return None
    match one, other:
        case Listing(), Listing():
            return _same_listings(one, other)
        case Dictionary(pairs), Dictionary(other_pairs):
            return _same_pairs(pairs, other_pairs)
        case Built(), Built():
            return _same_objects(one, other)
        case Reference(), Reference():
            return _same_references(one, other)
        case (Built(unread=True), _) | (_, Built(unread=True)):
            return None
        case Name(path), Name(other_path):
            return path == other_path or (None if _may_be_alike(one, other) else False)
        case (Name(unread=True), _) | (_, Name(unread=True)):
            return None
        case _:
            return type(one) is type(other) and one == other if _is_object(one, other) else one == other


def _same_listings(one: Listing, other: Listing) -> bool | None:
    kinds = (one.kind, other.kind)
    if UNORDERED in kinds:
        alike = _same_set(one.items, other.items)
        return alike if one.kind == other.kind or not alike else None
    if PERHAPS in kinds:
        return _same_as_far_as_there(one, other)
    if one.kind != other.kind or len(one.items) != len(other.items):
        return False
    if one.kind in ("set", "frozenset"):
        return _same_set(one.items, other.items)
    return _all(same(a, b) for a, b in zip(one.items, other.items, strict=True))


def _same_as_far_as_there(one: Listing, other: Listing) -> bool | None:
    """Whether two lists of pairs are equal, some of which may not be there."""
    first, second = _there(one, _names(other)), _there(other, _names(one))
    alike = same(Listing("list", first), Listing("list", second))
    whole = len(first) == len(one.items) and len(second) == len(other.items)
    return alike if whole or alike is False else None


def _names(listing: Listing) -> list[Form]:
    return [item.items[0] for item in listing.items if isinstance(item, Listing) and item.items]


def _there(listing: Listing, names: list[Form]) -> tuple[Form, ...]:
    """The pairs that are certainly there, or whose name is among those of another list."""
    return tuple(
        Listing("tuple", item.items) if item.kind == PERHAPS else item
        for item in listing.items
        if isinstance(item, Listing) and (item.kind != PERHAPS or item.items[0] in names)
    )


def _same_references(one: Reference, other: Reference) -> bool | None:
    """Whether two shared objects are equal: each pair of them is compared once."""
    if one.definitions is other.definitions and one.place == other.place:
        return None if one.why else True
    known, key = one.definitions.compared, (one.place, other.definitions, other.place)
    if key not in known:
        if len(known) >= MAX_COMPARED:
            return None
        known[key] = None
        known[key] = _same_objects(one.built, other.built)
    return known[key]


def _same_objects(one: Built, other: Built) -> bool | None:
    """Whether two calls make equal objects: of unknown classes only the same call is known to."""
    different = None if one.unread or other.unread or _in_other_zones(one, other) else False
    if one.path != other.path or len(one.args) != len(other.args):
        return different
    if [key for key, _ in one.kwargs] != [key for key, _ in other.kwargs]:
        return different
    found = [same(a, b) for a, b in zip(one.args, other.args, strict=True)]
    found += [same(a, b) for (_, a), (_, b) in zip(one.kwargs, other.kwargs, strict=True)]
    answer = _all(found)
    return different if answer is False else answer


def _in_other_zones(one: Built, other: Built) -> bool:
    """Whether two times are given in zones of their own: they may be one moment all the same."""
    zones = [form for time in (one, other) for key, form in time.kwargs if key == ZONE]
    return one.path == other.path == DATETIME and len(zones) == 2 and same(*zones) is not True


def _may_be_alike(one: Name, other: Name) -> bool:
    """Whether names of unknown source may mean the same: a constant, or one thing under two names."""
    if not one.unread and not other.unread:
        return False
    words, others = one.path.split("."), other.path.split(".")
    constant = any(name.unread and name.path.rpartition(".")[2].isupper() for name in (one, other))
    renamed = (one.unread and other.unread) or words[-1] == others[-1]
    return constant or (words[0] == others[0] and renamed)


def _is_object(one: Form, other: Form) -> bool:
    return any(isinstance(form, (Listing, Dictionary, Name, Built)) for form in (one, other))


def _all(answers: object) -> bool | None:
    known = list(answers)  # type: ignore[call-overload]
    if any(answer is False for answer in known):
        return False
    return None if any(answer is None for answer in known) else True


def _same_set(items: tuple[Form, ...], others: tuple[Form, ...]) -> bool | None:
    if all(is_plain(item) for item in (*items, *others)):  # type: ignore[arg-type]
        return set(items) == set(others)
    unmatched = [item for item in items if not any(same(item, other) for other in others)]
    return True if not unmatched else None


def _same_pairs(pairs: tuple[tuple[Form, Form], ...], others: tuple[tuple[Form, Form], ...]) -> bool | None:
    if any(isinstance(key, Unsure) for key, _ in (*pairs, *others)):
        return None
    if len(pairs) != len(others):
        return False
    known = dict(others)
    if any(key not in known for key, _ in pairs):
        return False
    return _all(same(value, known[key]) for key, value in pairs)
