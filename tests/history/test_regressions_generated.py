"""What random histories showed to differ from real Django, each made as small as it stays."""

from __future__ import annotations

from tests.history.drifts import created, drift


def test_a_field_that_only_the_migrations_may_have_is_left_open() -> None:
    found = drift(
        "class Post(models.Model): pass",
        created("Post"),
        "migrations.AddField('post', 'note', getattr(models, input())()),",
    )
    assert found.differences == ()
    assert [(one.model, one.field) for one in found.undecided] == [("post", "note")]
    assert found.undecided[0].file == "blog/migrations/0001_initial.py"
