"""Arguments that a field's class works out by itself: what is certain of them all the same."""

from __future__ import annotations

import pytest

from tests.history.drifts import BIG, created, drift, told

FIELDS = """# blog/fields.py
from django.conf import settings
from django.db import models
from numbers_elsewhere import chosen
try:
    basestring
except NameError:
    basestring = str
class Size(models.IntegerField):
    def __init__(self, *args, limit=None, **kwargs):
        self.limit = limit or chosen()
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)
    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if self.limit != chosen():
            kwargs["limit"] = self.limit
        return name, path, args, kwargs
class Slug(models.SlugField):
    def __init__(self, *args, **kwargs):
        self.beside = kwargs.pop("beside", ())
        if isinstance(self.beside, basestring):
            self.beside = (self.beside,)
        super().__init__(*args, **kwargs)
    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if self.beside != ():
            kwargs["beside"] = self.beside
        return name, path, args, kwargs
"""


def rows(cls: str, written: str, migrated: str) -> list[str]:
    """What is still to be migrated of a field of a class, called with these arguments."""
    models = f"from blog.fields import {cls}\nclass Post(models.Model):\n    it = {cls}({written})\n"
    state = created("Post", f"('it', blog.fields.{cls}({migrated}))")
    return [row for row in told(drift(models, state, more=FIELDS).differences) if "post" in row]


@pytest.mark.parametrize(
    ("written", "migrated", "found"),
    [
        ("", "", []),
        ("null=True", "editable=False, null=True", []),
        ("null=True", "editable=False", ["AlterField post.it"]),
        ("limit=3", "editable=False", ["AlterField? post.it"]),
        ("", "editable=False, limit=3", ["AlterField? post.it"]),
    ],
)
def test_what_a_class_works_out_from_nothing_else_is_the_same_twice(
    written: str, migrated: str, found: list[str]
) -> None:
    assert rows("Size", written, migrated) == found


@pytest.mark.parametrize(
    ("written", "migrated", "found"),
    [
        ("", "", []),
        ("beside='a'", "beside=('a',)", []),
        ("beside='a'", "beside=('b',)", ["AlterField post.it"]),
    ],
)
def test_names_of_former_types_are_known(written: str, migrated: str, found: list[str]) -> None:
    assert rows("Slug", written, migrated) == found


COUNTRY = """
from django_countries.fields import CountryField
class Post(models.Model):
    it = CountryField({})
"""


@pytest.mark.parametrize(
    ("written", "migrated", "settings", "found"),
    [
        ("", "max_length=2", "", []),
        ("", "max_length=3", "", ["AlterField? post.it"]),
        ("", "max_length=2", "COUNTRIES_OVERRIDE = {'LONGER': 'x'}", ["AlterField? post.it"]),
        ("multiple=True", "max_length=746, multiple=True", "", ["AlterField? post.it"]),
    ],
)
def test_a_length_that_data_decide_is_known_for_the_usual_data(
    written: str, migrated: str, settings: str, found: list[str]
) -> None:
    state = created("Post", f"('it', django_countries.fields.CountryField({migrated}))")
    differences = drift(
        COUNTRY.format(written), f"{state}\n    ]\nimport django_countries.fields\nx = [",
        settings=f"{BIG}\n{settings}", django="==5.2\n    django-countries==7.6.1",
    ).differences  # fmt: skip
    assert [row for row in told(differences) if "post" in row] == found
