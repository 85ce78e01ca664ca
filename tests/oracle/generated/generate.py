"""A whole Django project as text, out of a source of random decisions."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.oracle.generated.bodies import ModelShadow
from tests.oracle.generated.conf import write_config, write_settings
from tests.oracle.generated.layout import write_app, write_common
from tests.oracle.generated.plan import App, Dice, Klass, Project, Source

APPS = ("shop", "blog", "stock", "crm", "billing")
PLACES = ("", "", "apps.", "project.apps.", "site_code.parts.deep.")
USERS = (
    ("django.contrib.auth.models", "AbstractUser", ""),
    ("django.contrib.auth.base_user", "AbstractBaseUser", "PermissionsMixin"),
    ("django.contrib.auth.models", "AbstractBaseUser", ""),
)


@dataclass(frozen=True)
class Generated:
    """Files by path, the folder that stands on `sys.path`, and the settings module.

    `apps` are (label, dotted name) of the installed apps of its own.
    """

    files: dict[str, str]
    root: str
    settings: str
    apps: tuple[tuple[str, str], ...] = ()


ADDED = ("apps", "project/apps", "lib/apps")
"""Folders that a project may put on `sys.path` itself, packages or not."""


def generate(random: Random, *, migrated: bool = False) -> Generated:
    """A project that Django boots in nearly all cases; one to be `migrated` has only fields that allow it."""
    dice = Dice(random)
    project = Project(dice, dice.one(("", "", "", "src", "backend/site")), migrated)
    for name in APPS[: 1 + dice.below(len(APPS))]:
        inside = project.apps[0].name + "." if project.apps and dice.percent(15) else dice.one(PLACES)
        project.apps.append(App(f"{inside}{name}", name))
    if dice.percent(12):
        _add_folder(project)
    if len(project.apps) > 2 and dice.percent(15):
        project.apps[-1].installed = False
    user = project.apps[0] if dice.percent(50) else None
    for app in project.apps:
        write_config(project, app)
    write_common(project)
    if user is not None:
        _write_user(project, user)
    for app in project.apps:
        write_app(project, app, knows_user=user is not app)
    write_settings(project, user)
    files = project.files()
    if dice.percent(12):
        files.update(_neighbour(dice, project))
    apps = tuple((app.label, app.name) for app in project.installed)
    return Generated(files, project.root, project.settings, apps)


def _add_folder(project: Project) -> None:
    """Some apps stand in a folder that the settings put on `sys.path`."""
    folder = project.dice.one(ADDED)
    for app in project.apps:
        if "." not in app.name:
            app.folder = folder


def _neighbour(dice: Dice, project: Project) -> dict[str, str]:
    """Another project in the same tree, with an app of the same name."""
    app = dice.one(project.apps)
    parts = app.name.split(".")
    folders = ["/".join(["neighbour", *parts[:depth]]) for depth in range(1, len(parts) + 1)]
    model = "class Item(models.Model):\n    elsewhere = models.TextField()\n"
    return {
        "neighbour/manage.py": "import sys\n",
        **{f"{folder}/__init__.py": "" for folder in folders},
        f"{folders[-1]}/models.py": f"from django.db import models\n\n{model}",
    }


def _write_user(project: Project, app: App) -> None:
    """A user model of the project's own, which the app's models module will be told to import."""
    dice = project.dice
    module, base, more = dice.one(USERS)
    source: Source = project.source(f"{app.name}.accounts", app)
    source.add_import(f"from {module} import {base}")
    if more:
        source.add_import(f"from django.contrib.auth.models import {more}")
    bases = f"{base}, {more}" if more else base
    source.add(f"class User({bases}):\n    USERNAME_FIELD = 'id'\n    REQUIRED_FIELDS = []")
    project.taken.add((app.label, "user"))
    klass = Klass("User", "User", source, "concrete", type("User", (ModelShadow,), {}), app.label)
    project.classes.append(klass)
    source.bound["User"] = klass
    source.exports = {"User": klass}
