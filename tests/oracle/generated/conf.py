"""Settings, app configurations and the files that start a generated project."""

from __future__ import annotations

from tests.oracle.generated.imports import place
from tests.oracle.generated.plan import App, Project, Source

CONTRIB = ("django.contrib.contenttypes", "django.contrib.auth")
AUTO_FIELDS = (
    "django.db.models.BigAutoField",
    "django.db.models.AutoField",
    "django.db.models.SmallAutoField",
)
MANAGE = """import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""


def write_config(project: Project, app: App) -> None:
    """`apps.py` with no, one or several configurations; sets the app's label and its entry."""
    dice = project.dice
    app.entry = app.name
    if not dice.percent(65):
        return
    source = project.source(f"{app.name}.apps", app)
    name = app.label.title().replace("_", "") + "Config"
    parent = _imported_config(project, source)
    lines = [f"class {name}({parent}):", f"    name = {app.name!r}"]
    if dice.percent(30):
        app.label = f"{app.label}_own"
        lines.append(f"    label = {app.label!r}")
    if dice.percent(35):
        lines.append(f"    default_auto_field = {dice.one(AUTO_FIELDS)!r}")
    several = dice.percent(25)
    default = dice.percent(30) or several or parent.startswith("Common")
    by_path = dice.percent(35)
    if default and not (by_path and dice.percent(50)):
        lines.append("    default = True")
    elif several:
        by_path = True
    if "default = True" not in "".join(lines) and (several or parent != "AppConfig"):
        by_path = True
    source.add("\n".join(lines))
    source.bound[name] = ("config", name)
    source.bound["ready"] = ("config", name)
    if several:
        source.bound.pop("ready")
        other = f"class Other{name}({parent}):\n    name = {app.name!r}\n    label = 'other_{app.label}'"
        other += "\n    default = False" if dice.percent(30) else ""
        source.code.insert(dice.below(2), other)
    if by_path:
        app.entry = f"{app.name}.apps.{name}"
        if dice.percent(25):
            package = project.source(app.name, app, package=True)
            package.add_import(f"from {place(dice, package, source.name)} import {name}")
            app.entry = f"{app.name}.{name}"


def _imported_config(project: Project, source: Source) -> str:
    """The name of the base of a configuration; sometimes a base that the project itself defines."""
    dice = project.dice
    if dice.percent(15):
        if not any(other.name == "common.config" for other in project.sources):
            common = project.source("common.config")
            common.add_import("from django.apps import AppConfig")
            common.add(f"class CommonConfig(AppConfig):\n    default_auto_field = {dice.one(AUTO_FIELDS)!r}")
        source.add_import(f"from {place(dice, source, 'common.config')} import CommonConfig")
        return "CommonConfig"
    source.add_import(
        dice.one(("from django.apps import AppConfig", "from django.apps.config import AppConfig"))
    )
    return "AppConfig"


# ---------------------------------------------------------------- settings


def write_settings(project: Project, user: App | None) -> None:
    """The settings in one or two modules, and `manage.py`, which names the one that counts."""
    dice = project.dice
    layout = dice.below(4)
    main = ("config.settings", "settings", "config.settings.dev", "config.settings.local")[layout]
    project.settings = main
    source = project.source(main)
    base = source
    if layout >= 2:
        base = project.source("config.settings.base")
        _bring(project, source, base)
    base.add('SECRET_KEY = "x"')
    for folder in sorted({app.folder for app in project.apps if app.folder}):
        base.add_import("import os")
        base.add_import("import sys")
        words = ", ".join(f'"{part}"' for part in folder.split("/"))
        said = (f'os.path.abspath("{folder}")', f"os.path.join(os.getcwd(), {words})")
        base.add(f"sys.path.{dice.one(('insert(0, ', 'append('))}{dice.one(said)})")
    entries = _entries(project, user)
    split = dice.below(len(entries) + 1) if base is not source else len(entries)
    _list_apps(project, base, entries[:split])
    _more_apps(project, source, entries[split:])
    values = dict(project.values)
    if user is not None:
        values["AUTH_USER_MODEL"] = f'"{user.label}.User"'
    if dice.percent(60):
        values["DEFAULT_AUTO_FIELD"] = repr(dice.one(AUTO_FIELDS))
    for name, value in values.items():
        dice.one((base, source)).add(f"{name} = {value}")
    project.sources.append(Source("manage"))
    project.sources[-1].code.append(MANAGE.format(settings=main))


def _bring(project: Project, source: Source, base: Source) -> None:
    dice = project.dice
    form = dice.below(3)
    if form == 2:
        source.add("try:\n    from .base import *\nexcept ImportError:\n    pass")
    else:
        source.add_import(f"from {place(dice, source, base.name)} import *")


def _entries(project: Project, user: App | None) -> list[str]:
    """What INSTALLED_APPS must come to, in its order: an own user model's app stands first."""
    dice = project.dice
    own = [app for app in project.installed if app is not user]
    rest = [app.entry for app in (dice.shuffled(own) if dice.percent(50) else own)]
    if user is not None:
        return [user.entry, *CONTRIB, *rest]
    return [*CONTRIB, *rest]


def _list_apps(project: Project, source: Source, entries: list[str]) -> None:
    """The list as such: written at once, or put together."""
    dice = project.dice
    form = dice.below(7)
    if form == 1:
        source.add(f"INSTALLED_APPS = {tuple(entries)!r}")
        source.bound["tuple"] = True
    elif form == 2:
        at = dice.below(len(entries) + 1)
        source.add(f"DJANGO_APPS = {entries[:at]!r}\nLOCAL_APPS = {entries[at:]!r}")
        source.add(dice.one(("INSTALLED_APPS = DJANGO_APPS + LOCAL_APPS",
                             "INSTALLED_APPS = [*DJANGO_APPS, *LOCAL_APPS]")))  # fmt: skip
    elif form == 3:
        at = dice.below(len(entries) + 1)
        source.add(f"INSTALLED_APPS = {entries[:at]!r}")
        _more_apps(project, source, entries[at:])
    elif form == 4 and entries:
        first, *rest = entries
        source.add(f"INSTALLED_APPS = {rest!r}\nINSTALLED_APPS.insert(0, {first!r})")
    elif form == 5:
        source.add(f"INSTALLED_APPS = [name for name in {entries!r}]")
    else:
        lines = "".join(f"    {entry!r},\n" for entry in entries)
        source.add(f"INSTALLED_APPS = [\n{lines}]")


def _more_apps(project: Project, source: Source, entries: list[str]) -> None:
    """Add to a list that is there already."""
    dice = project.dice
    is_tuple = any(text.startswith("INSTALLED_APPS = (") for s in project.sources for text in s.code)
    left = list(entries)
    while left:
        count = 1 + dice.below(len(left))
        part, left = left[:count], left[count:]
        if is_tuple:
            source.add(dice.one((f"INSTALLED_APPS += {tuple(part)!r}",
                                 f"INSTALLED_APPS = (*INSTALLED_APPS, *{part!r})",
                                 f"INSTALLED_APPS = INSTALLED_APPS + {tuple(part)!r}")))  # fmt: skip
            continue
        forms = [
            f"INSTALLED_APPS += {part!r}",
            f"INSTALLED_APPS.extend({part!r})",
            f"INSTALLED_APPS = INSTALLED_APPS + {part!r}",
            f"INSTALLED_APPS = [*INSTALLED_APPS, *{part!r}]",
            "\n".join(f"INSTALLED_APPS.append({entry!r})" for entry in part),
            f"for name in {tuple(part)!r}:\n    INSTALLED_APPS.append(name)",
            f"USE_MORE = True\nif USE_MORE:\n    INSTALLED_APPS += {tuple(part)!r}",
            f"INSTALLED_APPS += (\n    {part!r} if not False else ['absent']\n)",
        ]
        source.add(dice.one(forms))
