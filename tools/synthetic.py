"""Write a Django project of many models: what `make bench` measures growth on.

    tools/synthetic.py FOLDER MODELS

Apps of forty models each, a file of models and three migrations an app, as makemigrations would have
written them; relations reach back to any earlier app.  The same number gives the same project.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable
from pathlib import Path

PER_APP = 40

SETTINGS = """SECRET_KEY = "none"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
{apps}]
"""
MANAGE = """import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
"""
MODEL = """

class Model{number}(models.Model):
    name = models.CharField(max_length=100, verbose_name="the name")
    created = models.DateTimeField(auto_now_add=True)
    count = models.PositiveIntegerField(default=0)
    extra = models.TextField(blank=True, default="")
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)
    other = models.ForeignKey("{app}.Model{other}", null=True, on_delete=models.CASCADE, related_name="+")
    third = models.ForeignKey("Model{third}", null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name
"""
MIGRATION = """import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
{initial}    dependencies = [
{before}    ]
    operations = [
{operations}    ]
"""
CREATE = """        migrations.CreateModel(
            name="Model{number}",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, verbose_name="the name")),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={{"ordering": ["name"]}},
        ),
"""
RELATE = """        migrations.AddField(
            model_name="model{number}",
            name="{field}",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.{rule}, {related}to="{target}"
            ),
        ),
"""
EXTEND = """        migrations.AddField(
            model_name="model{number}",
            name="extra",
            field=models.TextField(blank=True, default=""),
        ),
"""
Drawn = tuple[str, int, int]
"""What a model is related to: (app, model) of `other`, and the model of `third`."""


def write(root: Path, models: int) -> None:
    """Write a project of that many models, rounded up to whole apps."""
    chance = random.Random(models)  # noqa: S311 - a project, not a secret
    labels = [f"app{number}" for number in range(-(-models // PER_APP))]
    _file(root / "manage.py", MANAGE)
    _file(root / "config/__init__.py", "")
    _file(root / "config/settings.py", SETTINGS.format(apps="".join(f'    "{label}",\n' for label in labels)))
    for place, label in enumerate(labels):
        drawn = [
            (chance.choice(labels[: place + 1]), chance.randrange(PER_APP), chance.randrange(number + 1))
            for number in range(PER_APP)
        ]
        _app(root / label, label, drawn)


def _app(folder: Path, label: str, drawn: list[Drawn]) -> None:
    models = (
        MODEL.format(number=number, app=app, other=other, third=third)
        for number, (app, other, third) in enumerate(drawn)
    )
    _file(folder / "__init__.py", "")
    _file(folder / "models.py", "from django.db import models\n" + "".join(models))
    _file(folder / "migrations/__init__.py", "")
    numbers = range(len(drawn))
    create = (CREATE.format(number=number) for number in numbers)
    relate = (_relations(label, number, *drawn[number]) for number in numbers)
    extend = (EXTEND.format(number=number) for number in numbers)
    first = {label, *(app for app, _, _ in drawn)}
    _migration(folder, "0001_initial", [], create)
    _migration(folder, "0002_relations", sorted((app, "0001_initial") for app in first), relate)
    _migration(folder, "0003_extra", [(label, "0002_relations")], extend)


def _relations(label: str, number: int, app: str, other: int, third: int) -> str:
    return "".join(
        RELATE.format(number=number, field=field, rule=rule, related=related, target=target)
        for field, rule, related, target in (
            ("parent", "SET_NULL", "", f"{label}.model{number}"),
            ("other", "CASCADE", 'related_name="+", ', f"{app}.model{other}"),
            ("third", "CASCADE", 'related_name="+", ', f"{label}.model{third}"),
        )
    )


def _migration(folder: Path, name: str, before: list[tuple[str, str]], operations: Iterable[str]) -> None:
    text = MIGRATION.format(
        initial="" if before else "    initial = True\n",
        before="".join(f'        ("{app}", "{migration}"),\n' for app, migration in before),
        operations="".join(operations),
    )
    _file(folder / f"migrations/{name}.py", text)


def _file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
