"""The migrations of a generated project, written by Django itself from several versions of its models.

Runs inside Django's process, in the project's own.  The models as they are give the last version; the
ones before it are made by random steps back (`versions`).  Questions are answered at random.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from django.apps import apps
from django.core.management.commands import squashmigrations
from django.db import migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

from tests.oracle.generated.plan import Dice
from tests.oracle.generated.versions import Backwards

MOST_VERSIONS = 4
MOST_STEPS = 9


def write_history(project: Path, seed: int) -> dict[str, str]:
    """Write the migrations of a project that is booted; the label of each file's app.

    Drift is left in about half of the cases.
    """
    history = History(project, Dice(Random(seed)))  # noqa: S311 - reproducible, not secret
    history.write()
    return {str(path): label for path, label in history.files.items() if path.exists()}


class History:
    """Migrations being written, version by version."""

    def __init__(self, project: Path, dice: Dice) -> None:
        self.dice = dice
        self.files: dict[Path, str] = {}
        own = sorted(
            config.label
            for config in apps.get_app_configs()
            if Path(config.path).resolve().is_relative_to(project)
        )
        labels = [label for label in own if not dice.percent(6)] or own
        self.labels = tuple(labels)
        self.modules = tuple(MigrationLoader.migrations_module(label)[0] for label in own)

    def write(self) -> None:
        if any(sum(field.primary_key for field in m._meta.local_fields) > 1 for m in apps.get_models()):
            raise ValueError("a model has two primary keys: makemigrations stops")
        for version in self.versions():
            self.migrate(version)
            if self.dice.percent(25):
                self.branch(self.dice.one(self.labels))
            if self.dice.percent(35):
                self.squash(self.dice.one(self.labels))

    # ------------------------------------------------------------ versions

    def versions(self) -> list[ProjectState]:
        """From the oldest to the one that is migrated last."""
        state = ProjectState.from_apps(apps)
        if self.dice.percent(65):
            state = self.before(state, most=4)
        out = [state]
        for _ in range(1 + self.dice.below(MOST_VERSIONS - 1)):
            out.insert(0, self.before(out[0], most=MOST_STEPS))
        return out

    def before(self, state: ProjectState, most: int) -> ProjectState:
        """A version before another one; the same where none of a few that were tried can be loaded."""
        for _ in range(4):
            found = state.clone()
            steps = Backwards(found, self.dice, self.labels, self._user())
            for _ in range(1 + self.dice.below(most)):
                _quietly(steps.step)
            if _renders(found):
                return found
        return state

    def _user(self) -> tuple[str, str]:
        from django.conf import settings

        app, _, name = settings.AUTH_USER_MODEL.partition(".")
        return app, name.lower()

    # ------------------------------------------------------------ files

    def loader(self) -> MigrationLoader:
        """The migrations as the files say now: RenameField changes what a loaded operation holds."""
        importlib.invalidate_caches()
        for name in [name for name in sys.modules if name.startswith(tuple(f"{m}." for m in self.modules))]:
            del sys.modules[name]
        return MigrationLoader(None, ignore_no_migrations=True)

    def migrate(self, version: ProjectState) -> None:
        loader = self.loader()
        questioner = Answers(self.dice, self.labels)
        detector = MigrationAutodetector(loader.project_state(), version.clone(), questioner)
        changes = detector.changes(loader.graph, convert_apps=set(self.labels))
        paths = [self.save(migration) for label in self.labels for migration in changes.get(label, ())]
        if not _quietly(lambda: self.loader().project_state().apps):
            for path in paths:  # RenameModel leaves the bases of heirs behind
                path.unlink()

    def save(self, migration: Any) -> Path:
        writer = MigrationWriter(migration, include_header=False)
        path = Path(writer.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(writer.as_string(), encoding="utf-8")
        self.files[path] = migration.app_label
        return path

    def branch(self, label: str) -> None:
        """A second leaf that changes nothing beside the last migration, and one that joins the two."""
        loader = self.loader()
        leaves = loader.graph.leaf_nodes(label)
        if len(leaves) != 1:
            return
        last = loader.get_migration(*leaves[0])
        before = [key for key in last.dependencies if key[0] == label]
        number = len([key for key in loader.disk_migrations if key[0] == label])
        if not before:
            return
        side = migrations.Migration(f"{number + 1:04}_rows", label)
        side.dependencies = before
        side.operations = [migrations.RunSQL("SELECT 1", migrations.RunSQL.noop)]
        merged = migrations.Migration(f"{number + 2:04}_merge", label)
        merged.dependencies = [(label, last.name), (label, side.name)]
        for migration in (side, merged):
            self.save(migration)

    def squash(self, label: str) -> None:
        """What `squashmigrations` makes of some of an app's migrations; nothing where Django refuses it."""
        loader = self.loader()
        names = sorted(name for app, name in loader.disk_migrations if app == label)
        if len(names) < 2:
            return
        first = self.dice.below(len(names) - 1)
        last = first + 1 + self.dice.below(len(names) - first - 1)
        folder = Path(MigrationWriter(migrations.Migration(names[0], label)).path).parent
        known = set(folder.glob("*.py"))
        command = squashmigrations.Command()
        with mock.patch.object(squashmigrations, "MigrationLoader", side_effect=lambda _: self.loader()):
            options: dict[str, Any] = {"verbosity": 0, "interactive": False, "include_header": False}
            options |= {"app_label": label, "start_migration_name": names[first]}
            options |= {"migration_name": names[last], "no_optimize": self.dice.percent(20)}
            _quietly(lambda: command.handle(**options, squashed_name=None))
        made = set(folder.glob("*.py")) - known
        self.files |= dict.fromkeys(made, label)
        if not _quietly(lambda: self.loader().project_state()):
            for path in made:
                path.unlink()
        elif self.dice.percent(30):
            for path in made:
                self.retire((label, path.stem))

    def retire(self, squash: tuple[str, str]) -> None:
        """What a squash replaced goes, and what it says of that, unless something still depends on it."""
        known = self.loader().disk_migrations
        replaced = set(known[squash].replaces)
        rest = [migration for key, migration in known.items() if key not in replaced]
        if any(replaced.intersection(map(tuple, migration.dependencies)) for migration in rest):
            return
        known[squash].replaces = []
        folder = self.save(known[squash]).parent
        for _, name in replaced:
            (folder / f"{name}.py").unlink()


class Answers(MigrationQuestioner):  # type: ignore[misc]
    """Says yes or no at random, and gives a default where one is needed."""

    def __init__(self, dice: Dice, labels: tuple[str, ...]) -> None:
        super().__init__()
        self.dice = dice
        self.labels = labels

    def ask_initial(self, app_label: str) -> bool:
        return app_label in self.labels

    def ask_rename(self, *_: Any) -> bool:
        return self.dice.percent(70)

    def ask_rename_model(self, *_: Any) -> bool:
        return self.dice.percent(70)

    def ask_not_null_addition(self, *_: Any) -> object:
        return self.dice.one((1, "a", ""))

    def ask_not_null_alteration(self, *_: Any) -> object:
        return self.dice.one((models.NOT_PROVIDED, 1, "a"))

    def ask_auto_now_add_addition(self, *_: Any) -> object:
        return 1


def _renders(state: ProjectState) -> bool:
    """Whether Django can make classes of a state."""
    return _quietly(lambda: state.clone().apps)


def _quietly(act: Any) -> bool:
    """Whether something went well."""
    try:
        act()
    except Exception:  # noqa: BLE001 - whatever Django raises is its refusal
        return False
    return True
