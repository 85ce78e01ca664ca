"""The files that makemigrations writes once migrations are deleted."""

from __future__ import annotations

import pytest

from tests.reset.resets import migration, predicted, told

POST = """
class Post(models.Model):
    title = models.TextField()
"""
ITEM = """
class Item(models.Model):
    post = models.ForeignKey("blog.Post", models.CASCADE)
    class Meta:
        unique_together = [("id", "post")]
"""
CIRCLE = """
class Post(models.Model):
    title = models.TextField()
    item = models.ForeignKey("shop.Item", models.CASCADE, null=True)
"""


def test_an_app_depends_on_the_first_file_of_another() -> None:
    assert told(predicted(POST, ITEM)) == [
        "blog.0001_initial needs nothing",
        "  CreateModel Post",
        "shop.0001_initial needs blog.0001_initial",
        "  CreateModel Item",
    ]


def test_a_circle_of_apps_is_split_into_two_files() -> None:
    found = predicted(CIRCLE, ITEM)
    assert told(found) == [
        "blog.0001_initial needs nothing",
        "  CreateModel Post",
        "blog.0002_initial needs blog.0001_initial, shop.0001_initial",
        "  AddField post.item",
        "shop.0001_initial needs blog.0001_initial",
        "  CreateModel Item",
    ]
    assert found.migrations[0].held == "shop.item"
    assert found.migrations[0].operations[0].fields == ("id", "title")


def test_before_django_4_the_second_file_is_called_after_what_it_holds() -> None:
    assert [one.name for one in predicted(CIRCLE, ITEM, django="3.2").of("blog")] == [
        "0001_initial",
        "0002_post_item",
    ]


def test_the_user_model_is_named_by_its_setting() -> None:
    user = "from django.contrib.auth.models import AbstractUser\nclass User(AbstractUser): ..."
    owner = (
        "class Item(models.Model):\n    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)"
    )
    found = predicted(user, owner, settings='AUTH_USER_MODEL = "blog.User"')
    assert [one.dependencies for one in found.of("shop")] == [(("__setting__", "AUTH_USER_MODEL"),)]
    assert found.of("blog")[0].dependencies == (("auth", "0012_alter_user_first_name_max_length"),)
    assert (found.user.migration, found.user.first) == (("blog", "0001_initial"), True)


def test_indexes_are_folded_into_new_models_since_4_2() -> None:
    post = """
class Post(models.Model):
    title = models.TextField()
    class Meta:
        indexes = [models.Index(fields=["title"], name="titles")]
"""
    assert told(predicted(post))[1:] == ["  CreateModel Post"]
    assert told(predicted(post, django="4.1"))[1:] == ["  CreateModel Post", "  AddIndex post.titles"]


@pytest.mark.parametrize(
    ("django", "order"),
    [("4.2", ["Article", "Zebra", "Aardvark"]), ("5.2", ["Zebra", "Article", "Aardvark"])],
)
def test_parents_come_before_their_heirs(django: str, order: list[str]) -> None:
    """Since Django 5.0 in the order in which the standard library finds them."""
    models = """
class Article(models.Model): ...
class Zebra(models.Model): ...
class Aardvark(Zebra): ...
"""
    assert told(predicted(models, django=django))[1:] == [f"  CreateModel {name}" for name in order]


def test_migrations_that_are_there_are_forgotten() -> None:
    more = migration("blog/migrations/0001_initial", operations='migrations.CreateModel("Other", [])')
    assert told(predicted(POST, more=more)) == ["blog.0001_initial needs nothing", "  CreateModel Post"]


def test_an_app_without_a_migrations_package_is_skipped() -> None:
    more = """# settings.py
INSTALLED_APPS = ["blog", "bare"]
# bare/__init__.py
# bare/models.py
from django.db import models
class Thing(models.Model): ...
"""
    found = predicted(POST, more=more)
    assert found.skipped == (("bare", "it has no migrations package with an `__init__.py`"),)


def test_what_an_unknown_package_does_is_not_certain() -> None:
    models = "from packaged import Base\nclass Post(Base): ...\nclass Note(models.Model): ..."
    assert "  CreateModel Note" in told(predicted(models))
    assert not [line for line in told(predicted(models)) if line == "  CreateModel Post"]


TRIGGERS = """
class Post(models.Model):
    title = models.TextField()
    class Meta:
        triggers = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]
"""
PGTRIGGER = 'INSTALLED_APPS += ["pgtrigger"]'


def test_triggers_of_meta_are_written_where_their_package_is_an_app() -> None:
    more = "# pgtrigger/__init__.py\n# pgtrigger/core.py\n"
    assert "  AddTrigger post.keep?" in told(predicted(f"import pgtrigger\n{TRIGGERS}", settings=PGTRIGGER))
    assert "  AddTrigger post.keep?" not in told(predicted(f"import pgtrigger\n{TRIGGERS}", more=more))


def test_a_class_body_sees_what_stands_above_it_not_what_a_star_import_below_brings() -> None:
    posts = """
class Post(models.Model):
    title = models.TextField()
    class Meta:
        indexes = [models.Index(fields=["title"], name="titles")]
from .parts import *
"""
    found = told(predicted(posts, more="# blog/parts.py\nfrom blog import models\n"))
    assert "  CreateModel Post" in found
