"""Guarded SQL, run by the one database that every Python brings along."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import pytest

from analyzer.history.values import Key
from analyzer.reset.guarded_sql import DIALECTS, Rows, scripts

OLD: tuple[Key, ...] = (("blog", "0001_a"), ("blog", "0002_b"))
NEW: tuple[Key, ...] = (("blog", "0001_initial"),)
OTHER: Key = ("auth", "0001_initial")
ROWS = Rows(("blog",), OLD, (("blog", "0000_gone"),), NEW)
SCRIPTS = scripts(ROWS, "sqlite")
RESET, BACK = SCRIPTS["2_reset.sqlite.sql"], SCRIPTS["3_back.sqlite.sql"]


def database(rows: Iterable[Key]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT, applied TEXT)"
    )
    said = [(app, name) for app, name in (OTHER, *rows)]
    connection.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, 'x')", said)
    connection.commit()
    return connection


def rows(connection: sqlite3.Connection) -> list[Key]:
    return sorted(connection.execute("SELECT app, name FROM django_migrations"))


def test_rows_are_exchanged_and_others_stay() -> None:
    connection = database(OLD)
    connection.executescript(RESET)
    assert rows(connection) == sorted([OTHER, *NEW])


def test_a_row_that_may_be_there_is_no_obstacle() -> None:
    connection = database([*OLD, ("blog", "0000_gone")])
    connection.executescript(RESET)
    assert rows(connection) == sorted([OTHER, *NEW])


@pytest.mark.parametrize(
    ("found", "why"),
    [(OLD[:1], "database_is_behind"), ([*OLD, ("blog", "0009_strange")], "unexplained_rows")],
)
def test_a_database_that_is_not_as_it_should_be_is_left_alone(found: Iterable[Key], why: str) -> None:
    connection = database(found)
    before = rows(connection)
    with pytest.raises(sqlite3.IntegrityError, match=why):
        connection.executescript(RESET)
    connection.rollback()
    assert rows(connection) == before


def test_a_long_history_is_no_obstacle() -> None:
    old = tuple(("blog", f"{number:04d}_m") for number in range(1, 700))
    connection = database(old)
    connection.executescript(scripts(Rows(("blog",), old, (), NEW), "sqlite")["2_reset.sqlite.sql"])
    assert rows(connection) == sorted([OTHER, *NEW])


def test_it_can_be_taken_back() -> None:
    connection = database(OLD)
    connection.executescript(RESET)
    connection.executescript(BACK)
    assert rows(connection) == sorted([OTHER, *OLD])


def test_not_once_there_is_something_on_top() -> None:
    connection = database(OLD)
    connection.executescript(RESET)
    connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('blog', '0002_new', 'x')")
    connection.commit()
    with pytest.raises(sqlite3.IntegrityError, match="applied_after_the_reset"):
        connection.executescript(BACK)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_are_quoted_in_every_dialect(dialect: str) -> None:
    name = "0001_o'clock"
    written = scripts(Rows(("blog",), (("blog", name),), (), NEW), next(d for d in DIALECTS if d == dialect))
    assert all("0001_o'clock" not in text for text in written.values())
    assert all("0001_o''clock" in text for file, text in written.items() if not file.startswith("3"))
