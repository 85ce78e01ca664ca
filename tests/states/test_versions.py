"""What only some versions of Django have, as states and drift have it."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, written
from tests.projects import analysed

PAIR = "('one', models.IntegerField()), ('two', models.IntegerField())"
KEY = "('pk', models.CompositePrimaryKey({}, blank=True, editable=False, primary_key=True, serialize=False))"
PAIRED = """
class Pair(models.Model):
    pk = models.CompositePrimaryKey({})
    one = models.IntegerField()
    two = models.IntegerField()
"""


def made(key: str) -> str:
    """The CreateModel of a model with a composite key."""
    return f"migrations.CreateModel('Pair', [{KEY.format(key)}, {PAIR}]),"


@pytest.mark.parametrize(
    ("before", "after", "operations"),
    [
        ("'one', 'two'", "'one', 'two'", []),
        ("'one', 'two'", "'two', 'one'", ["AlterField pair.pk"]),
        ("'one', 'two', 'id'", "'one', 'two', 'it'", ["AlterField pair.pk"]),
    ],
)
def test_a_composite_key_is_the_primary_key(before: str, after: str, operations: list[str]) -> None:
    assert written(PAIRED.format(after), made(before), django="5.2") == operations


def test_a_model_with_a_composite_key_gets_no_other() -> None:
    text = PAIRED.format("'one', 'two'")
    found = analysed(f"# blog/__init__.py\n# blog/models.py\nfrom django.db import models\n{text}")
    model = found.model("blog.Pair")
    assert model is not None
    assert [field.name for field in model.fields] == ["one", "pk", "two"]


ENUMERATED = """
import enum
import re
from django.core.validators import RegexValidator
class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
class Post(models.Model):
    title = models.CharField(
        max_length=1, default=Color.RED, validators=[RegexValidator("x", flags=re.I | re.M)]
    )
    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["title"], name="late", deferrable=models.Deferrable.DEFERRED)
        ]
"""
TITLE = (
    "('title', models.CharField(max_length=1, default=blog.models.Color['{}'], validators=["
    "blog.models.RegexValidator('x', flags=blog.models.re.RegexFlag[{}])]))"
)
LATE = (
    "migrations.AddConstraint('post', models.UniqueConstraint(fields=('title',), name='late', "
    "deferrable=models.Deferrable['{}'])),"
)


BOTH = "'IGNORECASE'] | blog.models.re.RegexFlag['MULTILINE'"


@pytest.mark.parametrize(
    ("color", "flags", "deferrable", "operations"),
    [
        ("RED", BOTH, "DEFERRED", []),
        ("BLUE", BOTH, "DEFERRED", ["AlterField post.title"]),
        ("RED", "'IGNORECASE'", "DEFERRED", ["AlterField post.title"]),
        (
            "RED", BOTH, "IMMEDIATE",
            ["AddConstraint post", "RemoveConstraint post"],
        ),
    ],
)  # fmt: skip
def test_migrations_write_members_of_enumerations_by_their_names(
    color: str, flags: str, deferrable: str, operations: list[str]
) -> None:
    post = created("Post", TITLE.format(color, flags))
    assert written(ENUMERATED, post, LATE.format(deferrable)) == operations


NAMED = """
from django.db.models import F, Q
TWICE = F("size") * 2
SMALL = Q(size__lt=5)
KNOWN = SMALL | ~Q(size__gt=9)
class Post(models.Model):
    size = models.IntegerField()
    twice = models.GeneratedField(expression=TWICE, output_field=models.IntegerField(), db_persist=True)
    class Meta:
        constraints = [models.CheckConstraint(condition=KNOWN, name="known")]
"""
FIELDS = (
    "('size', models.IntegerField())",
    (
        "('twice', models.GeneratedField(expression=models.F('size') * models.Value({}), "
        "output_field=models.IntegerField(), db_persist=True))"
    ),
)
CHECK = (
    "migrations.AddConstraint('post', models.CheckConstraint(condition=models.Q("
    "('size__lt', {}), models.Q(('size__gt', 9), _negated=True), _connector='OR'), name='known')),"
)


@pytest.mark.parametrize(
    ("factor", "limit", "operations"),
    [
        (2, 5, []),
        (3, 5, ["AlterField post.twice"]),
        (2, 6, ["AddConstraint post", "RemoveConstraint post"]),
    ],
)
def test_a_name_may_stand_for_a_condition_or_an_expression(
    factor: int, limit: int, operations: list[str]
) -> None:
    post = created("Post", *(field.format(factor) for field in FIELDS))
    assert written(NAMED, post, CHECK.format(limit)) == operations


def test_names_that_stand_for_each_other_end() -> None:
    doubled = "\n".join(f"Q{n} = Q{n - 1} | Q{n - 1}" for n in range(1, 60))
    models = f"""
from django.db.models import Q
Q0 = Q0 | Q1
{doubled}
class Post(models.Model):
    class Meta:
        constraints = [models.CheckConstraint(condition=Q59, name="known")]
"""
    assert written(models, created("Post")) == ["AddConstraint post"]


ORDERED = """
class Shelf(models.Model): pass
class {name}(models.Model):
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    class Meta:
        order_with_respect_to = "shelf"
class Post(models.Model):
    class Meta:
        constraints = [models.UniqueConstraint(fields=["id"], name={constraint})]
"""
BOOK = (
    "('shelf', models.ForeignKey('blog.Shelf', models.CASCADE))",
    "('_order', models.OrderWrt())",
)
ONCE = "migrations.AddConstraint('post', models.UniqueConstraint(fields=('id',), name='once')),"


@pytest.mark.parametrize("django", ["3.2", "4.2", "5.2"])
def test_a_model_made_anew_is_one_operation_under_every_version(django: str) -> None:
    old = [created("Shelf"), created("Book", BOOK[0], options="{'order_with_respect_to': 'shelf'}")]
    models = ORDERED.format(name="Tome", constraint="'once'")
    found = written(models, *old, created("Post"), ONCE, django=django)
    assert found == ["DeleteModel book", "CreateModel tome"]


@pytest.mark.parametrize("django", ["3.2", "4.2", "5.2"])
def test_what_stays_only_because_of_something_undecided_is_not_certain(django: str) -> None:
    old = [created("Shelf"), created("Book", BOOK[0], options="{'order_with_respect_to': 'shelf'}")]
    models = ORDERED.format(name="Tome", constraint="open('name').read()")
    found = written(models, *old, created("Post"), ONCE, django=django)
    assert [row for row in found if "?" not in row] == ["DeleteModel book", "CreateModel tome"]


@pytest.mark.parametrize(
    ("django", "argument", "rows"),
    [
        ("1.11", "blank=True", []),
        ("2.1", "blank=True", ["AlterField post.it"]),
        ("3.2", "db_comment='x'", []),
        ("4.2", "db_comment='x'", ["AlterField post.it"]),
    ],
)
def test_an_argument_counts_once_django_tells_it(django: str, argument: str, rows: list[str]) -> None:
    models = f"class Post(models.Model):\n    it = models.BooleanField(default=False, {argument})\n"
    migrated = created("Post", "('it', models.BooleanField(default=False))")
    assert written(models, migrated, django=django) == rows


@pytest.mark.parametrize(("django", "rows"), [("1.11", []), ("2.0", ["AlterField? post.it"])])
def test_the_choices_of_a_relation_count_since_django_2(django: str, rows: list[str]) -> None:
    limited = "limit_choices_to={'id': 1}"
    models = f"class Post(models.Model):\n    it = models.ForeignKey('self', models.CASCADE, {limited})\n"
    migrated = created("Post", "('it', models.ForeignKey('blog.Post', models.CASCADE))")
    assert written(models, migrated, django=django) == rows


@pytest.mark.parametrize(("django", "rows"), [("1.7", []), ("1.8", ["AlterModelManagers? post"])])
def test_managers_are_migrated_since_django_1_8(django: str, rows: list[str]) -> None:
    models = """
class Posts(models.Manager):
    use_in_migrations = True
class Post(models.Model):
    objects = Posts()
"""
    assert written(models, created("Post"), django=django) == rows


@pytest.mark.parametrize(("django", "rows"), [("3.2", []), ("4.0", ["AlterField post.it"])])
def test_fields_of_both_states_were_cloned_before_django_4(django: str, rows: list[str]) -> None:
    models = """
class Slug(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)
class Post(models.Model):
    it = Slug(max_length=9, editable=True)
"""
    migrated = created("Post", "('it', blog.models.Slug(max_length=9, editable=True))")
    assert written(models, migrated, django=django) == rows
