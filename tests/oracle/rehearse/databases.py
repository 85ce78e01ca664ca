"""The databases of a rehearsal: SQLite files, or a PostgreSQL of our own."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from analyzer.reset.guarded_sql import COPY, Dialect
from tests.oracle.real.projects import Refused
from tests.oracle.verdicts.catalogs import NAMELESS
from tests.oracle.verdicts.queries import POSTGRESQL
from tests.oracle.verdicts.servers import USER, PostgreSQL

RECORDED = "SELECT app, name FROM django_migrations ORDER BY app, name"
AT_ONCE = 100
"""Tables that one statement reads."""

Content = dict[str, tuple[int, str]]
"""By table: how many rows it has, and a digest of all that they say."""


class Databases(Protocol):
    """Databases by name, as a rehearsal needs them."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def engine(self) -> str: ...

    def env(self, name: str) -> dict[str, str]:
        """What the overlay of the settings reads."""

    def entry(self, name: str) -> dict[str, str]:
        """The database as an entry of `DATABASES`."""

    def copying(self, target: str) -> list[str]:
        """The command that makes a copy; its last two words are source and target, `{}` a number."""

    def empty(self, name: str) -> None: ...

    def copy(self, name: str, to: str) -> None: ...

    def content(self, name: str) -> Content:
        """The rows of each table, those of django_migrations aside."""

    def schema(self, name: str) -> set[str]:
        """All that its catalog says, in no order and without names that Django makes up."""

    def recorded(self, name: str) -> set[tuple[str, str]]: ...

    def script(self, name: str, text: str) -> str:
        """Run SQL; why it stopped, or nothing."""

    def found(self, name: str, text: str) -> str:
        """The rows that queries find, or why they could not be asked."""

    def fill(self, name: str) -> int:
        """Put a row into each table that takes one; how many there are now."""


class SQLite:
    dialect: Dialect = "sqlite"
    engine = "django.db.backends.sqlite3"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def env(self, name: str) -> dict[str, str]:
        return {"REHEARSAL": str(self.path(name))}

    def entry(self, name: str) -> dict[str, str]:
        return {"ENGINE": self.engine, "NAME": str(self.path(name))}

    def copying(self, target: str) -> list[str]:
        return ["cp", "", str(self.path(target))]

    def empty(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    def copy(self, name: str, to: str) -> None:
        shutil.copy(self.path(name), self.path(to))

    def content(self, name: str) -> Content:
        with sqlite3.connect(self.path(name)) as connection:
            connection.text_factory = bytes
            return {table: _digest(connection.execute(f'SELECT * FROM "{table}"'))  # noqa: S608
                    for table in _tables(connection)}  # fmt: skip

    def schema(self, name: str) -> set[str]:
        """Of tables the parts of their definition: columns, constraints."""
        out: set[str] = set()
        with sqlite3.connect(self.path(name)) as connection:
            told = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name")
            for kind, called, table, sql in told:
                if table.startswith(("sqlite_", "django_migrations", COPY)) or not sql:
                    continue
                plain = re.sub(r"\s+", " ", sql.replace('"', "")).strip()
                if kind == "table":
                    parts = _parts(plain)
                    out |= {table, *(f"{table}: {part}" for part in parts)}
                else:
                    without = plain.replace(f" {called} ", " ", 1) if kind == "index" else plain
                    out.add(f"{kind} {without}")
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

    def found(self, name: str, text: str) -> str:
        plain = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
        with sqlite3.connect(self.path(name)) as connection:
            rows = [row for query in plain.split(";\n") for row in connection.execute(query)]
        return "\n".join(map(str, rows))

    def fill(self, name: str) -> int:
        with sqlite3.connect(self.path(name)) as connection:
            for table in _tables(connection):
                columns = list(connection.execute(f'PRAGMA table_info("{table}")'))
                names = ", ".join(f'"{column[1]}"' for column in columns)
                marks = ", ".join("?" for _ in columns)
                values = [_value(column[2]) for column in columns]
                connection.execute(f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', values)  # noqa: S608
            while broken := list(connection.execute("PRAGMA foreign_key_check")):
                for table, row, *_ in broken:
                    connection.execute(f'DELETE FROM "{table}" WHERE rowid = ?', [row])  # noqa: S608
        return counted(self.content(name))


def counted(content: Content) -> int:
    return sum(number for number, _ in content.values())


def _digest(rows: Iterable[Any]) -> tuple[int, str]:
    listed = sorted(map(repr, rows))
    return len(listed), hashlib.sha256("\n".join(listed).encode()).hexdigest()


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Those that hold rows of the project; text may be bytes."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND name NOT LIKE 'django_migrations%' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    )
    return sorted(row[0] if isinstance(row[0], str) else row[0].decode() for row in found)


def _parts(sql: str) -> Iterator[str]:
    """What stands between the commas of a CREATE TABLE."""
    depth, start = 0, sql.find("(") + 1
    for place, letter in enumerate(sql):
        depth += (letter == "(") - (letter == ")")
        if (letter == "," and depth == 1) or (letter == ")" and depth == 0):
            yield sql[start:place].strip()
            start = place + 1


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
    engine = "django.db.backends.postgresql"

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
        return {"REHEARSAL": name, "REHEARSAL_HOST": str(self.server.folder), "REHEARSAL_USER": USER}

    def entry(self, name: str) -> dict[str, str]:
        return {"ENGINE": self.engine, "NAME": name, "HOST": str(self.server.folder), "USER": USER}

    def copying(self, target: str) -> list[str]:
        program = str(self.server.programs / "createdb")
        return [program, "-h", str(self.server.folder), "-U", USER, "-T", "", target]

    def empty(self, name: str) -> None:
        self._must("dropdb", "--if-exists", "--force", name)
        self._must("createdb", name)

    def copy(self, name: str, to: str) -> None:
        self._must("dropdb", "--if-exists", "--force", to)
        self._must("createdb", "-T", name, to)

    def content(self, name: str) -> Content:
        tables = self._asked(name, "SELECT oid::regclass FROM pg_class WHERE relkind = 'r'"
                             " AND relnamespace = 'public'::regnamespace")  # fmt: skip
        wanted = sorted(row[0] for row in tables if not row[0].startswith("django_migrations"))
        out: Content = {}
        for start in range(0, len(wanted), AT_ONCE):
            text = " UNION ALL ".join(
                f"SELECT '{one}', count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {one} t"  # noqa: S608
                for one in wanted[start : start + AT_ONCE]
            )
            out |= {table: (int(count), said) for table, count, said in self._asked(name, text)}
        return out

    def schema(self, name: str) -> set[str]:
        out = set()
        for kind, query in POSTGRESQL:
            for _, table, called, text in self._asked(name, query):
                if COPY not in (table, called):
                    out.add(f"{kind} {table} {'' if kind in NAMELESS else called} {text}")
        return out

    def recorded(self, name: str) -> set[tuple[str, str]]:
        return {(app, migration) for app, migration in self._asked(name, RECORDED)}

    def script(self, name: str, text: str) -> str:
        done = self._program("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", name, given=text)
        return done.stderr.strip() or "stopped" if done.returncode else ""

    def found(self, name: str, text: str) -> str:
        done = self._program("psql", "-qtAX", "-v", "ON_ERROR_STOP=1", "-d", name, given=text)
        return (done.stdout if not done.returncode else done.stderr).strip()

    def fill(self, name: str) -> int:
        stopped = self.script(name, FILL)
        if stopped:
            raise Refused(f"psql: {stopped[-400:]}")
        return counted(self.content(name))


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
