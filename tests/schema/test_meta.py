"""`class Meta`: which one a model gets, and what it says."""

from __future__ import annotations

import pytest

from analyzer.schema.values import Model
from tests.schema.blog import fields, model, own, read

ABSTRACT = """
class Base(models.Model):
    class Meta:
        abstract = True
        db_table = "base"
        managed = False
"""


@pytest.mark.parametrize(
    ("text", "abstract"),
    [
        ("class Post(models.Model): pass", False),
        ("class Post(models.Model):\n    class Meta:\n        abstract = True", True),
        ("class Post(models.Model):\n    class Meta:\n        abstract = False", False),
        ("class Post(Base): pass", False),
        ("class Post(Base):\n    class Meta(Base.Meta): pass", False),
        ("class Post(Base):\n    class Meta(Base.Meta):\n        abstract = True", True),
        ("class Post(Base):\n    Meta = Base.Meta", False),
        ("class Options:\n    abstract = True\nclass Post(Base):\n    class Meta(Options): pass", True),
        ("YES = True\nclass Post(Base):\n    class Meta:\n        abstract = YES", True),
    ],
)
def test_only_its_own_meta_makes_a_model_abstract(text: str, abstract: bool) -> None:
    assert model(f"{ABSTRACT}{text}\n").abstract is abstract


@pytest.mark.parametrize(
    ("text", "table", "managed"),
    [
        ("class Post(Base): pass", "base", False),
        ("class Post(Base):\n    class Meta: pass", "blog_post", True),
        ("class Post(Base):\n    class Meta(Base.Meta): pass", "base", False),
        ("class Post(Base):\n    class Meta(Base.Meta):\n        db_table = 'own'", "own", False),
        ("class Post(Stamped, Base): pass", "blog_post", True),
        ("class Post(Base, Stamped): pass", "base", False),
        ("class Parent(Base): pass\nclass Post(Parent): pass", "base", False),
        (
            "class Parent(models.Model):\n    class Meta:\n        db_table = 'p'\nclass Post(Parent): pass",
            "blog_post",
            True,
        ),
        (
            "class Mixin:\n    class Meta:\n        db_table = 'm'\nclass Post(Mixin, models.Model): pass",
            "m",
            True,
        ),
        ("class Meta:\n    db_table = 'm'\nclass Post(models.Model):\n    Meta = Meta", "m", True),
    ],
)
def test_without_a_meta_a_model_has_that_of_its_first_abstract_base(
    text: str, table: str, managed: bool
) -> None:
    found = model(f"{ABSTRACT}{text}\n")
    assert (found.db_table, found.managed) == (table, managed)


def test_the_table_is_named_after_app_and_model() -> None:
    assert model("class BlogPost(models.Model): pass\n", "BlogPost").db_table == "blog_blogpost"
    found = own(read("class A(models.Model):\n    class Meta:\n        db_table = 'x' + 'y'\n"))
    assert found["A"].db_table == "xy"


@pytest.mark.parametrize(
    "text",
    [
        "class Post(models.Model):\n    class Meta:\n        app_label = 'core'",
        (
            "class X(models.Model):\n"
            "    class Meta:\n"
            "        abstract = True\n"
            "        app_label = 'core'\n"
            "class Post(X): pass"
        ),
    ],
)
def test_app_label_moves_a_model(text: str) -> None:
    found = {item.label: item for item in read(f"{text}\n").models if item.own}
    assert found["core.Post"].db_table == "core_post"
    assert "blog.Post" not in found


def _post(meta: str) -> Model:
    return model(f"class Base(models.Model): pass\nclass Post(Base):\n    class Meta:\n        {meta}\n")


def test_proxies_and_swappables_are_told() -> None:
    assert _post("proxy = True").proxy
    assert not _post("proxy = False").proxy
    assert _post("swappable = 'BLOG_POST_MODEL'").swappable == "BLOG_POST_MODEL"
    assert _post("ordering = ['x']").swappable is None


@pytest.mark.parametrize(
    ("settings", "swapped"),
    [("", False), ("BLOG_POST = 'blog.Post'\n", False), ("BLOG_POST = 'core.Place'\n", True)],
)
def test_a_model_is_swapped_when_the_setting_names_another(settings: str, swapped: bool) -> None:
    text = "class Post(models.Model):\n    class Meta:\n        swappable = 'BLOG_POST'\n"
    assert model(text, settings=settings).swapped is swapped


def test_an_order_with_respect_to_a_field_is_a_field_too() -> None:
    text = """
class Part(models.Model):
    place = models.ForeignKey(Place, models.CASCADE)
    class Meta:
        abstract = True
        order_with_respect_to = "place"
class Post(Part): pass
class Note(Part):
    class Meta: pass
class Late(Post): pass
class View(Note):
    class Meta:
        proxy = True
        order_with_respect_to = "place"
"""
    assert fields(text) == {"id": "AutoField", "place": "ForeignKey", "_order": "OrderWrt"}
    assert set(fields(text, "Note")) == {"id", "place"}
    assert set(fields(text, "Late")) == {"post_ptr", "_order"}
    assert set(fields(text, "View")) == {"_order"}
