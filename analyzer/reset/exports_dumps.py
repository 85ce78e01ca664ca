"""Dumps as SQL text: pg_dump (COPY and INSERT), mysqldump, sqlite3's .dump.

Read line by line, however large; only statements that begin outside of any string, comment, function
body or other table's data count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from analyzer.reset import exports_insert
from analyzer.reset.exports_values import COLUMNS, Export, ExportError, Place, Row, checked, row

MAX_LINE = 64_000_000
"""Bytes of one line, or of one statement about the table."""

_TABLE = rb'(?:(?P<schema>"[^"]+"|`[^`]+`|\w+)\s*\.\s*)?["`\[]?django_migrations["`\]]?(?=[\s(])'
_COPY = re.compile(
    rb"COPY\s+" + _TABLE + rb"\s*(?:\((?P<columns>[^)]*)\))?\s*FROM\s+stdin\b[^;]*;", re.IGNORECASE
)
_ANY_COPY = re.compile(rb"COPY\s.*\bFROM\s+stdin\b[^;]*;\s*$", re.IGNORECASE)
_INSERT = re.compile(rb"(?:INSERT|REPLACE)\s+(?:\w+\s+)*?INTO\s+" + _TABLE, re.IGNORECASE)
_CREATE = re.compile(rb"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?" + _TABLE, re.IGNORECASE)
_UNCLEAR = re.compile(rb"^[^-#/].*\bdjango_migrations\b.*\bVALUES\b", re.IGNORECASE)
_DATABASE = re.compile(rb"(?:\\connect\s+(?:-\S+\s+)*|USE\s+)[\"`']?([\w.-]+)[\"`']?;?\s*$", re.IGNORECASE)
_OPENING = re.compile(rb"--|#|/\*|'|\"|`|\$\w*\$")
_MYSQL = re.compile(
    rb"(?:INSERT INTO|CREATE TABLE|DROP TABLE IF EXISTS|LOCK TABLES) `|-- (?:MySQL|MariaDB) dump"
)
_POSTGRESQL = rb"-- PostgreSQL database (?:cluster )?dump"
_ENDS = (
    (re.compile(_POSTGRESQL + rb"\s*$"), re.compile(_POSTGRESQL + rb" complete")),
    (re.compile(rb"-- (?:MySQL|MariaDB) dump "), re.compile(rb"-- Dump completed")),
    (re.compile(rb"PRAGMA foreign_keys=OFF;"), re.compile(rb"COMMIT;")),
)
"""How a whole dump begins, and how it then ends."""


def read(stream: BinaryIO, file: str) -> tuple[Export, ...]:
    """The tables of a dump, by database and schema; raises ExportError where it is cut off or has none."""
    found = _Reader(stream, file).run()
    if not found:
        raise ExportError(file, 0, "is a dump without the rows of a table django_migrations")
    several = len(found) > 1
    return tuple(
        Export(file, "dump", checked(f"{file} ({name})" if several else file, rows), name if several else "")
        for name, rows in found.items()
    )


class _Reader:
    """Goes through a dump once; `skipping` is what ends the string, comment or body that a line is in."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.stream = stream
        self.file = file
        self.number = 0
        self.mysql = False
        self.database = ""
        self.columns: dict[str, tuple[str, ...]] = {}
        self.found: dict[str, list[Row]] = {}
        self.awaited: list[re.Pattern[bytes]] = []
        self.skipping: re.Pattern[bytes] | None = None
        self.within = False

    def run(self) -> dict[str, list[Row]]:
        for line in self.lines():
            if self.skipping is None and not self.within:
                self.statement(line)
            else:
                self.follow(line, 0)
        if self.awaited:
            raise ExportError(self.file, self.number, "the dump stops before its end: it is cut off")
        return self.found

    def lines(self) -> Iterator[bytes]:
        while line := self.stream.readline(MAX_LINE):
            self.number += 1
            if len(line) == MAX_LINE:
                raise ExportError(self.file, self.number, f"is a line of more than {MAX_LINE:,} bytes")
            yield line.removeprefix(b"\xef\xbb\xbf") if self.number == 1 else line

    def statement(self, line: bytes) -> None:
        """A line at which a statement may begin."""
        self.mysql = self.mysql or _MYSQL.match(line) is not None
        for begins, ends in _ENDS:
            if begins.match(line):
                self.awaited = [*(one for one in self.awaited if one is not ends), ends]
        self.awaited = [one for one in self.awaited if not one.match(line)]
        if copy := _COPY.match(line):
            self.copied(copy)
        elif _ANY_COPY.match(line):
            self.copied(None)
        elif insert := _INSERT.match(line):
            self.inserted(insert, line)
        elif create := _CREATE.match(line):
            self.created(create, line)
        elif database := _DATABASE.match(line):
            self.database = database[1].decode(errors="replace")
        elif _UNCLEAR.search(line):
            raise ExportError(
                self.file, self.number, "holds rows of django_migrations in a form that is not known"
            )
        elif not line.lstrip().startswith(b"\\"):
            self.follow(line, 0)

    def follow(self, line: bytes, start: int) -> None:
        """Whether the next line begins inside of something, or goes on with the statement."""
        while True:
            if self.skipping is not None:
                end = self.skipping.search(line, start)
                if end is None:
                    return
                self.skipping, start = None, end.end()
            opening = _OPENING.search(line, start)
            if opening is None or opening[0] == b"--" or (opening[0] == b"#" and self.mysql):
                rest = line[start : opening.start() if opening else None].rstrip()
                self.within = not rest.endswith(b";") if rest.strip() else self.within
                return
            start = opening.end()
            if opening[0] != b"#":
                self.within = opening[0] != b"/*" or self.within
                self.skipping = self._end(opening[0], line[opening.start() - 1 : opening.start()])

    def _end(self, opening: bytes, before: bytes) -> re.Pattern[bytes]:
        if opening == b"/*":
            return _pattern(rb"\*/;*")
        if opening == b"'" and (self.mysql or before in (b"E", b"e")):
            return _pattern(rb"(?<!\\)(?:\\\\)*'")
        return _pattern(re.escape(opening))

    def group(self, schema: bytes | None) -> list[Row]:
        return self.found.setdefault(self.name(schema), [])

    def name(self, schema: bytes | None) -> str:
        inner = schema.strip(b'"`').decode(errors="replace") if schema else ""
        return ".".join(part for part in (self.database, inner) if part)

    def copied(self, copy: re.Match[bytes] | None) -> None:
        """The data of a COPY; of our table as rows."""
        begin, rows = self.number, None
        columns: tuple[str, ...] = COLUMNS
        if copy is not None:
            rows = self.group(copy["schema"])
            columns = exports_insert.names(copy["columns"]) or self.columns.get(
                self.name(copy["schema"]), COLUMNS
            )
            exports_insert.known(columns, Place(self.file, begin))
        for line in self.lines():
            if line.rstrip(b"\r\n") == b"\\.":
                return
            if rows is not None:
                place = Place(self.file, self.number)
                values = exports_insert.text(line.rstrip(b"\r\n"), place).split("\t")
                rows.append(row(place, columns, [None if value == "\\N" else value for value in values]))
        raise ExportError(self.file, begin, "the data that begin here have no end: the dump is cut off")

    def inserted(self, insert: re.Match[bytes], line: bytes) -> None:
        begin = self.number
        rows = self.group(insert["schema"])
        columns = self.columns.get(self.name(insert["schema"]), COLUMNS)
        whole = self.whole(line)
        rows += exports_insert.rows(whole[insert.end() :], columns, Place(self.file, begin), self.mysql)

    def created(self, create: re.Match[bytes], line: bytes) -> None:
        found = exports_insert.declared(self.whole(line)[create.end() :])
        self.columns[self.name(create["schema"])] = found or COLUMNS

    def whole(self, line: bytes) -> bytes:
        """A statement to its end."""
        begin, parts, size = self.number, [line], len(line)
        self.follow(line, 0)
        while self.skipping is not None or self.within:
            following = next(self.lines(), b"")
            size += len(following)
            if not following or size > MAX_LINE:
                raise ExportError(
                    self.file, begin, "the statement that begins here has no end: it is cut off"
                )
            parts.append(following)
            self.follow(following, 0)
        return b"".join(parts)


def _pattern(text: bytes) -> re.Pattern[bytes]:
    return re.compile(text)
