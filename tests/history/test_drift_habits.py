"""Projects that change how Django writes migrations: what they never write is no drift."""

from __future__ import annotations

from tests.history.drifts import created, drift, told

TITLE = "('title', models.CharField(max_length=9))"
MODELS = """
class Post(models.Model):
    title = models.CharField("Title", max_length=9, help_text="Short")
    class Meta:
        verbose_name = "post"
"""
PATCHED = """
# shop/apps.py
from django.apps import AppConfig
from django.db import models
from django.db.migrations.operations import AlterModelOptions
from shop.written import shorter
AlterModelOptions.ALTER_OPTION_KEYS.remove("verbose_name")
models.Field.deconstruct = shorter
class Shop(AppConfig):
    name = "shop"
# shop/written.py
from django.db import models
LEFT_OUT = ("help_text",)
usual = models.Field.deconstruct
def shorter(field):
    name, path, args, kwargs = usual(field)
    for key in LEFT_OUT:
        kwargs.pop(key, None)
    {more}
    return name, path, args, kwargs
"""


def test_without_habits_all_is_drift() -> None:
    found = drift(MODELS, created("Post", TITLE))
    assert told(found.differences) == ["AlterField post.title", "AlterModelOptions post"]


def test_arguments_and_options_that_are_never_written_are_no_drift() -> None:
    found = drift(
        MODELS, created("Post", TITLE), more=PATCHED.format(more="kwargs.pop('verbose_name', None)")
    )
    assert told(found.differences) == []


def test_other_arguments_still_are() -> None:
    models = MODELS.replace("max_length=9", "max_length=8")
    found = drift(models, created("Post", TITLE), more=PATCHED.format(more="del kwargs['verbose_name']"))
    assert told(found.differences) == ["AlterField post.title"]


def test_what_a_function_does_beyond_that_leaves_it_open() -> None:
    found = drift(MODELS, created("Post", TITLE), more=PATCHED.format(more="kwargs = changed(kwargs)"))
    assert told(found.differences) == ["AlterField? post.title"]
    assert "sets its own `deconstruct`" in found.differences[0].why


def test_a_makemigrations_of_the_projects_own_may_leave_out_anything() -> None:
    command = "# shop/management/commands/makemigrations.py\nfrom shop.written import deconstruct\n"
    found = drift(MODELS, created("Post", TITLE), more=command)
    assert "AlterField? post.title" in told(found.differences)
