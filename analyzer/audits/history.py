"""MS1xx: what is wrong with the migration graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from analyzer.audits.examples import APP, FIRST, PACKAGE, SECOND, SHOP, written
from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.audits.words import count, listed
from analyzer.history.values import Key, Migration
from analyzer.schema.values import Model
from analyzer.source.discover import parent

SEVERAL_LEAVES = Rule(
    code="MS101",
    name="several-leaf-nodes",
    severity=Severity.ERROR,
    title="An app has more than one leaf node",
    why="Django refuses to migrate: conflicting migrations detected (makemigrations --merge).",
    fix="Merge the branches with `makemigrations --merge`, or renumber one and set its dependency.",
    bad=PACKAGE + FIRST + SECOND + written("0003_body", '("blog", "0001_initial")'),
    good=PACKAGE + FIRST + SECOND + written("0003_body", '("blog", "0002_title")'),
    url="https://docs.djangoproject.com/en/stable/topics/migrations/#version-control",
)

MISSING = Rule(
    code="MS102",
    name="missing-dependency",
    severity=Severity.ERROR,
    title="A migration depends on a migration that does not exist",
    why="Django raises NodeNotFoundError before it runs anything.",
    fix="Restore the deleted file, or point the dependency at what replaced it.",
    bad=PACKAGE + FIRST + written("0002_title", '("blog", "0001_gone"), ("blog", "0001_initial")'),
    good=PACKAGE + FIRST + SECOND,
)

CIRCULAR = Rule(
    code="MS103",
    name="circular-migrations",
    severity=Severity.ERROR,
    title="Migrations depend on each other in a circle",
    why="Django raises CircularDependencyError before it runs anything.",
    fix="Move the operation that closes the circle into a migration of its own.",
    bad=PACKAGE
    + FIRST
    + written("0002_title", '("blog", "0001_initial"), ("blog", "0003_body")')
    + written("0003_body", '("blog", "0002_title")')
    + written("0004_end", '("blog", "0003_body")'),
    good=PACKAGE + FIRST + SECOND + written("0003_body", '("blog", "0002_title")'),
)

SAME_NUMBER = Rule(
    code="MS104",
    name="duplicate-number",
    severity=Severity.NOTE,
    title="Two migrations of an app carry the same number",
    why="Django does not mind, but readers take the order from the number, and so do some scripts.",
    fix="Leave them once they are applied anywhere; a reset or squash is the time to renumber.",
    bad=PACKAGE + FIRST + SECOND + written("0002_body", '("blog", "0002_title")'),
    good=PACKAGE + FIRST + SECOND,
)

NO_INIT = Rule(
    code="MS105",
    name="migrations-without-init",
    severity=Severity.ERROR,
    title="A migrations folder has no `__init__.py`",
    why="Django treats the app as one without migrations: these files are never run.",
    fix="Add an empty `__init__.py`.",
    bad=APP + FIRST,
    good=PACKAGE + FIRST,
)

NO_MIGRATION = Rule(
    code="MS106",
    name="no-migration-class",
    severity=Severity.ERROR,
    title="A file in a migrations package has no class `Migration`",
    why="Django raises BadMigrationError on every command that loads migrations.",
    fix="Move helpers out of the package, or begin their file names with an underscore.",
    bad=PACKAGE
    + FIRST
    + """
        # blog/migrations/helpers.py
        LIMIT = 10
    """,
    good=PACKAGE
    + FIRST
    + """
        # blog/migrations/_helpers.py
        LIMIT = 10
    """,
)


NO_MIGRATIONS = Rule(
    code="MS107",
    name="models-without-migrations",
    severity=Severity.WARNING,
    title="An app has models but no migrations, though other apps have",
    why="Its tables have no history: `makemigrations` passes the app over unless it is named.",
    fix="Run `makemigrations` with the app's label, which makes its migrations package.",
    bad=APP.rstrip()
    + """
        from django.db import models
        class Post(models.Model): ...
    """
    + SHOP,
    good=PACKAGE + FIRST + SHOP,
)

LATEST = Rule(
    code="MS109",
    name="fragile-dependency",
    severity=Severity.WARNING,
    title="A migration depends on whatever is first or last in another app",
    why="`__latest__` means another migration each time that app gets one, and may then close a circle; "
    "`__first__` says nothing of what is needed, and stands for nothing while that app has no migrations.",
    fix="Name the migration that is needed.",
    bad=PACKAGE + written("0001_initial", '("shop", "__latest__")') + SHOP,
    good=PACKAGE + written("0001_initial", '("shop", "0001_initial")') + SHOP,
)

RUN_BEFORE = Rule(
    code="MS110",
    name="run-before",
    severity=Severity.NOTE,
    title="A migration puts itself before another app's migration",
    why="The other app's files do not show that dependency; a reset loses it, or fails on the name.",
    fix="Before a reset, turn it round: let the other migration depend on this one.",
    bad=PACKAGE
    + FIRST.rstrip()
    + """
            run_before = [("shop", "0001_initial")]
    """
    + SHOP,
    good=PACKAGE + FIRST,
    url="https://docs.djangoproject.com/en/stable/howto/writing-migrations/#controlling-the-order-of-migrations",
)

SOUTHS = Rule(
    code="MS119",
    name="south-migrations",
    severity=Severity.WARNING,
    title="An app's migrations are those of South, not of Django",
    why="Django 1.7 takes the app for one without migrations, later versions fail to load them.",
    fix="Delete them, or let South find them in `south_migrations`, and run `makemigrations` for the app.",
    bad=PACKAGE
    + """
        # blog/migrations/0001_initial.py
        from south.v2 import SchemaMigration
        class Migration(SchemaMigration): ...
    """,
    good=PACKAGE + FIRST,
    url="https://docs.djangoproject.com/en/1.8/topics/migrations/#upgrading-from-south",
)


def several_leaves(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    by_app: dict[str, list[Key]] = {}
    for key in facts.history.leaves:
        if key in known:
            by_app.setdefault(key[0], []).append(key)
    broken = {child[0] for child, named in facts.history.missing if child[0] == named[0]}
    for app, leaves in sorted(by_app.items()):
        if len(leaves) > 1 and app not in broken:  # Django does not get so far
            names = listed([name for _, name in leaves])
            said = f"{app} has {len(leaves)} leaf nodes, {names}: Django refuses to migrate"
            for key in leaves:
                yield Hit(SEVERAL_LEAVES, known[key].file, known[key].line, said)


def missing(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    for child, named in facts.history.missing:
        migration = known.get(child)
        if migration is not None:
            verb = "depends on" if named in migration.dependencies else "puts itself before"
            said = f"{'.'.join(child)} {verb} {'.'.join(named)}, which does not exist"
            yield Hit(MISSING, migration.file, migration.lines.get(named, migration.line), said)


def circular(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    for members in facts.history.cycles:
        way = _way(members, facts.history.edges)
        turned = _turned(facts, members[0]) if len(members) == 1 else None
        if turned is not None:
            migration, named = turned
            said = (
                f"{'.'.join(migration.key)} depends on {'.'.join(named)}, and one of them replaces the other"
            )
            yield Hit(CIRCULAR, migration.file, migration.lines.get(named, migration.line), said)
            continue
        inside = [(known[key], following) for key, following in pairwise(way) if key in known]
        if inside:
            migration, following = inside[0]
            line = migration.lines.get(following, migration.line)
            said = f"migrations depend on each other in a circle: {' -> '.join(map('.'.join, way))}"
            yield Hit(CIRCULAR, migration.file, line, said)


def _turned(facts: Facts, squash: Key) -> tuple[Migration, Key] | None:
    """What ties a squash to itself: an edge between it and a migration that it replaces."""
    for key, migration in facts.loaded().items():
        for named in migration.parents:
            if (
                squash in (key, named)
                and facts.history.replaced.get(named if key == squash else key) == squash
            ):
                return migration, named
    return None


def _way(members: tuple[Key, ...], edges: Mapping[Key, tuple[Key, ...]]) -> tuple[Key, ...]:
    """The shortest way from the first of a circle's members back to it."""
    start = members[0]
    ways: list[tuple[Key, ...]] = [(start,)]
    seen: set[Key] = set()
    for way in ways:
        for parent_key in edges[way[-1]]:
            if parent_key == start:
                return (*way, start)
            if parent_key in members and parent_key not in seen:
                seen.add(parent_key)
                ways.append((*way, parent_key))
    return members


def same_number(facts: Facts) -> Iterator[Hit]:
    by_number: dict[tuple[str, str], list[Migration]] = {}
    for key, migration in sorted(facts.loaded().items()):
        number = re.match(r"\d+", migration.name)
        if number and key not in facts.history.replaced and not migration.replaces:
            by_number.setdefault((migration.app, str(number.group())), []).append(migration)
    for (app, digits), twins in sorted(by_number.items()):
        if len(twins) > 1:
            names = listed([twin.name for twin in twins])
            said = f"{app} has {len(twins)} migrations numbered {digits}: {names}"
            yield Hit(SAME_NUMBER, twins[-1].file, twins[-1].line, said)


def no_init(facts: Facts) -> Iterator[Hit]:
    for app, folder in facts.files.namespace:
        files = sorted(m.file for m in facts.migrations if m.file.startswith(f"{folder}/"))
        if app.installed is not False and files:
            said = (
                f"{folder} has no __init__.py: Django never runs the {count(len(files), 'migration')} in it"
            )
            yield Hit(NO_INIT, files[0], 1, said)


def no_migration(facts: Facts) -> Iterator[Hit]:
    homes = {parent(migration.file) for migration in facts.migrations}
    for app, path in facts.files.strangers:
        if app.installed or (app.installed is None and parent(path) in homes):
            said = f"{path} lies among the migrations of {app.label} and defines no class Migration"
            yield Hit(NO_MIGRATION, path, 1, said)


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
    inner = [parent(folder) for folder in facts.tree.migration_dirs]
    for app in facts.apps:
        found = first.get(app.label)
        if found and any(
            _inside(found.file, at) and at != app.path and _inside(at, app.path) for at in inner
        ):
            continue  # the app of that folder is not installed, and Django imports none of its models
        if app in dict(facts.files.south):
            continue
        if having and app.own and app.migrations_module and app.label not in having and found is not None:
            said = f"{app.label} has models, {found.object_name} the first of them, and no migrations"
            yield Hit(NO_MIGRATIONS, found.file, found.line, said)


def _inside(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/" if folder else "")


def fragile(facts: Facts) -> Iterator[Hit]:
    for key, migration in facts.loaded().items():
        manner = facts.files.manners[key]
        swappable = {label.partition(".")[0] for label in manner.swappable}
        for app, name in migration.dependencies:
            line = migration.lines.get((app, name), migration.line)
            if name == "__latest__":
                said = f"{'.'.join(key)} depends on the latest migration of {app}, whichever that is"
                yield Hit(LATEST, migration.file, line, said)
            elif name == "__first__" and app not in swappable:
                said = f"{'.'.join(key)} depends on the first migration of {app}, whatever that creates"
                yield Hit(LATEST, migration.file, line, said, Severity.NOTE)


def run_before(facts: Facts) -> Iterator[Hit]:
    for key, migration in facts.loaded().items():
        for other in migration.run_before:
            line = migration.lines.get(other, migration.line)
            said = f"{'.'.join(key)} puts itself before {'.'.join(other)}, whose file does not say so"
            yield Hit(RUN_BEFORE, migration.file, line, said)


def souths(facts: Facts) -> Iterator[Hit]:
    for app, path in facts.files.south:
        if app.installed is not False:
            yield Hit(
                SOUTHS, path, 1, f"the migrations of {app.label} are South's: none of them is one of Django's"
            )


AUDITS = (
    (SEVERAL_LEAVES, several_leaves),
    (MISSING, missing),
    (CIRCULAR, circular),
    (SAME_NUMBER, same_number),
    (NO_INIT, no_init),
    (NO_MIGRATION, no_migration),
    (NO_MIGRATIONS, no_migrations),
    (LATEST, fragile),
    (RUN_BEFORE, run_before),
    (SOUTHS, souths),
)
