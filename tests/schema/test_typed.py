"""Models of several types in one table (django-typed-models)."""

from __future__ import annotations

from tests.history.drifts import created, drift, told
from tests.projects import analysed

PROJECT = """
# setup.cfg
[options]
install_requires =
    Django==5.2
    django-typed-models==0.15.0
# settings.py
INSTALLED_APPS = ["typedmodels", "zoo", "farm"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# zoo/__init__.py
# zoo/models.py
from django.db import models
from typedmodels.models import TypedModel
class Place(models.Model):
    pass
class Named(TypedModel):
    name = models.CharField(max_length=10)
    class Meta:
        abstract = True
class Animal(Named):
    age = models.IntegerField()
class Feline(Animal):
    home = models.ForeignKey(Place, models.CASCADE, null=True)
class BigCat(Feline):
    class Meta:
        verbose_name = "big one"
# farm/__init__.py
# farm/models.py
from django.db import models
from zoo.models import Animal
class Cow(Animal):
    milk = models.IntegerField(default=0)
class Barn(models.Model):
    cows = models.ManyToManyField(Cow)
    class Meta:
        app_label = "zoo"
"""


def test_a_type_is_a_proxy_in_the_app_of_its_model_which_gets_its_fields() -> None:
    found = analysed(PROJECT)
    models = {model.label: model for model in found.models}
    assert {label for label, model in models.items() if model.proxy} == {
        "zoo.Feline", "zoo.BigCat", "zoo.Cow",
    }  # fmt: skip
    fields = {field.name: field.cls for field in models["zoo.Animal"].fields}
    assert fields == {
        "id": "BigAutoField", "type": "CharField", "name": "CharField", "age": "IntegerField",
        "home": "ForeignKey", "milk": "IntegerField",
    }  # fmt: skip
    assert models["zoo.Cow"].fields == ()
    assert {(r.source, r.field, r.target) for r in found.relations if r.target and "zoo" in r.source} >= {
        ("zoo.Animal", "home", "zoo.Place"),
        ("zoo.Barn", "cows", "zoo.Cow"),
    }


def test_the_types_are_choices_of_the_field_that_tells_them() -> None:
    models = """
from typedmodels.models import TypedModel
class Animal(TypedModel):
    pass
class BigCat(Animal):
    pass
class Dog(Animal):
    class Meta:
        verbose_name = "hound"
"""
    choices = "[('blog.bigcat', 'big cat'), ('blog.dog', 'hound')]"
    kind = f"('type', models.CharField(choices={choices}, db_index=True, max_length=255))"
    options = "options={'proxy': True, 'indexes': [], 'constraints': []}, bases=('blog.animal',)"
    types = f"migrations.CreateModel('BigCat', [], {options}), migrations.CreateModel('Dog', [], {options}),"
    types = types.replace("'Dog', [], options={", "'Dog', [], options={'verbose_name': 'hound', ")
    found = drift(models, created("Animal", kind), types, django="==5.2\n    django-typed-models==0.15.0")
    assert [row for row in told(found.differences) if "?" not in row] == []
    assert [row for row in told(found.differences) if "AlterField" in row] == []
