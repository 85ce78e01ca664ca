"""MS2xx: relations whose target does not exist, and what goes wrong with the user model."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.history.values import Key, Migration, Operation, WrittenOperation
from analyzer.schema.values import Relation
from analyzer.source.facts import Call, Expr, Ref
from analyzer.source.scopes import children

_CUSTOM = "https://docs.djangoproject.com/en/stable/topics/auth/customizing/"
USER = "AUTH_USER_MODEL"
DJANGO = frozenset({"admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites"})
"""The labels of Django's own apps that have models."""


def _relating(target: str, settings: str = "") -> str:
    return f"""
        # settings.py
        INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "people", "blog"]
        {settings}
        # people/__init__.py
        # people/models.py
        from django.contrib.auth.models import AbstractUser
        class Person(AbstractUser): ...
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Post(models.Model):
            author = models.ForeignKey("{target}", models.CASCADE)
    """


_PERSON = 'AUTH_USER_MODEL = "people.Person"'

NOWHERE = Rule(
    code="MS203",
    name="target-not-found",
    severity=Severity.ERROR,
    title="A relation names a model that does not exist",
    why="Django's system check fails (fields.E300), and with it nearly every command.",
    fix="Correct the app label or the model's name, or install the app.",
    bad=_relating("people.Persson", _PERSON),
    good=_relating("people.Person", _PERSON),
    url="https://docs.djangoproject.com/en/stable/ref/checks/#related-fields",
)

SWAPPED = Rule(
    code="MS204",
    name="relation-to-swapped-model",
    severity=Severity.ERROR,
    title="A relation names a model that the settings have swapped for another",
    why="The swapped model has no table; Django's system check fails (fields.E301).",
    fix="Name the target by its setting, as in `settings.AUTH_USER_MODEL`.",
    bad=_relating("auth.User", _PERSON),
    good=_relating("people.Person", _PERSON),
    url=f"{_CUSTOM}#referencing-the-user-model",
)


def _migrating(dependencies: str, first: str = "0001_initial") -> str:
    created = """
            operations = [migrations.CreateModel("Person", [
                ("id", models.AutoField(primary_key=True, serialize=False)),
            ])]"""
    return f"""
        # settings.py
        INSTALLED_APPS = ["people", "blog"]
        AUTH_USER_MODEL = "people.Person"
        # people/__init__.py
        # people/models.py
        from django.db import models
        class Person(models.Model):
            id = models.AutoField(primary_key=True)
        # people/migrations/__init__.py
        # people/migrations/0001_initial.py
        from django.db import migrations, models
        class Migration(migrations.Migration):
            dependencies = [] {created if first == "0001_initial" else ""}
        # people/migrations/0002_more.py
        from django.db import migrations, models
        class Migration(migrations.Migration):
            dependencies = [("people", "0001_initial")] {created if first == "0002_more" else ""}
        # blog/__init__.py
        # blog/models.py
        from django.conf import settings
        from django.db import models
        class Post(models.Model):
            id = models.AutoField(primary_key=True)
            author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
        # blog/migrations/__init__.py
        # blog/migrations/0001_initial.py
        from django.conf import settings
        from django.db import migrations, models
        class Migration(migrations.Migration):
            dependencies = [{dependencies}]
            operations = [migrations.CreateModel("Post", [
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("author", models.ForeignKey(to=settings.AUTH_USER_MODEL, on_delete=models.CASCADE)),
            ])]
    """


_SWAPPABLE = "migrations.swappable_dependency(settings.AUTH_USER_MODEL)"

UNORDERED = Rule(
    code="MS205",
    name="user-relation-without-dependency",
    severity=Severity.ERROR,
    title="A migration relates to the user model without depending on its app",
    why="Nothing makes Django create the users' table first: whether a fresh database can be migrated is "
    "a matter of how the apps are called.",
    fix="Add `migrations.swappable_dependency(settings.AUTH_USER_MODEL)` to its dependencies.",
    bad=_migrating(""),
    good=_migrating(_SWAPPABLE),
    url=f"{_CUSTOM}#reusable-apps-and-auth-user-model",
)

LATE_USER = Rule(
    code="MS206",
    name="user-model-not-in-first-migration",
    severity=Severity.ERROR,
    title="The user model is not created by its app's first migration",
    why="`swappable_dependency` means the first migration of its app: what relates to users may run before "
    "there are any, and Django stops with an unresolved or circular dependency.",
    fix="Create the user model in the first migration of its app, at the latest when resetting.",
    bad=_migrating(_SWAPPABLE, "0002_more"),
    good=_migrating(_SWAPPABLE),
    url=f"{_CUSTOM}#substituting-a-custom-user-model",
)


def _written_here(facts: Facts) -> Iterator[Relation]:
    """The relations of models that Django loads, as far as their lines stand in the project."""
    loaded = {m.label for m in facts.models if m.own and m.installed is not False and m.certain}
    for relation in facts.relations:
        if relation.source in loaded and relation.certain and relation.file and relation.target is not None:
            yield relation


def nowhere(facts: Facts) -> Iterator[Hit]:
    models = {model.label for model in facts.models}
    apps = {app.label: app for app in facts.apps if app.own and app.installed is not False}
    gaps = {item.what.partition(".")[0] for item in facts.unknown} | _perhaps_two(facts)
    for relation in _written_here(facts):
        target = relation.target or ""
        app, _, name = target.partition(".")
        if target in models or app not in apps or app in gaps or not name:
            continue
        said = f"{relation.source}.{relation.field} relates to {target}, and {app} has no model of that name"
        yield Hit(NOWHERE, relation.file, relation.line, said)


def _perhaps_two(facts: Facts) -> set[str]:
    """Labels that two installed apps share, as they could before Django 1.7; or may share with an app of
    Django's, where INSTALLED_APPS is not all read."""
    labels = [entry.rpartition(".")[2] for entry, _ in facts.settings.installed]
    twice = {label for label in labels if labels.count(label) > 1}
    return twice if facts.settings.complete else twice | DJANGO


def swapped(facts: Facts) -> Iterator[Hit]:
    models = {model.label: model for model in facts.models}
    for relation in _written_here(facts):
        target = models.get(relation.target or "")
        if target is None or not target.swapped or target.swappable is None:
            continue
        if not isinstance(facts.settings.values.get(target.swappable), str):
            continue  # not for certain
        now = facts.settings.text(target.swappable, "")
        said = f"{relation.source}.{relation.field} relates to {target.label}, which {target.swappable} "
        said += f"swaps for {now}"
        yield Hit(SWAPPED, relation.file, relation.line, said)


def unordered(facts: Facts) -> Iterator[Hit]:
    app = facts.settings.auth_user_model.partition(".")[0]
    known = facts.loaded()
    own = any(one.label == app and one.own for one in facts.apps)
    if own and not any(key[0] == app for key in known):
        return  # what is to be depended on is missing, and that is another finding
    dependent = {one.migration[0] for one in facts.outside.dependents if one.needs[0] == app}
    found: dict[Key, Operation] = {}
    for key, migration in known.items():
        if migration.app == app or not migration.complete or key not in facts.history.edges:
            continue
        operation = next((one for one in migration.operations if _names_user(one)), None)
        if operation is not None and not _leads_to(facts, key, app, dependent, known):
            found[key] = operation
    for key, operation in found.items():
        if found.keys().isdisjoint(facts.above(key) - {key}):
            said = f"{'.'.join(key)} relates to {USER} and depends on no migration of {app}"
            yield Hit(UNORDERED, operation.file, operation.line, said)


def _names_user(operation: Operation) -> bool:
    """Whether an operation that changes the schema relates to the user model by its setting."""
    if not isinstance(operation, WrittenOperation) or operation.inside == "state_operations":
        return False
    if operation.django not in ("CreateModel", "AddField", "AlterField"):
        return False
    pending: list[Expr] = [operation.made.call]
    while pending:
        expr = pending.pop()
        if isinstance(expr, Call):
            given = (expr.argument("to", 0), expr.argument("to"))
            if any(isinstance(to, Ref) and to.name.endswith(f"settings.{USER}") for to in given):
                return True
        pending += children(expr)
    return False


def _leads_to(facts: Facts, key: Key, app: str, dependent: set[str], known: dict[Key, Migration]) -> bool:
    """Whether dependencies lead to the app, or to something of which it is not known that it does not."""
    if facts.stopped(key):
        return True
    for parent in facts.above(key):
        label = parent[0]
        outside = parent not in known and parent not in facts.history.edges
        if label == app or (outside and (label in dependent or label not in facts.outside.names)):
            return True
    return False


def late_user(facts: Facts) -> Iterator[Hit]:
    setting = facts.settings.values.get(USER)
    if not isinstance(setting, str):
        return
    app, _, name = setting.partition(".")
    known = facts.loaded()
    roots = [key for key in facts.history.roots if key[0] == app and key in known]
    creating = [
        (key, operation)
        for key, migration in known.items()
        if key[0] == app and key in facts.history.nodes
        for operation in migration.operations
        if _creates(operation, name)
    ]
    if not roots or not creating or any(key == min(roots) for key, _ in creating):
        return
    if not all(migration.complete for key, migration in known.items() if key[0] == app):
        return
    key, operation = creating[0]
    said = f"{setting} is {USER} and created by {'.'.join(key)}, not by {'.'.join(min(roots))}, the first "
    said += f"migration of {app}"
    yield Hit(LATE_USER, operation.file, operation.line, said)


def _creates(operation: Operation, name: str) -> bool:
    if not isinstance(operation, WrittenOperation) or operation.django not in ("CreateModel", "RenameModel"):
        return False
    call = operation.made.call
    keyword = ("name", 0) if operation.django == "CreateModel" else ("new_name", 1)
    given = call.argument(*keyword)
    return str(getattr(given, "value", "")).lower() == name.lower()


AUDITS = (
    (NOWHERE, nowhere),
    (SWAPPED, swapped),
    (UNORDERED, unordered),
    (LATE_USER, late_user),
)
