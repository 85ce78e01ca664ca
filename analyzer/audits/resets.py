"""MS5xx: what a reset of migrations would break, beside the migrations themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.audits.examples import APP, FIRST, PACKAGE, SECOND
from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.audits.words import count, listed

if TYPE_CHECKING:
    from analyzer.history.mentions import Mention

IMPORTED = Rule(
    code="MS501",
    name="migration-imported",
    severity=Severity.WARNING,
    title="Code outside of migrations imports a migration",
    why="A reset or squash removes the file, and the import fails: in a test at best, in a command at worst.",
    fix="Move what is needed out of the migration, or remove the code once the migration has done its work.",
    bad=PACKAGE
    + FIRST
    + """
        # blog/tests.py
        from importlib import import_module
        initial = import_module("blog.migrations.0001_initial")
    """,
    good=PACKAGE
    + FIRST
    + """
        # blog/tests.py
        from importlib import import_module
        initial = import_module("blog.models")
    """,
)

NAMED = Rule(
    code="MS502",
    name="migration-named",
    severity=Severity.WARNING,
    title="Code, a script or a document names a migration",
    why="After a reset or squash the name means nothing any more, or something else.",
    fix="Plan it in: change the name with the reset, or remove what spoke of the old migration.",
    bad=PACKAGE
    + FIRST
    + SECOND
    + """
        # deploy.sh
        python manage.py migrate blog 0001_initial
    """,
    good=PACKAGE
    + FIRST
    + SECOND
    + """
        # deploy.sh
        python manage.py migrate blog
    """,
)

_USERS = """
        # settings.py
        INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"{admin}, "blog"]
        AUTH_USER_MODEL = "blog.Person"
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Person(models.Model):
            id = models.AutoField(primary_key=True)
        # blog/migrations/__init__.py
        # blog/migrations/0001_initial.py
        from django.db import migrations, models
        class Migration(migrations.Migration):
            dependencies = []
            operations = [migrations.CreateModel("Person", [
                ("id", models.AutoField(primary_key=True, serialize=False)),
            ])]
"""

DEPENDED_ON = Rule(
    code="MS503",
    name="depended-on-by-packages",
    severity=Severity.NOTE,
    title="Installed packages' migrations depend on a migration of the project",
    why="Where the rows of the project's migrations are deleted while those of the package stay, Django "
    "refuses every command (InconsistentMigrationHistory); a name that is gone is a NodeNotFoundError.",
    fix="Keep the names that packages depend on, and replace all rows in one step.",
    bad=_USERS.format(admin=', "django.contrib.admin"'),
    good=_USERS.format(admin=""),
    url="https://docs.djangoproject.com/en/stable/topics/migrations/#dependencies",
)

FORK = Rule(
    code="MS504",
    name="app-stands-in-for-package",
    severity=Severity.NOTE,
    title="An app of the project takes the label of a package's app",
    why="Other packages may depend on the package's migrations by name, and find the project's instead.",
    fix="Keep migrations of the names that the package has, as empty ones if need be.",
    bad="""
        # settings.py
        INSTALLED_APPS = ["waffle.apps.WaffleConfig"]
        # waffle/__init__.py
        # waffle/apps.py
        from django.contrib.sites.apps import SitesConfig
        class WaffleConfig(SitesConfig):
            name = "waffle"
            label = "sites"
    """,
    good="""
        # settings.py
        INSTALLED_APPS = ["waffle.apps.WaffleConfig"]
        # waffle/__init__.py
        # waffle/apps.py
        from django.apps import AppConfig
        class WaffleConfig(AppConfig):
            name = "waffle"
    """,
)

CUSTOM = Rule(
    code="MS505",
    name="custom-migration-class",
    severity=Severity.NOTE,
    title="A migration has a base or attributes of its own",
    why="`makemigrations` writes neither: what they do is lost when the migration is made anew.",
    fix="Carry them over to the new migrations where they still matter.",
    bad=PACKAGE + FIRST.rstrip() + "\n            is_post_deployment = True\n",
    good=PACKAGE + FIRST,
)

AT_START = Rule(
    code="MS506",
    name="migrate-at-start",
    severity=Severity.NOTE,
    title="A container or process migrates when it starts",
    why="After rows were replaced, an old release that starts once more finds its own missing and runs its "
    "data migrations again.",
    fix="Stop or roll out all old releases before a reset, or keep the old rows until they are gone.",
    bad=PACKAGE + FIRST + "        # Procfile\n        release: python manage.py migrate\n",
    good=PACKAGE + FIRST + "        # Procfile\n        web: python manage.py runserver\n",
)

DATABASES = Rule(
    code="MS507",
    name="several-databases",
    severity=Severity.NOTE,
    title="The project keeps its tables in several databases or schemas",
    why="Each has its own list of applied migrations, and `migrate` works on one at a time.",
    fix="Repeat every step of a reset for each of them, and compare them all before.",
    bad="""
        # settings.py
        INSTALLED_APPS = ["blog"]
        DATABASES = {
            "default": {"ENGINE": "django.db.backends.sqlite3"},
            "old": {"ENGINE": "django.db.backends.sqlite3"},
        }
    """
    + APP,
    good="""
        # settings.py
        INSTALLED_APPS = ["blog"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
    """
    + APP,
    url="https://docs.djangoproject.com/en/stable/topics/db/multi-db/#synchronizing-your-databases",
)


def imported(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    for path, found in _by_file(facts, ("imports",)).items():
        names = list(dict.fromkeys(".".join(one.migration) for one in found if one.migration in known))
        if names:
            yield Hit(IMPORTED, path, found[0].line, f"{path} imports {_migrations(names)}")


def named(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    for path, found in _by_file(facts, ("names", "migrates")).items():
        names = list(dict.fromkeys(".".join(one.migration) for one in found if one.migration in known))
        if names:
            severity = Severity.NOTE if found[0].place == "paper" else None
            yield Hit(NAMED, path, found[0].line, f"{path} names {_migrations(names)}", severity)


def _by_file(facts: Facts, manners: tuple[str, ...]) -> dict[str, list[Mention]]:
    out: dict[str, list[Mention]] = {}
    known = facts.loaded()
    for one in facts.mentions:
        if one.manner in manners and one.migration in known:
            out.setdefault(one.file, []).append(one)
    return out


def _migrations(names: list[str]) -> str:
    return f"the migration{'s' if len(names) > 1 else ''} {listed(names)}"


def depended_on(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    for app in sorted({one.needs[0] for one in facts.outside.dependents}):
        asking = [one for one in facts.outside.dependents if one.needs[0] == app]
        names = sorted({".".join(one.migration) for one in asking})
        by_name = sorted(
            {one.needs for one in asking if not one.setting and not one.needs[1].startswith("__")}
        )
        lost = [key for key in by_name if key not in known and key not in facts.history.replaced]
        first = [key for key in facts.history.roots if key[0] == app and key in known][:1]
        there = [key for key in by_name if key in known] or first
        if not there:
            continue
        wanted = f"the first migration of {app} (AUTH_USER_MODEL)"
        if by_name:
            wanted = listed([".".join(key) for key in by_name])
        said = (
            f"installed packages bring {count(len(names), 'migration')} on top of {wanted}: {listed(names)}"
        )
        if lost:
            said += f"; the project has no {listed(['.'.join(key) for key in lost])}"
        where = known[there[0]]
        yield Hit(DEPENDED_ON, where.file, where.line, said, Severity.WARNING if by_name else None)


def fork(facts: Facts) -> Iterator[Hit]:
    paths = {app.label: app.path for app in facts.apps if app.own}
    for label, package in facts.outside.forks:
        places = (f"{paths[label]}/apps.py", f"{paths[label]}/__init__.py")
        path = next((file.path for place in places for file in facts.tree.files if file.path == place), "")
        if path:
            yield Hit(FORK, path, 1, f"the app {label} in {paths[label]} stands in for {package}")


def custom(facts: Facts) -> Iterator[Hit]:
    for key, migration in facts.loaded().items():
        manner = facts.files.manners[key]
        if manner.base:
            said = f"{'.'.join(key)} inherits from {manner.base}"
            yield Hit(CUSTOM, migration.file, migration.line, said)
        if manner.more:
            names = listed([name for name, _ in manner.more])
            yield Hit(CUSTOM, migration.file, manner.more[0][1], f"{'.'.join(key)} sets {names} itself")


_STARTS = re.compile(
    r"(?:[Dd]ocker|[Cc]ontainer)file.*|.*\.dockerfile|Procfile.*|.*(?:entrypoint|docker-start|run-web|start)[^/]*"
    r"|(?:docker-)?compose.*\.ya?ml"
)
_MIGRATES = re.compile(
    rb"^(?![ \t]*#)[^\n]*(?:manage(?:\.py)?|django-admin(?:\.py)?)[\"',\s]+(?:[\w-]+[\"',\s]+)?migrate\b"
    rb"(?![\"',\s]+--(?:check|plan))",
    re.MULTILINE,
)


def at_start(facts: Facts) -> Iterator[Hit]:
    if not facts.migrations:
        return
    for document in facts.documents:
        name = document.path.rpartition("/")[2]
        found = _MIGRATES.search(document.text) if _STARTS.fullmatch(name) else None
        if document.kind == "script" and found is not None:
            line = document.text.count(b"\n", 0, found.start()) + 1
            yield Hit(AT_START, document.path, line, f"{document.path} runs `migrate` when it starts")


def databases(facts: Facts) -> Iterator[Hit]:
    settings = facts.settings
    if settings.path is None:
        return
    from analyzer.source.values import Sequence, Table  # the way there loads much

    found = settings.values.get("DATABASES")
    names = [str(key) for key, _ in found.items] if isinstance(found, Table) else []
    routers = settings.values.get("DATABASE_ROUTERS")
    tenants = settings.values.get("TENANT_APPS")
    if len(names) > 1:
        said = f"DATABASES has {len(names)} entries: {listed(names)}"
        yield Hit(DATABASES, *facts.place("DATABASES"), said)
    elif isinstance(tenants, Sequence) and tenants.items:
        said = "TENANT_APPS are kept in one schema for each tenant"
        yield Hit(DATABASES, *facts.place("TENANT_APPS"), said)
    elif isinstance(routers, Sequence) and routers.items:
        said = f"DATABASE_ROUTERS has {count(len(routers.items), 'router')} that may refuse migrations"
        yield Hit(DATABASES, *facts.place("DATABASE_ROUTERS"), said)


AUDITS = (
    (IMPORTED, imported),
    (NAMED, named),
    (DEPENDED_ON, depended_on),
    (FORK, fork),
    (CUSTOM, custom),
    (AT_START, at_start),
    (DATABASES, databases),
)
