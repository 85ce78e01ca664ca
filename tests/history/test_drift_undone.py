"""Differences that something in the project may undo: metaclasses, lazy objects, `__eq__`."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, written

TITLE = "('title', models.CharField(max_length=1))"


TOUCHED = """
class Told(models.base.ModelBase):
    def __new__(mcs, name, bases, attrs):
        cls = super().__new__(mcs, name, bases, attrs)
        field = cls._meta.get_field("title")
        {sets}
        return cls
class Base(models.Model, metaclass=Told):
    title = models.CharField(max_length={length})
    class Meta:
        abstract = True
class Post(Base):
    told = "t"
"""


@pytest.mark.parametrize("sets", ["field.help_text = cls.told", "setattr(field, 'help_text', cls.told)"])
@pytest.mark.parametrize(("length", "row"), [(1, "AlterField? post.title"), (2, "AlterField post.title")])
def test_an_argument_that_the_metaclass_sets_is_not_decided(sets: str, length: int, row: str) -> None:
    migrated = created("Post", "('title', models.CharField(help_text='t', max_length=1))")
    assert written(TOUCHED.format(sets=sets, length=length), migrated) == [row]


def test_a_metaclass_that_sets_another_argument_leaves_this_one_alone() -> None:
    models = TOUCHED.format(sets="field.help_text = ''", length=2)
    assert written(models, created("Post", TITLE)) == ["AlterField post.title"]


LAZY = """
import re
from django.core.validators import RegexValidator
from django.utils.functional import SimpleLazyObject
def lazy_compile(regex):
    def compiled():
        return re.compile(regex)
    return SimpleLazyObject(compiled)
class Post(models.Model):
    title = models.CharField(max_length=1, validators=[RegexValidator(lazy_compile("^a$"), "{message}")])
"""


@pytest.mark.parametrize(
    ("message", "row"), [("No.", "AlterField? post.title"), ("Oh.", "AlterField post.title")]
)
def test_what_a_lazy_object_stands_for_may_be_equal(message: str, row: str) -> None:
    regex = "blog.models.RegexValidator(blog.models.re.compile('^a$'), 'No.')"
    migrated = created("Post", f"('title', models.CharField(max_length=1, validators=[{regex}]))")
    assert written(LAZY.format(message=message), migrated) == [row]


def test_an_object_whose_class_is_lazy_may_be_equal_to_what_it_stands_for() -> None:
    models = """
from django.core.files.storage import FileSystemStorage
from django.utils.functional import LazyObject
class Kept(LazyObject):
    def _setup(self):
        self._wrapped = FileSystemStorage("/kept")
class Post(models.Model):
    title = models.FileField(storage=Kept())
"""
    storage = "blog.models.FileSystemStorage('/kept')"
    migrated = created("Post", f"('title', models.FileField(upload_to='', storage={storage}))")
    assert written(models, migrated) == ["AlterField? post.title"]


EQUAL = """
from django.utils.deconstruct import deconstructible
class Equal:
    def __eq__(self, other):
        return True
    def __hash__(self):
        return 1
class Heir(Equal):
    pass
@deconstructible
class Other:
    def __init__(self, name=""):
        self.name = name
@deconstructible
class Same(Equal):
    pass
class Own:
    def deconstruct(self):
        return ("blog.models.Other", (), {})
class Post(models.Model):
    title = models.FileField(storage=Other("x"))
"""


@pytest.mark.parametrize(
    ("storage", "row"),
    [
        ("Heir()", "AlterField? post.title"),
        ("Own()", "AlterField? post.title"),
        ("Same()", "AlterField post.title"),
        ("Other('y')", "AlterField post.title"),
    ],
)
def test_a_class_that_says_itself_what_its_objects_equal(storage: str, row: str) -> None:
    migrated = created("Post", f"('title', models.FileField(storage=blog.models.{storage}))")
    assert written(EQUAL, migrated) == [row]
