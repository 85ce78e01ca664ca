"""Projects whose migrations are replayed, as tests look at them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from analyzer.history.replay import States, replay
from analyzer.states.values import FieldState, ModelState, ProjectState
from tests.projects import analysed

SETTINGS = """
# settings.py
INSTALLED_APPS = ["django.contrib.auth", "blog", "shop"]
SECRET_KEY = "x"
# blog/__init__.py
# blog/migrations/__init__.py
# shop/__init__.py
# shop/migrations/__init__.py
"""

HEAD = """from django.conf import settings
from django.db import connection, migrations, models
from django.db.models import CASCADE, Q
"""

POST = """migrations.CreateModel("Post", [
            ("id", models.AutoField(primary_key=True)),
            ("title", models.CharField(max_length=10)),
        ])"""


def migration(app: str, name: str, operations: str, *needs: str, more: str = "", before: str = "") -> str:
    """A migration file as text: `needs` are "app.name" of what it depends on."""
    pairs = ", ".join(f'("{need.partition(".")[0]}", "{need.partition(".")[2]}")' for need in needs)
    lines = f"    dependencies = [{pairs}]\n    operations = {operations}\n{more}"
    return f"# {app}/migrations/{name}.py\n{HEAD}{before}\nclass Migration(migrations.Migration):\n{lines}\n"


def history(*texts: str, before: str = "", **files: str) -> str:
    """The app blog with a migration for each list of operations, each after the one before."""
    out = SETTINGS
    for number, text in enumerate(texts, 1):
        needs = (f"blog.m{number - 1}",) if number > 1 else ()
        out += migration("blog", f"m{number}", text, *needs, before=before)
    return out + "".join(f"# blog/{name}.py\n{content}\n" for name, content in files.items())


def states(text: str | Mapping[str, str]) -> States:
    """The states of a project given as text, as the analysis makes them."""
    kept: list[States] = []

    def kept_replay(*arguments: Any) -> States:
        kept.append(replay(*arguments))
        return kept[0]

    with patch("analyzer.stages.replay", kept_replay):
        analysed(text)
    return kept[0]


def shown(state: ProjectState) -> dict[str, dict[str, str]]:
    """Each model's fields in words: class, null, target."""
    return {model.label: fields(model) for model in state.models.values()}


def fields(model: ModelState) -> dict[str, str]:
    return {name: word(field) for name, field in model.fields.items()}


def word(field: FieldState) -> str:
    null = " null" if field.null else ""
    target = f" to {field.target}" if field.target else ""
    return f"{field.declared.field.name}{null}{target}"


def doubts(state: ProjectState) -> list[str]:
    """What is in doubt, without why."""
    return [".".join(filter(None, (doubt.app, doubt.model, doubt.field))) for doubt in state.doubts]


__all__ = ["POST", "doubts", "fields", "history", "migration", "shown", "states", "word"]
