"""Relations: from the model that gets them to their target, as labels."""

from __future__ import annotations

import pytest

from tests.projects import analysed
from tests.schema.blog import read, relation, relations

POST = "class Post(models.Model):\n    it = models.ForeignKey({}, models.CASCADE)\n"


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("Place", "core.Place"),
        ("'core.Place'", "core.Place"),
        ("'core.place'", "core.Place"),
        ("'self'", "blog.Post"),
        ("'Post'", "blog.Post"),
        ("'Late'", "blog.Late"),
        ("'blog.Late'", "blog.Late"),
        ("to=Place", "core.Place"),
        ("'auth.User'", "auth.User"),
        ("User", "auth.User"),
        ("get_user_model()", "auth.User"),
        ("settings.AUTH_USER_MODEL", "auth.User"),
        ("getattr(settings, 'AUTH_USER_MODEL', 'auth.User')", "auth.User"),
        ("getattr(settings, 'GONE', 'core.Place')", "core.Place"),
        ("TARGET", "core.Place"),
        ("Names.target", "core.Place"),
        ("'%s.%s' % ('core', 'Place')", "core.Place"),
        ("Alias", "core.Place"),
        ("'Place'", "blog.Place"),
        ("'gone.Model'", "gone.Model"),
    ],
)
def test_a_target_is_the_model_it_names(written: str, target: str) -> None:
    before = """
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
TARGET = "core.Place"
Alias = Place
class Names:
    target = "core.Place"
"""
    found = relation(f"{before}{POST.format(written)}class Late(models.Model): pass\n")
    assert (found.target, found.certain) == (target, True)


@pytest.mark.parametrize("written", ["unknown()", "NAMES[key]", "gone.Model", "'a' + unknown"])
def test_a_target_that_is_not_decided_is_none_and_says_why(written: str) -> None:
    text = f"import gone\n{POST.format(written)}"
    found = relation(text)
    assert (found.target, found.certain) == (None, False)
    assert found.why
    assert [item.what for item in read(text).unknown] == ["blog.Post.it"]


def test_a_class_that_is_no_model_is_no_target() -> None:
    found = relation(f"class Plain: pass\n{POST.format('Plain')}")
    assert (found.target, found.why) == (None, "blog.models.Plain is not known to be a model")


@pytest.mark.parametrize(
    ("text", "kind", "null", "on_delete"),
    [
        ("models.ForeignKey(Place, models.CASCADE)", "FK", False, "CASCADE"),
        ("models.ForeignKey(Place, on_delete=models.SET_NULL, null=True)", "FK", True, "SET_NULL"),
        ("models.ForeignKey(Place, models.SET(None))", "FK", False, "SET"),
        ("models.ForeignKey(Place)", "FK", False, None),
        ("models.OneToOneField(Place, models.PROTECT)", "O2O", False, "PROTECT"),
        ("models.ManyToManyField(Place)", "M2M", False, None),
    ],
)
def test_a_relation_tells_its_kind(text: str, kind: str, null: bool, on_delete: str | None) -> None:
    found = relation(f"class Post(models.Model):\n    it = {text}\n")
    assert (found.kind, found.null, found.on_delete) == (kind, null, on_delete)
    assert not found.parent_link


# ---------------------------------------------------------------- through


@pytest.mark.parametrize(
    ("arguments", "through"),
    [
        ("Place", None),
        ("Place, through='Stay'", "blog.Stay"),
        ("Place, through='blog.Stay'", "blog.Stay"),
        ("Place, 'posts', None, None, None, 'Stay'", "blog.Stay"),
        ("Place, through=None", None),
        ("Place, blank=True", None),
    ],
)
def test_a_many_to_many_names_the_model_between(arguments: str, through: str | None) -> None:
    text = f"""
class Post(models.Model):
    it = models.ManyToManyField({arguments})
class Stay(models.Model):
    post = models.ForeignKey(Post, models.CASCADE)
    place = models.ForeignKey(Place, models.CASCADE)
"""
    assert relation(text).through == through


def test_models_that_django_makes_for_many_to_many_are_no_models() -> None:
    found = read("class Post(models.Model):\n    it = models.ManyToManyField(Place)\n")
    assert [model.label for model in found.models if model.own] == ["blog.Post", "core.Place"]


# ---------------------------------------------------------------- inherited


def test_every_heir_gets_the_relations_of_an_abstract_base() -> None:
    text = """
class Base(models.Model):
    place = models.ForeignKey(Place, models.CASCADE)
    above = models.ForeignKey("self", models.CASCADE, null=True)
    post = models.ForeignKey("Post", models.CASCADE, null=True)
    class Meta:
        abstract = True
class Post(Base): pass
class Page(Base):
    post = None
"""
    found = relations(text)
    assert {name: item.target for name, item in found.items()} == {
        "Post.place": "core.Place",
        "Post.above": "blog.Post",
        "Post.post": "blog.Post",
        "Page.place": "core.Place",
        "Page.above": "blog.Page",
    }
    assert {item.declared_in for item in found.values()} == {"blog.models.Base"}
    assert found["Page.place"].line == found["Post.place"].line


def test_a_name_in_an_abstract_base_is_one_of_the_heirs_app() -> None:
    base = """
from django.db import models
class Owned(models.Model):
    owner = models.ForeignKey("Owner", models.CASCADE)
    class Meta:
        abstract = True
"""
    text = "from blog.base import Owned\nclass Owner(models.Model): pass\nclass Post(Owned): pass\n"
    found = relations(text, base=base)
    assert found["Post.owner"].target == "blog.Owner"


def test_the_relations_of_a_concrete_parent_stay_with_it() -> None:
    text = """
class Parent(models.Model):
    it = models.ForeignKey(Place, models.CASCADE)
class Post(Parent): pass
"""
    assert {name: item.target for name, item in relations(text).items()} == {
        "Parent.it": "core.Place",
        "Post.parent_ptr": "blog.Parent",
    }


# ---------------------------------------------------------------- swappable and generic

USER = "from django.contrib.auth.models import AbstractUser\nclass User(AbstractUser): pass\n"
SWAPPED = 'AUTH_USER_MODEL = "blog.User"\n'


@pytest.mark.parametrize("written", ["settings.AUTH_USER_MODEL", "get_user_model()", "'blog.User'", "User"])
def test_the_user_model_is_the_one_that_settings_name(written: str) -> None:
    before = "from django.conf import settings\nfrom django.contrib.auth import get_user_model\n"
    found = relation(f"{before}{USER}{POST.format(written)}", SWAPPED)
    assert (found.target, found.swappable_setting) == ("blog.User", "AUTH_USER_MODEL")


def test_another_target_is_not_swappable() -> None:
    assert relation(POST.format("Place"), SWAPPED).swappable_setting is None


def test_other_swappables_are_read_from_settings() -> None:
    text = f"from django.conf import settings\n{POST.format('settings.PLACE_MODEL')}"
    assert relation(text, 'PLACE_MODEL = "core.Place"\n').target == "core.Place"
    assert relation(text).target is None


def test_a_swapped_model_has_no_relations() -> None:
    sources = {item.source for item in read(USER, SWAPPED).relations}
    assert "blog.User" in sources
    assert "auth.User" not in sources
    assert "auth.User" in {item.source for item in read("").relations}


def test_a_generic_foreign_key_has_no_target() -> None:
    text = """
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
class Post(models.Model):
    type = models.ForeignKey(ContentType, models.CASCADE)
    key = models.PositiveIntegerField()
    it = GenericForeignKey("type", "key")
"""
    found = relation(text)
    assert (found.kind, found.target, found.certain) == ("GFK", None, True)
    assert relations(text)["Post.type"].target == "contenttypes.ContentType"


@pytest.mark.parametrize(
    "line",
    [
        "Post.add_to_class('it', models.ForeignKey(Place, models.CASCADE))",
        "models.ForeignKey(Place, models.CASCADE).contribute_to_class(Post, 'it')",
    ],
)
def test_relations_may_be_added_from_outside(line: str) -> None:
    assert relation(f"class Post(models.Model): pass\n{line}\n").target == "core.Place"


def test_a_relation_knows_file_and_line() -> None:
    found = relation("\nclass Post(models.Model):\n    x = 1\n    it = models.ForeignKey(Place, 1)\n")
    assert (found.file, found.line) == ("blog/models.py", 6)


def test_without_settings_the_default_of_a_setting_is_not_certain() -> None:
    text = """
        # blog/__init__.py
        # blog/models.py
        from django.conf import settings
        from django.db import models
        class Post(models.Model):
            it = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    """
    (found,) = analysed(text).relations
    assert (found.target, found.certain) == ("auth.User", False)
    assert found.why == "setting AUTH_USER_MODEL is taken for its default: no settings module was found"


@pytest.mark.parametrize(
    ("target", "certain"),
    [("elsewhere.thing", False), ("elsewhere.Thing", True), ("core.place", True), ("auth.user", True)],
)
def test_a_model_that_nobody_knows_may_be_written_with_capitals(target: str, certain: bool) -> None:
    text = f"class Post(models.Model):\n    it = models.ForeignKey('{target}', models.CASCADE)\n"
    (relation,) = (r for r in read(text).relations if r.field == "it")
    assert relation.certain is certain


def test_modules_are_known_under_their_former_names() -> None:
    found = relations(
        "from django.contrib.contenttypes import generic\n"
        "from django.contrib.contenttypes.models import ContentType\n"
        "class Post(models.Model):\n"
        "    kind = models.ForeignKey(ContentType, models.CASCADE)\n"
        "    number = models.IntegerField()\n"
        "    it = generic.GenericForeignKey('kind', 'number')\n"
    )
    assert (found["Post.it"].kind, found["Post.it"].certain) == ("GFK", True)
