"""Versions and the ranges that requirements allow, as far as choosing between a few needs them.

Read after PEP 440 (https://peps.python.org/pep-0440/), without epochs and local versions, and after
Poetry's `^` and `~`; what is neither allows every version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

_VERSION = re.compile(
    r"v?(?:\d+!)?(\d+(?:\.\d+)*)[-_.]?(a|b|c|rc|alpha|beta|pre|preview|dev|post)?[-_.]?(\d*)"
)
_CLAUSE = re.compile(r"\s*(===|==|~=|!=|<=|>=|<|>|\^|~|=|)\s*(v?\d[\w.!*+-]*)\s*")
_BEFORE = {"dev": -4, "a": -3, "alpha": -3, "b": -2, "beta": -2, "c": -1, "rc": -1, "pre": -1, "preview": -1}

Key = tuple[int, ...]


class Version(Struct, frozen=True, order=True):
    """A version: its release without trailing zeros, then what comes before or after that release."""

    release: Key
    phase: int = 0
    number: int = 0

    def within(self, series: Key) -> bool:
        """Whether the version belongs to a series such as (4, 2)."""
        return self.padded(len(series)) == series

    def padded(self, length: int) -> Key:
        """The first parts of the release."""
        return (self.release + (0,) * length)[:length]


def version(text: str) -> Version | None:
    """A version as written; None where it is none."""
    found = _VERSION.match(text.strip().lower())
    if found is None:
        return None
    phase = found.group(2) or ""
    number = int(found.group(3)[:9] or 0)
    return Version(_release(found.group(1)), _BEFORE.get(phase, 1 if phase else 0), number)


def _release(text: str) -> Key:
    parts = [int(part[:9]) for part in text.split(".")[:6]]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


class Range(Struct, frozen=True):
    """The versions that a requirement allows; `exact` is the one that it pins, if it pins one."""

    exact: Version | None = None
    lower: Version | None = None
    upper: Version | None = None
    includes_upper: bool = False
    excluded: tuple[Version, ...] = ()

    def allows(self, found: Version) -> bool:
        if self.exact is not None:
            return found == self.exact
        if found in self.excluded or (self.lower is not None and found < self.lower):
            return False
        return self.upper is None or found < self.upper or (self.includes_upper and found == self.upper)


def specifier(text: str) -> Range:
    """What a specifier such as `>=4.2,<5.0` or `^4.2` allows."""
    found = Range()
    for part in text.strip().strip("()").split("||")[0].split(","):
        clause = _CLAUSE.match(part)
        if clause is not None:
            found = _narrowed(found, clause.group(1), clause.group(2))
    return found


def _narrowed(found: Range, operator: str, text: str) -> Range:
    read = version(text)
    if read is None:
        return found
    parts = [int(part[:9]) for part in re.findall(r"\d+", text.partition("*")[0])[:4]]
    match operator:
        case "==" | "=" | "" if "*" in text:
            return _below(_above(found, read), _next(parts))
        case "==" | "===" | "=" | "":
            return replace(found, exact=read)
        case "!=":
            return found if "*" in text else replace(found, excluded=(*found.excluded, read))
        case ">=":
            return _above(found, read)
        case ">":
            return replace(_above(found, read), excluded=(*found.excluded, read))
        case "<" | "<=":
            return _below(found, read, operator == "<=")
        case "~=":
            return _below(_above(found, read), _next(parts[:-1] or parts))
        case "^":
            kept = next((at for at, part in enumerate(parts) if part), len(parts) - 1)
            return _below(_above(found, read), _next(parts[: kept + 1]))
        case _:
            return _below(_above(found, read), _next(parts[:2]))


def _next(parts: list[int]) -> Version:
    """The first version behind a series."""
    return Version(_release(".".join(map(str, [*parts[:-1], parts[-1] + 1]))))


def _above(found: Range, lower: Version) -> Range:
    return replace(found, lower=lower if found.lower is None else max(found.lower, lower))


def _below(found: Range, upper: Version, included: bool = False) -> Range:
    known = found.upper
    if known is not None and (known < upper or (known == upper and not found.includes_upper)):
        return found
    return replace(found, upper=upper, includes_upper=included)


def nearest(known: Iterable[Version], wanted: Range) -> Version:
    """Of the known versions the one that is most like what a project with this requirement runs with.

    Of a range that is the newest in it, else the newest below its end.  Of a pinned version it is
    that one; else one of its series (4.2, then 4), in each the newest below before the oldest above;
    else the newest below.  The oldest where all are above, the newest where nothing is required.
    """
    ordered = sorted(known)
    allowed = [found for found in ordered if wanted.allows(found)]
    if allowed:
        return allowed[-1]
    pin = wanted.exact
    for length in (2, 1) if pin is not None else ():
        near = [found for found in ordered if pin is not None and found.within(pin.padded(length))]
        below = [found for found in near if pin is not None and found <= pin]
        if near:
            return below[-1] if below else near[0]
    end = pin or wanted.upper
    below = [found for found in ordered if end is None or found <= end]
    return below[-1] if below else ordered[0]


def around(known: Iterable[Version], wanted: Range) -> tuple[Version | None, Version | None]:
    """Of the known versions the newest before a range that has none of them, and the oldest behind it."""
    ordered = sorted(known)
    start, end = wanted.exact or wanted.lower, wanted.exact or wanted.upper
    before = [found for found in ordered if start is not None and found <= start]
    behind = [found for found in ordered if end is not None and found >= end]
    return next(reversed(before), None), next(iter(behind), None)


def same_series(found: Version, wanted: Range) -> bool:
    """Whether a version and what a range begins with differ in their last parts only, as 4.2.3 and 4.2.30."""
    start = wanted.exact or wanted.lower
    return start is not None and found.within(start.padded(2))
