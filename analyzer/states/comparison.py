"""What fields taken apart are like, and how two of them differ."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from analyzer.states.sameness import same
from analyzer.states.unread import unread
from analyzer.states.values import Form, Name, reason

MISSING = Name("<not given>")


class Deconstructed(Struct, frozen=True):
    """A field as migrations write it: class path and keywords, what has its default left out.

    Relations have `to` as a label in lower case.  `why` says why the class does not decide its
    arguments; they are then those of the call as written.
    """

    path: str
    arguments: Mapping[str, Form]
    why: str = ""


class Comparison(Struct, frozen=True):
    """Whether two fields are equal; `differs` are arguments that certainly are not (`class` among
    them), `open` those that source does not decide, each with why."""

    differs: tuple[str, ...]
    open: tuple[tuple[str, str], ...]

    @property
    def equal(self) -> bool | None:
        return False if self.differs else None if self.open else True


def unlike_arguments(one: Deconstructed, other: Deconstructed) -> Comparison:
    """How the arguments of two fields differ, whatever their classes are."""
    differs: list[str] = []
    open_: list[tuple[str, str]] = []
    for name in sorted({*one.arguments, *other.arguments}):
        left, right = one.arguments.get(name, MISSING), other.arguments.get(name, MISSING)
        answer = same(left, right)
        if answer is False:
            differs.append(name)
        elif answer is None:
            open_.append((name, reason(left) or reason(right) or unread(left) or unread(right)))
    return Comparison(tuple(differs), tuple(open_))
