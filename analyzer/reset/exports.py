"""Exports of `django_migrations` as psql, mysql, sqlite3, pg_dump, mysqldump and `showmigrations` write them.

What a file is, is told by its first bytes and lines, never by its name.  Whatever cannot be read to its
end is an error that names file and line: half an export would make an environment look better or worse
than it is.
"""

from __future__ import annotations

import codecs
import io
import re
import stat
from pathlib import Path

from analyzer.reset import exports_dumps, exports_listing, exports_sqlite, exports_tables
from analyzer.reset.exports_values import Export, ExportError, Row

__all__ = ["Export", "ExportError", "Row", "read_exports"]

MAX_BYTES = 64_000_000
"""Of a table or a listing: some hundred thousand rows.  A dump may be larger, it is read line by line."""

SNIFFED = 65_536
_SQLITE = b"SQLite format 3\0"
_UNPACK = "is compressed; unpack it first"
_PACKED = {
    b"PGDMP": "is in pg_dump's own format; make text of it: pg_restore -t django_migrations -f rows.sql FILE",
    b"\x1f\x8b": _UNPACK,
    b"PK\x03\x04": _UNPACK,
    b"BZh": _UNPACK,
    b"\xfd7zXZ": _UNPACK,
    b"\x28\xb5\x2f\xfd": _UNPACK,
}
_SQL = re.compile(
    rb"\s*(?:--(?![-+])|/\*|\\(?:un)?(?:restrict|connect)\b|(?i:(?:SET|CREATE|INSERT|REPLACE|COPY|BEGIN|PRAGMA|DROP|LOCK"
    rb"|USE|ALTER|SELECT|START|COMMIT)\b[^,\t|]*(?:[;('\"`]|$)))",
)


def read_exports(path: Path, shown: str | None = None) -> tuple[Export, ...]:
    """The tables in a file, one for each database or schema that it holds.

    `shown` is how messages call the file.  Raises ExportError where it cannot be read.
    """
    file = shown if shown is not None else str(path)
    head = _head(path, file)
    if head.startswith(_SQLITE):
        return (exports_sqlite.read(path, file),)
    for mark, why in _PACKED.items():
        if head.startswith(mark):
            raise ExportError(file, 0, why)
    if _is_sql(head):
        with path.open("rb") as stream:
            return exports_dumps.read(stream, file)
    text = _text(path, file)
    if _is_sql(text[:SNIFFED].encode()):
        return exports_dumps.read(io.BytesIO(text.encode()), file)
    lines = text.split("\n")
    if exports_listing.looks(lines):
        return (exports_listing.read(lines, file),)
    return (exports_tables.read(lines, file),)


def _head(path: Path, file: str) -> bytes:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise ExportError(file, 0, "is no file")
        with path.open("rb") as stream:
            head = stream.read(SNIFFED)
    except OSError as error:
        raise ExportError(file, 0, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ExportError(file, 0, "is no path") from error
    if not head.strip():
        raise ExportError(file, 0, "is empty")
    return head


def _is_sql(head: bytes) -> bool:
    return _SQL.match(head.removeprefix(codecs.BOM_UTF8).lstrip().split(b"\n", 1)[0]) is not None


def _text(path: Path, file: str) -> str:
    """The whole text with `\\n` at the end of each line; raises ExportError where it is none."""
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ExportError(file, 0, f"has more than {MAX_BYTES:,} bytes: too large for an export of one table")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ExportError(file, line, f"is no {'UTF-16' if wide else 'UTF-8'} text") from error
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise ExportError(file, text.count("\n", 0, text.index("\0")) + 1, "holds a null byte: no text")
    return text
