"""Models as Django would register them: which classes they are, and the fields they end up with."""

from __future__ import annotations

import pytest

from tests.projects import analysed
from tests.schema.blog import BASE, fields, model, own, read


@pytest.mark.parametrize(
    "text",
    [
        "class Post(models.Model): pass",
        "from django.db.models import Model\nclass Post(Model): pass",
        "import django.db.models\nclass Post(django.db.models.Model): pass",
        "class Post(Stamped): pass",
        "class Mixin: pass\nclass Post(Mixin, models.Model): pass",
        "if True:\n    class Post(models.Model): pass",
        "try:\n    class Post(models.Model): pass\nexcept ImportError: pass",
        "from django.contrib.auth.models import AbstractUser\nclass Post(AbstractUser): pass",
        "class Post(Place): pass",
        "Base = models.Model\nclass Post(Base): pass",
        "@decorated\nclass Post(models.Model): pass",
    ],
)
def test_what_descends_from_model_is_a_model(text: str) -> None:
    assert list(own(read(f"{text}\n"))) == ["Post"]


@pytest.mark.parametrize(
    "text",
    [
        "class Post: pass",
        "class Post(object): pass",
        "class Post(models.Manager): pass",
        "class Post(models.Manager):\n    class Meta:\n        ordering = ['at']",
        "class Post(models.TextChoices): pass",
        "from django import forms\nclass Post(forms.ModelForm):\n    class Meta:\n        model = Place",
        "from gone import Thing\nclass Post(Thing): pass",
        "def make():\n    class Post(models.Model): pass",
        "class Post(models.CharField): pass",
        "class Model: pass\nclass Post(Model): pass",
    ],
)
def test_what_does_not_is_none(text: str) -> None:
    assert own(read(f"{text}\n")) == {}


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("from gone import Base\nclass Post(Base):\n    class Meta:\n        db_table = 'x'", False),
        (
            "from gone import Base\nclass Post(Base):\n    class Meta:\n        default_related_name = 'x'",
            False,
        ),
        ("from gone import Base\nclass Post(Base):\n    x = models.CharField()", False),
        ("from gone import Base\nclass Post(Base, models.Model): pass", False),
        ("class Post(models.Model): pass", True),
        ("class Post(models.Model):\n    class Meta:\n        proxy = unheard()", False),
        ("class Post(models.Model):\n    class Meta:\n        abstract = 'a' in settings.APPS", False),
        ("class Post(models.Model):\n    class Meta:\n        managed = not False", True),
        ("import enum\nclass Post(enum.Enum, models.Model): pass", True),
    ],
)
def test_a_model_with_an_unknown_base_is_uncertain_and_says_so(text: str, certain: bool) -> None:
    found = read(f"{text}\n")
    assert own(found)["Post"].certain is certain
    assert any(item.what == "blog.Post" for item in found.unknown) is not certain


def test_models_may_stand_in_packages_and_be_handed_on() -> None:
    text = BASE.replace("# blog/models.py", "# blog/models/post.py") + (
        "class Post(models.Model): pass\n# blog/models/__init__.py\nfrom .post import *\n"
    )
    (found,) = (item for item in analysed(text).models if item.label == "blog.Post")
    assert (found.name, found.file) == ("blog.models.post.Post", "blog/models/post.py")


def test_models_may_stand_outside_of_models_py() -> None:
    found = read(
        "from .things import Thing\n",
        things="from django.db import models\nclass Thing(models.Model): pass\n",
    )
    assert own(found)["Thing"].file == "blog/things.py"


@pytest.mark.parametrize("place", ["tests", "test_models", "conftest", "tests/helpers", "things_test"])
def test_models_of_tests_are_not_loaded(place: str) -> None:
    text = "from django.db import models\nclass Thing(models.Model): pass\n"
    assert "Thing" not in own(read("", **{place: text}))


def test_models_of_an_app_that_is_not_installed_do_not_count_in_levels() -> None:
    text = (
        BASE
        + "class Post(models.Model): pass\n# news/__init__.py\n# news/models.py\n"
        + ("from django.db import models\nclass Page(models.Model): pass\n")
    )
    found = analysed(text)
    assert "news.Page" not in found.levels.of
    assert "blog.Post" in found.levels.of
    assert "news.Page" in analysed(text, all_apps=True).levels.of


def test_of_conditional_definitions_the_first_stands_for_all() -> None:
    text = """
if x:
    class Post(models.Model):
        a = models.CharField()
else:
    class Post(models.Model):
        b = models.CharField()
"""
    assert list(fields(text)) == ["a", "id"]


# ---------------------------------------------------------------- inherited fields


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("class Post(Stamped): pass", {"at", "id"}),
        ("class Post(Stamped):\n    at = None", {"id"}),
        ("class Post(Stamped):\n    at = property(id)", {"id"}),
        ("class Post(Stamped):\n    def at(self): pass", {"id"}),
        ("class Mixin:\n    at = None\nclass Post(Mixin, Stamped): pass", {"id"}),
        ("class Mixin:\n    at = None\nclass Post(Stamped, Mixin): pass", {"at", "id"}),
        (
            "class Mid(Stamped):\n    class Meta:\n        abstract = True\nclass Post(Mid): pass",
            {"at", "id"},
        ),
        (
            "class X(Stamped):\n    at = None\n    class Meta:\n        abstract = True\nclass Post(X): pass",
            {"id"},
        ),
        ("class Mixin:\n    x = models.CharField()\nclass Post(Mixin, models.Model): pass", {"id"}),
        ("class Post(Place): pass", {"place_ptr"}),
        ("class Post(Stamped, Place): pass", {"at", "place_ptr"}),
        ("class Post(models.Model):\n    x = models.CharField()\n    x = None", {"id"}),
    ],
)
def test_fields_come_from_abstract_bases_unless_something_nearer_has_the_name(
    text: str, names: set[str]
) -> None:
    assert set(fields(f"{text}\n")) == names


def test_of_two_abstract_bases_the_first_gives_the_field() -> None:
    text = """
class A(models.Model):
    x = models.CharField(max_length=1)
    class Meta:
        abstract = True
class B(models.Model):
    x = models.TextField()
    y = models.TextField()
    class Meta:
        abstract = True
class Post(A, B): pass
"""
    assert fields(text) == {"id": "AutoField", "x": "CharField", "y": "TextField"}


def test_a_diamond_of_abstract_bases_gives_each_field_once() -> None:
    text = """
class A(Stamped):
    class Meta:
        abstract = True
class B(Stamped):
    at = models.DateField()
    class Meta:
        abstract = True
class Post(A, B): pass
"""
    assert fields(text)["at"] == "DateTimeField"


def test_abstract_ancestors_are_listed_in_order() -> None:
    text = "class Mid(Stamped):\n    class Meta:\n        abstract = True\nclass Post(Mid): pass\n"
    assert model(text).abstract_ancestors == ("blog.models.Mid", "core.models.Stamped")
    assert model("class Post(models.Model): pass\n").abstract_ancestors == ()


# ---------------------------------------------------------------- parents


@pytest.mark.parametrize(
    ("text", "parents", "links"),
    [
        ("class Post(Place): pass", ("core.Place",), {"place_ptr": "core.Place"}),
        (
            "class Post(Place):\n    up = models.OneToOneField(Place, models.CASCADE, parent_link=True)",
            ("core.Place",),
            {"up": "core.Place"},
        ),
        (
            "class Mid(Place):\n    class Meta:\n        abstract = True\nclass Post(Mid): pass",
            ("core.Place",),
            {"place_ptr": "core.Place"},
        ),
        ("class Mid(Place): pass\nclass Post(Mid): pass", ("blog.Mid",), {"mid_ptr": "blog.Mid"}),
        (
            "class X(models.Model):\n    k = models.AutoField(primary_key=True)\nclass Post(Place, X): pass",
            ("core.Place", "blog.X"),
            {"place_ptr": "core.Place", "x_ptr": "blog.X"},
        ),
        (
            "class Proxy(Place):\n    class Meta:\n        proxy = True\nclass Post(Proxy): pass",
            ("core.Place",),
            {"place_ptr": "core.Place"},
        ),
        ("class Post(models.Model): pass", (), {}),
        ("class Post(Stamped): pass", (), {}),
    ],
)
def test_concrete_parents_are_linked_one_to_one(
    text: str, parents: tuple[str, ...], links: dict[str, str]
) -> None:
    found = read(f"{text}\n")
    assert own(found)["Post"].parents == parents
    assert {r.field: r.target for r in found.relations if r.source == "blog.Post" and r.parent_link} == links


def test_a_one_to_one_to_the_parent_is_no_link_unless_it_says_so() -> None:
    """Django then makes the link beside it."""
    text = "class Post(Place):\n    up = models.OneToOneField(Place, models.CASCADE, related_name='+')\n"
    found = [relation for relation in read(text).relations if relation.source == "blog.Post"]
    assert {relation.field: relation.parent_link for relation in found} == {"place_ptr": True, "up": False}


def test_a_proxy_has_the_table_of_its_model_and_no_fields() -> None:
    text = "class Post(models.Model): pass\nclass Draft(Post):\n    class Meta:\n        proxy = True\n"
    found = own(read(text))
    assert (found["Draft"].proxy, found["Draft"].db_table, found["Draft"].fields) == (True, "blog_post", ())
    assert found["Draft"].parents == ("blog.Post",)
    assert not found["Post"].proxy


THROUGH = """
class Tag(models.Model): pass
class Post(models.Model):
    tags = models.ManyToManyField(Tag)
    class Meta:
        db_table = "texts"
class Long(Post): pass
class PostTag({base}):
    class Meta:
        proxy = True
"""


@pytest.mark.parametrize("base", ["Post.tags.through", "Long.tags.through"])
def test_a_proxy_may_stand_for_the_through_model_that_django_makes(base: str) -> None:
    found = read(THROUGH.format(base=base))
    assert found.unknown == ()
    made = own(found)["PostTag"]
    assert (made.proxy, made.parents, made.db_table) == (True, ("blog.Post_tags",), "texts_tags")
    assert (found.levels.of["blog.Post"], found.levels.of["blog.PostTag"]) == (1, 2)


def test_a_model_may_inherit_the_through_model_that_django_makes() -> None:
    text = THROUGH.format(base="Post.tags.through").replace("proxy = True", "ordering = []")
    found = read(text)
    assert found.unknown == ()
    assert [(field.name, field.target) for field in own(found)["PostTag"].fields] == [
        ("post_tags_ptr", "blog.Post_tags")
    ]
    assert found.levels.of["blog.PostTag"] == 2


def test_through_models_of_through_models_end() -> None:
    field = "    m = models.ManyToManyField(Place)\n"
    first = f"class P0(models.Model):\n{field}"
    chain = [f"class P{n}(P{n - 1}.m.through):\n{field}" for n in range(1, 300)]
    assert len(own(read(first + "".join(chain)))) == 300
    assert len(own(read("".join(reversed(chain)) + first))) == 300
    circle = own(read(f"class A(B.m.through):\n{field}class B(A.m.through):\n{field}"))
    assert not all(made.certain for made in circle.values())


def test_a_field_that_names_its_through_model_has_that_one_behind_it() -> None:
    text = THROUGH.format(base="Post.tags.through").replace("(Tag)", "(Tag, through='Tagged')")
    made = model(text + "class Tagged(models.Model): pass\n", "PostTag")
    assert (made.parents, made.db_table) == (("blog.Tagged",), "blog_tagged")


def test_a_proxy_of_a_proxy_has_the_same_concrete_model() -> None:
    text = """
class Post(models.Model): pass
class Draft(Post):
    class Meta:
        proxy = True
class Old(Draft):
    class Meta:
        proxy = True
"""
    assert own(read(text))["Old"].db_table == "blog_post"


@pytest.mark.parametrize(
    "text",
    [
        "class Post(Post, models.Model): pass",
        "class Post(Other, models.Model): pass\nclass Other(Post, models.Model): pass",
        "class Post(A): pass\nclass A(B, models.Model): pass\nclass B(Post): pass",
    ],
)
def test_a_class_that_is_its_own_ancestor_is_still_read(text: str) -> None:
    found = own(read(f"{text}\n"))
    assert "Post" in found
    assert not any(item.label in item.parents for item in found.values())


# ---------------------------------------------------------------- external models


def test_models_of_installed_packages_are_external() -> None:
    found = {item.label: item for item in read("class Post(models.Model): pass\n").models if not item.own}
    assert sorted(found) == ["auth.Group", "auth.Permission", "auth.User", "contenttypes.ContentType"]
    assert found["auth.User"].db_table == "auth_user"
    assert "admin.LogEntry" not in found


def test_the_user_model_of_django_is_swapped_when_there_is_another() -> None:
    text = "from django.contrib.auth.models import AbstractUser\nclass User(AbstractUser): pass\n"
    found = {item.label: item.swapped for item in read(text, 'AUTH_USER_MODEL = "blog.User"\n').models}
    assert (found["auth.User"], found["blog.User"]) == (True, False)
    assert not {item.label: item.swapped for item in read("").models}["auth.User"]


def test_a_class_whose_unknown_base_is_named_like_a_model_is_an_uncertain_model() -> None:
    found = model("from unknown.abstract import AbstractPost\nclass Post(AbstractPost): pass\n")
    assert (found.certain, "unknown.abstract.AbstractPost" in found.why) == (False, True)


def test_a_class_whose_base_is_a_model_that_a_call_finds_is_an_uncertain_model() -> None:
    text = """
from gone import load_model_class, maker
class Post(load_model_class(Place.name)): pass
class Note(maker("post")): pass
"""
    found = own(read(text))
    assert set(found) == {"Post"}
    assert (found["Post"].certain, found["Post"].why) == (False, "the base is the result of a call")


def test_a_class_after_a_try_that_succeeds_stands_for_the_one_that_handles_its_failure() -> None:
    text = """
try:
    import json
except ImportError:
    class Post(models.Model):
        never = models.TextField()
else:
    class Post(Stamped):
        note = models.TextField()
"""
    assert fields(text) == {"id": "AutoField", "at": "DateTimeField", "note": "TextField"}


def test_an_abstract_base_that_gets_no_link_hands_none_on() -> None:
    """A parent with the same name as its own parent has a link of that name already."""
    text = """
import core.models
class Place(core.models.Place): pass
class Base(Place):
    class Meta:
        abstract = True
class Post(Base): pass
"""
    assert fields(text, "Place") == {"place_ptr": "OneToOneField"}
    assert fields(text) == {}
