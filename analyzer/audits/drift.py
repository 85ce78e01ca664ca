"""MS3xx: where the models and the migrations disagree.

A difference that source decides is a warning: `makemigrations` would write a migration.  One that it
does not decide is never more than a note, and so is one in a model that stands nowhere in the project
because a package makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.history.drift.values import Difference

_URL = "https://docs.djangoproject.com/en/stable/ref/django-admin/#makemigrations"


def _project(model: str, operations: str) -> str:
    return f"""
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        {model}
        # blog/migrations/__init__.py
        # blog/migrations/0001_initial.py
        from django.db import migrations, models
        class Migration(migrations.Migration):
            dependencies = []
            operations = [
                {operations}
            ]
    """


_TITLED = """class Post(models.Model):
            id = models.AutoField(primary_key=True)
            title = models.CharField(max_length=80)"""
_PLAIN = """class Post(models.Model):
            id = models.AutoField(primary_key=True)"""
_ID = "('id', models.AutoField(primary_key=True, serialize=False))"
_TITLE = "('title', models.CharField(max_length=80))"


def _post(*fields: str) -> str:
    return f"migrations.CreateModel(name='Post', fields=[{', '.join((_ID, *fields))}])"


MODEL_NOT_MIGRATED = Rule(
    code="MS301",
    name="model-not-migrated",
    severity=Severity.WARNING,
    title="A model has no migration that creates it",
    why="Its table does not exist in a database that was migrated; every query on it fails.",
    fix="Run `makemigrations`, and commit what it writes.",
    bad=_project(_TITLED, ""),
    good=_project(_TITLED, _post(_TITLE)),
    url=_URL,
)

FIELD_NOT_MIGRATED = Rule(
    code="MS302",
    name="field-not-migrated",
    severity=Severity.WARNING,
    title="A field has no migration that adds it",
    why="Its column does not exist in a database that was migrated; every query on the model fails.",
    fix="Run `makemigrations`, and commit what it writes.",
    bad=_project(_TITLED, _post()),
    good=_project(_TITLED, _post(_TITLE)),
    url=_URL,
)

DIFFERS = Rule(
    code="MS303",
    name="differs-from-migrations",
    severity=Severity.WARNING,
    title="A model or field is not what its migrations say",
    why="`makemigrations` would write a migration; after a reset the schema would silently be another one.",
    fix="Run `makemigrations`, read what it writes, and commit it.",
    bad=_project(_TITLED, _post("('title', models.CharField(max_length=40))")),
    good=_project(_TITLED, _post(_TITLE)),
    url=_URL,
)

GONE = Rule(
    code="MS304",
    name="migrated-but-gone",
    severity=Severity.WARNING,
    title="Migrations create a model or field that no longer exists",
    why="The next `makemigrations` drops the table or column, with what is in it.",
    fix="Run `makemigrations` where it is meant to go, else bring the model or field back.",
    bad=_project(_PLAIN, _post(_TITLE)),
    good=_project(_TITLED, _post(_TITLE)),
    url=_URL,
)

_RULES = {"CreateModel": MODEL_NOT_MIGRATED, "AddField": FIELD_NOT_MIGRATED}
_RULES |= {"DeleteModel": GONE, "RemoveField": GONE}


def _check(rule: Rule) -> Callable[[Facts], Iterator[Hit]]:
    def check(facts: Facts) -> Iterator[Hit]:
        migrations = {migration.file for migration in facts.migrations}
        for difference in facts.drift:
            if _RULES.get(difference.operation, DIFFERS) is rule:
                made = rule is not GONE and difference.file in migrations
                severity = Severity.WARNING if difference.certain and not made else Severity.NOTE
                yield Hit(
                    rule, difference.file, difference.line, _said(difference), severity,
                    related=tuple(file for file in (difference.other_file,) if file),
                )  # fmt: skip

    return check


def _said(difference: Difference) -> str:
    place = f"{difference.app}.{difference.model}"
    place += f".{difference.field}" if difference.field else ""
    if difference.certain:
        said = f"{place}: `makemigrations` would write {difference.operation}"
    else:
        said = f"{place}: source does not decide whether `makemigrations` would write {difference.operation}"
    return f"{said} ({difference.why})" if difference.why else said


AUDITS = tuple((rule, _check(rule)) for rule in (MODEL_NOT_MIGRATED, FIELD_NOT_MIGRATED, DIFFERS, GONE))
