"""Which apps `makemigrations` writes for, named or not: those that have a migrations package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from analyzer.history.values import Migration
from analyzer.schema.values import App
from analyzer.source.discover import parent
from analyzer.source.modules import Modules


def migrated_apps(apps: Iterable[App], modules: Modules, migrations: Iterable[Migration]) -> frozenset[str]:
    """The labels of own apps that have migrations, or a package of them that is still empty.

    A package that holds other modules only gets no first migration unless the app is named
    (django.db.migrations.questioner.MigrationQuestioner.ask_initial); a folder without `__init__.py`
    is none (django.db.migrations.loader.MigrationLoader.load_disk).
    """
    known = {migration.app for migration in migrations}
    files = Counter(parent(file.path) for file in modules.files.tree.files)
    return frozenset(app.label for app in apps if _is_written(app, modules, known, files))


def _is_written(app: App, modules: Modules, known: set[str], files: Counter[str]) -> bool:
    if not app.own or app.installed is False or app.migrations_module is None:
        return False
    package = modules.find(app.migrations_module, f"{app.path}/__init__.py")
    if package is None or not package.own or not package.package or not package.path:
        return False
    return app.label in known or files[parent(package.path)] == 1
