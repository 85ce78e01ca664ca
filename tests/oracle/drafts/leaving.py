"""What migrating an empty database leaves: its rows, and all that is in its catalog.

usage: make|migrate|tell PROJECT_DIR SETTINGS_MODULE < DATABASE

`make` runs `makemigrations` for all apps, `migrate` all migrations with their signals; what is left then
is written as JSON.  `tell` writes the rows that there are.  DATABASE is the JSON of an entry of `DATABASES`.

Boots the project in this process, so it runs in the project's environment, as a subprocess of the oracle.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.oracle.layout.django_layout import import_urls
from tests.oracle.verdicts.catalogs import catalog
from tests.oracle.verdicts.recording import alone, boot
from tests.oracle.verdicts.rows import rows

DEEP = 3
"""So many relations are followed to tell rows apart."""

DAY = 24 * 60 * 60

_STAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")
_NO_PASSWORD = re.compile(r"!\w{40}")
_UNIQUE = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")


def main(arguments: Sequence[str]) -> int:
    mode, project, settings = arguments[0], Path(arguments[1]).resolve(), arguments[2]
    database = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):  # whatever the project prints is not ours
        alone()
        boot(project, settings, database)
        answer = json.dumps({"make": make, "migrate": migrate, "tell": tell}[mode]())
    sys.stdout.write(answer + "\n")
    return 0


def make() -> dict[str, Any]:
    from django.core.management import call_command
    from django.core.management.commands import makemigrations

    import_urls()
    call_command(makemigrations.Command(), interactive=False, verbosity=0, skip_checks=True)
    return {}


def migrate() -> dict[str, Any]:
    from django.core.management import call_command
    from django.core.management.commands import migrate as module
    from django.db import connection

    import_urls()
    failed = None
    try:
        call_command(module.Command(), interactive=False, verbosity=0, skip_checks=True)
    except Exception as error:  # noqa: BLE001 - whatever a project raises is the answer
        traceback.print_exc()
        failed = f"{type(error).__name__}: {' '.join(str(error).split())}"[:600]
    return {
        "failed": failed,
        "rows": _told(connection) if failed is None else {},
        "end": [thing._asdict() for thing in catalog(connection).values()] if failed is None else [],
    }


def tell() -> dict[str, Any]:
    from django.db import connection

    return {"rows": _told(connection)}


def _told(connection: Any) -> dict[str, list[dict[str, str]]]:
    """Rows by what they say, without numbers that the database gave them: by table and column."""
    found = rows(connection)
    with connection.cursor() as cursor:
        related = {table: _relations(connection, cursor, table) for table in found}
        keys = {table: _numbers(connection, cursor, table) for table in found}
    index: dict[tuple[str, str], dict[str, dict[str, str]]] = {}

    def said(table: str, row: dict[str, str], depth: int) -> dict[str, str]:
        parts = {}
        for column, text in sorted(row.items()):
            if column in keys[table]:
                continue
            pointing = column in related[table] and text != "None"
            shown = pointed(*related[table][column], text, depth) if pointing else _masked(text)
            parts[column] = shown
        return parts

    def pointed(table: str, column: str, text: str, depth: int) -> str:
        if table not in found or depth >= DEEP:
            return "…"
        if (table, column) not in index:
            index[table, column] = {row[column]: row for row in found[table].values()}
        row = index[table, column].get(text)
        return str(said(table, row, depth + 1)) if row is not None else "nothing"

    return {table: [said(table, row, 0) for row in listed.values()] for table, listed in found.items()}


def _masked(text: str) -> str:
    """What is other each time: the time of the run, and random keys."""
    if _STAMP.match(text):
        days = {time.strftime("%Y-%m-%d", time.gmtime(time.time() + DAY * days)) for days in (-1, 0, 1)}
        return "now" if text[:10] in days else text
    return "random" if _UNIQUE.fullmatch(text) or _NO_PASSWORD.fullmatch(text) else text


def _relations(connection: Any, cursor: Any, table: str) -> dict[str, tuple[str, str]]:
    told = connection.introspection.get_relations(cursor, table)
    return {column: (found[1], found[0]) for column, found in told.items()}


def _numbers(connection: Any, cursor: Any, table: str) -> set[str]:
    """Primary keys that count rows."""
    if hasattr(connection.introspection, "get_primary_key_columns"):
        names = connection.introspection.get_primary_key_columns(cursor, table) or []
    else:
        names = [connection.introspection.get_primary_key_column(cursor, table)]
    return set(names) & {"id"}
