"""Rows and hidden schema of the old migrations: kept, superseded, missing, or to be looked at."""

from __future__ import annotations

import pytest

from tests.history.replays import POST, history
from tests.reset.sides import verified

SEED = "migrations.RunPython(seed)"
BODY = """
def seed(apps, schema_editor):
    apps.get_model("blog", "Post").objects.get_or_create(title={title!r})
"""
SQL = "CREATE TRIGGER {name} AFTER INSERT ON blog_post BEGIN SELECT 1; END"
TRIGGER = f'migrations.RunSQL("{SQL}", migrations.RunSQL.noop)'


def fates(old: str, new: str) -> list[tuple[str, str]]:
    return [(one.fate, one.why) for one in verified(old, new).accounts]


def seeding(title: str, *more: str) -> str:
    return history(f"[{POST}]", f"[{SEED}]", *more, before=BODY.format(title=title))


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (seeding("first"), ("kept", "blog.Post(title=first)")),
        (seeding("second"), ("missing", "blog.Post(title=first)")),
        (history(f"[{POST}]"), ("missing", "blog.Post(title=first)")),
        (
            history(f"[{POST}]", "[migrations.RunSQL(\"INSERT INTO blog_post (title) VALUES ('first')\")]"),
            ("kept", "blog.Post(title=first)"),
        ),
    ],
    ids=["the same", "another row", "gone", "by SQL"],
)
def test_a_seed(new: str, expected: tuple[str, str]) -> None:
    assert fates(seeding("first"), new) == [expected]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (TRIGGER.format(name="stamp"), ("kept", "trigger stamp on blog_post")),
        (TRIGGER.format(name="other"), ("missing", "trigger stamp on blog_post")),
    ],
)
def test_hidden_schema(new: str, expected: tuple[str, str]) -> None:
    old = history(f"[{POST}]", f"[{TRIGGER.format(name='stamp')}]")
    assert fates(old, history(f"[{POST}]", f"[{new}]")) == [expected]


def test_what_later_migrations_undo_need_not_be_kept() -> None:
    old = history(
        f"[{POST}]",
        f"[{TRIGGER.format(name='stamp')}]",
        '[migrations.RunSQL("DROP TRIGGER stamp ON blog_post")]',
    )
    found = verified(old, history(f"[{POST}]"))
    assert [one.fate for one in found.accounts] == ["superseded"]
    assert found.nothing_lost


def test_rows_that_source_does_not_tell_are_to_be_looked_at() -> None:
    body = """
def seed(apps, schema_editor):
    for line in open("titles.txt"):
        apps.get_model("blog", "Post").objects.create(title=line)
"""
    text = history(f"[{POST}]", f"[{SEED}]", before=body)
    found = verified(text, text)
    assert [one.fate for one in found.accounts] == ["undecided"]
    assert found.nothing_lost is None


def test_changes_of_existing_rows_need_no_account() -> None:
    update = "[migrations.RunSQL(\"UPDATE blog_post SET title = ''\")]"
    found = verified(history(f"[{POST}]", update), history(f"[{POST}]"))
    assert found.accounts == ()
    assert found.nothing_lost
