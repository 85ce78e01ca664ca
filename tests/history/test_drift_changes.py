"""What `makemigrations` would write once a model has been changed, where something else has a hand in it."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, written

TITLE = "('title', models.CharField(max_length=1))"

ORDERED = """
class Ordered(models.base.ModelBase):
    def __new__(cls, name, bases, attrs):
        if "Meta" in attrs and not hasattr(attrs["Meta"], "ordering"):
            setattr(attrs["Meta"], "ordering", ("title",))
        return super().__new__(cls, name, bases, attrs)
class Base(models.Model, metaclass=Ordered):
    title = models.CharField(max_length=1)
    class Meta:
        abstract = True
class Post(Base):
    class Meta:
        {meta}
"""


@pytest.mark.parametrize(
    ("meta", "operations"),
    [
        ("pass", ["AlterModelOptions? post"]),
        ("ordering = ('title',)", []),
        ("verbose_name = 'p'", ["AlterModelOptions post"]),
        ("db_table = 't'", ["AlterModelOptions? post", "AlterModelTable post"]),
    ],
)
def test_an_option_that_the_metaclass_may_set_is_not_decided(meta: str, operations: list[str]) -> None:
    migrated = created("Post", TITLE, options="{'ordering': ('title',)}")
    assert written(ORDERED.format(meta=meta), migrated) == operations


COLOURED = """
from colorfield.fields import ColorField
class Post(models.Model):
    colour = ColorField({given}default='#FFFFFF')
"""


@pytest.mark.parametrize(
    ("given", "operations"),
    [
        ("", ["AlterField? post.colour"]),
        ("max_length=25, ", ["AlterField post.colour"]),
        ("max_length=18, ", []),
    ],
)
def test_what_only_the_class_of_a_package_gives_depends_on_its_version(
    given: str, operations: list[str]
) -> None:
    given_by_class = "default='#FFFFFF', image_field=None, samples=None"
    migrated = f"('colour', blog.models.ColorField({given_by_class}, max_length=18))"
    assert written(COLOURED.format(given=given), created("Post", migrated)) == operations


@pytest.mark.parametrize(
    ("more", "operations"),
    [
        ("", ["DeleteModel posttag"]),
        ("admin.site.register(Post)", ["DeleteModel posttag"]),
        ("somewhere.tracked(Post)", ["DeleteModel? posttag"]),
        ("Tracked = tracked(Post)", ["DeleteModel? posttag"]),
    ],
)
def test_a_model_called_after_another_is_gone_where_nothing_may_make_it(
    more: str, operations: list[str]
) -> None:
    models = f"class Post(models.Model):\n    title = models.CharField(max_length=1)\n{more}"
    assert written(models, created("Post", TITLE), created("PostTag")) == operations


@pytest.mark.parametrize(
    "body",
    [
        "@tracked\nclass Post(models.Model):\n    {}",
        "class Post(models.Model):\n    {}\n    log = Log()",
        "class Post(models.Model):\n    {}\n    log = type(name, (models.Model,), members)",
    ],
)
def test_decorators_and_attributes_of_a_model_may_make_others(body: str) -> None:
    models = body.format("title = models.CharField(max_length=1)")
    assert written(models, created("Post", TITLE), created("PostTag")) == ["DeleteModel? posttag"]


def test_attributes_whose_models_are_known_make_no_others() -> None:
    models = """
from simple_history.models import HistoricalRecords
class Records(HistoricalRecords):
    pass
class Post(models.Model):
    title = models.CharField(max_length=1)
    history = Records()
    shown = property(str)
    wanted = models.Q(title="a")
"""
    found = written(models, created("Post", TITLE), created("PostTag"), created("HistoricalPost"))
    assert "DeleteModel posttag" in found


def test_a_metaclass_that_gives_a_meta_where_there_is_none_leaves_others_alone() -> None:
    models = """
class Given(models.base.ModelBase):
    def __new__(cls, name, bases, attrs):
        if "Meta" not in attrs:
            attrs["Meta"] = type("Meta", (), {})
        return super().__new__(cls, name, bases, attrs)
class Post(models.Model, metaclass=Given):
    title = models.CharField(max_length=1)
    class Meta:
        verbose_name = "p"
"""
    assert written(models, created("Post", TITLE)) == ["AlterModelOptions post"]


def test_a_package_that_may_add_indexes_leaves_other_options_alone() -> None:
    models = """
from mptt.models import MPTTModel
class Post(MPTTModel):
    title = models.CharField(max_length=1)
    class Meta:
        verbose_name = "p"
        indexes = [models.Index(fields=["title"], name="i")]
"""
    found = written(models, created("Post", TITLE))
    assert "AlterModelOptions post" in found
    assert "AddIndex? post" in found
