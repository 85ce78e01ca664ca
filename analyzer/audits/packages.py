"""MS1xx: migrations packages that are elsewhere, packages' migrations, and lists of last migrations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.audits.examples import APP, FIRST, PACKAGE, SECOND, written
from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.audits.words import listed
from analyzer.schema.values import UNSEEN
from analyzer.source.discover import parent

_SETTINGS = """
        # settings.py
        INSTALLED_APPS = ["blog"]
        MIGRATION_MODULES = {{"blog": "{}"}}
"""
_AUTH = """
        # settings.py
        INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "blog"]
"""
_MOVED = """
        # db/__init__.py
        # db/blog/__init__.py
        # db/blog/0001_initial.py
        from django.db import migrations
        class Migration(migrations.Migration): ...
"""

ELSEWHERE = Rule(
    code="MS112",
    name="migration-modules-mismatch",
    severity=Severity.ERROR,
    title="MIGRATION_MODULES does not fit the project",
    why="Where it names a module that does not exist, every command that loads migrations fails; where it "
    "names an app that does not exist, or leads away from an app's files, Django never reads those.",
    fix="Correct the entry, or remove it.",
    bad=_SETTINGS.format("db.blogs") + APP + _MOVED,
    good=_SETTINGS.format("db.blog") + APP + _MOVED,
    url="https://docs.djangoproject.com/en/stable/ref/settings/#migration-modules",
)

OUTSIDE = Rule(
    code="MS113",
    name="unknown-package-migration",
    severity=Severity.WARNING,
    title="A migration depends on a package's migration that the package does not have",
    why="Django raises NodeNotFoundError wherever the package is installed as it was published: the "
    "migration was generated on one machine, or comes from another version.",
    fix="Name a migration that the required version of the package has.",
    bad=_AUTH + PACKAGE + written("0001_initial", '("auth", "0008_my_own")'),
    good=_AUTH + PACKAGE + written("0001_initial", '("auth", "0008_alter_user_username_max_length")'),
)

GENERATED = Rule(
    code="MS114",
    name="generated-package-migration",
    severity=Severity.NOTE,
    title="A migration depends on a package's migration that looks generated on somebody's machine",
    why="`makemigrations` without a label writes into installed packages too; such a file is on no other "
    "machine, and Django raises NodeNotFoundError there.",
    fix="See whether the package brings that migration; if not, name one that it brings.",
    bad=PACKAGE + written("0001_initial", '("elsewhere", "0002_auto_20240102_1112")'),
    good=PACKAGE + written("0001_initial", '("elsewhere", "0002_title")'),
)

LAST = Rule(
    code="MS115",
    name="max-migration-disagrees",
    severity=Severity.ERROR,
    title="An app's max_migration.txt does not name its last migration",
    why="django-linear-migrations refuses every command until the file names the one leaf.",
    fix="Write the name of the last migration into it, or run `rebase_migration` after a merge.",
    bad=PACKAGE + FIRST + SECOND + "        # blog/migrations/max_migration.txt\n        0001_initial\n",
    good=PACKAGE + FIRST + SECOND + "        # blog/migrations/max_migration.txt\n        0002_title\n",
)


def elsewhere(facts: Facts) -> Iterator[Hit]:
    settings = facts.settings
    if settings.path is None:
        return
    place = facts.place("MIGRATION_MODULES")
    folders = {parent(file.path) for file in facts.tree.files}
    modules = {file.path.removesuffix(".py") for file in facts.tree.files}
    apps = {app.label: app for app in facts.apps}
    for label, module in sorted(settings.migration_modules().items()):
        app = apps.get(label)
        if app is None:
            if settings.complete and not any(one.reason.endswith(UNSEEN) for one in facts.apps):
                said = f"MIGRATION_MODULES names the app {label}, which is not installed"
                yield Hit(ELSEWHERE, *place, said, Severity.WARNING)
            continue
        if module is None or not app.installed:
            continue
        places = {f"{root}/{module.replace('.', '/')}".lstrip("/") for root in facts.tree.source_roots}
        tops = {f"{root}/{module.partition('.')[0]}".lstrip("/") for root in facts.tree.source_roots}
        if not places & (folders | modules) and tops & (facts.tree.packages | modules):
            said = f"MIGRATION_MODULES keeps the migrations of {label} in {module}, which "
            if places.isdisjoint(facts.tree.bare):
                yield Hit(ELSEWHERE, *place, f"{said}does not exist")
            else:
                yield Hit(ELSEWHERE, *place, f"{said}holds none: Django reads none", Severity.WARNING)
        elif f"{app.path}/migrations" not in places:
            yield from _left_behind(facts, label, f"{app.path}/migrations", module)


_NUMBERED = re.compile(r"\d{4}_\w+\.py")


def _left_behind(facts: Facts, label: str, folder: str, module: str) -> Iterator[Hit]:
    """The files that stand where migrations of the app would be, were they not elsewhere."""
    paths = [file.path for file in facts.tree.files if parent(file.path) == folder]
    found = [path for path in paths if _NUMBERED.fullmatch(path.rpartition("/")[2])]
    if found:
        said = f"MIGRATION_MODULES keeps the migrations of {label} in {module}: Django never reads "
        said += f"{folder}, where {listed([path.rpartition('/')[2] for path in found])} stand"
        yield Hit(ELSEWHERE, found[0], 1, said, Severity.WARNING)


def unknown_outside(facts: Facts) -> Iterator[Hit]:
    for key, migration in facts.loaded().items():
        for app, name in (*migration.dependencies, *migration.run_before):
            package, names = facts.outside.exact.get(app), facts.outside.names.get(app, frozenset())
            if package is not None and name not in names and not name.startswith("__"):
                said = f"{'.'.join(key)} names {app}.{name}, which {package} does not have"
                yield Hit(OUTSIDE, migration.file, migration.lines.get((app, name), migration.line), said)


_AUTO = re.compile(r"\d{4}_auto_\d{8}_\d{4}")


def generated_outside(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    own = {migration.app for migration in facts.migrations} | {app.label for app in facts.apps if app.own}
    for key, migration in known.items():
        for app, name in migration.dependencies:
            if app not in own and app not in facts.outside.names and _AUTO.fullmatch(name):
                said = f"{'.'.join(key)} depends on {app}.{name}, a generated name of a package not known"
                yield Hit(GENERATED, migration.file, migration.lines.get((app, name), migration.line), said)


def last(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    installed = {entry for entry, _ in facts.settings.installed}
    severity = None if "django_linear_migrations" in installed or not installed else Severity.WARNING
    leaves: dict[str, list[str]] = {}
    for app, name in facts.history.leaves:
        if (app, name) in known:
            leaves.setdefault(parent(known[app, name].file), []).append(name)
    for document in facts.documents:
        names = leaves.get(parent(document.path), ())
        if document.kind != "list" or len(names) != 1:
            continue
        lines = document.text.decode("utf-8", "replace").split()
        if lines == [names[0]]:
            continue
        said = f"{document.path} names {listed(lines)}, but the last migration is {names[0]}"
        if len(lines) > 1:
            said = f"{document.path} holds {len(lines)} names instead of {names[0]} alone"
        yield Hit(LAST, document.path, 1, said, severity)


AUDITS = (
    (ELSEWHERE, elsewhere),
    (OUTSIDE, unknown_outside),
    (GENERATED, generated_outside),
    (LAST, last),
)
