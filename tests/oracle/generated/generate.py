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
    """Files by path, the folder that stands on `sys.path`, and the settings module."""

    files: dict[str, str]
    root: str
    settings: str


HARD = """
- a class in the `else` of a condition that is false, or of a `try` that succeeds
- an argument that a field class has a default for in the signature of its `__init__`
- a module with models that nothing imports
"""
"""What Django decides and migscan does not yet; written only where asked for."""


def generate(random: Random, *, hard: bool = False) -> Generated:
    """A project that Django boots in nearly all cases."""
    dice = Dice(random)
    project = Project(dice, hard, root=dice.one(("", "", "", "src", "backend/site")))
    for name in APPS[: 1 + dice.below(len(APPS))]:
        inside = project.apps[0].name + "." if project.apps and dice.percent(15) else dice.one(PLACES)
        project.apps.append(App(f"{inside}{name}", name))
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
    return Generated(project.files(), project.root, project.settings)


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
