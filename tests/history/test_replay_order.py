"""The plan: in which order migrations are replayed, and what each of them finds."""

from __future__ import annotations

from analyzer.states.values import ProjectState
from tests.history.replays import POST, SETTINGS, doubts, history, migration, shown, states

ITEM = 'migrations.CreateModel("Item", [("post", models.ForeignKey("blog.post", CASCADE))])'
RENAME = "migrations.RenameModel('Post', 'Article')"


def known(state: ProjectState | None) -> list[str]:
    assert state is not None
    return [f"{model.label}.{name}" for model in state.models.values() for name in model.fields]


def test_what_a_migration_depends_on_goes_first() -> None:
    text = (
        SETTINGS
        + migration("blog", "m1", f"[{POST}]")
        + migration("blog", "m2", f"[{RENAME}]", "blog.m1", "shop.m1")
    )
    text += migration("shop", "m1", f"[{ITEM}]", "blog.m1")
    assert shown(states(text).final)["shop.Item"] == {"post": "ForeignKey to blog.Article"}


def test_what_does_not_wait_for_a_renaming_finds_the_new_name_or_none() -> None:
    """Leaf nodes go in the order of their names, so the app blog is through before shop begins."""
    text = SETTINGS + migration("blog", "m1", f"[{POST}]") + migration("blog", "m2", f"[{RENAME}]", "blog.m1")
    text += migration("shop", "m1", f"[{ITEM}]", "blog.m1")
    assert shown(states(text).final)["shop.Item"] == {"post": "ForeignKey to blog.post"}


def test_a_migration_that_says_so_goes_before_another() -> None:
    more = "    run_before = [('blog', 'm2')]\n"
    text = SETTINGS + migration("blog", "m1", f"[{POST}]") + migration("blog", "m2", f"[{RENAME}]", "blog.m1")
    text += migration("shop", "m1", f"[{ITEM}]", "blog.m1", more=more)
    assert shown(states(text).final)["shop.Item"] == {"post": "ForeignKey to blog.Article"}


def test_each_migration_finds_what_those_before_it_left() -> None:
    found = states(history(f"[{POST}]", "[migrations.RemoveField('post', 'title')]", f"[{RENAME}]"))
    assert known(found.at(("blog", "m1"))) == []
    assert known(found.at(("blog", "m2"))) == ["blog.Post.id", "blog.Post.title"]
    assert known(found.at(("blog", "m2"), after=True)) == ["blog.Post.id"]
    assert known(found.at(("blog", "m3"))) == ["blog.Post.id"]
    assert known(found.at(("blog", "m3"), after=True)) == ["blog.Article.id"] == known(found.final)
    assert found.at(("blog", "m4")) is None


def test_a_squashed_migration_stands_for_those_that_it_replaces() -> None:
    squash = """[migrations.CreateModel("Post", [("id", models.AutoField(primary_key=True))])]"""
    text = history(f"[{POST}]", "[migrations.RemoveField('post', 'title')]")
    text += migration("blog", "m3", squash, more="    replaces = [('blog', 'm1'), ('blog', 'm2')]\n")
    text += migration("blog", "m4", f"[{RENAME}]", "blog.m2")
    found = states(text)
    assert known(found.final) == ["blog.Article.id"]
    assert known(found.at(("blog", "m2"))) == ["blog.Post.id", "blog.Post.title"]
    assert known(found.at(("blog", "m4"))) == ["blog.Post.id"]
    assert doubts(found.final) == []


def test_a_circle_of_migrations_ends() -> None:
    text = (
        SETTINGS + migration("blog", "m1", f"[{POST}]", "blog.m2") + migration("blog", "m2", "[]", "blog.m1")
    )
    assert known(states(text).final) == ["blog.Post.id", "blog.Post.title"]


def test_an_app_that_is_not_installed_has_no_state() -> None:
    text = history(f"[{POST}]").replace('"blog", ', "")
    assert known(states(text).final) == []
