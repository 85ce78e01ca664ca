"""Models as the state that `makemigrations` compares migrations with: which, with which fields and bases."""

from __future__ import annotations

import pytest

from tests.states.modelled import changed, classes, model, models

KEY = {"primary_key": True, "serialize": False}


def test_fields_come_in_the_order_of_their_making_and_many_to_many_ones_last() -> None:
    found = model(
        """
class Dated(models.Model):
    created = models.DateField()
    class Meta:
        abstract = True
class Post(Dated):
    tags = models.ManyToManyField("self")
    title = models.TextField()
"""
    )
    assert classes(found) == {
        "id": "BigAutoField",
        "created": "DateField",
        "title": "TextField",
        "tags": "ManyToManyField",
    }


def test_a_field_of_an_abstract_base_belongs_to_the_class_that_wrote_it() -> None:
    more = """# shop/base.py
from django.db import models
class Base(models.Model):
    a = models.TextField()
    class Meta: abstract = True
"""
    found = model("from shop.base import Base\nclass Post(Base): pass", more=more)
    field = found.fields["a"]
    assert (field.declared.owner.path, field.file, field.line) == ("shop.base.Base", "shop/base.py", 3)


def test_the_automatic_key_is_of_the_class_that_settings_or_the_app_say() -> None:
    found = model("class Post(models.Model): pass")
    assert changed(found, "id") == {**KEY, "auto_created": True, "verbose_name": "ID"}
    config = """# blog/apps.py
from django.apps import AppConfig
class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.SmallAutoField"
"""
    assert classes(model("class Post(models.Model): pass", more=config)) == {"id": "SmallAutoField"}


def test_an_automatic_key_of_an_own_class() -> None:
    keys = "# shop/keys.py\nfrom django.db import models\nclass Key(models.BigAutoField): pass\n"
    state = models("class Post(models.Model): pass", keys, settings="DEFAULT_AUTO_FIELD = 'shop.keys.Key'")
    assert state.models["blog", "post"].fields["id"].declared.field.path == "shop.keys.Key"


@pytest.mark.parametrize("setting", ["DEFAULT_AUTO_FIELD = unknown()", "DEFAULT_AUTO_FIELD = 3"])
def test_a_key_whose_class_settings_do_not_decide_is_a_doubt(setting: str) -> None:
    (doubt,) = models("class Post(models.Model): pass", settings=setting).doubts
    assert (doubt.app, doubt.model, doubt.field) == ("blog", "post", "id")


def test_a_key_of_its_own_is_not_serialized() -> None:
    found = model("class Post(models.Model):\n    code = models.TextField(primary_key=True)")
    assert (classes(found), changed(found, "code")) == ({"code": "TextField"}, KEY)


def test_the_link_to_a_concrete_parent_is_made_and_is_the_key() -> None:
    found = model("class Page(models.Model): pass\nclass Post(Page):\n    a = models.TextField()")
    assert classes(found) == {"page_ptr": "OneToOneField", "a": "TextField"}
    assert changed(found, "page_ptr") == {**KEY, "auto_created": True, "parent_link": True}
    assert (found.fields["page_ptr"].target, found.bases) == ("blog.Page", ("blog.Page",))


def test_a_link_of_a_name_that_is_inherited_is_not_made_and_nothing_takes_its_place() -> None:
    """`item_ptr` of `blog.Item` points to `shop.Item`, so that `hasattr` finds one for `Ledger`."""
    shop = "# shop/models.py\nfrom django.db import models\nclass Item(models.Model): pass\n"
    state = models("import shop.models\nclass Item(shop.models.Item): pass\nclass Ledger(Item): pass", shop)
    assert classes(state.models["blog", "item"]) == {"item_ptr": "OneToOneField"}
    assert classes(state.models["blog", "ledger"]) == {}


def test_a_link_of_its_own_becomes_the_key() -> None:
    found = model(
        """
class Page(models.Model): pass
class Post(Page):
    page = models.OneToOneField(Page, models.CASCADE, parent_link=True)
"""
    )
    assert (list(found.fields), changed(found, "page")) == (["page"], KEY)


def test_of_two_parents_the_first_link_is_the_key() -> None:
    found = model("class A(models.Model): pass\nclass B(models.Model): pass\nclass Post(A, B): pass")
    assert list(found.fields) == ["b_ptr", "a_ptr"]
    assert "primary_key" in changed(found, "a_ptr")
    assert "primary_key" not in changed(found, "b_ptr")


def test_generic_relations_are_no_part_of_a_state() -> None:
    found = model(
        """
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
class Post(models.Model):
    content_type = models.ForeignKey("contenttypes.ContentType", models.CASCADE)
    object_id = models.IntegerField()
    target = GenericForeignKey()
    others = GenericRelation("blog.Post")
    class Meta:
        order_with_respect_to = "target"
"""
    )
    assert list(found.fields) == ["id", "content_type", "object_id"]
    assert "order_with_respect_to" not in found.options


def test_relations_know_their_labels() -> None:
    found = model(
        """
from django.conf import settings
class Tag(models.Model): pass
class Tagging(models.Model): pass
class Post(models.Model):
    parent = models.ForeignKey("self", models.CASCADE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    tags = models.ManyToManyField(Tag, through="Tagging")
"""
    )
    assert [(f.target, f.through) for f in found.fields.values()] == [
        (None, None),
        ("blog.Post", None),
        ("auth.User", None),
        ("blog.Tag", "blog.Tagging"),
    ]


def test_a_to_field_that_names_the_key_goes() -> None:
    found = model(
        """
class Tag(models.Model):
    code = models.TextField(unique=True)
class Post(models.Model):
    a = models.ForeignKey(Tag, models.CASCADE, to_field="id")
    b = models.ForeignKey(Tag, models.CASCADE, to_field="code")
"""
    )
    assert list(changed(found, "a")) == ["to_field"]
    assert changed(found, "b") == {}


def test_a_proxy_has_no_fields() -> None:
    found = model("class Page(models.Model): pass\nclass Post(Page):\n    class Meta: proxy = True")
    assert (found.fields, found.bases, found.options["proxy"]) == ({}, ("blog.Page",), True)


def test_bases_of_abstract_models_take_their_place() -> None:
    found = model(
        """
class Mixin: pass
class Page(models.Model): pass
class Abstract(Mixin, Page):
    class Meta: abstract = True
class Post(Abstract): pass
"""
    )
    assert found.bases == ("blog.models.Mixin", "blog.Page")


def test_abstract_models_and_those_that_django_makes_are_no_part_of_a_state() -> None:
    state = models(
        """
class Base(models.Model):
    class Meta: abstract = True
class Post(Base):
    tags = models.ManyToManyField("self")
"""
    )
    assert list(state.models) == [("blog", "post")]


def test_models_of_apps_that_are_not_installed_are_left_out() -> None:
    more = (
        "# other/__init__.py\n# other/models.py\nfrom django.db import models\nclass A(models.Model): pass\n"
    )
    assert list(models("class Post(models.Model): pass", more).models) == [("blog", "post")]


# ---------------------------------------------------------------- doubts


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("from nowhere import Base\nclass Post(Base, models.Model): pass", ""),
        ("if unknown():\n    class Post(models.Model): pass", ""),
        ("try:\n    class Post(models.Model): pass\nexcept NameError: pass", ""),
        ("class Post(models.Model):\n    if unknown():\n        a = models.TextField()", "a"),
        ("class Post(models.Model):\n    for x in (1, 2):\n        a = models.TextField()", "a"),
    ],
)
def test_what_source_leaves_open_about_a_model_is_a_doubt(body: str, field: str) -> None:
    found = {(doubt.app, doubt.model, doubt.field) for doubt in models(body).doubts}
    assert found == {("blog", "post", field)}


def test_a_condition_that_is_decided_is_no_doubt() -> None:
    state = models(
        "from django.conf import settings\nif settings.ON:\n    class Post(models.Model): pass",
        settings="ON = True",
    )
    assert (list(state.models), state.doubts) == ([("blog", "post")], ())


def test_a_condition_that_asks_whether_the_model_is_registered_yet_is_no_doubt() -> None:
    state = models(
        """
from shop.loading import is_registered
if not is_registered("blog", "Post"):
    class Post(models.Model): pass
if not is_registered("blog", "Page"):
    class Other(models.Model): pass
"""
    )
    assert [doubt.model for doubt in state.doubts] == ["other"]


def test_a_model_whose_maker_is_not_followed_in_all_is_known_by_its_name_alone() -> None:
    state = models(
        """
from hierarkey.models import Hierarkey
settings = Hierarkey(attribute_name="settings")
@settings.add()
class Post(models.Model):
    pass
"""
    )
    made = state.models["blog", "post_settingsstore"]
    assert (made.fields, bool(made.why)) == ({}, True)
    assert [doubt.model for doubt in state.doubts] == ["post_settingsstore"]
