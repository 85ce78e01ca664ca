"""A small project around one migration: its code in, what is said about its operation out."""

from __future__ import annotations

import textwrap

from analyzer.data.values import DataOperation
from tests.projects import analysed

BEFORE = """
    # shop/__init__.py
    # shop/models.py
    # shop/migrations/__init__.py
"""
HEAD = "from django.db import migrations\n"


def migration(code: str, operations: str, name: str = "0001_initial", parent: str = "") -> str:
    """The text of one migration file."""
    dependencies = f'[("shop", "{parent}")]' if parent else "[]"
    return (
        f"# shop/migrations/{name}.py\n{HEAD}{textwrap.dedent(code)}\n"
        f"class Migration(migrations.Migration):\n"
        f"    dependencies = {dependencies}\n"
        f"    operations = [{operations}]\n"
    )


def operations(*files: str) -> tuple[DataOperation, ...]:
    """The data operations of the app `shop` with these files."""
    parts = [textwrap.dedent(BEFORE), *(textwrap.dedent(file) for file in files)]
    return analysed("".join(parts)).data_operations


def python(code: str, *files: str) -> DataOperation:
    """A `RunPython(forward)` in a migration that holds this code."""
    (found,) = operations(migration(code, "migrations.RunPython(forward)"), *files)
    return found


def sql(text: str) -> DataOperation:
    """A `RunSQL` of this text."""
    (found,) = operations(migration("", f"migrations.RunSQL({text!r})"))
    return found


def forward(body: str) -> str:
    """A function `forward` with the models `Shop` and `Tag` at hand."""
    models = 'Shop = apps.get_model("shop", "Shop")\nTag = apps.get_model("shop", "Tag")\n'
    return "def forward(apps, schema_editor):\n" + textwrap.indent(models + textwrap.dedent(body), "    ")
