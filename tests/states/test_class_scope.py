"""What the bodies of classes make: names in their scope, lists they change, members of enumerations."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, drift, told


def test_a_plain_class_of_constants_is_read_in_its_own_scope() -> None:
    models = """
class Kind:
    OPEN = "open"
    SHUT = "shut"
    CHOICES = [(OPEN, "Open"), (SHUT, "Shut")]
class Post(models.Model):
    kind = models.CharField(max_length=4, choices=Kind.CHOICES, default=Kind.OPEN)
"""
    choices = "choices=[('open', 'Open'), ('shut', 'Shut')]"
    same = f"('kind', models.CharField(max_length=4, {choices}, default='open'))"
    assert told(drift(models, created("Post", same)).differences) == []
    other = same.replace("'Shut'", "'Closed'")
    assert told(drift(models, created("Post", other)).differences) == ["AlterField post.kind"]


@pytest.mark.parametrize(
    "indexes",
    [
        "indexes = [*Base.Meta.indexes, models.Index(fields=['title'], name='b')]",
        "indexes = Base.Meta.indexes + [models.Index(fields=['title'], name='b')]",
        "indexes = [models.Index(fields=['title'], name='b')]\n        indexes.extend(Base.Meta.indexes)",
    ],
)
def test_indexes_that_a_meta_takes_over(indexes: str) -> None:
    models = f"""
class Base(models.Model):
    class Meta:
        abstract = True
        indexes = [models.Index(fields=["id"], name="%(class)s_a")]
class Post(Base):
    title = models.CharField(max_length=9)
    class Meta(Base.Meta):
        {indexes}
"""
    found = drift(
        models, created("Post", "('title', models.CharField(max_length=9))", options="{'abstract': False}")
    )
    assert sorted((d.operation, d.certain, d.why) for d in found.differences) == [
        ("AddIndex", True, "b"),
        ("AddIndex", True, "post_a"),
    ]


def test_a_property_of_a_member() -> None:
    models = """
from enum import Enum
class Named(Enum):
    @property
    def code(self):
        return self.value.split(".")[1]
class Right(Named):
    SELL = "shop.sell"
class Post(models.Model):
    class Meta:
        permissions = ((Right.SELL.code, "Sell"),)
"""
    same = created("Post", options="{'permissions': (('sell', 'Sell'),)}")
    assert told(drift(models, same).differences) == []


def test_an_index_may_name_a_relation_by_its_column() -> None:
    models = """
class Post(models.Model):
    parent = models.ForeignKey("self", models.CASCADE)
    class Meta:
        indexes = [models.Index(fields=["parent_id"])]
"""
    field = "('parent', models.ForeignKey('blog.post', models.CASCADE))"
    index = "migrations.AddIndex('post', models.Index(fields=['parent_id'], name='blog_post_x_idx')),"
    found = drift(models, created("Post", field), index)
    assert [(d.operation, d.certain) for d in found.differences] == [("RenameIndex", True)]


def test_tags_follow_their_through_model() -> None:
    models = """
from taggit.managers import TaggableManager
class Post(models.Model):
    tags = TaggableManager(blank=True)
"""
    written = "('tags', blog.models.TaggableManager({}, through='taggit.TaggedItem', to='taggit.Tag', {}))"
    help_text = "help_text='A comma-separated list of tags.', verbose_name='Tags'"
    same = written.format("blank=True", help_text)
    assert told(drift(models, created("Post", same)).differences) == []
    other = written.format("blank=False", help_text)
    assert told(drift(models, created("Post", other)).differences) == ["AlterField post.tags"]


def test_the_through_model_of_tags_follows_when_it_is_renamed() -> None:
    models = """
from taggit.managers import TaggableManager
from taggit.models import TaggedItemBase
class Tagging(TaggedItemBase):
    content_object = models.ForeignKey("Post", models.CASCADE)
class Post(models.Model):
    tags = TaggableManager(through=Tagging)
"""
    post = "('content_object', models.ForeignKey('blog.Post', models.CASCADE))"
    tags = "blog.models.TaggableManager(through='blog.Tagged', to='taggit.Tag')"
    found = drift(
        models,
        created("Post"),
        created("Tagged", post),
        f"migrations.AddField('post', 'tags', {tags}),",
        "migrations.RenameModel('Tagged', 'Tagging'),",
    )
    assert told(row for row in found.differences if row.model == "post") == []


def test_an_enumeration_that_a_call_makes() -> None:
    models = """
Status = models.TextChoices("Status", ["to_read", "done"])
class Post(models.Model):
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.done)
"""
    choices = "choices=[('to_read', 'To Read'), ('done', 'Done')]"
    same = f"('status', models.CharField(max_length=9, {choices}, default='done'))"
    assert told(drift(models, created("Post", same)).differences) == []


def test_a_base_that_a_function_makes() -> None:
    models = """
def numbered(start):
    class Numbered(models.Model):
        number = models.IntegerField(default=1)
        class Meta:
            abstract = True
    return Numbered
Base = numbered(3)
class Post(Base):
    pass
"""
    assert (
        told(drift(models, created("Post", "('number', models.IntegerField(default=1))")).differences) == []
    )
    assert told(drift(models, created("Post")).differences) == ["AddField post.number"]


def test_a_name_that_is_bound_anew_between_two_models() -> None:
    models = """
SIZE = 5
class Post(models.Model):
    title = models.CharField(max_length=SIZE)
SIZE = 9
class Page(models.Model):
    title = models.CharField(max_length=SIZE)
"""
    for sizes, expected in (
        ((5, 9), []),
        ((9, 9), ["AlterField post.title"]),
        ((5, 5), ["AlterField page.title"]),
    ):
        made = [
            created(name, f"('title', models.CharField(max_length={size}))")
            for name, size in zip(("Post", "Page"), sizes, strict=True)
        ]
        assert told(drift(models, *made).differences) == expected
