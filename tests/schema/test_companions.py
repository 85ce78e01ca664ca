"""Fields that others bring along, and relations that metaclasses of packages add."""

from __future__ import annotations

import pytest

from tests.projects import analysed, files_of
from tests.schema.blog import BASE, fields, read, relations

MONEY = "from djmoney.models.fields import MoneyField\n"
POST = "class Post(models.Model):\n    "


def test_an_amount_of_money_brings_its_currency() -> None:
    found = fields(MONEY + POST + "price = MoneyField()")
    assert found == {"id": "AutoField", "price": "MoneyField", "price_currency": "CurrencyField"}


def test_a_field_that_inherits_one_that_brings_others_brings_them_too() -> None:
    text = MONEY + "class Price(MoneyField): pass\n" + POST + "price = Price()"
    assert fields(text)["price_currency"] == "CurrencyField"


@pytest.mark.parametrize(("argument", "brought"), [("", True), ("no_rendered_field=True", False)])
def test_a_text_brings_what_is_rendered_of_it(argument: str, brought: bool) -> None:
    text = f"from markitup.fields import MarkupField\n{POST}body = MarkupField({argument})"
    assert ("_body_rendered" in fields(text)) is brought


def test_what_the_class_declares_itself_is_not_brought() -> None:
    text = MONEY + POST + "price = MoneyField()\n    price_currency = models.TextField()"
    assert fields(text)["price_currency"] == "TextField"


def test_heirs_of_an_abstract_class_have_what_its_fields_bring() -> None:
    base = "class Priced(models.Model):\n    price = MoneyField()\n    class Meta:\n        abstract = True\n"
    assert "price_currency" in fields(MONEY + base + "class Post(Priced): pass")


def test_a_relation_that_a_metaclass_adds_points_where_an_attribute_says() -> None:
    text = """
from edx_rbac.models import UserRoleAssignment
class Role(models.Model): pass
class Post(UserRoleAssignment):
    role_class = Role
"""
    found = relations(text)["Post.role"]
    assert (found.kind, found.target, found.null) == ("FK", "blog.Role", False)


ORGANIZATIONS = """
# organizations/__init__.py
# organizations/abstract.py
from django.db import models
class AbstractOrganization(models.Model):
    class Meta:
        abstract = True
class AbstractOrganizationUser(models.Model):
    class Meta:
        abstract = True
class AbstractOrganizationOwner(models.Model):
    class Meta:
        abstract = True
class AbstractOrganizationInvitation(models.Model):
    class Meta:
        abstract = True
"""


def test_a_relation_that_a_metaclass_adds_points_to_its_neighbour_in_the_module() -> None:
    text = """
from organizations.abstract import *
class Club(AbstractOrganization): pass
class Member(AbstractOrganizationUser): pass
class Owner(AbstractOrganizationOwner): pass
"""
    invitation = "class Invitation(AbstractOrganizationInvitation): pass"
    files = {**files_of(BASE), **files_of(ORGANIZATIONS)}
    files["blog/models.py"] += text
    assert not any(r.source.startswith("blog.") for r in analysed(files).relations), "one of the four lacks"
    files["blog/models.py"] += invitation
    found = {f"{r.source}.{r.field}": (r.kind, r.target, r.through) for r in analysed(files).relations}
    assert found["blog.Member.organization"] == ("FK", "blog.Club", None)
    assert found["blog.Member.user"] == ("FK", "auth.User", None)
    assert found["blog.Club.users"] == ("M2M", "auth.User", "blog.Member")


GOT = """
class Draft(models.Model):
    it = models.ForeignKey(Place, models.CASCADE)
    class Meta:
        abstract = True
class Loose(Draft):
    class Meta:
        abstract = True
class Post(Loose): pass
class Firm(Draft): pass
"""


def test_a_field_changed_from_outside_is_changed_for_heirs_alone() -> None:
    for change in (
        "_it = Loose._meta.get_field('it')\n_it.null = True\n",
        "Loose._meta.get_field('it').null = True\n",
    ):
        found = relations(GOT + change)
        assert (found["Post.it"].null, found["Firm.it"].null) == (True, False)


METACLASS = """
from django.db.models.base import ModelBase
class Meta(ModelBase):
    def __new__(cls, name, bases, attrs):
        {line}
        return super().__new__(cls, name, bases, attrs)
class Post(models.Model, metaclass=Meta): pass
"""


@pytest.mark.parametrize(
    "line",
    [
        'attrs["Meta"].proxy = True',
        'cls._meta.db_table = f"x_{name}"',
        "meta = cls._meta; meta.db_table = name",
    ],
)
def test_a_metaclass_that_rewrites_its_classes_is_said(line: str) -> None:
    told = read(METACLASS.format(line=line)).unknown
    assert [(u.what, u.line) for u in told] == [("blog.Post", 9)]


def test_a_metaclass_that_makes_a_meta_where_none_is_says_nothing_of_models() -> None:
    assert read(METACLASS.format(line='attrs["Meta"] = type("Meta", (), {})')).unknown == ()
