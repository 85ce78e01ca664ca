"""What random projects showed to be read differently from Django; each was booted by Django 5.2."""

from __future__ import annotations

import pytest

from analyzer.analysis import Analysis
from tests.projects import analysed

SETTINGS = """
# manage.py
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
# settings.py
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop", "blog"]
# shop/__init__.py
# blog/__init__.py
"""


def read(text: str) -> Analysis:
    return analysed(SETTINGS + text)


def fields(text: str, label: str) -> dict[str, str]:
    """The class of every field of a model, with the target where it has one, and ` null` where it may be."""
    model = read(text).model(label)
    assert model is not None, f"no model {label}"
    return {
        field.name: field.cls + (f" {field.target}" if field.target else "") + " null" * field.null
        for field in model.fields
    }


def test_options_unpacked_from_a_dictionary_count() -> None:
    text = """
# shop/models.py
from django.db import models
OPTIONAL = {"null": True, "blank": True}
class Order(models.Model):
    note = models.TextField(**OPTIONAL)
"""
    assert fields(text, "shop.Order")["note"] == "TextField null"


@pytest.mark.parametrize(
    ("body", "null"),
    [
        ('kwargs["null"] = True', True),
        ('kwargs.update({"null": True})', True),
        ('kwargs.setdefault("null", True)', False),
        ('if "null" not in kwargs:\n            kwargs["null"] = True', False),
    ],
)
def test_what_a_field_class_sets_beats_what_it_is_called_with(body: str, null: bool) -> None:
    text = f"""
# shop/models.py
from django.db import models
class NoteField(models.TextField):
    def __init__(self, *args, **kwargs):
        {body}
        super().__init__(*args, **kwargs)
class Order(models.Model):
    note = NoteField(null=False)
"""
    assert fields(text, "shop.Order")["note"] == "NoteField" + " null" * null


def test_a_field_class_may_fix_its_target_by_position() -> None:
    text = """
# shop/models.py
from django.db import models
class Item(models.Model):
    pass
class SoleField(models.OneToOneField):
    def __init__(self, **kwargs):
        super().__init__("shop.Item", on_delete=models.PROTECT, **kwargs)
class OldField(models.ForeignKey):
    def __init__(self, **kwargs):
        models.ForeignKey.__init__(self, "shop.Item", models.CASCADE, **kwargs)
class Order(models.Model):
    sole = SoleField()
    old = OldField()
"""
    assert fields(text, "shop.Order") == {
        "id": "AutoField",
        "sole": "SoleField shop.Item",
        "old": "OldField shop.Item",
    }


IMPORTED_AND_DEFINED = """
# shop/models.py
from django.db import models
class Item(models.Model):
    pass
# blog/models.py
from django.db import models
{imported}
class Item({base}):
    other = models.ForeignKey(Item, on_delete=models.CASCADE)
"""


@pytest.mark.parametrize("imported", ["from shop.models import Item", "from shop.models import *"])
@pytest.mark.parametrize("base", ["models.Model", "Item"])
def test_in_its_own_body_a_class_name_still_means_what_was_imported(imported: str, base: str) -> None:
    found = fields(IMPORTED_AND_DEFINED.format(imported=imported, base=base), "blog.Item")
    own = {"item_ptr": "OneToOneField shop.Item"} if base == "Item" else {"id": "AutoField"}
    assert found == {**own, "other": "ForeignKey shop.Item"}


def test_in_a_nested_class_the_outer_name_still_means_what_was_imported() -> None:
    text = """
# shop/models.py
from django.db import models
class Space:
    class Item(models.Model):
        pass
# blog/models.py
from django.db import models
from shop.models import Space
class Space:
    class Item(models.Model):
        other = models.ForeignKey(Space.Item, on_delete=models.CASCADE)
"""
    assert fields(text, "blog.Item")["other"] == "ForeignKey shop.Item"


def test_a_nested_class_may_inherit_from_an_import_of_its_own_name() -> None:
    text = """
# shop/models.py
from django.db import models
class Item(models.Model):
    pass
# blog/models.py
from shop.models import Item
class Space:
    class Item(Item):
        pass
"""
    assert fields(text, "blog.Item") == {"item_ptr": "OneToOneField shop.Item"}


def test_a_star_import_hides_what_was_bound_above_it() -> None:
    text = """
# shop/models.py
from django.db import models
class Item(models.Model):
    pass
# shop/others.py
from django.db import models
class Item(models.Model):
    class Meta:
        app_label = "blog"
# shop/both.py
from shop.models import Item
from shop.others import *
# blog/models.py
from django.db import models
from shop.both import Item
class Post(models.Model):
    item = models.ForeignKey(Item, on_delete=models.CASCADE)
"""
    assert fields(text, "blog.Post")["item"] == "ForeignKey blog.Item"


GENERIC = """
# shop/models.py
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
class Tagged(models.Model):
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveIntegerField()
    content_object = GenericForeignKey()
    class Meta:
        abstract = True
class Base(Tagged):
    pass
class Child(Base):
    pass
class Proxy(Base):
    class Meta:
        proxy = True
class Bare(Tagged):
    content_object = None
"""


@pytest.mark.parametrize("label", ["shop.Base", "shop.Child", "shop.Proxy", "shop.Bare"])
def test_a_generic_foreign_key_is_copied_to_every_heir(label: str) -> None:
    generic = {relation.source for relation in read(GENERIC).relations if relation.kind == "GFK"}
    assert label in generic


def test_the_meta_of_a_concrete_model_is_its_abstract_bases() -> None:
    text = """
# shop/models.py
from django.db import models
class Base(models.Model):
    class Meta:
        abstract = True
class Order(Base):
    class Meta:
        db_table = "orders"
class Parcel(Order):
    class Meta(Order.Meta):
        pass
class Letter(Order):
    Meta = Order.Meta
"""
    found = {model.label: model.db_table for model in read(text).models if model.own}
    assert found == {"shop.Order": "orders", "shop.Parcel": "shop_parcel", "shop.Letter": "shop_letter"}


def test_a_meta_taken_over_from_an_abstract_base_makes_no_abstract_model() -> None:
    text = """
# shop/models.py
from django.db import models
class Base(models.Model):
    class Meta:
        abstract = True
class Order(Base):
    Meta = Base.Meta
"""
    assert fields(text, "shop.Order") == {"id": "AutoField"}


def test_a_one_to_one_field_to_the_parent_is_a_link_only_if_it_says_so() -> None:
    text = """
# shop/models.py
from django.db import models
class Order(models.Model):
    pass
class Parcel(Order):
    near = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="+")
"""
    assert fields(text, "shop.Parcel") == {
        "near": "OneToOneField shop.Order",
        "order_ptr": "OneToOneField shop.Order",
    }


def test_a_link_to_a_proxy_says_what_it_is_and_makes_no_link_to_the_parent() -> None:
    text = """
# shop/models.py
from django.db import models
class Order(models.Model):
    pass
class Proxy(Order):
    class Meta:
        proxy = True
class Parcel(Proxy):
    near = models.OneToOneField(Proxy, on_delete=models.CASCADE, parent_link=True, primary_key=True)
"""
    links = {r.field: r.target for r in read(text).relations if r.source == "shop.Parcel" and r.parent_link}
    assert links == {"near": "shop.Proxy", "order_ptr": "shop.Order"}


TWO_PARENTS = """
# shop/models.py
from django.db import models
class Item(models.Model):
    pass
# blog/models.py
from django.db import models
import shop.models
class Item(models.Model):
    class Meta:
        app_label = "blog"
class Wallet(shop.models.Item):
    pass
class Both(shop.models.Item, Item):
    pass
class Below(Item, Wallet):
    pass
"""


def test_two_parents_of_one_name_share_the_link_to_the_first() -> None:
    assert fields(TWO_PARENTS, "blog.Both") == {"item_ptr": "OneToOneField shop.Item"}


def test_no_link_is_added_where_an_ancestor_has_a_field_of_its_name() -> None:
    assert fields(TWO_PARENTS, "blog.Below") == {"wallet_ptr": "OneToOneField blog.Wallet"}


@pytest.mark.parametrize("between", ["", "class Near(Order):\n    pass\n"])
def test_the_key_of_a_concrete_parent_hides_that_of_an_abstract_base(between: str) -> None:
    text = f"""
# shop/models.py
from django.db import models
class Order(models.Model):
    pass
{between}
class Keyed(models.Model):
    id = models.UUIDField(primary_key=True)
    class Meta:
        abstract = True
class Parcel({"Near" if between else "Order"}, Keyed):
    pass
"""
    link = "near_ptr" if between else "order_ptr"
    assert set(fields(text, "shop.Parcel")) == {link}


def test_a_field_that_an_abstract_ancestor_got_by_inheritance_hides_too() -> None:
    text = """
# shop/models.py
from django.db import models
class Root(models.Model):
    note = models.TextField()
    class Meta:
        abstract = True
class Upper(Root):
    class Meta:
        abstract = True
class Bare(Upper):
    note = None
    class Meta:
        abstract = True
class Other(Root):
    note = models.IntegerField()
    class Meta:
        abstract = True
class Order(Bare, Other):
    pass
"""
    assert fields(text, "shop.Order") == {"id": "AutoField"}


def test_fields_added_from_outside_count() -> None:
    text = """
# shop/models.py
from django.db import models
class Order(models.Model):
    pass
# blog/models.py
from django.db import models
from shop.models import Order
class Post(models.Model):
    pass
Order.add_to_class("post", models.ForeignKey(Post, null=True, on_delete=models.SET_NULL))
Post.add_to_class(name="extra", value=models.CharField(max_length=9))
"""
    assert fields(text, "shop.Order") == {"id": "AutoField", "post": "ForeignKey blog.Post null"}
    assert fields(text, "blog.Post") == {"id": "AutoField", "extra": "CharField"}


def test_of_two_classes_that_a_condition_chooses_from_one_is_a_model() -> None:
    text = """
# shop/models.py
from django.db import models
try:
    class Base(models.Model):
        class Meta:
            abstract = True
except ImportError:
    class Base(models.Model):
        pass
class Order(Base):
    pass
"""
    assert {model.label for model in read(text).models if model.own} == {"shop.Order"}
