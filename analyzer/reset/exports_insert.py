"""The parts of SQL that hold the table: lists of columns and of values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.reset.exports_values import COLUMNS, Place, Row, row

_LIST = re.compile(r"\s*\(([^()']*)\)")
_VALUES = re.compile(r"\s*(?:OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\s+)?VALUES\s*", re.IGNORECASE)
_END = re.compile(r"\s*(?:ON\s+CONFLICT\s+DO\s+NOTHING\s*)?;\s*", re.IGNORECASE)
_PLAIN = r"'((?:[^']|'')*)'"
_ESCAPED = r"'((?:[^'\\]|\\.|'')*)'"
_OTHER = r"|(NULL)|(-?\d+(?:\.\d+)?))\s*([,)])"
_VALUE = re.compile(rf"\s*(?:{_PLAIN}{_OTHER}", re.DOTALL | re.IGNORECASE)
_VALUE_ESCAPED = re.compile(rf"\s*[Ee]?(?:{_ESCAPED}{_OTHER}", re.DOTALL | re.IGNORECASE)
_DECLARED = re.compile(r'[,(]\s*["`\[]?(\w+)["`\]]?\s+\w')
_KEYWORDS = {"constraint", "primary", "unique", "key", "check", "foreign", "index"}


def text(data: bytes, place: Place) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise place.error("is no UTF-8 text") from error


def names(columns: bytes | None) -> tuple[str, ...]:
    """The columns that a statement lists."""
    if columns is None:
        return ()
    listed = columns.decode(errors="replace").split(",")
    return tuple(name.strip().strip('"`[]').lower() for name in listed)


def known(columns: Sequence[str], place: Place) -> None:
    """Raises ExportError where the columns are not those of the table."""
    if "app" not in columns or "name" not in columns or len(set(columns)) != len(columns):
        raise place.error(f"the columns are not those of django_migrations ({', '.join(COLUMNS)})")


def declared(statement: bytes) -> tuple[str, ...]:
    """The columns that CREATE TABLE makes, in order."""
    found = (name.lower() for name in _DECLARED.findall(statement.decode(errors="replace")))
    return tuple(name for name in found if name not in _KEYWORDS)


def rows(statement: bytes, columns: tuple[str, ...], place: Place, escapes: bool) -> list[Row]:
    """The rows of an INSERT, from behind the table's name on."""
    whole = text(statement, place)
    at = 0
    if listed := _LIST.match(whole):
        columns, at = names(listed[1].encode()), listed.end()
    known(columns, place)
    values = _VALUES.match(whole, at)
    if values is None:
        raise place.error("an INSERT without plain VALUES cannot be read")
    found: list[Row] = []
    at = values.end()
    reader = _VALUE_ESCAPED if escapes else _VALUE
    while whole[at : at + 1] == "(":
        cells, at = _cells(whole, at + 1, reader, place)
        line = place.line + whole.count("\n", 0, at)
        found.append(row(Place(place.file, line), columns, cells))
        if comma := re.compile(r"\s*,\s*").match(whole, at):
            at = comma.end()
    if not found or not _END.fullmatch(whole, at):
        raise place.error("an INSERT that cannot be read to its end")
    return found


def _cells(whole: str, at: int, reader: re.Pattern[str], place: Place) -> tuple[list[str | None], int]:
    cells: list[str | None] = []
    while True:
        value = reader.match(whole, at)
        if value is None:
            raise Place(place.file, place.line + whole.count("\n", 0, at)).error(
                "holds a value that cannot be read"
            )
        quoted, nothing, number, closing = value.groups()
        cells.append(None if nothing else number or quoted.replace("''", "'"))
        at = value.end()
        if closing == ")":
            return cells, at
