"""What random histories showed to differ from real Django, each made as small as it stays."""

from __future__ import annotations

from tests.history.drifts import created, drift, told, written


def test_a_field_that_only_the_migrations_may_have_is_left_open() -> None:
    found = drift(
        "class Post(models.Model): pass",
        created("Post"),
        "migrations.AddField('post', 'note', getattr(models, input())()),",
    )
    assert found.differences == ()
    assert [(one.model, one.field) for one in found.undecided] == [("post", "note")]
    assert found.undecided[0].file == "blog/migrations/0001_initial.py"


THROUGH = """
class Tag(models.Model): pass
class Post(models.Model):
    tags = models.ManyToManyField("Tag", through="Tagging")
class Tagging(models.Model):
    tag = models.ForeignKey("Tag", models.CASCADE)
    post = models.ForeignKey("Post", models.CASCADE)
"""


def through(label: str) -> tuple[str, ...]:
    links = ("tag", "post")
    keys = (f"('{name}', models.ForeignKey('blog.{name}', models.CASCADE))" for name in links)
    tags = f"models.ManyToManyField('blog.Tag', through='{label}')"
    added = f"migrations.AddField('post', 'tags', {tags}),"
    return created("Tag"), created("Post"), created("Tagging", *keys), added


def test_the_model_between_two_is_compared_letter_by_letter() -> None:
    assert written(THROUGH, *through("blog.Tagging")) == []
    assert written(THROUGH, *through("blog.tagging")) == ["AlterField post.tags"]
    assert written(THROUGH, *through("blog.tagging"), django="3.2") == []


def test_a_deleted_model_may_have_more_fields_than_are_known() -> None:
    found = drift(
        "class Tag(models.Model): pass",
        created("Tag"),
        created("Post"),
        "migrations.AddField('post', 'tag', getattr(models, input())('blog.Tag')),",
    )
    assert told(found.differences) == ["DeleteModel post"]
    assert [(one.model, one.field) for one in found.undecided] == [("post", "tag")]


def test_a_field_that_its_call_gives_a_name_is_migrated_by_that_one() -> None:
    migrated = created("Post", "('paper', models.FileField(upload_to='docs', verbose_name='Doc'))")
    text = "class Post(models.Model):\n    {} = models.FileField('Doc', 'paper', 'docs')"
    assert written(text.format("paper"), migrated) == []
    assert written(text.format("other"), migrated) == []


def test_a_name_that_a_migration_gives_a_field_is_none() -> None:
    migrated = created("Post", "('paper', models.TextField(name='other'))")
    assert written("class Post(models.Model):\n    paper = models.TextField()", migrated) == []
