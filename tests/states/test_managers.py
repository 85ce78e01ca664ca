"""Which managers of a model its migration state keeps."""

from __future__ import annotations

import pytest

from analyzer.states.managers import PLAIN
from analyzer.states.values import Built, Form, Unsure
from tests.states.modelled import model

HEAD = """
from nowhere import StrangeManager, stranger
class Queries(models.QuerySet): pass
class Kept(models.Manager):
    use_in_migrations = True
class Heir(Kept): pass
class Plain(models.Manager): pass
class Base(models.Manager.from_queryset(Queries)): pass
class KeptBase(Base):
    use_in_migrations = True
def scoped(**scope):
    class Scoped(Kept): pass
    return Scoped()
def plain(**scope):
    class Scoped(models.Manager): pass
    return Scoped()
class StrangeHeirManager(stranger().__class__): pass
class Abstract(models.Model):
    kept = Kept()
    class Meta: abstract = True
"""


def managers(body: str, bases: str = "models.Model") -> dict[str, Form]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return dict(model(f"{HEAD}class Post({bases}):\n{lines}    pass").managers)


def of(name: str) -> Built:
    return Built(f"blog.models.{name}", (), ())


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("", {}),
        ("objects = Plain()", {}),
        ("objects = models.Manager()", {}),
        ("objects = Base()", {}),
        ("objects = Queries.as_manager()", {}),
        ("objects = models.Manager.from_queryset(Queries)()", {}),
        ("objects = Plain()\nlive = Plain()", {}),
        ("live = Plain()", {"live": PLAIN}),
        ("live = Plain()\nobjects = Plain()", {"live": PLAIN}),
        ("objects = Kept()", {"objects": of("Kept")}),
        ("objects = Heir()", {"objects": of("Heir")}),
        ("objects = KeptBase()", {"objects": of("KeptBase")}),
        ("objects = Plain()\nkept = Kept()", {"objects": PLAIN, "kept": of("Kept")}),
        ("a = Plain()\nb = Plain()\nclass Meta: default_manager_name = 'b'", {"b": PLAIN}),
        ("a = Plain()\nb = Plain()\nclass Meta: base_manager_name = 'b'", {"a": PLAIN, "b": PLAIN}),
    ],
)
def test_managers_that_are_used_in_migrations_and_a_default_in_place_of_others(
    body: str, kept: dict[str, Form]
) -> None:
    assert managers(body) == kept


def test_managers_of_abstract_bases_are_inherited() -> None:
    assert managers("", "Abstract") == {"kept": of("Kept")}
    assert managers("kept = Plain()", "Abstract") == {"kept": PLAIN}
    assert managers("objects = Plain()", "Abstract") == {"objects": PLAIN, "kept": of("Kept")}


@pytest.mark.parametrize(
    "made", ["StrangeManager()", "StrangeManager(scope='blog')", "StrangeHeirManager()", "scoped(blog=1)"]
)
def test_a_manager_whose_source_is_not_known_is_not_decided(made: str) -> None:
    found = managers(f"objects = {made}")
    assert isinstance(found["objects"], Unsure)


def test_a_manager_that_a_function_makes_is_one() -> None:
    assert managers("live = plain(blog=1)") == {"live": PLAIN}
    assert managers("objects = plain(blog=1)") == {}


def test_an_argument_of_a_manager_is_kept() -> None:
    assert managers("objects = Kept(1)") == {"objects": Built("blog.models.Kept", (1,), ())}


SCOPED = """
from django_scopes import ScopedManager
class Own(ScopedManager(site="blog").__class__): pass
def live(**scopes):
    class Live(ScopedManager(**scopes).__class__): pass
    return Live()
"""


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ("ScopedManager(site='blog')", {"a": PLAIN}),
        ("ScopedManager(_manager_class=Plain, site='blog')", {"a": PLAIN}),
        ("Own()", {"a": PLAIN}),
        ("live(site='blog')", {"a": PLAIN}),
    ],
)
def test_a_function_of_a_package_makes_an_heir_of_the_manager_it_is_given(
    made: str, kept: dict[str, Form]
) -> None:
    found = model(f"{HEAD}{SCOPED}class Post(models.Model):\n    a = {made}\n    objects = Plain()\n")
    assert dict(found.managers) == kept


def test_a_manager_that_it_makes_of_one_that_is_kept_cannot_be() -> None:
    body = "class Post(models.Model):\n    a = ScopedManager(_manager_class=Kept)\n"
    found = dict(model(HEAD + SCOPED + body).managers)
    assert isinstance(found["a"], Unsure)
