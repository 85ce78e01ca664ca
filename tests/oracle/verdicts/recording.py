"""What each data operation of a project leaves behind when an empty database is migrated.

usage: record|replaced|fresh PROJECT_DIR SETTINGS_MODULE < DATABASE

DATABASE is the JSON of an entry of `DATABASES`.  `record` migrates it one migration after the other and
writes, as JSON, a record of every operation of the project's own that the models do not say again: where
it is written, the rows and the schema that were other after it than before, or why it did not end.
An operation that fails is undone and the next one runs.  `replaced` does the same with the migrations
that squashed ones replace, which do not run otherwise.  `fresh` makes the same tables from the models
alone, after the `first` of DATABASE, statements for what they may need.  Both end with all that is in
the database's catalog.

Boots the project in this process, so it runs in the project's environment, as a subprocess of the oracle.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from tests.oracle.verdicts.catalogs import Catalog, catalog
from tests.oracle.verdicts.rows import changed, rows

Json = dict[str, Any]

PLAIN = ("django.db.migrations.operations.models", "django.db.migrations.operations.fields")
"""Where the operations stand that the models say again."""


def main(arguments: Sequence[str]) -> int:
    modes = {"record": record, "replaced": replaced, "fresh": fresh}
    if len(arguments) != 3 or arguments[0] not in modes:
        sys.stderr.write(str(__doc__))
        return 2
    mode, project, settings = arguments[0], Path(arguments[1]).resolve(), arguments[2]
    database = json.load(sys.stdin)
    first = database.pop("first", [])
    with contextlib.redirect_stdout(sys.stderr):  # whatever the project prints is not ours
        alone()
        remember_places(project)
        boot(project, settings, database)
        answer = json.dumps(modes[mode](project, first))
    sys.stdout.write(answer + "\n")
    return 0


def alone() -> None:
    """Leave no package of ours where the project's own are looked for."""
    sys.path[:] = [path for path in sys.path if path]
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]


def boot(project: Path, settings_module: str, database: Json) -> None:
    os.chdir(project)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(project))
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module

    import django
    from django.conf import settings

    settings.DATABASES["default"] = database
    django.setup()


# ---------------------------------------------------------------- where an operation is written


def remember_places(project: Path) -> None:
    """Every operation made from now on knows the lines of the project that made it, innermost first."""
    from django.db.migrations.operations.base import Operation

    make = Operation.__new__

    def made(cls: type, *args: Any, **kwargs: Any) -> Any:
        operation = make(cls, *args, **kwargs)
        operation.oracle_places = list(places(project, sys._getframe(1)))
        return operation

    Operation.__new__ = staticmethod(made)


def places(project: Path, frame: FrameType | None) -> Iterator[tuple[str, int]]:
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(project):
            yield path.relative_to(project).as_posix(), frame.f_lineno
            if frame.f_code.co_name == "<module>":
                return
        frame = frame.f_back


# ---------------------------------------------------------------- both ways to a schema


def record(project: Path, first: Sequence[str]) -> Json:
    """Migrate and watch; a migration that fails ends it."""
    from django.db import connection

    recorder = Recorder()
    recorder.install()
    stopped = None
    try:
        migrate()
    except Exception as error:  # noqa: BLE001 - whatever a project raises is the answer
        stopped = {"migration": recorder.current, "why": _said(error)}
    return {
        "vendor": connection.vendor,
        "operations": recorder.operations,
        "ran": recorder.ran,
        "stopped": stopped,
        "end": [thing._asdict() for thing in catalog(connection).values()],
    }


def replaced(project: Path, first: Sequence[str]) -> Json:
    """The same without squashed migrations, as long as all that they replace is there."""
    from django.db.migrations.loader import MigrationLoader

    load = MigrationLoader.load_disk

    def loaded(loader: Any) -> None:
        load(loader)
        unsquash(loader.disk_migrations)

    MigrationLoader.load_disk = loaded
    return record(project, first)


def unsquash(migrations: dict[tuple[str, str], Any]) -> None:
    """Take the squashed ones out; who depends on one then does on the last that it replaces."""
    last = {
        key: migration.replaces[-1]
        for key, migration in migrations.items()
        if migration.replaces and all(tuple(other) in migrations for other in migration.replaces)
    }
    for key in last:
        del migrations[key]
    for migration in migrations.values():
        for name in ("dependencies", "run_before"):
            given = [tuple(last.get(tuple(key), key)) for key in getattr(migration, name)]
            setattr(migration, name, given)


def fresh(project: Path, first: Sequence[str]) -> Json:
    """Tables from the models as they are, and nothing else; what stood there before does not count."""
    from django.apps import apps
    from django.conf import settings
    from django.db import connection

    settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
    refused = list(_made_first(connection, first))
    before = catalog(connection)
    migrate(announced=False)
    made = [thing for key, thing in catalog(connection).items() if key not in before]
    return {"refused": refused, "end": [thing._asdict() for thing in made]}


def _made_first(connection: Any, statements: Sequence[str]) -> Iterator[str]:
    """Run them, in whichever order they can be; yields why those failed that cannot."""
    left = list(statements)
    while left:
        failed = {}
        for statement in left:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            except Exception as error:  # noqa: BLE001 - a statement of the project's own
                failed[statement] = _said(error)
        if len(failed) == len(left):
            yield from failed.values()
            return
        left = list(failed)


def migrate(*, announced: bool = True) -> None:
    """Django's own command, whatever the project calls so; no signal is sent once it has ended."""
    from django.core.management import call_command
    from django.core.management.commands import migrate as module

    module.emit_post_migrate_signal = silent
    if not announced:
        module.emit_pre_migrate_signal = silent
    call_command(module.Command(), run_syncdb=True, interactive=False, verbosity=0, skip_checks=True)


def silent(*args: Any, **kwargs: Any) -> None:
    """Stands for a signal that is not sent."""


# ---------------------------------------------------------------- what an operation does


class Recorder:
    """Watches the operations of each migration while it is applied."""

    def __init__(self) -> None:
        self.operations: list[Json] = []
        self.ran: list[list[str]] = []
        self.current: list[str] = []

    def install(self) -> None:
        from django.db.migrations.migration import Migration

        apply = Migration.apply

        def watched(migration: Any, *args: Any, **kwargs: Any) -> Any:
            self.current = [migration.app_label, migration.name]
            for operation in migration.operations:
                self.watch(operation)
            state = apply(migration, *args, **kwargs)
            self.ran.append(self.current)
            return state

        Migration.apply = watched

    def watch(self, operation: Any, state_too: bool = True) -> None:
        """`state_too`: the state says the same as the database gets."""
        from django.db.migrations.operations import SeparateDatabaseAndState

        runs = type(operation).database_forwards
        if runs is SeparateDatabaseAndState.database_forwards:
            for inner in operation.database_operations:
                self.watch(inner, state_too=False)
        elif operation.oracle_places and not (state_too and runs.__module__ in PLAIN):
            operation.database_forwards = partial(self.run, operation, operation.database_forwards)

    def run(self, operation: Any, forwards: Any, app: str, editor: Any, *states: Any) -> None:
        from django.db import router, transaction

        connection = editor.connection
        allowed = router.allow_migrate(connection.alias, app, **getattr(operation, "hints", {}))
        old_rows, old = rows(connection), catalog(connection)
        guard = transaction.atomic(using=connection.alias) if connection.in_atomic_block else None
        failed = None if allowed else f"the project's router keeps it off {connection.vendor}"
        try:
            with guard or contextlib.nullcontext():
                forwards(app, editor, *states)
        except Exception as error:  # noqa: BLE001 - whatever a project raises is the answer
            failed = _said(error)
        self.operations.append(
            {
                "app": self.current[0],
                "migration": self.current[1],
                "operation": type(operation).__name__,
                "places": operation.oracle_places,
                "failed": failed,
                "rows": changed(old_rows, rows(connection)),
                **_between(old, catalog(connection)),
            }
        )


def _between(old: Catalog, new: Catalog) -> Json:
    """What is new or says something else than before, what only has another name, and what is gone."""
    same = {key for key, thing in new.items() if key in old and old[key].text == thing.text}
    return {
        "made": [thing._asdict() for key, thing in new.items() if key not in same],
        "renamed": [new[key]._asdict() for key in same if old[key] != new[key]],
        "gone": [thing._asdict() for key, thing in old.items() if key not in new],
    }


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
