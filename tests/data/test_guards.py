"""Conditions that rows decide: an empty database takes one branch, and only that one counts."""

from __future__ import annotations

import textwrap

import pytest

from tests.data.shop import forward, python

CREATE = "Tag.objects.create(name='x')"

NEEDS_ROWS = {
    "if any exist": f"if Shop.objects.exists():\n    {CREATE}",
    "if there is a first": f"shop = Shop.objects.first()\nif shop:\n    {CREATE}",
    "if some are counted": f"if Shop.objects.count() > 0:\n    {CREATE}",
    "if the list is not empty": f"if len(list(Shop.objects.all())):\n    {CREATE}",
    "if one is not None": f"if Shop.objects.last() is not None:\n    {CREATE}",
    "return without rows": f"if not Shop.objects.exists():\n    return\n{CREATE}",
    "return without any of two": (
        f"if not Shop.objects.exists() and len(Tag.objects.all()) == 0:\n    return\n{CREATE}"
    ),
    "return on None": f"shop = Shop.objects.first()\nif shop is None:\n    return\n{CREATE}",
    "condition that also asks for rows": (
        f"from django.conf import settings\nif settings.TAGS and Shop.objects.exists():\n    {CREATE}"
    ),
    "failed lookup passed over": (
        f"try:\n    Shop.objects.get(pk=1)\n    {CREATE}\nexcept Shop.DoesNotExist:\n    pass"
    ),
    "failed lookup leaves": (
        f"try:\n    shop = Shop.objects.get(pk=1)\nexcept Shop.DoesNotExist:\n    return\n{CREATE}"
    ),
    "failed lookup, else": (
        f"try:\n    Shop.objects.get(pk=1)\nexcept Shop.DoesNotExist:\n    pass\nelse:\n    {CREATE}"
    ),
    "suppressed lookup": (
        f"from contextlib import suppress\nwith suppress(Shop.DoesNotExist):\n"
        f"    Shop.objects.get(pk=1)\n    {CREATE}"
    ),
    "inner guard in a loop over rows": (
        f"for shop in Shop.objects.all():\n"
        f"    if not Tag.objects.filter(shop=shop).exists():\n        {CREATE}"
    ),
    "flag set by rows": (
        f"found = False\nfor shop in Shop.objects.all():\n    found = True\nif found:\n    {CREATE}"
    ),
    "conditional expression": f"shop = Shop.objects.first() if True else None\nif shop:\n    {CREATE}",
}

SEEDS = {
    "if none exist": f"if not Tag.objects.filter(name='x').exists():\n    {CREATE}",
    "if none are counted": f"if Tag.objects.count() == 0:\n    {CREATE}",
    "return with rows": f"if Tag.objects.exists():\n    return\n{CREATE}",
    "otherwise": f"if Tag.objects.exists():\n    pass\nelse:\n    {CREATE}",
    "failed lookup creates": f"try:\n    Tag.objects.get(name='x')\nexcept Tag.DoesNotExist:\n    {CREATE}",
    "failed lookup in a tuple": (
        f"try:\n    Tag.objects.get(name='x')\nexcept (ValueError, Tag.DoesNotExist):\n    {CREATE}"
    ),
    "a model that may be missing": (
        f"try:\n    Old = apps.get_model('shop', 'Old')\nexcept LookupError:\n    return\n{CREATE}"
    ),
    "vendor": f"if schema_editor.connection.vendor != 'postgresql':\n    return\n{CREATE}",
    "setting": f"from django.conf import settings\nif settings.TAGS:\n    {CREATE}",
    "once created": f"tag, created = Tag.objects.get_or_create(name='y')\nif created:\n    {CREATE}",
}


@pytest.mark.parametrize("body", NEEDS_ROWS.values(), ids=NEEDS_ROWS.keys())
def test_created_only_where_rows_are(body: str) -> None:
    assert python(forward(body)).verdict == "one-time"


@pytest.mark.parametrize("body", SEEDS.values(), ids=SEEDS.keys())
def test_created_where_no_rows_are(body: str) -> None:
    assert python(forward(body)).verdict == "seed"


def test_a_helper_that_returns_none_without_rows() -> None:
    code = """
def first(Shop):
    shops = Shop.objects.order_by("pk")
    if shops:
        return shops[0]
    return None

"""
    guarded = "shop = first(Shop)\nif shop is not None:\n    Tag.objects.create(shop=shop)"
    assert python(code + forward(guarded)).verdict == "one-time"
    assert python(code + forward("Tag.objects.create(shop=first(Shop))")).verdict == "seed"


def test_a_condition_that_source_does_not_decide_lowers_the_confidence() -> None:
    sure, doubtful = python(forward(CREATE)), python(forward(SEEDS["setting"]))
    assert doubtful.confidence < sure.confidence
    assert "source does not decide" in doubtful.evidence[0].why


def test_a_precondition_is_one_time() -> None:
    body = "if Shop.objects.filter(name='').exists():\n    raise ValueError('name them first')"
    assert python(forward(body)).verdict == "one-time"


def test_a_row_reached_through_a_lookup_that_finds_none_is_none() -> None:
    code = """
        def find(apps):
            Shop = apps.get_model("shop", "Shop")
            try:
                shop = Shop.objects.get(slug="x")
            except Shop.DoesNotExist:
                return None
            return shop.owner
        def forward(apps, schema_editor):
            owner = find(apps)
            if owner is None:
                return
            apps.get_model("shop", "Tag").objects.create(name="x")
    """
    found = python(textwrap.dedent(code))
    assert (found.verdict, found.runs_on_empty) == ("one-time", "nothing")


def test_what_one_branch_drops_another_still_makes() -> None:
    body = """
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("ALTER TABLE shop_tag ALTER COLUMN n SET DEFAULT 0")
        elif schema_editor.connection.vendor == "sqlite":
            schema_editor.execute("CREATE TABLE new__shop_tag (n integer DEFAULT 0)")
            schema_editor.execute("INSERT INTO new__shop_tag SELECT n FROM shop_tag")
            schema_editor.execute("DROP TABLE shop_tag")
            schema_editor.execute("ALTER TABLE new__shop_tag RENAME TO shop_tag")
    """
    found = python(forward(body))
    assert found.verdict == "mixed"
    assert ("default", "create") in {(made.kind, made.action) for made in found.objects}


def test_what_a_branch_makes_and_drops_itself_is_gone() -> None:
    body = """
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("CREATE VIEW busy AS SELECT 1")
            if schema_editor.connection.alias:
                print("done")
            schema_editor.execute("DROP VIEW busy")
    """
    assert python(forward(body)).verdict == "redundant"
