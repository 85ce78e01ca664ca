"""Fields and history tables by way of a function: `functools.partial`, one in the class's own body."""

from __future__ import annotations

import pytest

from tests.schema.blog import fields, own, read

PARTIAL = "from functools import partial\n"
HELPERS = """
from functools import partial
from django.db import models
SIZE = 30
Text = partial(models.CharField, max_length=SIZE)
Short = partial(Text, max_length=3)
Key = partial(models.ForeignKey, on_delete=models.CASCADE, null=True)
"""
POST = "class Post(models.Model):\n    it = {}\n"


@pytest.mark.parametrize(
    ("before", "expression", "name"),
    [
        (f"{PARTIAL}Text = partial(models.CharField, max_length=3)\n", "Text()", "CharField"),
        (
            f"{PARTIAL}Text = partial(models.CharField)\nMore = partial(Text)\n",
            "More(max_length=3)",
            "CharField",
        ),
        ("import functools\nText = functools.partial(models.TextField)\n", "Text()", "TextField"),
        ("from blog.helpers import Text\n", "Text()", "CharField"),
        ("from blog import helpers\n", "helpers.Short('name')", "CharField"),
        ("from blog.helpers import Key\n", "Key(Place)", "ForeignKey"),
    ],
)
def test_a_partial_of_a_field_class_makes_such_fields(before: str, expression: str, name: str) -> None:
    found = own(read(before + POST.format(expression), helpers=HELPERS))["Post"]
    assert {known.name: known.cls for known in found.fields}["it"] == name


def test_a_partial_fills_in_arguments_that_the_call_may_replace() -> None:
    body = "class Post(models.Model):\n    one = Key(Place)\n    two = Key(Place, null=False)\n"
    models = f"from blog.helpers import Key\n{body}"
    found = own(read(models, helpers=HELPERS))["Post"]
    assert {(known.name, known.null, known.target) for known in found.fields} >= {
        ("one", True, "core.Place"),
        ("two", False, "core.Place"),
    }


def test_a_partial_of_another_function_makes_no_field() -> None:
    models = f"{PARTIAL}from gone import fill\nText = fill(models.CharField)\n{POST.format('Text()')}"
    assert "it" not in fields(models)


@pytest.mark.parametrize("decorator", ["", "@staticmethod\n    "])
def test_a_function_in_the_body_of_a_class_makes_its_fields(decorator: str) -> None:
    models = f"""
class Post(models.Model):
    {decorator}def made(size):
        return models.CharField(max_length=size)

    it = made(3)
    other = made(size=4)
    text = str(5)
"""
    assert fields(models) == {"id": "AutoField", "it": "CharField", "other": "CharField"}


HISTORY = """
from functools import partial
from simple_history import register
from simple_history.models import HistoricalRecords
class Extra(models.Model):
    by = models.CharField(max_length=3)
    class Meta:
        abstract = True
Records = partial(HistoricalRecords, bases=[Extra])
"""


@pytest.mark.parametrize(
    "models",
    [
        "class Post(models.Model):\n    history = Records()\n",
        "class Post(models.Model):\n    pass\nregister(Post, records_class=Records)\n",
    ],
)
def test_a_partial_of_history_records_keeps_history(models: str) -> None:
    found = own(read(HISTORY + models))
    assert {"by", "history_id", "history_user"} <= {field.name for field in found["HistoricalPost"].fields}
