"""What `makemigrations` would still write: options, managers, indexes and constraints that differ."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, drift, written

FIELDS = ("('a', models.CharField(max_length=1))", "('b', models.CharField(max_length=1))")


def model(meta: str, *, head: str = "", body: str = "") -> str:
    lines = "".join(f"        {line}\n" for line in meta.splitlines())
    fields = "".join(f"    {name} = models.CharField(max_length=1)\n" for name in "ab")
    return f"{head}class Post(models.Model):\n{fields}{body}    class Meta:\n        pass\n{lines}"


def migrated(options: str = "", **given: str) -> str:
    return created("Post", *FIELDS, options=f"{{{options}}}", **given)


@pytest.mark.parametrize(
    ("meta", "options", "operations"),
    [
        ("verbose_name = 'p'", "'verbose_name': 'p'", []),
        ("verbose_name = 'p'", "'verbose_name': 'q'", ["AlterModelOptions post"]),
        ("verbose_name = 'p'", "", ["AlterModelOptions post"]),
        ("", "'verbose_name': 'p'", ["AlterModelOptions post"]),
        ("ordering = ['a']", "'ordering': ('a',)", ["AlterModelOptions post"]),
        ("ordering = unknown()", "'ordering': ('a',)", ["AlterModelOptions? post"]),
        ("permissions = [('a', 'A')]", "'permissions': [('a', 'A')]", []),
        ("abstract = False", "", []),
        ("db_table = 't'", "'db_table': 't'", []),
        ("db_table = 't'", "'db_table': 'u'", ["AlterModelTable post"]),
        ("db_table = 't'", "", ["AlterModelTable post"]),
        ("db_table_comment = 't'", "", ["AlterModelTableComment post"]),
        ("unique_together = ('a', 'b')", "'unique_together': {('a', 'b')}", []),
        ("unique_together = [['a', 'b']]", "'unique_together': {('b', 'a')}", ["AlterUniqueTogether post"]),
        ("unique_together = ()", "", []),
        ("unique_together = unknown()", "", ["AlterUniqueTogether? post"]),
        ("order_with_respect_to = 'a'", "", ["AlterOrderWithRespectTo post"]),
        ("order_with_respect_to = 'a'", "'order_with_respect_to': 'a'", []),
    ],
)
def test_options(meta: str, options: str, operations: list[str]) -> None:
    assert written(model(meta), migrated(options)) == operations


@pytest.mark.parametrize(("django", "operations"), [("5.0", ["AlterIndexTogether post"]), ("5.1", [])])
def test_index_together_is_no_option_since_django_5_1(django: str, operations: list[str]) -> None:
    assert written(model(""), migrated("'index_together': {('a', 'b')}"), django=django) == operations


def test_a_difference_in_options_says_which() -> None:
    (found,) = drift(model("verbose_name = 'p'\nordering = ['a']"), migrated("'ordering': ['b']")).differences
    assert found.why == "differs in ordering, verbose_name"


# ---------------------------------------------------------------- managers

KEPT = "class Kept(models.Manager):\n    use_in_migrations = True\n"


@pytest.mark.parametrize(
    ("body", "managers", "operations"),
    [
        ("", "[]", []),
        ("    objects = Kept()\n", "[('objects', blog.models.Kept())]", []),
        ("    objects = Kept()\n", "[]", ["AlterModelManagers post"]),
        ("    objects = Kept(1)\n", "[('objects', blog.models.Kept())]", ["AlterModelManagers post"]),
        ("", "[('objects', blog.models.Kept())]", ["AlterModelManagers post"]),
    ],
)
def test_managers(body: str, managers: str, operations: list[str]) -> None:
    assert written(model("", head=KEPT, body=body), migrated(managers=managers)) == operations


def test_a_manager_that_is_not_known_speaks_for_no_difference() -> None:
    text = model("", head="from nowhere import OddManager\n", body="    objects = OddManager()\n")
    found = drift(text, migrated())
    assert found.differences == ()
    assert [(u.model, u.field) for u in found.undecided] == [("post", "")]


# ---------------------------------------------------------------- indexes

INDEX = "models.Index(fields=['a'], name='i')"


@pytest.mark.parametrize(
    ("index", "django", "operations"),
    [
        (INDEX, "5.2", []),
        ("models.Index(fields=('a',), name='i')", "5.2", []),
        ("models.Index('a', name='i')", "5.2", ["AddIndex post", "RemoveIndex post"]),
        ("models.Index(fields=['a'], name='j')", "5.2", ["RenameIndex post"]),
        ("models.Index(fields=['a'], name='j')", "4.0", ["AddIndex post", "RemoveIndex post"]),
        ("models.Index(fields=['b'], name='i')", "5.2", ["AddIndex post", "RemoveIndex post"]),
        ("models.Index(fields=unknown(), name='i')", "5.2", ["AddIndex? post", "RemoveIndex? post"]),
        ("models.Index(fields=unknown(), name='j')", "5.2", ["AddIndex? post", "RemoveIndex? post"]),
        ("models.Index(fields=unknown(), name='j')", "4.0", ["AddIndex post", "RemoveIndex post"]),
    ],
)
def test_indexes(index: str, django: str, operations: list[str]) -> None:
    assert (
        written(model(f"indexes = [{index}]"), migrated(f"'indexes': [{INDEX}]"), django=django) == operations
    )


def test_an_index_that_takes_the_place_of_index_together_is_renamed() -> None:
    index = "indexes = [models.Index(fields=['a', 'b'], name='i')]"
    assert written(model(index), migrated("'index_together': {('a', 'b')}"), django="5.0") == [
        "RenameIndex post"
    ]


def test_a_list_of_indexes_that_is_not_decided() -> None:
    assert written(model("indexes = unknown()"), migrated()) == ["AddIndex? post"]


# ---------------------------------------------------------------- constraints

CHECK = "models.CheckConstraint(condition=models.Q(a='1') & ~models.Q(b='2'), name='c')"


@pytest.mark.parametrize(
    ("constraint", "django", "operations"),
    [
        (CHECK, "5.2", []),
        (CHECK.replace("condition", "check"), "5.0", []),
        (CHECK.replace("'2'", "'3'"), "5.2", ["AddConstraint post", "RemoveConstraint post"]),
        (CHECK[:-1] + ", violation_error_message='no')", "5.2", ["AlterConstraint post"]),
        (
            CHECK[:-1] + ", violation_error_message='no')",
            "5.1",
            ["AddConstraint post", "RemoveConstraint post"],
        ),
        (
            "models.CheckConstraint(condition=unknown(), name='c')",
            "5.2",
            ["AddConstraint? post", "RemoveConstraint? post"],
        ),
    ],
)
def test_constraints(constraint: str, django: str, operations: list[str]) -> None:
    text = model(f"constraints = [{constraint}]")
    assert written(text, migrated(f"'constraints': [{CHECK}]"), django=django) == operations


def test_a_meta_may_inherit_what_type_checkers_ask_for() -> None:
    models = """
from django_stubs_ext.db.models import TypedModelMeta
class Post(models.Model):
    class Meta(TypedModelMeta):
        verbose_name = "post"
"""
    assert written(models, created("Post", options="{'verbose_name': 'post'}")) == []
