"""Tables as text: CSV, TSV and pipe lists, with or without a head; psql's and mysql's drawn tables."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from analyzer.reset.exports_values import COLUMNS, Export, ExportError, Place, Row, checked, row

DELIMITERS = "\t|;,"
_RULE = re.compile(r"\s*\+?-+(?:\+-+)*\+?\s*")
_COUNT = re.compile(r"\((\d+) (?:rows?|Zeilen?|lignes?|filas?)\)|(\d+) rows? in set.*")
_NUMBER = re.compile(r"\d+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[ T]")
_TELLING = ("id", "app", "name", "applied", "app_label", "model", "codename")


class _Record(Struct, frozen=True):
    line: int
    values: tuple[str, ...]


def read(lines: Sequence[str], file: str) -> Export:
    """The table; raises ExportError where it is another one, is cut off or has a row that is none."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    first = filled[0]
    second = lines[filled[1]] if len(filled) > 1 else ""
    if "|" in lines[first] + second and (_drawn(lines[first]) or _drawn(second)):
        return Export(file, "drawn table", checked(file, tuple(_drawn_rows(lines, file))))
    records = tuple(_delimited(lines, file))
    columns, rest = _columns(records, file)
    rows = tuple(row(Place(file, one.line), columns, _nulls(one.values)) for one in rest)
    checked(file, rows)
    unended = bool(lines[-1].strip()) and rest[-1].line == len(lines)
    return Export(file, "table", rows, cut=rows[-1] if unended else None)


def _drawn(line: str) -> bool:
    return _RULE.fullmatch(line) is not None and "-" in line


def _nulls(values: Sequence[str]) -> list[str | None]:
    return [None if value in ("NULL", "\\N") else value for value in values]


def _delimited(lines: Sequence[str], file: str) -> Iterator[_Record]:
    first = next(line for line in lines if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    if delimiter not in first:
        raise ExportError(
            file,
            1,
            "is no table: expected the columns app, name and applied of django_migrations as CSV or TSV",
        )
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    before = 0
    try:
        for values in reader:
            if any(value.strip() for value in values):
                yield _Record(
                    before + 1, tuple(value.lstrip() if before else value.strip() for value in values)
                )
            before = reader.line_num
    except csv.Error as error:
        raise ExportError(file, before + 1, f"is no CSV from here on ({error})") from error


def _columns(records: Sequence[_Record], file: str) -> tuple[tuple[str, ...], Sequence[_Record]]:
    """The names of the columns and the records below the head; without a head Django's order."""
    head = records[0]
    names = tuple(value.lower() for value in head.values)
    if any(name in names for name in _TELLING):
        _has_columns(names, Place(file, head.line))
        if len(records) == 1:
            raise ExportError(file, 0, "holds a head and no row of django_migrations")
        return names, records[1:]
    numbered = _NUMBER.fullmatch(head.values[0]) is not None
    dated = _DATE.match(head.values[-1]) is not None
    columns = ("id",) * numbered + ("app", "name") + ("applied",) * dated
    if len(columns) != len(names):
        raise ExportError(
            file,
            head.line,
            f"has {len(names)} columns; expected those of django_migrations: {', '.join(COLUMNS)}",
        )
    return columns, records


def _has_columns(names: Sequence[str], place: Place) -> None:
    if "app" not in names or "name" not in names or len(set(names)) != len(names):
        said = ascii(", ".join(names))[1:-1]
        raise place.error(f"the columns are {said}, not those of django_migrations ({', '.join(COLUMNS)})")


def _drawn_rows(lines: Sequence[str], file: str) -> Iterator[Row]:
    """The rows of a table that psql or mysql draws: it says itself where it ends."""
    columns: tuple[str, ...] = ()
    found = 0
    ended = False
    boxed = lines[next(n for n, line in enumerate(lines) if line.strip())].lstrip().startswith("+")
    for number, line in enumerate(lines, 1):
        place = Place(file, number)
        counted = _COUNT.fullmatch(line.strip())
        if not line.strip():
            continue
        if counted is not None:
            said = int(counted[1] or counted[2])
            if said != found:
                raise place.error(f"says {said} rows, and {found} stand above: the table is not whole")
            ended = True
        elif _drawn(line):
            ended = boxed and bool(found)
        elif ended:
            raise place.error("stands below the end of the table")
        elif not columns:
            columns = tuple(name.lower() for name in _cells(line))
            _has_columns(columns, place)
        else:
            found += 1
            yield row(place, columns, _nulls(_cells(line)))
    if not ended:
        raise ExportError(file, len(lines), "the table has no end: it is cut off, or its footer was left out")


def _cells(line: str) -> list[str]:
    text = line.strip()
    if text.startswith("|") and text.endswith("|"):
        text = text[1:-1]
    return [cell.strip() for cell in text.split("|")]
