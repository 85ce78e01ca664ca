"""What a picture shows, before anybody decides how it is written or drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Stroke = Literal["needs", "cut", "cycle", "hidden"]
"""A plain dependency; one to postpone; one within a cycle; one that only keeps the boxes in order."""

Sign = Literal["arrow", "number", "cut", "cycle", "warn", "app", "outside", "text"]
"""What a legend entry explains."""


class Row(Struct, frozen=True):
    """One line of a box.  `tip` shows when the mouse rests on it; `aside` is its smaller second part."""

    text: str
    tip: str = ""
    link: str | None = None
    warn: bool = False
    aside: str = ""


class Box(Struct, frozen=True):
    """A named box with rows.  `app` chooses the colour; without one the box is neutral, outside."""

    key: str
    head: str
    rows: tuple[Row, ...] = ()
    app: str | None = None
    tip: str = ""
    link: str | None = None
    warn: bool = False
    group: str = ""


class Arrow(Struct, frozen=True):
    """From what needs to what is needed.  `count` relations make it wider.

    `steers` is False where the arrow must not move the boxes; `length` is in ranks.
    """

    source: str
    target: str
    label: str = ""
    tip: str = ""
    count: int = 1
    stroke: Stroke = "needs"
    steers: bool = True
    length: int = 1


class Band(Struct, frozen=True):
    """Boxes that stand side by side, with a name at the left."""

    name: str
    keys: tuple[str, ...]


class Shelf(Struct, frozen=True):
    """Boxes that stand below those of the shelf before: the highest and the lowest of them."""

    top: tuple[str, ...]
    bottom: tuple[str, ...]


class Sample(Struct, frozen=True):
    """One entry of the legend."""

    sign: Sign
    text: str


class Chart(Struct, frozen=True):
    """A whole picture.  Bands and what is needed stand on top, or at the left if `sideways`."""

    name: str
    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...] = ()
    bands: tuple[Band, ...] = ()
    notes: tuple[str, ...] = ()
    legend: tuple[Sample, ...] = ()
    sideways: bool = False
    shelves: tuple[Shelf, ...] = ()


class Picture(Struct, frozen=True):
    """A picture as DOT text.  `name` is its file name without suffix; `notes` say what was left out."""

    name: str
    title: str
    dot: str
    notes: tuple[str, ...]


CROWD = 5
"""Arrows at one box from which on they get different lengths."""


def staggered(arrows: Iterable[Arrow]) -> tuple[Arrow, ...]:
    """The arrows, those at a much needed box alternately long, so that two rows stand below it."""
    every = tuple(arrows)
    users: dict[str, list[str]] = {}
    for arrow in every:
        if arrow.steers and arrow.stroke != "hidden":
            users.setdefault(arrow.target, []).append(arrow.source)
    far = {
        (source, target)
        for target, sources in users.items()
        if len(sources) > CROWD
        for source in sorted(sources)[1::2]
    }
    return tuple(
        replace(arrow, length=2) if arrow.steers and (arrow.source, arrow.target) in far else arrow
        for arrow in every
    )


def columns(box: Box) -> int:
    """The columns of a box's rows; rows with a second part are wide and get fewer."""
    rows = len(box.rows)
    if any(row.aside for row in box.rows):
        return 1 if rows <= 16 else 2
    return 1 if rows <= 8 else 2 if rows <= 24 else 4


def box_width(box: Box) -> int:
    """A box's width with some room around it, estimated."""
    longest = max((len(row.text) + len(row.aside) for row in box.rows), default=0)
    return 40 + max(8 * len(box.head), 8 * longest * columns(box))
