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


# ---------------------------------------------------------------- bodies


def sql(*texts: str) -> str:
    """A history that makes a model and runs texts of SQL, each in a migration of its own."""
    return history(f"[{POST}]", *(f"[migrations.RunSQL({text!r})]" for text in texts))


ANOTHER = "its text is another one"
VIEW = "CREATE VIEW titles AS SELECT title FROM blog_post WHERE id > {}"
FUNCTION = "CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ SELECT {} $$ LANGUAGE sql"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            [VIEW.format(1)],
            [VIEW.format(2)],
            ("changed", "view titles: its text is another one: old `1`, new `2`"),
        ),
        ([VIEW.format(1)], [VIEW.format(1).lower() + " -- all"], ("kept", "view titles")),
        (
            [FUNCTION.format(1)],
            [FUNCTION.format(2)],
            ("changed", f"function f: {ANOTHER}: old `1 $$ language sql`, new `2 $$ language sql`"),
        ),
        (
            ["ALTER TABLE blog_post ADD CONSTRAINT high CHECK (id > 1)"],
            ["ALTER TABLE blog_post ADD CONSTRAINT high CHECK (id > 2)"],
            ("changed", "constraint high on blog_post: its text is another one: old `1 )`, new `2 )`"),
        ),
        (["COMMENT ON TABLE blog_post IS 'a'"], ["COMMENT ON TABLE blog_post IS 'a'"], None),
    ],
)  # fmt: skip
def test_the_body_of_an_object(old: list[str], new: list[str], expected: tuple[str, str] | None) -> None:
    found = fates(sql(*old), sql(*new))
    assert found == [expected or ("kept", "comment without a name on blog_post")]


def test_both_places_of_a_changed_body_are_told() -> None:
    found = verified(sql(VIEW.format(1)), sql("SELECT 1", VIEW.format(2)))
    (one,) = found.accounts
    assert (one.migration, one.new[0]) == ("m2", "blog/migrations/m3.py")
    assert found.nothing_lost is False


def test_only_the_last_body_counts() -> None:
    old = sql(FUNCTION.format(1), FUNCTION.format(2))
    assert fates(old, sql(FUNCTION.format(2))) == [
        ("superseded", "undone by blog.m3 in the old migrations themselves"),
        ("kept", "function f"),
    ]
    assert [fate for fate, _ in fates(old, sql(FUNCTION.format(1)))] == ["superseded", "changed"]
    assert [fate for fate, _ in fates(sql(FUNCTION.format(2)), old)] == ["kept"]
    assert [fate for fate, _ in fates(sql(FUNCTION.format(1)), old)] == ["changed"]


def test_one_of_several_for_databases_of_their_own() -> None:
    both = history(
        f"[{POST}]",
        f"[migrations.RunSQL({VIEW.format(1)!r}), migrations.RunSQL({VIEW.format(2)!r})]",
    )
    assert [fate for fate, _ in fates(both, both)] == ["kept", "kept"]
    assert sorted(fate for fate, _ in fates(both, sql(VIEW.format(2)))) == ["kept", "missing"]


def test_names_that_changed_since_are_no_difference() -> None:
    rename = 'migrations.RenameField("Post", "title", "name")'
    old = history(f"[{POST}]", f"[migrations.RunSQL({VIEW.format(1)!r})]", f"[{rename}]")
    assert fates(old, sql(VIEW.format(1).replace("title ", "name "))) == [("kept", "view titles")]


def test_a_body_that_source_does_not_decide() -> None:
    text = history(
        f"[{POST}]",
        "[migrations.RunSQL(\"CREATE VIEW v AS SELECT \" + open('v').read())]",
    )
    assert fates(text, text) == [("undecided", "view v: source does not decide all of its text")]
