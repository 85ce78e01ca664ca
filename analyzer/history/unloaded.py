"""Migration files in folders that Django does not load: kept aside, often under another name.

They are no part of the migration graph; what they did may still matter to those who keep them.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from analyzer.history.migrations import read_folder
from analyzer.history.values import Key, Migration
from analyzer.schema.classes import Classes
from analyzer.schema.values import App
from analyzer.source.discover import parent


def unloaded(
    apps: tuple[App, ...], classes: Classes, loaded: Iterable[Migration]
) -> tuple[tuple[Migration, ...], ...]:
    """The migrations of folders that no app's migrations come from, one history for each folder name.

    A migration belongs to the app that its folder lies in; parents are sought beside it alone.
    """
    tree = classes.names.modules.files.tree
    known = {parent(migration.file) for migration in loaded}
    own = sorted((app for app in apps if app.own), key=lambda app: (len(app.path), app.path))
    histories: dict[str, dict[Key, Migration]] = {}
    for folder in sorted(set(tree.migration_dirs) - known):
        owners = [app for app in own if f"{folder}/".startswith(f"{app.path}/") and app.path != folder]
        if not owners or any(app.path == folder for app in own):
            continue
        history = histories.setdefault(folder.rpartition("/")[2], {})
        for migration in read_folder(owners[-1], folder, classes):
            history.setdefault(migration.key, migration)
    return tuple(tuple(_linked(history)) for _, history in sorted(histories.items()) if history)


def _linked(history: dict[Key, Migration]) -> Iterable[Migration]:
    for key in sorted(history):
        migration = history[key]
        yield replace(migration, parents=tuple(k for k in migration.dependencies if k in history))
