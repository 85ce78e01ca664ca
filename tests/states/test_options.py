"""What Meta gives a model, as its migration state keeps it; indexes and constraints among it."""

from __future__ import annotations

import pytest

from analyzer.states.indexes import name_of, normal
from analyzer.states.values import Built, Form, Listing, Unsure
from tests.states.modelled import items, model, models

EMPTY = {"indexes": Listing("list", ()), "constraints": Listing("list", ())}


def options(meta: str, before: str = "") -> dict[str, Form]:
    """The options of a model with that Meta, those that are always there left out."""
    lines = "".join(f"        {line}\n" for line in meta.splitlines())
    found = model(f"{before}class Post(models.Model):\n    a = models.TextField()\n    class Meta:\n{lines}")
    return {name: form for name, form in found.options.items() if EMPTY.get(name) != form}


def strings(*words: str, kind: str = "tuple") -> Listing:
    return Listing(kind, words)


def names(body: str, option: str = "indexes", label: str = "blog.Post") -> list[str | None]:
    return [name_of(item) for item in items(model(body, label), option)]


def test_only_what_meta_says_is_kept() -> None:
    assert options("verbose_name = 'p'\nordering = ['a']\napp_label = 'blog'") == {
        "verbose_name": "p",
        "ordering": strings("a", kind="list"),
    }
    assert model("class Post(models.Model): pass").options == EMPTY


def test_several_options_may_be_set_at_once() -> None:
    found = options("verbose_name, verbose_name_plural = 'p', 'ps'\n(ordering, managed) = ['a'], False")
    ordering = strings("a", kind="list")
    assert found == {"verbose_name": "p", "verbose_name_plural": "ps", "ordering": ordering, "managed": False}


def test_texts_are_kept_untranslated() -> None:
    before = "from django.utils.translation import gettext_lazy as _\n"
    assert options("verbose_name = _('post')", before) == {"verbose_name": "post"}


@pytest.mark.parametrize(
    ("written", "sets"),
    [
        ("('a', 'b')", [("a", "b")]),
        ("['a', 'b']", [("a", "b")]),
        ("[['a', 'b'], ('a', 'c')]", [("a", "b"), ("a", "c")]),
        ("{('a', 'b')}", [("a", "b")]),
        ("()", []),
    ],
)
def test_unique_together_is_a_set_of_tuples(written: str, sets: list[tuple[str, ...]]) -> None:
    wanted = Listing("set", tuple(strings(*group) for group in sets))
    assert options(f"unique_together = {written}") == {"unique_together": wanted}


def test_an_abstract_meta_is_inherited_and_no_longer_abstract() -> None:
    base = "class Base(models.Model):\n    class Meta:\n        abstract = True\n        ordering = ['a']\n"
    inherited = {"abstract": False, "ordering": strings("a", kind="list")} | EMPTY
    assert model(f"{base}class Post(Base): pass").options == inherited
    by_name = f"{base}class Post(Base):\n    class Meta(Base.Meta):\n        ordering = ('b',)"
    assert model(by_name).options == inherited | {"ordering": strings("b")}
    own = f"{base}class Post(Base):\n    class Meta:\n        managed = False"
    assert model(own).options == {"managed": False} | EMPTY


def test_options_of_a_concrete_parent_are_not_inherited() -> None:
    body = "class Page(models.Model):\n    class Meta: ordering = ['a']\nclass Post(Page): pass"
    assert model(body).options == EMPTY


def test_options_come_and_go_with_the_version() -> None:
    body = (
        "class Post(models.Model):\n    class Meta:\n        index_together = ('a', 'b')\n"
        "        db_table_comment = 'c'"
    )
    assert {"index_together"} == model(body, django=(4, 1)).options.keys() - EMPTY.keys()
    assert {"index_together", "db_table_comment"} == model(body, django=(4, 2)).options.keys() - EMPTY.keys()
    assert {"db_table_comment"} == model(body, django=(5, 1)).options.keys() - EMPTY.keys()


def test_an_option_that_a_condition_sets_is_not_decided() -> None:
    found = options("if unknown():\n    ordering = ['a']")
    assert isinstance(found["ordering"], Unsure)


DECORATED = """
{}
class Post(models.Model):
    a = models.TextField()
    @checked
    class Meta:
        ordering = ["a"]
"""


def test_a_decorator_of_meta_leaves_the_options_open_that_it_speaks_of() -> None:
    known = model(
        DECORATED.format("def checked(meta):\n    meta.constraints = all_of(meta)\n    return meta")
    )
    assert isinstance(known.options["constraints"], Unsure)
    assert known.options["ordering"] == strings("a", kind="list")
    unknown = model(DECORATED.format("from nowhere import checked"))
    assert isinstance(unknown.options["ordering"], Unsure)


def test_a_meta_with_an_unknown_base_leaves_every_option_open_that_it_does_not_say() -> None:
    body = (
        "from nowhere import Meta as M\nclass Post(models.Model):\n    class Meta(M):\n        db_table = 't'"
    )
    found = model(body).options
    assert found["db_table"] == "t"
    assert isinstance(found["ordering"], Unsure)


# ---------------------------------------------------------------- indexes and constraints

INDEXED = """
class Tag(models.Model): pass
class Post(models.Model):
    title = models.TextField()
    tag = models.ForeignKey(Tag, models.CASCADE)
    odd = models.TextField(db_column="strange_column")
    class Meta:
        indexes = [{}]
"""


@pytest.mark.parametrize(
    ("index", "name"),
    [
        ("models.Index(fields=['title'])", "blog_post_title_e1c6f7_idx"),
        ("models.Index(fields=['-title', 'tag'])", "blog_post_title_f7bfc4_idx"),
        ("models.Index(fields=['tag'])", "blog_post_tag_id_319798_idx"),
        ("models.Index(fields=['odd'])", "blog_post_strange_b7f047_idx"),
        ("models.Index(fields=['title'], name='mine')", "mine"),
        ("models.Index(fields=['title'], name='%(app_label)s_%(class)s_i')", "blog_post_i"),
    ],
)
def test_indexes_are_named_as_django_names_them(index: str, name: str) -> None:
    assert names(INDEXED.format(index)) == [name]


def test_the_kind_of_an_index_ends_its_name() -> None:
    body = "from django.contrib.postgres.indexes import GinIndex\n" + INDEXED.format(
        "GinIndex(fields=['title'])"
    )
    assert names(body) == ["blog_post_title_5e587a_gin"]


def test_an_index_of_an_abstract_base_is_named_after_each_heir() -> None:
    body = """
class Base(models.Model):
    a = models.TextField()
    class Meta:
        abstract = True
        indexes = [models.Index(fields=["a"])]
        constraints = [models.UniqueConstraint(fields=["a"], name="%(app_label)s_%(class)s_one")]
class Post(Base): pass
class Page(Base):
    class Meta(Base.Meta): db_table = "pages"
"""
    assert names(body) == ["blog_post_a_382a05_idx"]
    assert names(body, label="blog.Page") == ["pages_a_4118dd_idx"]
    assert names(body, "constraints") == ["blog_post_one"]


@pytest.mark.parametrize(
    "index",
    [
        "models.Index(fields=['nothing'])",
        "models.Index(fields=unknown())",
        "Own(fields=['title'])",
    ],
)
def test_a_name_that_source_does_not_decide(index: str) -> None:
    body = "from nowhere import Own\n" + INDEXED.format(index)
    assert names(body) == [None]


def test_a_list_of_indexes_that_is_computed_is_not_decided() -> None:
    body = "class Post(models.Model):\n    class Meta:\n        indexes = unknown()"
    assert isinstance(models(body).models["blog", "post"].options["indexes"], Unsure)


def built(cls: str, *args: Form, **kwargs: Form) -> Built:
    return Built(f"django.db.models.{cls}", args, tuple(sorted(kwargs.items())))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (built("Index", fields=strings("a")), built("Index", fields=strings("a", kind="list"), name=None)),
        (built("Index", built("F", "a"), name="i"), built("Index", "a", name="i")),
        (built("Index", fields=strings("a"), include=strings()), built("Index", fields=strings("a"))),
        (built("CheckConstraint", check=1, name="c"), built("CheckConstraint", condition=1, name="c")),
        (
            built("CheckConstraint", check=1, violation_error_message="Constraint “%(name)s” is violated."),
            built("CheckConstraint", check=1),
        ),
        (
            built("UniqueConstraint", fields=strings("a")),
            built("UniqueConstraint", fields=strings("a", kind="list")),
        ),
    ],
)
def test_what_is_equal_for_django_is_written_alike(one: Built, other: Built) -> None:
    assert normal(one) == normal(other)
