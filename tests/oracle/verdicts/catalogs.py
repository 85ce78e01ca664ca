"""What a database's own catalog says: every table, column, index, trigger, function … as plain facts.

A thing is known by an `identity` that survives renames where the database has one, and says in `text`
all that matters about it apart from names that Django makes up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.oracle.verdicts.queries import POSTGRESQL


class Thing(NamedTuple):
    """One object of a schema; `table` is empty where it stands alone."""

    kind: str
    identity: str
    table: str
    name: str
    text: str


Catalog = dict[str, Thing]
"""Things by their identity."""

NAMELESS = ("index", "constraint", "not null", "foreign key")
"""Kinds whose names Django makes up: two that say the same are the same."""


def catalog(connection: Any) -> Catalog:
    """Everything in the database of a Django connection.  Raises ValueError for other databases."""
    readers = {"sqlite": _sqlite, "postgresql": _postgresql}
    if connection.vendor not in readers:
        raise ValueError(f"the catalog of {connection.vendor} is not read")
    with connection.cursor() as cursor:
        return {thing.identity: thing for thing in readers[connection.vendor](cursor)}


def meaning(thing: Thing) -> tuple[str, str, str, str]:
    """What makes two things of different databases the same."""
    return (thing.kind, thing.table, "" if thing.kind in NAMELESS else thing.name, thing.text)


# ---------------------------------------------------------------- SQLite


def _sqlite(cursor: Any) -> Iterator[Thing]:
    cursor.execute(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
    )
    for kind, name, table, sql in cursor.fetchall():
        if kind == "index":
            yield from _sqlite_index(cursor, name, table, sql)
            continue
        virtual = kind == "table" and re.match(r"CREATE\s+VIRTUAL", sql, re.IGNORECASE)
        text = "" if kind == "table" and not virtual else _plain(sql)
        yield Thing("virtual table" if virtual else kind, f"{kind} {name}", table, name, text)
        if kind == "table" and not virtual:
            yield from _sqlite_columns(cursor, table)


def _sqlite_columns(cursor: Any, table: str) -> Iterator[Thing]:
    cursor.execute(f"PRAGMA table_info({_quoted(table)})")
    for _position, name, kind, required, default, _key in cursor.fetchall():
        place = f"{table}.{name}"
        yield Thing("column", f"column {place}", table, name, f"{kind} {'NOT NULL' if required else ''}")
        if default is not None:
            yield Thing("default", f"default {place}", table, name, str(default))
    cursor.execute(f"PRAGMA foreign_key_list({_quoted(table)})")
    for row in cursor.fetchall():
        text = " ".join(map(str, row[2:]))
        yield Thing("foreign key", f"foreign key {table} {text}", table, str(row[3]), text)


def _sqlite_index(cursor: Any, name: str, table: str, sql: str) -> Iterator[Thing]:
    if sql:
        text = re.sub(r"^CREATE\s+(UNIQUE\s+)?INDEX\s+.+?\s+ON\s+", r"\1", _plain(sql), flags=re.IGNORECASE)
    else:
        cursor.execute(f"PRAGMA index_info({_quoted(name)})")
        text = "UNIQUE " + ", ".join(str(row[2]) for row in cursor.fetchall())
    yield Thing("index", f"index {table} {name}", table, name, text)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()


# ---------------------------------------------------------------- PostgreSQL


def _postgresql(cursor: Any) -> Iterator[Thing]:
    for kind, query in POSTGRESQL:
        cursor.execute(query)
        for identity, table, name, text in cursor.fetchall():
            yield Thing(kind, f"{kind} {identity}", table or "", name or "", text or "")
