"""Migrations packages once migrations are deleted: which apps `makemigrations` still writes for.

Follows django.db.migrations.loader.MigrationLoader.load_disk and
django.db.migrations.questioner.MigrationQuestioner.ask_initial.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from analyzer.history.values import Migration
from analyzer.pipeline import Examined
from analyzer.schema.values import App
from analyzer.source.discover import parent
from analyzer.source.modules import Modules

OFF = "MIGRATION_MODULES switches its migrations off"
NO_PACKAGE = "it has no migrations package with an `__init__.py`"
OUTSIDE = "its migrations package is not in the project"


class Package(Struct, frozen=True):
    """The migrations package of an app.

    `delete` are the files of its migrations, `helpers` other modules beside them, which must be moved
    away: while they are there Django writes no first migration.  `why` says why there is no package.
    """

    app: str
    folder: str
    init: str
    delete: tuple[str, ...]
    helpers: tuple[str, ...]
    why: str = ""


def packages(apps: Iterable[App], modules: Modules, migrations: Collection[Migration]) -> dict[str, Package]:
    """The migrations packages of own apps that may be installed, by label."""
    files = modules.files.tree.files
    beside: dict[str, list[str]] = {}
    for file in files:
        beside.setdefault(parent(file.path), []).append(file.path)
    out: dict[str, Package] = {}
    for app in apps:
        if app.own and app.installed is not False:
            listed = sorted(migration.file for migration in migrations if migration.app == app.label)
            out[app.label] = _package(app, modules, listed, beside)
    return out


def _package(app: App, modules: Modules, listed: list[str], beside: dict[str, list[str]]) -> Package:
    if app.migrations_module is None:
        return _without(app, OFF)
    found = modules.find(app.migrations_module, f"{app.path}/__init__.py")
    if found is None or not found.package or not found.path:
        return _without(app, NO_PACKAGE)
    if not found.own:
        return _without(app, OUTSIDE)
    folder = parent(found.path)
    known = {found.path, *listed}
    helpers = tuple(path for path in sorted(beside.get(folder, ())) if path not in known)
    return Package(app.label, folder, found.path, tuple(listed), helpers)


def _without(app: App, why: str) -> Package:
    return Package(app.label, "", "", (), (), why)


def resettable(examined: Examined) -> frozenset[str]:
    """The installed apps of the project that have migrations in it."""
    reading = examined.schema
    found = packages(reading.apps.apps, reading.classes.names.modules, examined.migrations)
    return frozenset(label for label, package in found.items() if package.delete and not package.why)
