"""What enumerations make of their members, as their own constructors say."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, drift, told

NUMBERS = """
from typing import cast
from django.utils.translation import gettext_lazy as _
class Event(models.IntegerChoices):
    def __new__(cls, value, description):
        obj = cast("Event", int.__new__(cls, value))
        obj._value_ = value
        obj.description = description
        return obj
    OPENED = 1, _("It was opened."), _("Opened")
    SHUT = (2, "It was shut.", "Shut")
ENDING = {Event.SHUT}
class Post(models.Model):
    event = models.IntegerField(choices=Event.choices, default=Event.SHUT, help_text=Event.SHUT.description)
    class Meta:
        indexes = [
            models.Index(fields=["event"], condition=models.Q(event=Event.OPENED), name="opened"),
            models.Index(fields=["event"], condition=models.Q(event__in=ENDING), name="ending"),
        ]
"""
INDEXES = """[
    models.Index(fields=["event"], condition=models.Q(event=1), name="opened"),
    models.Index(fields=["event"], condition=models.Q(("event__in", {2})), name="ending"),
]"""


def test_members_of_which_a_constructor_takes_the_value() -> None:
    field = "choices=[(1, 'Opened'), (2, 'Shut')], default=2, help_text='It was shut.'"
    state = created("Post", f"('event', models.IntegerField({field}))", options=f"{{'indexes': {INDEXES}}}")
    assert told(drift(NUMBERS, state).differences) == []


TEXTS = """
import enum
class Kind({bases}):
    A = "a", {first}
    B = "b", {second}
    def {name}({owner}, value, {more}):
        {body}
class Post(models.Model):
    kind = models.CharField(max_length=9, choices=[(k.value, k.{label}) for k in Kind], default=Kind.B.value)
"""
MADE = "obj = str.__new__(cls, value); obj._value_ = value; obj.label = label; return obj"


@pytest.mark.parametrize(
    ("bases", "name", "owner", "body"),
    [
        ("str, enum.Enum", "__new__", "cls", MADE),
        ("enum.Enum", "__new__", "cls", MADE.replace("str.", "object.")),
        ("enum.Enum", "__init__", "self", "self._value_ = value; self.label = label"),
    ],
)
@pytest.mark.parametrize("length", [9, 8])
def test_attributes_that_members_get(bases: str, name: str, owner: str, body: str, length: int) -> None:
    text = TEXTS.format(
        bases=bases,
        name=name,
        owner=owner,
        more="label",
        body=body,
        first="'One'",
        second="'Two'",
        label="label",
    )
    choices = "choices=[('a', 'One'), ('b', 'Two')], default='b'"
    state = created("Post", f"('kind', models.CharField(max_length={length}, {choices}))")
    expected = [] if length == 9 else ["AlterField post.kind"]
    assert [(d.operation, d.field, d.certain) for d in drift(text, state).differences] == [
        ("AlterField", "kind", True) for _ in expected
    ]


@pytest.mark.parametrize(
    "body",
    [
        "def __new__(cls, *args):\n        return make(cls, args)",
        "def __new__(cls, *args):\n        obj = int.__new__(cls, args[0])\n        return obj",
    ],
)
def test_a_constructor_that_does_not_tell_the_value(body: str) -> None:
    text = f"""
from shop.making import make
class Event(models.IntegerChoices):
    {body}
    OPENED = 1, "It was opened.", "Opened"
class Post(models.Model):
    event = models.IntegerField(default=Event.OPENED)
"""
    found = drift(text, created("Post", "('event', models.IntegerField(default=1))"))
    assert [(d.field, d.certain) for d in found.differences] == [("event", False)]


def test_a_label_that_a_property_gives() -> None:
    text = """
class Kind(models.IntegerChoices):
    ONE = 1, "one"
    @property
    def label(self):
        return "No. %s" % self.value
class Post(models.Model):
    kind = models.IntegerField(choices=Kind.choices, help_text=Kind.ONE.label)
"""
    for label, expected in (("No. 1", []), ("one", ["AlterField post.kind"])):
        kind = f"models.IntegerField(choices=[(1, '{label}')], help_text='{label}')"
        assert told(drift(text, created("Post", f"('kind', {kind})")).differences) == expected


def test_two_enumerations_of_one_name_in_a_module() -> None:
    """A field class with code of its own, twice called with an argument that is written the same."""
    text = """
class KindField(models.CharField):
    def __init__(self, *args, enum=None, **kwargs):
        if enum is not None:
            kwargs["choices"] = enum.choices
        super().__init__(*args, **kwargs)
class Kind(models.TextChoices):
    ONE = "1"
class Post(models.Model):
    kind = KindField(enum=Kind, max_length=1)
class Kind(models.TextChoices):
    TWO = "2"
class Page(models.Model):
    kind = KindField(enum=Kind, max_length=1)
"""
    kinds = [
        f"blog.models.KindField(choices={choices}, max_length=1)"
        for choices in ([("1", "One")], [("2", "Two")])
    ]
    post, page = (
        created(name, f"('kind', {kind})") for name, kind in zip(("Post", "Page"), kinds, strict=True)
    )
    assert told(drift(text, post, page).differences) == []


@pytest.mark.parametrize(("method", "found"), [("__new__", ["AlterField? post.kind"]), ("__contains__", [])])
def test_a_metaclass_of_the_project_may_make_other_members(method: str, found: list[str]) -> None:
    text = f"""
import enum
class Maker(enum.EnumMeta):
    def {method}(cls, *args):
        return made(*args)
class Kind(str, enum.Enum, metaclass=Maker):
    A = "a"
class Post(models.Model):
    kind = models.CharField(max_length=9, choices=[(kind, kind.value) for kind in Kind])
"""
    state = created("Post", "('kind', models.CharField(max_length=9, choices=[('a', 'a')]))")
    assert told(drift(text, state).differences) == found
