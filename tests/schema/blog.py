"""An app `blog` around a few lines of models: what most specifications of models need."""

from __future__ import annotations

from analyzer.analysis import Analysis
from analyzer.schema.values import Field, Model, Relation
from tests.projects import analysed, files_of

BASE = """
# settings.py
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "blog", "core"]
SECRET_KEY = "x"
# core/__init__.py
# core/models.py
from django.db import models

class Stamped(models.Model):
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["at"]

class Place(models.Model):
    name = models.CharField(max_length=10)
# blog/__init__.py
# blog/models.py
from django.db import models
from core.models import Place, Stamped
"""


def read(models: str, settings: str = "", **more: str) -> Analysis:
    """The analysis of `blog/models.py` with these lines, and of other files of that app."""
    files = files_of(BASE)
    files["blog/models.py"] += models
    files["settings.py"] += settings
    files.update({f"blog/{name}.py": text for name, text in more.items()})
    return analysed(files)


def own(found: Analysis) -> dict[str, Model]:
    """The models of `blog` by name, abstract ones included."""
    models = (*found.models, *found.abstract_models)
    return {model.object_name: model for model in models if model.app == "blog" and model.own}


def model(models: str, name: str = "Post", settings: str = "", **more: str) -> Model:
    return own(read(models, settings, **more))[name]


def fields(models: str, name: str = "Post") -> dict[str, str]:
    """The classes of a model's fields by name."""
    return {field.name: field.cls for field in model(models, name).fields}


def field(models: str, name: str = "it", of: str = "Post") -> Field:
    return next(field for field in model(models, of).fields if field.name == name)


def relations(models: str, settings: str = "", **more: str) -> dict[str, Relation]:
    """Relations from models of `blog`, as "Model.field"."""
    found = read(models, settings, **more).relations
    return {
        f"{relation.source.removeprefix('blog.')}.{relation.field}": relation
        for relation in found
        if relation.source.startswith("blog.")
    }


def relation(models: str, settings: str = "", **more: str) -> Relation:
    """The relation `Post.it`."""
    return relations(models, settings, **more)["Post.it"]
