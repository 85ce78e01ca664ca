"""What an export of `django_migrations` holds, whichever tool wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from msgspec import Struct

from analyzer.errors import UsageError
from analyzer.history.values import Key

COLUMNS = ("id", "app", "name", "applied")
"""The columns of the table in Django's order (django.db.migrations.recorder.MigrationRecorder)."""

LONGEST = 255
"""Letters that an app label or a migration's name has room for in the table."""

_NAME = re.compile(r"\w[\w\- ]*")
_WHEN = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    r"\s*(Z|UTC|[+-]\d\d(?::?\d\d)?(?::\d\d)?)?"
)


class ExportError(UsageError):
    """An export that cannot be read, or not to its end: which file, which line, what is wrong."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}" if line else f"{file}: {why}")


class Row(Struct, frozen=True):
    """One row of the table; `line` is its line in the export, or the number of the row in a database.

    `applied` is in UTC where the export says so, else as it is written there; `whole` tells a date without
    a fraction of a second.
    """

    app: str
    name: str
    applied: datetime | None
    line: int
    id: int | None = None
    whole: bool = False

    @property
    def key(self) -> Key:
        return (self.app, self.name)


class Export(Struct, frozen=True):
    """The rows of one database.

    `database` names it where the file holds several.  `partial` is a listing by `showmigrations`, which
    hides the rows that have no file and those that a squash replaced; only it knows `waiting`, the
    migrations listed as not applied, and `unrecorded`, the squashes listed as still to be recorded.
    `cut` is a last row that no line break ends.
    """

    file: str
    kind: str
    rows: tuple[Row, ...]
    database: str = ""
    partial: bool = False
    waiting: tuple[Row, ...] = ()
    unrecorded: tuple[Row, ...] = ()
    cut: Row | None = None


class Place(Struct, frozen=True):
    """Where something is written in an export."""

    file: str
    line: int

    def error(self, why: str) -> ExportError:
        return ExportError(self.file, self.line, why)


def row(place: Place, columns: Sequence[str], values: Sequence[str | None]) -> Row:
    """The row that values are; raises ExportError where they cannot be one."""
    if len(values) != len(columns):
        raise place.error(f"{len(values)} values where {len(columns)} are expected ({', '.join(columns)})")
    found = dict(zip(columns, values, strict=True))
    app, name = found["app"] or "", found["name"] or ""
    if not app.isidentifier() or len(app) > LONGEST:
        raise place.error(f"{_quoted(app)} is no app label")
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        raise place.error(f"{_quoted(name)} is no name of a migration")
    applied, whole = _applied(place, found["applied"]) if "applied" in found else (None, False)
    number = found.get("id")
    if "id" in found and (number is None or not number.isascii() or not number.isdigit() or len(number) > 18):
        raise place.error(f"{_quoted(number or '')} is no id")
    return Row(app, name, applied, place.line, int(number) if number is not None else None, whole)


def _applied(place: Place, text: str | None) -> tuple[datetime | None, bool]:
    found = _WHEN.fullmatch((text or "").strip())
    if found is None:
        raise place.error(f"{_quoted(text or '')} is no date that can be read; expected 2024-05-31 10:00:00")
    *date, fraction, offset = found.groups()
    try:
        year, month, day, hour, minute, second = map(int, date)
        when = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        when += timedelta(microseconds=int(((fraction or "") + "000000")[:6])) - _offset(offset)
    except (ValueError, OverflowError) as error:
        raise place.error(f"{_quoted(text or '')} is no date") from error
    return when, not fraction or not int(fraction)


def _offset(text: str | None) -> timedelta:
    if text is None or text in ("Z", "UTC"):
        return timedelta()
    digits = text[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4] or 0))
    timezone(span)  # refuses what is no offset
    return span if text[0] == "+" else -span


def _quoted(text: str) -> str:
    """A value as a message shows it: short, and nothing that drives a terminal."""
    shown = ascii(text if len(text) <= 60 else f"{text[:57]}...")
    return f"`{shown[1:-1]}`"


def checked(file: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows of one table; raises ExportError where there is none, or two have the same id."""
    if not rows:
        raise ExportError(
            file, 0, "holds no row of django_migrations; nothing can be said about an empty export"
        )
    seen: dict[int, Row] = {}
    for one in rows:
        if one.id is not None and seen.setdefault(one.id, one) is not one:
            raise ExportError(file, one.line, f"the id {one.id} stands twice (first at {seen[one.id].line})")
    return tuple(rows)
