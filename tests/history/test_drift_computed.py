"""Models, fields and constraints that code makes under computed names, or later, are not surely gone."""

from __future__ import annotations

import pytest

from tests.history.drifts import BIG, created, written

OPTIONS = """
class ProductBase(models.base.ModelBase):
    def __new__(cls, name, bases, attrs):
        for option in [1, 2]:
            attrs["option%s" % [option][0]] = models.TextField(null=True)
        return super().__new__(cls, name, bases, attrs)
class Product(models.Model, metaclass=ProductBase):
    pass
"""


def test_fields_that_a_metaclass_gives_under_computed_names_may_be_there() -> None:
    migrated = created("Product", "('option1', models.TextField(null=True))")
    assert written(OPTIONS, migrated) == ["RemoveField? product.option1"]


LABELLED = """
from django.utils import six
class Deferred(models.base.ModelBase):
    def __new__(cls, name, bases, attrs):
        if "Meta" not in attrs:
            attrs["Meta"] = type("Meta", (), {"app_label": models.LABEL})
        return super().__new__(cls, name, bases, attrs)
class OrderBase(Deferred):
    pass
class Order(models.Model, metaclass=OrderBase):
    pass
"""


@pytest.mark.parametrize(
    "base", ["models.Model, metaclass=OrderBase", "six.with_metaclass(OrderBase, models.Model)"]
)
def test_a_model_whose_label_a_metaclass_may_change_may_be_another_apps(base: str) -> None:
    text = LABELLED.replace("models.Model, metaclass=OrderBase", base)
    assert written(text, created("Tag") + "migrations.DeleteModel('Tag'),") == ["CreateModel? order"]


MAKER = """
from django.contrib.auth.models import Group
def proxy(label):
    class Meta:
        proxy = True
        app_label = "blog"
    return type(f"{label.replace(' ', '_')}", (Group,), {"__module__": __name__, "Meta": Meta})
PROXIES = [proxy(label) for label in ("One Team", "Other Team")]
"""


def test_a_model_may_be_one_that_is_made_under_a_computed_name() -> None:
    migrated = "migrations.CreateModel('One_Team', [], options={'proxy': True}, bases=('auth.group',)),"
    assert written(MAKER, migrated) == ["DeleteModel? one_team"]


TRANSLATED = """# blog/translation.py
from modeltranslation.translator import TranslationOptions, register
from simple_history import register as register_history
from blog import models
@register(models.Post)
class PostOptions(TranslationOptions):
    fields = ("title",)
register_history(models.Post)
"""


def test_a_history_that_is_registered_later_may_have_what_its_model_was_given() -> None:
    languages = "LANGUAGES = [('en', 'English')]\nINSTALLED_APPS += ['modeltranslation', 'simple_history']\n"
    models = "class Post(models.Model):\n    title = models.TextField()\n"
    columns = ("('title', models.TextField())", "('title_en', models.TextField(null=True))")
    migrated = (created("Post", *columns), created("HistoricalPost", *columns))
    found = written(models, *migrated, settings=f"{languages}{BIG}", more=TRANSLATED)
    assert "RemoveField historicalpost.title_en" not in found


CHECKED = """
class LinkField(models.TextField):
    def contribute_to_class(self, cls, name):
        super().contribute_to_class(cls, name)
        cls._meta.constraints.append(models.CheckConstraint(check=models.Q(id=1), name="some_link"))
class Post(models.Model):
    link = LinkField()
    class Meta:
        constraints = [models.CheckConstraint(check=models.Q(id=2), name="other")]
"""


def test_a_constraint_may_be_one_that_a_field_adds() -> None:
    added = (
        "migrations.AddConstraint('post', models.CheckConstraint(check=models.Q(id=2), name='other')),"
        "migrations.AddConstraint('post', models.CheckConstraint(check=models.Q(id=1), name='some_link')),"
    )
    migrated = created("Post", "('link', blog.models.LinkField())")
    assert written(CHECKED, migrated, added, django="5.0") == ["RemoveConstraint? post"]


COLORED = """
from colorfield.fields import ColorField
class Post(models.Model):
    color = ColorField(format="hexa", help_text="Color")
"""


def test_what_a_packages_field_keeps_to_itself_may_not_be_told() -> None:
    field = "('color', blog.models.ColorField(image_field=None, max_length=25, samples=None{}))"
    other = created("Post", field.format(", help_text='Color'"))
    assert written(COLORED, other) == ["AlterField? post.color"]
