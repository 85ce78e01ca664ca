"""Defects in what migrations do: names that are not there, indexes and extensions at the wrong place."""

from __future__ import annotations

from collections.abc import Iterator

from tests.audits.seeded.defects import Defect, Project

CHANGE = """from django.db import migrations


def change(apps, schema_editor):
    {body}


class Migration(migrations.Migration):
    dependencies = [{parent}]
    operations = [migrations.RunPython(change)]
"""
LATER = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [{parent}]
    operations = [{operation}]
"""
CONCURRENT = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [{parent}]
    operations = [
        migrations.RunSQL("CREATE INDEX CONCURRENTLY planted ON planted (id)", migrations.RunSQL.noop),
    ]
"""
LINE = 5
"""Where `CHANGE` uses a model."""


def _ends(project: Project) -> Iterator[tuple[str, str, str]]:
    """(app, folder, dependency on the last migration) of the apps whose history has one end."""
    leaves = [key for key in project.analysis.history.leaves if key in project.loaded]
    for key in leaves:
        if sum(other[0] == key[0] for other in leaves) == 1:
            yield key[0], project.loaded[key].file.rpartition("/")[0], repr(key)


def missing_model(project: Project) -> Iterator[Defect]:
    for app, folder, parent in _ends(project):
        path = f"{folder}/9998_change.py"
        body = f'apps.get_model("{app}", "Planted").objects.all().delete()'
        text = CHANGE.format(body=body, parent=parent)
        yield Defect("MS413", {path: text}, frozenset({(path, LINE)}))


def later_model(project: Project) -> Iterator[Defect]:
    for app, folder, parent in _ends(project):
        path, later = f"{folder}/9997_change.py", f"{folder}/9998_planted.py"
        body = f'apps.get_model("{app}", "Planted").objects.all().delete()'
        made = (
            'migrations.CreateModel("Planted", [("id", models.AutoField(primary_key=True, serialize=False))])'
        )
        files: dict[str, str | None] = {
            path: CHANGE.format(body=body, parent=parent),
            later: LATER.format(parent=repr((app, "9997_change")), operation=made),
        }
        yield Defect("MS413", files, frozenset({(path, LINE)}))


def concurrent_index(project: Project) -> Iterator[Defect]:
    for _, folder, parent in _ends(project):
        path = f"{folder}/9998_index.py"
        line = CONCURRENT.count("\n", 0, CONCURRENT.index("migrations.RunSQL(")) + 1
        yield Defect("MS422", {path: CONCURRENT.format(parent=parent)}, frozenset({(path, line)}))


def late_extension(project: Project) -> Iterator[Defect]:
    if any("hstore" in text.lower() for text in project.texts.values()):
        return
    kept = {
        model.app: model.object_name for model in project.analysis.models if model.own and model.installed
    }
    for app, folder, parent in _ends(project):
        if app not in kept:
            continue
        path, later = f"{folder}/9997_words.py", f"{folder}/9998_extension.py"
        field = "django.contrib.postgres.fields.HStoreField(null=True)"
        adding = f'migrations.AddField("{kept[app]}", "planted", {field})'
        text = f"import django.contrib.postgres.fields\n{LATER.format(parent=parent, operation=adding)}"
        made = "django.contrib.postgres.operations.HStoreExtension()"
        after = LATER.format(parent=repr((app, "9997_words")), operation=made)
        line = text.count("\n", 0, text.index("migrations.AddField")) + 1
        files: dict[str, str | None] = {
            path: text,
            later: f"import django.contrib.postgres.operations\n{after}",
        }
        yield Defect("MS423", files, frozenset({(path, line)}))


OPERATIONS = (missing_model, later_model, concurrent_index, late_extension)
