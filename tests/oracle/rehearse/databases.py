"""The databases of a rehearsal: SQLite files, or a PostgreSQL of our own."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from analyzer.reset.guarded_sql import COPY, Dialect
from tests.oracle.real.projects import Refused
from tests.oracle.verdicts.queries import POSTGRESQL
from tests.oracle.verdicts.servers import USER, PostgreSQL

RECORDED = "SELECT app, name FROM django_migrations ORDER BY app, name"
OF_MODELS = ("table", "column", "constraint", "index")
"""What is compared of PostgreSQL: the rest no model makes."""

NAMELESS = ("constraint", "index")


class Databases(Protocol):
    """Databases by name, as a rehearsal needs them."""

    @property
    def dialect(self) -> Dialect: ...

    def env(self, name: str) -> dict[str, str]:
        """What the overlay of the settings reads."""

    def copying(self, target: str) -> list[str]:
        """The command that makes a copy; its last two words are source and target, `{}` a number."""

    def empty(self, name: str) -> None: ...

    def copy(self, name: str, to: str) -> None: ...

    def rows(self, name: str) -> dict[str, int]:
        """How many each table has, those of django_migrations aside."""

    def schema(self, name: str, aside: Collection[str] = ()) -> set[str]:
        """Tables, columns, constraints and indexes, without names that Django makes up."""

    def recorded(self, name: str) -> set[tuple[str, str]]: ...

    def script(self, name: str, text: str) -> str:
        """Run SQL; why it stopped, or nothing."""

    def fill(self, name: str) -> int:
        """Put a row into each table that takes one; how many there are now."""


class SQLite:
    dialect: Dialect = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def env(self, name: str) -> dict[str, str]:
        return {"REHEARSAL_ENGINE": "django.db.backends.sqlite3", "REHEARSAL": str(self.path(name))}

    def copying(self, target: str) -> list[str]:
        return ["cp", "", str(self.path(target))]

    def empty(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    def copy(self, name: str, to: str) -> None:
        shutil.copy(self.path(name), self.path(to))

    def rows(self, name: str) -> dict[str, int]:
        with sqlite3.connect(self.path(name)) as connection:
            tables = [one for one in _tables(connection) if not one.startswith("django_migrations")]
            return {one: connection.execute(f'SELECT count(*) FROM "{one}"').fetchone()[0] for one in tables}  # noqa: S608

    def schema(self, name: str, aside: Collection[str] = ()) -> set[str]:
        out: set[str] = set()
        with sqlite3.connect(self.path(name)) as connection:
            for table in (one for one in _tables(connection) if one not in {COPY, *aside}):
                out.add(table)
                for row in connection.execute(f'PRAGMA table_info("{table}")'):
                    out.add(f"{table}.{row[1]} {row[2]} {row[3]} {row[5]}")
                for row in connection.execute(f'PRAGMA foreign_key_list("{table}")'):
                    out.add(f"{table}.{row[3]} -> {row[2]}.{row[4]}")
                for row in list(connection.execute(f'PRAGMA index_list("{table}")')):
                    columns = [one[2] for one in connection.execute(f'PRAGMA index_info("{row[1]}")')]
                    if row[1] not in aside:
                        out.add(f"{table}({','.join(map(str, columns))}) unique {row[2]}")
        return out

    def recorded(self, name: str) -> set[tuple[str, str]]:
        with sqlite3.connect(self.path(name)) as connection:
            return set(connection.execute(RECORDED))

    def script(self, name: str, text: str) -> str:
        connection = sqlite3.connect(self.path(name))
        try:
            connection.executescript(text)
        except sqlite3.Error as error:
            connection.rollback()
            return str(error)
        finally:
            connection.close()
        return ""

    def fill(self, name: str) -> int:
        with sqlite3.connect(self.path(name)) as connection:
            for table in _tables(connection):
                if table.startswith("django_migrations"):
                    continue
                columns = list(connection.execute(f'PRAGMA table_info("{table}")'))
                names = ", ".join(f'"{column[1]}"' for column in columns)
                marks = ", ".join("?" for _ in columns)
                values = [_value(column[2]) for column in columns]
                connection.execute(f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', values)  # noqa: S608
            while broken := list(connection.execute("PRAGMA foreign_key_check")):
                for table, row, *_ in broken:
                    connection.execute(f'DELETE FROM "{table}" WHERE rowid = ?', [row])  # noqa: S608
        return sum(self.rows(name).values())


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return sorted(row[0] for row in found)


def _value(kind: str) -> object:
    """The same value for the same type, so that foreign keys find their rows."""
    word = kind.lower().partition("(")[0]
    if word in ("datetime", "date", "time"):
        return {"datetime": "2026-01-02 03:04:05", "date": "2026-01-02", "time": "03:04:05"}[word]
    if kind.lower() == "char(32)":
        return "0" * 31 + "1"
    return "1" if word in ("varchar", "text", "char") else 1


class Server:
    """Databases on a running PostgreSQL."""

    dialect: Dialect = "postgresql"

    def __init__(self, server: PostgreSQL) -> None:
        self.server = server

    def _program(self, name: str, *words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [str(self.server.programs / name), "-h", str(self.server.folder), "-U", USER, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, input=given)

    def _must(self, name: str, *words: str) -> None:
        done = self._program(name, *words)
        if done.returncode:
            raise Refused(f"{name}: {done.stderr.strip()[-400:]}")

    def _asked(self, name: str, query: str) -> list[list[str]]:
        done = self._program("psql", "-qtX", "--csv", "-d", name, given=query)
        if done.returncode:
            raise Refused(f"psql: {done.stderr.strip()[-400:]}")
        return list(csv.reader(io.StringIO(done.stdout)))

    def env(self, name: str) -> dict[str, str]:
        host = str(self.server.folder)
        engine = "django.db.backends.postgresql"
        return {"REHEARSAL_ENGINE": engine, "REHEARSAL": name, "REHEARSAL_HOST": host, "REHEARSAL_USER": USER}

    def copying(self, target: str) -> list[str]:
        program = str(self.server.programs / "createdb")
        return [program, "-h", str(self.server.folder), "-U", USER, "-T", "", target]

    def empty(self, name: str) -> None:
        self._must("dropdb", "--if-exists", "--force", name)
        self._must("createdb", name)

    def copy(self, name: str, to: str) -> None:
        self._must("dropdb", "--if-exists", "--force", to)
        self._must("createdb", "-T", name, to)

    def rows(self, name: str) -> dict[str, int]:
        tables = self._asked(name, "SELECT oid::regclass FROM pg_class WHERE relkind = 'r'"
                             " AND relnamespace = 'public'::regnamespace")  # fmt: skip
        wanted = [row[0] for row in tables if not row[0].startswith("django_migrations")]
        text = " UNION ALL ".join(f"SELECT '{one}', count(*) FROM {one}" for one in wanted)  # noqa: S608
        return {table: int(number) for table, number in self._asked(name, text)}

    def schema(self, name: str, aside: Collection[str] = ()) -> set[str]:
        out = set()
        for kind, query in POSTGRESQL:
            for _, table, called, text in self._asked(name, query) if kind in OF_MODELS else ():
                if table != COPY and called not in aside and table not in aside:
                    out.add(f"{kind} {table} {'' if kind in NAMELESS else called} {text}")
        return out

    def recorded(self, name: str) -> set[tuple[str, str]]:
        return {(app, migration) for app, migration in self._asked(name, RECORDED)}

    def script(self, name: str, text: str) -> str:
        done = self._program("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", name, given=text)
        return done.stderr.strip() or "stopped" if done.returncode else ""

    def fill(self, name: str) -> int:
        stopped = self.script(name, FILL)
        if stopped:
            raise Refused(f"psql: {stopped[-400:]}")
        return sum(self.rows(name).values())


FILL = """
SET session_replication_role = replica;
DO $$ DECLARE t record; names text; given text; BEGIN
FOR t IN SELECT oid, oid::regclass AS name FROM pg_class WHERE relkind = 'r'
    AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'django_migrations%' LOOP
  SELECT string_agg(quote_ident(attname), ', '), string_agg(CASE
    WHEN y.typcategory = 'N' THEN '1' WHEN y.typcategory = 'B' THEN 'true'
    WHEN y.typcategory = 'D' THEN '''2026-01-02 03:04:05''' WHEN y.typname IN ('json', 'jsonb') THEN '''{}'''
    WHEN y.typcategory = 'A' THEN '''{}''' WHEN y.typname = 'uuid' THEN
    '''00000000-0000-0000-0000-000000000001''' WHEN y.typcategory = 'I' THEN '''127.0.0.1'''
    WHEN y.typcategory = 'S' THEN '''1''' WHEN y.typcategory = 'T' THEN '''1 second''' ELSE 'NULL' END, ', ')
  INTO names, given FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
  WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
  BEGIN
    EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s) ON CONFLICT DO NOTHING',
      t.name, names, given);
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
END LOOP; END $$;
"""
