"""Guarded SQL: the rows of django_migrations exchanged in one go, on databases that are up to date only.

Per dialect three scripts: one that only looks, one that checks, keeps a copy, locks, deletes and
inserts, and one that brings the old rows back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from analyzer.history.values import Key

Dialect = Literal["postgresql", "mysql", "sqlite", "oracle"]
DIALECTS: tuple[Dialect, ...] = ("postgresql", "mysql", "sqlite", "oracle")

TABLE = "django_migrations"
COPY = "django_migrations_before_reset"
BEHIND = "this database is behind: old migrations are missing in django_migrations"
STRANGE = "django_migrations holds rows of these apps that no file explains"
LATER = "migrations were applied after the reset: undo them before this"


class Rows(Struct, frozen=True):
    """The rows of some apps: `required` must be there, `allowed` may be there too, `new` take their place."""

    apps: tuple[str, ...]
    required: tuple[Key, ...]
    allowed: tuple[Key, ...]
    new: tuple[Key, ...]


def scripts(rows: Rows, dialect: Dialect) -> dict[str, str]:
    """The scripts by file name."""
    forth = _Change(_guards(rows, dialect), _exchange(rows, dialect), copies=True)
    back = _Change(_back_guards(rows, dialect), _back(rows, dialect), copies=False)
    write = _WRITERS[dialect]
    return {
        f"1_look.{dialect}.sql": _look(rows, dialect),
        f"2_reset.{dialect}.sql": write(forth),
        f"3_back.{dialect}.sql": write(back),
    }


class _Guard(Struct, frozen=True):
    """A query that must count nothing, and what is said where it does not."""

    name: str
    query: str
    message: str


class _Change(Struct, frozen=True):
    guards: tuple[_Guard, ...]
    statements: tuple[str, ...]
    copies: bool


# ---------------------------------------------------------------- parts that all dialects share


def _text(value: str, dialect: Dialect) -> str:
    plain = value.replace("'", "''")
    return f"'{plain.replace(chr(92), chr(92) * 2) if dialect == 'mysql' else plain}'"


def _apps(rows: Rows, dialect: Dialect) -> str:
    return ", ".join(_text(app, dialect) for app in rows.apps)


def _listed(keys: Iterable[Key], dialect: Dialect) -> str:
    """Names as a table with the columns `app` and `name`.

    SQLite takes no more than 500 parts of a UNION, and a list of VALUES of any length.
    """
    pairs = [(_text(app, dialect), _text(name, dialect)) for app, name in keys]
    if dialect in ("postgresql", "sqlite"):
        rows = ",\n      ".join(f"({app}, {name})" for app, name in pairs)
        return f"SELECT column1 AS app, column2 AS name FROM (VALUES\n      {rows}\n    ) listed"
    end = " FROM dual" if dialect == "oracle" else ""
    first = [f"SELECT {app} AS app, {name} AS name{end}" for app, name in pairs[:1]]
    return "\n    UNION ALL ".join([*first, *(f"SELECT {app}, {name}{end}" for app, name in pairs[1:])])


def _missing(rows: Rows, dialect: Dialect, columns: str) -> str:
    return (
        f"SELECT {columns} FROM (\n    {_listed(rows.required, dialect)}\n  ) e\n"
        f"  WHERE NOT EXISTS (SELECT 1 FROM {TABLE} m WHERE m.app = e.app AND m.name = e.name)"
    )


def _strange(rows: Rows, known: Iterable[Key], dialect: Dialect, columns: str) -> str:
    return (
        f"SELECT {columns} FROM {TABLE} m WHERE m.app IN ({_apps(rows, dialect)})\n"
        f"  AND NOT EXISTS (SELECT 1 FROM (\n    {_listed(known, dialect)}\n  ) e"
        " WHERE e.app = m.app AND e.name = m.name)"
    )


def _guards(rows: Rows, dialect: Dialect) -> tuple[_Guard, ...]:
    known = (*rows.required, *rows.allowed)
    return (
        _Guard("database_is_behind", _missing(rows, dialect, "count(*)"), BEHIND),
        _Guard("unexplained_rows", _strange(rows, known, dialect, "count(*)"), STRANGE),
    )


def _back_guards(rows: Rows, dialect: Dialect) -> tuple[_Guard, ...]:
    query = _strange(rows, rows.new, dialect, "count(*)")
    return (_Guard("applied_after_the_reset", query, LATER),)


_NOW: Mapping[Dialect, str] = {
    "postgresql": "now()",
    "mysql": "UTC_TIMESTAMP(6)",
    "sqlite": "CURRENT_TIMESTAMP",
    "oracle": "SYS_EXTRACT_UTC(SYSTIMESTAMP)",
}


def _exchange(rows: Rows, dialect: Dialect) -> tuple[str, ...]:
    values = f"SELECT e.app, e.name, {_NOW[dialect]} FROM (\n    {_listed(rows.new, dialect)}\n  ) e"
    return (
        f"DELETE FROM {TABLE} WHERE app IN ({_apps(rows, dialect)})",
        f"INSERT INTO {TABLE} (app, name, applied)\n  {values}",
    )


def _back(rows: Rows, dialect: Dialect) -> tuple[str, ...]:
    apps = _apps(rows, dialect)
    values = f"SELECT app, name, applied FROM {COPY} WHERE app IN ({apps})"
    return (
        f"DELETE FROM {TABLE} WHERE app IN ({apps})",
        f"INSERT INTO {TABLE} (app, name, applied)\n  {values}",
    )


def _look(rows: Rows, dialect: Dialect) -> str:
    known = (*rows.required, *rows.allowed)
    return (
        f"-- Changes nothing. Rows that come back must be explained before the reset.\n\n"
        f"-- {BEHIND}:\n{_missing(rows, dialect, 'e.app, e.name')};\n\n"
        f"-- {STRANGE}:\n{_strange(rows, known, dialect, 'm.app, m.name')};\n"
    )


# ---------------------------------------------------------------- dialects


def _postgresql(change: _Change) -> str:
    checks = "".join(
        f"  {guard.query.replace('SELECT count(*)', 'SELECT count(*) INTO n', 1)};\n"
        f"  IF n > 0 THEN RAISE EXCEPTION '% ({guard.message})', n; END IF;\n"
        for guard in change.guards
    )
    copy = f"CREATE TABLE {COPY} AS TABLE {TABLE};\n" if change.copies else ""
    return (
        "-- psql -v ON_ERROR_STOP=1 -f THIS DATABASE, once for every database and every schema of it.\n"
        f"BEGIN;\nLOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE;\n{copy}"
        f"DO $migscan$ DECLARE n bigint; BEGIN\n{checks}END $migscan$;\n"
        f"{''.join(f'{one};{chr(10)}' for one in change.statements)}COMMIT;\n"
    )


def _mysql(change: _Change) -> str:
    checks = "".join(
        f"  {guard.query.replace('SELECT count(*)', 'SELECT count(*) INTO n', 1)};\n"
        f"  IF n > 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{guard.message}'; END IF;\n"
        for guard in change.guards
    )
    copy = f"CREATE TABLE {COPY} AS SELECT * FROM {TABLE};\n" if change.copies else ""
    done = "".join(f"  {one};\n" for one in change.statements)
    return (
        "-- mysql DATABASE < THIS. The copy stands before the transaction, which CREATE TABLE would end.\n"
        f"{copy}DROP PROCEDURE IF EXISTS migscan_reset;\nDELIMITER //\n"
        "CREATE PROCEDURE migscan_reset()\nBEGIN\n  DECLARE n BIGINT;\n"
        "  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;\n"
        f"  START TRANSACTION;\n  SELECT count(*) INTO n FROM (SELECT id FROM {TABLE} FOR UPDATE) held;\n"
        f"{checks}{done}  COMMIT;\nEND//\nDELIMITER ;\nCALL migscan_reset();\nDROP PROCEDURE migscan_reset;\n"
    )


def _sqlite(change: _Change) -> str:
    checks = "".join(
        f"CREATE TEMP TABLE {guard.name} (n INTEGER CONSTRAINT {guard.name} CHECK (n = 0));\n"
        f"-- fails where {guard.message}\nINSERT INTO {guard.name} {guard.query};\nDROP TABLE {guard.name};\n"
        for guard in change.guards
    )
    copy = f"CREATE TABLE {COPY} AS SELECT * FROM {TABLE};\n" if change.copies else ""
    return (
        "-- sqlite3 -bail DATABASE < THIS: without -bail the shell goes on after a check that fails.\n"
        f"BEGIN EXCLUSIVE;\n{copy}{checks}"
        f"{''.join(f'{one};{chr(10)}' for one in change.statements)}COMMIT;\n"
    )


def _oracle(change: _Change) -> str:
    checks = "".join(
        f"  {guard.query.replace('SELECT count(*)', 'SELECT count(*) INTO n', 1)};\n"
        f"  IF n > 0 THEN RAISE_APPLICATION_ERROR(-20001, n || ' ({guard.message})'); END IF;\n"
        for guard in change.guards
    )
    copy = f"CREATE TABLE {COPY} AS SELECT * FROM {TABLE};\n" if change.copies else ""
    done = "".join(f"  {one};\n" for one in change.statements)
    return (
        "-- sqlplus USER@DATABASE @THIS. The copy stands first: CREATE TABLE ends a transaction.\n"
        f"WHENEVER SQLERROR EXIT FAILURE ROLLBACK\n{copy}LOCK TABLE {TABLE} IN EXCLUSIVE MODE;\n"
        f"DECLARE n NUMBER;\nBEGIN\n{checks}{done}END;\n/\nCOMMIT;\nEXIT\n"
    )


_WRITERS = {"postgresql": _postgresql, "mysql": _mysql, "sqlite": _sqlite, "oracle": _oracle}
