"""Two histories that add up to one schema are equal, whatever their shape; a difference has both places."""

from __future__ import annotations

import pytest

from tests.history.replays import POST, history
from tests.reset.sides import shown, verified

ADD_BODY = 'migrations.AddField("Post", "body", models.TextField())'
CHECK = 'migrations.AddConstraint("Post", models.CheckConstraint(check=Q(id__gt=1), name="big"))'
MODELS = "django.db.models"
WITH_BODY = POST.replace("        ])", '            ("body", models.TextField()),\n        ])')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param([f"[{POST}]"], [f"[{POST}]"], id="the same"),
        pytest.param([f"[{POST}]", f"[{ADD_BODY}]"], [f"[{WITH_BODY}]"], id="squashed"),
        pytest.param(
            [f"[{POST}]", '[migrations.RenameModel("Post", "Entry")]'],
            [f"[{POST.replace('Post', 'Entry')}]"],
            id="renamed before",
        ),
        pytest.param(
            [f"[{POST}]", '[migrations.AlterModelTable("Post", "blog_post")]'],
            [f"[{POST}]"],
            id="a table name that is Django's own",
        ),
        pytest.param(
            [f"[{POST}]", f"[{ADD_BODY}]", '[migrations.RemoveField("Post", "body")]'],
            [f"[{POST}]"],
            id="added and removed again",
        ),
        pytest.param(
            [
                f"[{POST}]",
                '[migrations.AlterUniqueTogether("Post", {("id", "title")})]',
                '[migrations.AlterUniqueTogether("Post", set())]',
            ],
            [f"[{POST}]"],
            id="an option set and emptied",
        ),
    ],
)
def test_equal_in_another_shape(old: list[str], new: list[str]) -> None:
    found = verified(history(*old), history(*new))
    assert shown(found) == []
    assert found.equal


@pytest.mark.parametrize(
    ("new", "difference"),
    [
        ("[]", "schema: blog.Post model: only the old migrations have it"),
        (
            f"[{WITH_BODY}]",
            "schema: blog.Post field body: only the new migrations have it",
        ),
        (
            f"[{POST.replace('max_length=10', 'max_length=11')}]",
            "schema: blog.Post field title: max_length: old 10, new 11",
        ),
        (
            f"[{POST.replace('max_length=10', 'max_length=10, null=True')}]",
            "schema: blog.Post field title: null: old not given, new True",
        ),
        (
            f"[{POST.replace('models.CharField(max_length=10)', 'models.TextField()')}]",
            f"schema: blog.Post field title: class: old {MODELS}.CharField, new {MODELS}.TextField",
        ),
        (
            "[{}]".format(POST.replace("max_length=10", 'max_length=10, help_text="A"')),
            "python: blog.Post field title: help_text: old not given, new 'A'",
        ),
        (
            f'[{POST}, migrations.AlterModelTable("Post", "posts")]',
            "schema: blog.Post table: old blog_post, new posts",
        ),
        (
            f'[{POST}, migrations.AlterUniqueTogether("Post", [("id", "title")])]',
            "schema: blog.Post option unique_together: the two sides say different things",
        ),
        (
            f'[{POST}, migrations.AlterModelOptions("Post", {{"ordering": ["id"]}})]',
            "python: blog.Post option ordering: the two sides say different things",
        ),
        (
            f'[{POST}, migrations.AddIndex("Post", models.Index(fields=["title"], name="by_title"))]',
            "schema: blog.Post index by_title: only the new migrations have it",
        ),
        (
            f"[{POST}, {CHECK}]",
            "schema: blog.Post constraint big: only the new migrations have it",
        ),
    ],
)
def test_a_difference(new: str, difference: str) -> None:
    found = verified(history(f"[{POST}]"), history(new))
    assert shown(found) == [difference]
    assert found.equal is difference.startswith("python")


def test_columns_in_another_order() -> None:
    swapped = """migrations.CreateModel("Post", [
            ("title", models.CharField(max_length=10)),
            ("id", models.AutoField(primary_key=True)),
        ])"""
    found = verified(history(f"[{POST}]"), history(f"[{swapped}]"))
    assert shown(found) == ["order: blog.Post fields: the columns are in another order"]
    assert found.equal


def test_an_index_of_one_name_with_other_columns() -> None:
    index = 'migrations.AddIndex("Post", models.Index(fields=["{}"], name="by"))'
    found = verified(
        history(f"[{POST}, {index.format('title')}]"), history(f"[{POST}, {index.format('id')}]")
    )
    assert shown(found) == ["schema: blog.Post index by: is another one on the other side"]


def test_what_source_leaves_open_is_no_proof() -> None:
    computed = POST.replace("max_length=10", "max_length=int(open('n').read())")
    found = verified(history(f"[{POST}]"), history(f"[{computed}]"))
    assert [one.kind for one in found.differences] == ["undecided"]
    assert found.equal is None


def test_both_places_are_told() -> None:
    found = verified(history(f"[{POST}]", f"[{ADD_BODY}]"), history(f"[{POST}]"))
    (difference,) = found.differences
    assert difference.old == ("blog/migrations/m2.py", 7)
    assert difference.new == ("blog/migrations/m1.py", 7)
