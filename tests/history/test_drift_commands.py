"""Projects with a `makemigrations` of their own: what it never writes is no drift."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, drift, told, written

AT = "\n# shop/management/__init__.py\n# shop/management/commands/__init__.py\n"
COMMAND = AT + "# shop/management/commands/makemigrations.py\n"
TITLE = "('title', models.CharField(max_length=9))"
MODELS = """
class Post(models.Model):
    title = models.CharField("Title", max_length={length}, help_text="Short")
    class Meta:
        verbose_name = "post"
"""
IMPORTED = (
    COMMAND
    + """
from django.core.management.commands.makemigrations import Command
from django.db import models
from shop import written
models.Field.deconstruct = written.shorter
# shop/written.py
from django.db import models
LEFT_OUT = ["help_text", "verbose_name"]
usual = models.Field.deconstruct
def shorter(field):
    name, path, args, kwargs = usual(field)
    for key in LEFT_OUT:
        kwargs.pop(key, None)
    return name, path, args, kwargs
"""
)
CALLED = (
    COMMAND
    + """
'''Leaves out what no database holds, without an autodetector of its own.'''
from django.core.management.commands.makemigrations import Command as Usual
from django.db import models
from django.db.migrations.operations import models as operations
def change():
    operations.AlterModelOptions.ALTER_OPTION_KEYS.remove("verbose_name")
    LEFT_OUT = [
        (models.Field, "verbose_name", []),
        (models.Field, "help_text", []),
        (models.Field, "blank", [models.DateField, models.AutoField, models.DateTimeField]),
        (models.CharField, "choices", [models.SlugField]),
    ]
    usual = models.Field.deconstruct
    def shorter(self):
        name, path, args, kwargs = usual(self)
        for kind, key, but in LEFT_OUT:
            if isinstance(self, kind) and not any(isinstance(self, other) for other in but):
                kwargs.pop(key, None)
        return name, path, args, kwargs
    models.Field.deconstruct = shorter
class Command(Usual):
    def handle(self, *args, **kwargs):
        change()
        return super().handle(*args, **kwargs)
"""
)


@pytest.mark.parametrize("command", [IMPORTED, CALLED])
def test_what_the_command_leaves_out_is_no_drift(command: str) -> None:
    options = {"options": "{'verbose_name': 'post'}"}
    assert written(MODELS.format(length=9), created("Post", TITLE, **options), more=command) == []


@pytest.mark.parametrize("command", [IMPORTED, CALLED])
def test_the_rest_still_is(command: str) -> None:
    options = {"options": "{'verbose_name': 'post'}"}
    rows = written(MODELS.format(length=8), created("Post", TITLE, **options), more=command)
    assert rows == ["AlterField post.title"]


def test_what_is_left_out_of_some_classes_only() -> None:
    models = """
class Post(models.Model):
    a = models.CharField(max_length=9, choices=[("a", "a")], blank=True)
    b = models.SlugField(max_length=9, choices=[("a", "a")], blank=True)
    c = models.IntegerField(choices=[(1, "a")], blank=True)
    d = models.DateField(blank=True)
"""
    fields = ("a", "CharField(max_length=9)"), ("b", "SlugField(max_length=9)"), ("c", "IntegerField()")
    before = [f"('{name}', models.{call})" for name, call in (*fields, ("d", "DateField()"))]
    rows = written(models, created("Post", *before), more=CALLED)
    assert rows == ["AlterField post.b", "AlterField post.c", "AlterField post.d"]


ADDING = IMPORTED.replace(
    "    return name",
    "    if hasattr(field, 'CHOICES'):\n        kwargs['choices'] = field.CHOICES\n    return name",
).replace('"help_text"', '"help_text", "choices"')
ZONES = """
class Zone(models.CharField):
    CHOICES = [("a", "a")]
class Post(models.Model):
    a = Zone(max_length=9)
    b = models.CharField(max_length=9, choices=[("a", "b")])
"""


def test_what_the_function_adds_for_fields_that_have_it() -> None:
    plain = "('b', models.CharField(max_length=9))"
    zone = "('a', blog.models.Zone(max_length=9, choices=[('b', 'b')]))"
    assert written(ZONES, created("Post", zone, plain), more=ADDING) == []


def test_what_is_left_out_by_its_value() -> None:
    command = IMPORTED.replace(
        "    return name",
        "    kwargs = {k: v for k, v in kwargs.items() if not isinstance(v, Setting)}\n    return name",
    ).replace("LEFT_OUT =", "class Setting:\n    pass\nLEFT_OUT =")
    models = """
from shop.written import Setting
class Post(models.Model):
    a = models.CharField(max_length=9, default=Setting("a"))
    b = models.CharField(max_length=9, default="b")
"""
    before = (f"('{name}', models.CharField(max_length=9))" for name in "ab")
    assert written(models, created("Post", *before), more=command) == ["AlterField post.b"]


SUBCLASS = """
from django.core.management.commands.makemigrations import Command as Usual
class Command(Usual):
    {}
"""


@pytest.mark.parametrize(
    "text",
    [
        "from django.db.migrations.autodetector import MigrationAutodetector",
        SUBCLASS.format("autodetector = Other"),
        SUBCLASS.format("def write_migration_files(self, changes): pass"),
        "from django.db import models\nmodels.CharField.deconstruct = other",
        "from django.db import models\nsetattr(models.Field, 'deconstruct', other)",
        "from shop.unknown import deconstruct",
    ],
)
def test_a_command_that_does_something_else_leaves_it_open(text: str) -> None:
    found = drift(MODELS.format(length=9), created("Post", TITLE), more=COMMAND + text)
    assert told(found.differences)[0] == "AlterField? post.title"
    assert "the project's own `makemigrations` (shop/management/commands/" in found.differences[0].why


def test_a_copy_of_django_in_the_tree_is_no_command_of_the_project() -> None:
    text = (
        "\n# dist/django/__init__.py\n# dist/django/core/management/commands/makemigrations.py\n"
        "from django.db.migrations.autodetector import MigrationAutodetector\n"
    )
    rows = written(MODELS.format(length=9), created("Post", TITLE), more=text)
    assert rows == ["AlterField post.title", "AlterModelOptions post"]
