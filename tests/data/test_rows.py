"""Creating rows seeds an empty database only where it happens without any rows."""

from __future__ import annotations

import pytest

from tests.data.shop import forward, migration, operations, python

SEEDS = {
    "create": "Tag.objects.create(name='new')",
    "get_or_create": "Tag.objects.get_or_create(name='new')",
    "update_or_create": "Tag.objects.using('default').update_or_create(name='new', defaults={})",
    "async": "Tag.objects.acreate(name='new')",
    "save": "tag = Tag(name='new')\ntag.save()",
    "save at once": "Tag(name='new').save()",
    "bulk": "Tag.objects.bulk_create([Tag(name=name) for name in ('new', 'old')])",
    "loop over constants": "for name in ['new', 'old']:\n    Tag.objects.create(name=name)",
    "loop over a dict": "for name, rank in {'new': 1}.items():\n    Tag.objects.create(name=name, rank=rank)",
    "tree": "Tag.add_root(name='new')",
    "child of a new row": "root = Tag.add_root(name='new')\nroot.add_child(name='inner')",
    "alias of a bound method": "create = Tag.objects.create\ncreate(name='new')",
    "list filled first": (
        "tags = []\nfor name in 'ab':\n    tags.append(Tag(name=name))\nTag.objects.bulk_create(tags)"
    ),
    "rows of a file": "import json\nfor row in json.load(open('tags.json')):\n    Tag.objects.create(**row)",
    "rows of a file but its header": (
        "import csv\nheader = None\nfor row in csv.reader(open('tags.csv')):\n"
        "    if header is None:\n        header = row\n        continue\n"
        "    Tag.objects.create(**dict(zip(header, row)))"
    ),
    "list filled by a package": (
        "import somewhere\nnames = []\nsomewhere.collect(names)\n"
        "for name in names:\n    Tag.objects.create(name=name)"
    ),
    "links of what it makes": (
        "tag, _ = Tag.objects.get_or_create(name='a')\ntag.shops.add(*Shop.objects.all())"
    ),
    "row that must be there": "shop = Shop.objects.get(pk=1)\nTag.objects.create(shop=shop)",
}

ONE_TIME = {
    "update": "Tag.objects.filter(name='').update(name='x')",
    "delete": "Tag.objects.all().delete()",
    "save of rows": "for tag in Tag.objects.all():\n    tag.name = tag.name.lower()\n    tag.save()",
    "other methods of rows": "for shop in Shop.objects.all():\n    shop.tidy_up()",
    "links of rows": "for shop in Shop.objects.all():\n    shop.tags.add(1)",
    "create per row": "for shop in Shop.objects.all():\n    Tag.objects.create(name=shop.name)",
    "save per row": "for shop in Shop.objects.iterator():\n    Tag(name=shop.name).save()",
    "related create": "for shop in Shop.objects.all():\n    shop.tag_set.create(name='x')",
    "comprehension": "[Tag.objects.create(shop=s) for s in Shop.objects.all()]",
    "bulk of a comprehension": "Tag.objects.bulk_create([Tag(shop=s) for s in Shop.objects.all()])",
    "bulk of a generator": "Tag.objects.bulk_create(Tag(shop=s) for s in Shop.objects.all())",
    "list filled from rows": (
        "tags = []\nfor shop in Shop.objects.all():\n"
        "    tags.append(Tag(shop=shop))\nTag.objects.bulk_create(tags)"
    ),
    "dict filled from rows": (
        "names = {}\nfor shop in Shop.objects.all():\n    names[shop.name] = {'n': 1}\n"
        "for name in names.values():\n    Tag.objects.create(**name)"
    ),
    "set of pairs": (
        "pairs = set()\nfor a, b in Shop.objects.values_list('a', 'b'):\n    pairs.add((a, b))\n"
        "ordered = list(pairs)\nfor start in range(0, len(ordered), 100):\n"
        "    Tag.objects.bulk_create([Tag(a=a, b=b) for a, b in ordered[start:start + 100]])"
    ),
    "constants outside, rows inside": (
        "for kind in (1, 2):\n    for shop in Shop.objects.filter(kind=kind):\n"
        "        Tag.objects.create(shop=shop)"
    ),
    "rows of a cursor": (
        "with schema_editor.connection.cursor() as cursor:\n    cursor.execute('SELECT name FROM shop_old')\n"
        "    for (name,) in cursor.fetchall():\n        Tag.objects.create(name=name)"
    ),
    "executemany over rows": (
        "from django.db import connection\ncursor = connection.cursor()\n"
        "cursor.executemany('INSERT INTO shop_tag VALUES (%s)', [(s.name,) for s in Shop.objects.all()])"
    ),
    "pages of rows": (
        "from django.core.paginator import Paginator\npages = Paginator(Shop.objects.all(), 100)\n"
        "for number in pages.page_range:\n    Tag.objects.bulk_create([Tag(s=s) for s in pages.page(number)])"
    ),
    "enumerated rows": "for n, shop in enumerate(Shop.objects.all()):\n    Tag.objects.create(n=n)",
    "mapped rows": "list(map(lambda shop: Tag.objects.create(shop=shop), Shop.objects.all()))",
    "alias of a bound method": (
        "create = Tag.objects.create\nfor shop in Shop.objects.all():\n    create(shop=shop)"
    ),
    "batches": (
        "while True:\n    batch = list(Shop.objects.filter(done=False)[:100])\n"
        "    if not batch:\n        break\n"
        "    for shop in batch:\n        Tag.objects.create(shop=shop)"
    ),
    "try, and go on with the next": (
        "import json\nfor tag in Tag.objects.all():\n    try:\n"
        "        json.loads(tag.name)\n        continue\n"
        "    except ValueError:\n        pass\n    tag.save()"
    ),
}


@pytest.mark.parametrize("body", SEEDS.values(), ids=SEEDS.keys())
def test_without_rows_it_seeds(body: str) -> None:
    found = python(forward(body))
    assert (found.verdict, found.runs_on_empty) == ("seed", "creates_rows")


@pytest.mark.parametrize("body", ONE_TIME.values(), ids=ONE_TIME.keys())
def test_from_rows_it_runs_once(body: str) -> None:
    found = python(forward(body))
    assert (found.verdict, found.runs_on_empty) == ("one-time", "nothing")


def test_constants_and_rows_in_one_function_are_mixed() -> None:
    body = "Tag.objects.create(name='new')\nfor shop in Shop.objects.all():\n    shop.save()"
    assert python(forward(body)).verdict == "mixed"


def test_rows_through_helpers_and_their_parameters() -> None:
    code = """
        def label(Tag, shops, name):
            for shop in shops:
                Tag.objects.create(shop=shop, name=name)
    """
    rows = forward("label(Tag, Shop.objects.all(), 'x')")
    constants = forward("label(Tag, ['a', 'b'], 'x')")
    assert python(code + "\n" + "\n".join(["", rows]).replace("\n", "\n        ")).verdict == "one-time"
    assert python(code + "\n" + "\n".join(["", constants]).replace("\n", "\n        ")).verdict == "seed"


def test_evidence_names_the_line_and_the_rows() -> None:
    found = python(forward("for shop in Shop.objects.all():\n    Tag.objects.create(name='x')"))
    (evidence,) = found.evidence
    assert (evidence.file, evidence.line) == ("shop/migrations/0001_initial.py", 6)
    assert "only if there are rows of shop.Shop" in evidence.why
    assert found.tables_or_models == ("shop.Tag",)


SEEDED = (
    "Shop.objects.create(name='x')\nTag.objects.create(name='y')",
    "shop = Shop.objects.get(name='x')\nshop.tags.add(Tag.objects.get(name='y'))\nshop.save()",
)


def test_a_link_between_rows_that_must_be_there_is_a_row() -> None:
    first = migration(forward(SEEDED[0]), "migrations.RunPython(forward)")
    link = migration(forward(SEEDED[1]), "migrations.RunPython(forward)", "0002_link", "0001_initial")
    found = operations(first, link)
    assert [one.verdict for one in found] == ["seed", "seed"]
    assert [(row.target, row.how) for row in found[1].rows] == [("shop.Shop.tags", "link")]


@pytest.mark.parametrize(
    "body",
    [
        "for shop in Shop.objects.filter(name='x'):\n    shop.tags.add(Tag.objects.first())",
        "try:\n    shop = Shop.objects.get(pk=1)\nexcept Shop.DoesNotExist:\n    return\nshop.tags.add(1)",
    ],
)
def test_a_link_of_rows_that_may_be_there_is_no_seed(body: str) -> None:
    assert python(forward(body)).verdict == "one-time"
