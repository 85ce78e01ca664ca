"""MS1xx: what is wrong with the migration graph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.history.squash import squashes
from analyzer.history.values import Key, Migration
from analyzer.schema.values import Model

_APP = """
        # blog/__init__.py
        # blog/models.py
"""
_PACKAGE = (
    _APP
    + """
        # blog/migrations/__init__.py
"""
)


def _file(name: str, dependencies: str) -> str:
    return f"""
        # blog/migrations/{name}.py
        from django.db import migrations
        class Migration(migrations.Migration):
            dependencies = [{dependencies}]
            operations = []
"""


_FIRST = _file("0001_initial", "")
_SECOND = _file("0002_title", '("blog", "0001_initial")')

SEVERAL_LEAVES = Rule(
    code="MS101",
    name="several-leaf-nodes",
    severity=Severity.ERROR,
    title="An app has more than one leaf migration",
    why="Django refuses to migrate: conflicting migrations detected (makemigrations --merge).",
    fix="Merge the branches with `makemigrations --merge`, or renumber one and set its dependency.",
    bad=_PACKAGE + _FIRST + _SECOND + _file("0003_body", '("blog", "0001_initial")'),
    good=_PACKAGE + _FIRST + _SECOND + _file("0003_body", '("blog", "0002_title")'),
    url="https://docs.djangoproject.com/en/stable/topics/migrations/#version-control",
)

MISSING = Rule(
    code="MS102",
    name="missing-dependency",
    severity=Severity.ERROR,
    title="A migration depends on a migration that does not exist",
    why="Django raises NodeNotFoundError before it runs anything.",
    fix="Restore the deleted file, or point the dependency at what replaced it.",
    bad=_PACKAGE + _FIRST + _file("0002_title", '("blog", "0001_gone"), ("blog", "0001_initial")'),
    good=_PACKAGE + _FIRST + _SECOND,
)

CIRCULAR = Rule(
    code="MS103",
    name="circular-migrations",
    severity=Severity.ERROR,
    title="Migrations depend on each other in a circle",
    why="Django raises CircularDependencyError before it runs anything.",
    fix="Move the operation that closes the circle into a migration of its own.",
    bad=_PACKAGE
    + _FIRST
    + _file("0002_title", '("blog", "0001_initial"), ("blog", "0003_body")')
    + _file("0003_body", '("blog", "0002_title")')
    + _file("0004_end", '("blog", "0003_body")'),
    good=_PACKAGE + _FIRST + _SECOND + _file("0003_body", '("blog", "0002_title")'),
)

SAME_NUMBER = Rule(
    code="MS104",
    name="duplicate-number",
    severity=Severity.NOTE,
    title="Two migrations of an app carry the same number",
    why="Django does not mind, but readers take the order from the number, and so do some scripts.",
    fix="Leave them once they are applied anywhere; a reset or squash is the time to renumber.",
    bad=_PACKAGE + _FIRST + _SECOND + _file("0002_body", '("blog", "0002_title")'),
    good=_PACKAGE + _FIRST + _SECOND,
)

NO_INIT = Rule(
    code="MS105",
    name="migrations-without-init",
    severity=Severity.ERROR,
    title="A migrations folder has no `__init__.py`",
    why="Django treats the app as one without migrations: these files are never run.",
    fix="Add an empty `__init__.py`.",
    bad=_APP + _FIRST,
    good=_PACKAGE + _FIRST,
)

NO_MIGRATION = Rule(
    code="MS106",
    name="no-migration-class",
    severity=Severity.ERROR,
    title="A file in a migrations package has no class `Migration`",
    why="Django raises BadMigrationError on every command that loads migrations.",
    fix="Move helpers out of the package, or begin their file names with an underscore.",
    bad=_PACKAGE
    + _FIRST
    + """
        # blog/migrations/helpers.py
        LIMIT = 10
    """,
    good=_PACKAGE
    + _FIRST
    + """
        # blog/migrations/_helpers.py
        LIMIT = 10
    """,
)


_SHOP = """
        # shop/__init__.py
        # shop/models.py
        # shop/migrations/__init__.py
        # shop/migrations/0001_initial.py
        from django.db import migrations
        class Migration(migrations.Migration): ...
"""

NO_MIGRATIONS = Rule(
    code="MS107",
    name="models-without-migrations",
    severity=Severity.WARNING,
    title="An app has models but no migrations, though other apps have",
    why="Its tables have no history: `makemigrations` passes the app over unless it is named.",
    fix="Run `makemigrations` with the app's label, which makes its migrations package.",
    bad=_APP.rstrip()
    + """
        from django.db import models
        class Post(models.Model): ...
    """
    + _SHOP,
    good=_PACKAGE + _FIRST + _SHOP,
)

SQUASH = Rule(
    code="MS108",
    name="squash-unfinished",
    severity=Severity.NOTE,
    title="A squashed migration still lives beside what it replaces, or still says `replaces`",
    why="Both histories have to be kept working until every database has recorded the squash.",
    fix="Once it has: delete the replaced files, point dependencies at the squash, then drop `replaces`.",
    bad=_PACKAGE
    + _FIRST
    + _SECOND
    + """
        # blog/migrations/0001_squashed_0002_title.py
        from django.db import migrations
        class Migration(migrations.Migration):
            replaces = [("blog", "0001_initial"), ("blog", "0002_title")]
            dependencies = []
            operations = []
    """,
    good=_PACKAGE + _file("0001_squashed_0002_title", ""),
    url="https://docs.djangoproject.com/en/stable/topics/migrations/#squashing-migrations",
)

LATEST = Rule(
    code="MS109",
    name="fragile-dependency",
    severity=Severity.WARNING,
    title="A migration depends on whatever is last in another app",
    why="`__latest__` means another migration each time that app gets one, and may then close a circle.",
    fix="Name the migration that is needed.",
    bad=_PACKAGE + _file("0001_initial", '("shop", "__latest__")') + _SHOP,
    good=_PACKAGE + _file("0001_initial", '("shop", "0001_initial")') + _SHOP,
)

RUN_BEFORE = Rule(
    code="MS110",
    name="run-before",
    severity=Severity.NOTE,
    title="A migration puts itself before another app's migration",
    why="The other app's files do not show that dependency; a reset loses it, or fails on the name.",
    fix="Before a reset, turn it round: let the other migration depend on this one.",
    bad=_PACKAGE
    + _FIRST.rstrip()
    + """
            run_before = [("shop", "0001_initial")]
    """
    + _SHOP,
    good=_PACKAGE + _FIRST,
    url="https://docs.djangoproject.com/en/stable/howto/writing-migrations/#controlling-the-order-of-migrations",
)


def _loaded(facts: Facts) -> dict[Key, Migration]:
    """Migrations that Django would load, by key."""
    out = {app.label for app in facts.apps if app.installed is False}
    out.update(app.label for app, _ in facts.files.namespace)
    return {m.key: m for m in facts.migrations if m.app not in out}


def several_leaves(facts: Facts) -> Iterator[Hit]:
    loaded = _loaded(facts)
    by_app: dict[str, list[Key]] = {}
    for key in facts.history.leaves:
        if key in loaded:
            by_app.setdefault(key[0], []).append(key)
    for app, leaves in sorted(by_app.items()):
        if len(leaves) > 1:
            names = ", ".join(name for _, name in leaves)
            for key in leaves:
                where = loaded[key]
                yield Hit(
                    SEVERAL_LEAVES, where.file, where.line, f"{app} has {len(leaves)} leaf nodes: {names}"
                )


def missing(facts: Facts) -> Iterator[Hit]:
    loaded = _loaded(facts)
    for child, parent in facts.history.missing:
        migration = loaded.get(child)
        if migration is not None:
            line = migration.lines.get(parent, migration.line)
            message = f"{'.'.join(child)} names {'.'.join(parent)}, which does not exist"
            yield Hit(MISSING, migration.file, line, message)


def circular(facts: Facts) -> Iterator[Hit]:
    loaded = _loaded(facts)
    for members in facts.history.cycles:
        known = [loaded[key] for key in members if key in loaded]
        if known:
            names = ", ".join(".".join(key) for key in members)
            yield Hit(CIRCULAR, known[0].file, known[0].line, f"these depend on each other: {names}")


def same_number(facts: Facts) -> Iterator[Hit]:
    by_number: dict[tuple[str, str], list[Migration]] = {}
    for key, migration in sorted(_loaded(facts).items()):
        number = re.match(r"\d+", migration.name)
        if number and key not in facts.history.replaced and not migration.replaces:
            by_number.setdefault((migration.app, str(number.group())), []).append(migration)
    for (app, digits), twins in sorted(by_number.items()):
        if len(twins) > 1:
            names = ", ".join(twin.name for twin in twins)
            last = twins[-1]
            yield Hit(
                SAME_NUMBER, last.file, last.line, f"{app} has number {digits} {len(twins)} times: {names}"
            )


def no_init(facts: Facts) -> Iterator[Hit]:
    for app, folder in facts.files.namespace:
        files = sorted(m.file for m in facts.migrations if m.file.startswith(f"{folder}/"))
        if app.installed is not False and files:
            yield Hit(
                NO_INIT, files[0], 1, f"{folder} has no __init__.py: Django ignores {_files(len(files))}"
            )


def no_migration(facts: Facts) -> Iterator[Hit]:
    for app, path in facts.files.strangers:
        if app.installed is not False:
            yield Hit(NO_MIGRATION, path, 1, f"{path} has no class Migration")


def no_migrations(facts: Facts) -> Iterator[Hit]:
    having = {migration.app for migration in facts.migrations}
    first: dict[str, Model] = {}
    for model in facts.models:
        if (
            model.own
            and model.installed is not False
            and model.managed
            and not (model.proxy or model.swapped)
        ):
            first.setdefault(model.app, model)
    for app in facts.apps:
        found = first.get(app.label)
        if having and app.own and app.migrations_module and app.label not in having and found is not None:
            yield Hit(NO_MIGRATIONS, found.file, found.line, f"{app.label} has models and no migrations")


def unfinished_squash(facts: Facts) -> Iterator[Hit]:
    loaded = _loaded(facts)
    for squash in squashes(loaded.values()):
        where = loaded[squash.migration]
        name, present = ".".join(squash.migration), len(squash.present)
        if present:
            said = f"{name} replaces {_count(present, 'migration')} whose files are still there"
            if squash.named:
                said += f"; {_count(len(squash.named), 'dependency', 'dependencies')} outside still name them"
        else:
            said = f"{name} still says `replaces`, and nothing that it names is left"
        yield Hit(SQUASH, where.file, where.line, said)


def latest(facts: Facts) -> Iterator[Hit]:
    for key, migration in _loaded(facts).items():
        for app, name in migration.dependencies:
            if name == "__latest__":
                line = migration.lines.get((app, name), migration.line)
                yield Hit(LATEST, migration.file, line, f"{'.'.join(key)} depends on the latest of {app}")


def run_before(facts: Facts) -> Iterator[Hit]:
    for key, migration in _loaded(facts).items():
        for other in migration.run_before:
            line = migration.lines.get(other, migration.line)
            said = f"{'.'.join(key)} puts itself before {'.'.join(other)}"
            yield Hit(RUN_BEFORE, migration.file, line, said)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _files(count: int) -> str:
    return "its one migration" if count == 1 else f"its {count} migrations"


AUDITS = (
    (SEVERAL_LEAVES, several_leaves),
    (MISSING, missing),
    (CIRCULAR, circular),
    (SAME_NUMBER, same_number),
    (NO_INIT, no_init),
    (NO_MIGRATION, no_migration),
    (NO_MIGRATIONS, no_migrations),
    (SQUASH, unfinished_squash),
    (LATEST, latest),
    (RUN_BEFORE, run_before),
)
