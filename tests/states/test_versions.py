"""What only some versions of Django have, as states and drift have it."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, written
from tests.projects import analysed

PAIR = "('one', models.IntegerField()), ('two', models.IntegerField())"
KEY = "('pk', models.CompositePrimaryKey({}, blank=True, editable=False, primary_key=True, serialize=False))"
PAIRED = """
class Pair(models.Model):
    pk = models.CompositePrimaryKey({})
    one = models.IntegerField()
    two = models.IntegerField()
"""


def made(key: str) -> str:
    """The CreateModel of a model with a composite key."""
    return f"migrations.CreateModel('Pair', [{KEY.format(key)}, {PAIR}]),"


@pytest.mark.parametrize(
    ("before", "after", "operations"),
    [
        ("'one', 'two'", "'one', 'two'", []),
        ("'one', 'two'", "'two', 'one'", ["AlterField pair.pk"]),
        ("'one', 'two', 'id'", "'one', 'two', 'it'", ["AlterField pair.pk"]),
    ],
)
def test_a_composite_key_is_the_primary_key(before: str, after: str, operations: list[str]) -> None:
    assert written(PAIRED.format(after), made(before), django="5.2") == operations


def test_a_model_with_a_composite_key_gets_no_other() -> None:
    text = PAIRED.format("'one', 'two'")
    found = analysed(f"# blog/__init__.py\n# blog/models.py\nfrom django.db import models\n{text}")
    model = found.model("blog.Pair")
    assert model is not None
    assert [field.name for field in model.fields] == ["one", "pk", "two"]


ENUMERATED = """
import enum
import re
from django.core.validators import RegexValidator
class Color(enum.Enum):
    RED = "red"
class Post(models.Model):
    title = models.CharField(
        max_length=1, default=Color.RED, validators=[RegexValidator("x", flags=re.I | re.M)]
    )
    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["title"], name="late", deferrable=models.Deferrable.DEFERRED)
        ]
"""
TITLE = (
    "('title', models.CharField(max_length=1, default=blog.models.Color['{}'], validators=["
    "blog.models.RegexValidator('x', flags=blog.models.re.RegexFlag[{}])]))"
)
LATE = (
    "migrations.AddConstraint('post', models.UniqueConstraint(fields=('title',), name='late', "
    "deferrable=models.Deferrable['{}'])),"
)


@pytest.mark.parametrize(
    ("color", "flags", "deferrable", "operations"),
    [
        ("RED", "'IGNORECASE'] | blog.models.re.RegexFlag['MULTILINE'", "DEFERRED", []),
        ("BLUE", "'IGNORECASE'] | blog.models.re.RegexFlag['MULTILINE'", "DEFERRED", ["AlterField post.title"]),
        ("RED", "'IGNORECASE'", "DEFERRED", ["AlterField post.title"]),
        (
            "RED", "'IGNORECASE'] | blog.models.re.RegexFlag['MULTILINE'", "IMMEDIATE",
            ["AddConstraint post", "RemoveConstraint post"],
        ),
    ],
)  # fmt: skip
def test_migrations_write_members_of_enumerations_by_their_names(
    color: str, flags: str, deferrable: str, operations: list[str]
) -> None:
    post = created("Post", TITLE.format(color, flags))
    assert written(ENUMERATED, post, LATE.format(deferrable)) == operations
