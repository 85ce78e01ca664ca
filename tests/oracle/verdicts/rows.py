"""The rows of a database before and after something ran: which it made, changed and removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

AT_ONCE = 100
"""Tables whose rows one statement counts."""

SHOWN = 20
"""Rows of one table that are shown."""

MOST = 20000
"""Rows of one table that are compared one by one."""

BOOKS = frozenset({"django_migrations"})
"""Tables that Django keeps for itself while it migrates."""

Rows = dict[str, dict[tuple[Any, ...], dict[str, str]]]
"""By table and key: columns and what they hold, as text."""


def rows(connection: Any) -> Rows:
    """The rows of all tables that have any."""
    with connection.cursor() as cursor:
        left_out = BOOKS | _shadows(connection, cursor)
        tables = sorted(
            info.name
            for info in connection.introspection.get_table_list(cursor)
            if info.type in ("t", "p") and info.name not in left_out
        )
        full = [name for name, count in _counted(connection, cursor, tables) if count]
        return {table: _of_table(connection, cursor, table) for table in full}


def _shadows(connection: Any, cursor: Any) -> set[str]:
    """Tables in which SQLite itself keeps what a virtual table is made of."""
    if connection.vendor != "sqlite":
        return set()
    cursor.execute("SELECT name FROM pragma_table_list WHERE type = 'shadow'")
    return {name for (name,) in cursor.fetchall()}


def _counted(connection: Any, cursor: Any, tables: Sequence[str]) -> Iterator[tuple[str, int]]:
    quoted = connection.ops.quote_name
    for start in range(0, len(tables), AT_ONCE):
        part = tables[start : start + AT_ONCE]
        asked = " UNION ALL ".join(
            f"SELECT {number}, (SELECT count(*) FROM {quoted(table)})"  # noqa: S608 - names of tables
            for number, table in enumerate(part)
        )
        cursor.execute(asked)
        yield from ((part[number], count) for number, count in cursor.fetchall())


def _of_table(connection: Any, cursor: Any, table: str) -> dict[tuple[Any, ...], dict[str, str]]:
    key = _key(connection.introspection, cursor, table)
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT {MOST}")  # noqa: S608
    names = [column[0] for column in cursor.description]
    found: dict[tuple[Any, ...], dict[str, str]] = {}
    seen = Counter[tuple[Any, ...]]()
    for row in cursor.fetchall():
        texts = dict(zip(names, map(str, row), strict=True))
        own = tuple(texts[name] for name in key) or tuple(texts.values())
        seen[own] += 1
        found[(*own, seen[own])] = texts
    return found


def _key(introspection: Any, cursor: Any, table: str) -> Sequence[str]:
    """The columns of the primary key, of which older Django tells one only."""
    if hasattr(introspection, "get_primary_key_columns"):
        return introspection.get_primary_key_columns(cursor, table) or ()
    column = introspection.get_primary_key_column(cursor, table)
    return (column,) if column else ()


def changed(before: Rows, after: Rows) -> dict[str, dict[str, Any]]:
    """By table: how many rows are new, other than before and gone; the new ones themselves."""
    found: dict[str, dict[str, Any]] = {}
    for table in sorted({*before, *after}):
        old, new = before.get(table, {}), after.get(table, {})
        made = [row for key, row in new.items() if key not in old]
        told = {
            "made": len(made),
            "changed": sum(_differ(old[key], new[key]) for key in old.keys() & new.keys()),
            "removed": len(old.keys() - new.keys()),
        }
        if any(told.values()):
            found[table] = {**told, "rows": [_short(row) for row in made[:SHOWN]]}
    return found


def _differ(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Columns that came or went are schema."""
    return any(old[name] != new[name] for name in old.keys() & new.keys())


def _short(row: Mapping[str, str]) -> dict[str, str]:
    return {name: text[:60] for name, text in row.items()}
