"""What `manage.py showmigrations` prints, as a list or as a plan.

It shows files, not rows: rows without a file and rows that a squash replaced are hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyzer.reset.exports_values import Export, ExportError, Place, Row, row

SNIFFED = 400
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_APPLIED = r"(?: \(applied at (?P<when>[-0-9: ]+)\))?"
_LISTED = re.compile(
    r" \[(?P<mark>[X -])\] (?P<name>\S+)(?: \((?P<squashed>\d+) squashed migrations?\))?"
    r"(?: Run [`']manage\.py migrate[`'] to finish recording\.)?" + _APPLIED
)
_PLANNED = re.compile(r"\[(?P<mark>[X -])\]  (?P<app>[^\s.]+)\.(?P<name>\S+)(?: \.\.\. \(.*\))?" + _APPLIED)
_APP = re.compile(r"\w+")
_MARK = re.compile(r"\s*\[[X -]\] ")
_NOTHING = re.compile(r" +\((?:no migrations|none)\)|\(no migrations\)|\(none\)")


def looks(lines: Sequence[str]) -> bool:
    """Whether a text is such a listing."""
    return any(_MARK.match(_ESCAPES.sub("", line)) for line in lines[:SNIFFED])


def read(lines: Sequence[str], file: str) -> Export:
    """The listing; raises ExportError at a line that belongs to none."""
    applied: list[Row] = []
    waiting: list[Row] = []
    unrecorded: list[Row] = []
    for mark, found in _rows(lines, file):
        {"X": applied, " ": waiting, "-": unrecorded}[mark].append(found)
    listed = [*applied, *waiting, *unrecorded]
    seen: dict[tuple[str, str], int] = {}
    for one in sorted(listed, key=lambda one: one.line):
        if seen.setdefault(one.key, one.line) != one.line:
            raise ExportError(
                file, one.line, f"{one.app}.{one.name} is listed twice (first at {seen[one.key]})"
            )
    end = max(listed, key=lambda one: one.line)
    cut = end if lines[-1] and end.line == len(lines) else None
    return Export(file, "showmigrations", tuple(applied), "", True, tuple(waiting), tuple(unrecorded), cut)


def _rows(lines: Sequence[str], file: str) -> Iterator[tuple[str, Row]]:
    app = ""
    for number, raw in enumerate(lines, 1):
        line = _ESCAPES.sub("", raw).rstrip()
        if not line or _NOTHING.fullmatch(line):
            continue
        place = Place(file, number)
        planned, listed = _PLANNED.fullmatch(line), _LISTED.fullmatch(line)
        if planned is not None:
            yield planned["mark"], _row(place, planned["app"], planned["name"], planned["when"])
        elif listed is not None and app:
            yield listed["mark"], _row(place, app, listed["name"], listed["when"])
        elif _APP.fullmatch(line):
            app = line
        else:
            raise place.error("is no line that `showmigrations` prints")


def _row(place: Place, app: str, name: str, when: str | None) -> Row:
    if when is None:
        return row(place, ("app", "name"), (app, name))
    return row(place, ("app", "name", "applied"), (app, name, when))
