"""The table in a SQLite database file, which is read and never written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from analyzer.reset.exports_values import COLUMNS, Export, ExportError, Place, Row, checked, row

TABLE = "django_migrations"
MOST = 1_000_000
"""Rows that are read; real tables have some hundreds."""

STEPS = 2_000_000
"""Thousands of instructions of SQLite's machine: what a file may ask for before it is given up."""


def read(path: Path, file: str) -> Export:
    """The rows; raises ExportError where the file is damaged, has no such table or is being written."""
    for suffix in ("-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        if beside.exists() and beside.stat().st_size:
            raise ExportError(
                file, 0, f"has changes beside it, in {beside.name}: stop what writes to it, or export a copy "
                f'(sqlite3 FILE ".backup copy.sqlite3")',
            )  # fmt: skip
    try:
        return Export(file, "SQLite database", checked(file, _rows(path, file)))
    except (sqlite3.Error, UnicodeDecodeError) as error:  # its messages may quote bytes of the file
        why = _shown(str(error)) if isinstance(error, sqlite3.Error) else "it is damaged"
        raise ExportError(file, 0, f"cannot be read as a SQLite database ({why})") from error


def _rows(path: Path, file: str) -> tuple[Row, ...]:
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        spent = iter(range(STEPS))
        database.set_progress_handler(lambda: next(spent, None) is None, 1_000)
        database.text_factory = bytes
        columns = _columns(database, file)
        _is_sound(database, file)
        listed = ", ".join(columns)
        found = database.execute(f"SELECT rowid, {listed} FROM {TABLE} ORDER BY rowid LIMIT {MOST + 1}")  # noqa: S608
        rows = [
            row(Place(file, number), columns, [_text(value, file, number) for value in values])
            for number, *values in found
        ]
    if len(rows) > MOST:
        raise ExportError(file, 0, f"has more than {MOST:,} rows of {TABLE}")
    return tuple(rows)


def _columns(database: sqlite3.Connection, file: str) -> tuple[str, ...]:
    kind = database.execute("SELECT type FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone()
    if kind != (b"table",):
        raise ExportError(file, 0, f"has no table {TABLE}")
    there = {name for _, name, *_ in database.execute(f"PRAGMA table_info({TABLE})")}
    columns = tuple(name for name in COLUMNS if name.encode() in there)
    if "app" not in columns or "name" not in columns:
        raise ExportError(file, 0, f"its table {TABLE} has not the columns {', '.join(COLUMNS)}")
    return columns


def _is_sound(database: sqlite3.Connection, file: str) -> None:
    """Rows can get lost in a damaged file without any error."""
    (said, *_) = database.execute(f"PRAGMA integrity_check({TABLE})").fetchone()
    if said != b"ok":
        raise ExportError(file, 0, f"is damaged ({_shown(said)})")


def _shown(said: object) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return ascii(text.splitlines()[0] if text else "")[1:-1]


def _text(value: object, file: str, number: int) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise ExportError(file, number, "is a row with bytes that are no UTF-8") from error
    return str(value)
