"""Loops that run more than once: what one turn fills, the next one asks."""

from __future__ import annotations

import pytest

from tests.data.shop import forward, migration, operations, python

ON_ROWS = {
    "all but the first of each name": """
        seen, doubles = [], []
        for tag in Tag.objects.all():
            if tag.name in seen:
                doubles.append(tag)
            else:
                seen.append(tag.name)
        for tag in doubles:
            tag.delete()
    """,
    "a dict that fills as it is asked": """
        kept = {}
        for tag in Tag.objects.all():
            if kept.get(tag.name):
                tag.delete()
            kept[tag.name] = tag
    """,
    "rows by name in a defaultdict": """
        from collections import defaultdict
        by_name = defaultdict(list)
        for tag in Tag.objects.all():
            by_name[tag.name].append(tag.pk)
        for name, keys in by_name.items():
            shop, _ = Shop.objects.get_or_create(name=name)
            Tag.objects.filter(pk__in=keys).update(shop=shop)
    """,
    "sets of rows in a defaultdict": """
        import collections
        names = collections.defaultdict(set)
        for tag in Tag.objects.all():
            names[tag.shop_id].add(tag.name)
        for key in names:
            Shop.objects.create(name=key)
    """,
}


@pytest.mark.parametrize("body", ON_ROWS.values(), ids=ON_ROWS.keys())
def test_what_rows_fill_needs_rows(body: str) -> None:
    assert python(forward(body)).verdict == "one-time"


def test_a_defaultdict_of_constants_seeds() -> None:
    body = """
        from collections import defaultdict
        by_kind = defaultdict(list)
        for kind, name in [("a", "x"), ("b", "y")]:
            by_kind[kind].append(name)
        for kind, names in by_kind.items():
            for name in names:
                Tag.objects.create(name=name)
    """
    assert python(forward(body)).verdict == "seed"


DDL = 'schema_editor.execute("CREATE INDEX x_%s ON y (z)" % shop.pk)'


def test_schema_made_for_each_row_is_nothing_on_an_empty_database() -> None:
    found = python(forward(f"for shop in Shop.objects.all():\n    {DDL}"))
    assert (found.verdict, found.runs_on_empty) == ("one-time", "nothing")


def test_schema_made_for_each_seeded_row_is_kept() -> None:
    seed = migration(forward("Shop.objects.create(pk=1)"), "migrations.RunPython(forward)")
    ddl = migration(
        forward(f"for shop in Shop.objects.all():\n    {DDL}"),
        "migrations.RunPython(forward)",
        "0002_next",
        "0001_initial",
    )
    assert [found.verdict for found in operations(seed, ddl)] == ["seed", "schema"]
