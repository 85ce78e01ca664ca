"""Constructors of field classes: what they make of the arguments on the way to Django's own."""

from __future__ import annotations

import pytest

from tests.schema.blog import field, read, relation

POST = "class Post(models.Model):\n    it = {}\n"


def key(signature: str, body: str, more: str = "") -> str:
    return f"class Key(models.ForeignKey):\n    def __init__({signature}):\n        {body}\n{more}"


def text(signature: str, body: str) -> str:
    return f"class Text(models.CharField):\n    def __init__({signature}):\n        {body}\n"


HAND_ON = "super().__init__(to, on_delete=on_delete, **kwargs)"
SIGNATURE = "self, to='core.Place', on_delete=models.SET_NULL, **kwargs"


@pytest.mark.parametrize(
    ("call", "target", "on_delete"),
    [
        ("Key()", "core.Place", "SET_NULL"),
        ("Key('self')", "blog.Post", "SET_NULL"),
        ("Key('self', models.PROTECT)", "blog.Post", "PROTECT"),
        ("Key(on_delete=models.PROTECT)", "core.Place", "PROTECT"),
        ("Key(to='self')", "blog.Post", "SET_NULL"),
        ("Key(*['self'])", "blog.Post", "SET_NULL"),
        ("Key(**{'to': 'self'})", "blog.Post", "SET_NULL"),
    ],
)
def test_a_parameter_has_its_default_where_nothing_is_given(call: str, target: str, on_delete: str) -> None:
    found = relation(key(SIGNATURE, HAND_ON) + POST.format(call))
    assert (found.target, found.on_delete) == (target, on_delete)


@pytest.mark.parametrize(
    ("signature", "body", "call", "target"),
    [
        (
            "self, model, **kw",
            "super().__init__(to=model, on_delete=models.CASCADE, **kw)",
            "Key(Place)",
            "core.Place",
        ),
        (
            "self, label, to, **kw",
            "super().__init__(to, models.CASCADE, **kw)",
            "Key('x', Place)",
            "core.Place",
        ),
        (
            "self, label, *args, **kw",
            "super().__init__(*args, **kw)",
            "Key('x', Place, models.CASCADE)",
            "core.Place",
        ),
        ("self, *, to=Place, **kw", "super().__init__(to, models.CASCADE, **kw)", "Key()", "core.Place"),
        (
            "self, app='core', **kw",
            "super().__init__(app + '.Place', models.CASCADE, **kw)",
            "Key()",
            "core.Place",
        ),
        (
            "self, app, **kw",
            "super().__init__(app + '.Place', models.CASCADE, **kw)",
            "Key('core')",
            "core.Place",
        ),
        (
            "self, *a, **kw",
            "to = kw.pop('model', 'core.Place')\n        super().__init__(to, models.CASCADE, **kw)",
            "Key()",
            "core.Place",
        ),
        (
            "self, *a, **kw",
            "to = kw.pop('model', 'x')\n        super().__init__(to, models.CASCADE, **kw)",
            "Key(model=Place)",
            "core.Place",
        ),
        (
            "self, to=None, **kw",
            "if to is None:\n            to = Place\n        super().__init__(to, models.CASCADE, **kw)",
            "Key()",
            "core.Place",
        ),
        (
            "self, to=None, **kw",
            "to = to or Place\n        super().__init__(to, models.CASCADE, **kw)",
            "Key('self')",
            "blog.Post",
        ),
        (
            "self, to, **kw",
            "super().__init__('core.Place', models.CASCADE, **kw)",
            "Key('self')",
            "core.Place",
        ),
        (
            "self, **options",
            "options['to'] = 'core.Place'\n        super().__init__(**options)",
            "Key(to='self')",
            "core.Place",
        ),
        ("self, **kw", "super().__init__(**{'to': 'core.Place', **kw})", "Key()", "core.Place"),
        ("self, **kw", "super().__init__(**{'to': 'core.Place', **kw})", "Key(to='self')", "blog.Post"),
        ("self, **kw", "super().__init__(**{**kw, 'to': 'core.Place'})", "Key(to='self')", "core.Place"),
        ("self, **kw", "super().__init__(**dict(kw, to='core.Place'))", "Key(to='self')", "core.Place"),
    ],
)
def test_arguments_are_followed_under_other_names_and_in_other_places(
    signature: str, body: str, call: str, target: str
) -> None:
    assert relation(key(signature, body) + POST.format(call)).target == target


@pytest.mark.parametrize(
    ("signature", "body", "call", "null"),
    [
        ("self, null=True, **kw", "super().__init__(null=null, **kw)", "Text()", True),
        ("self, null=True, **kw", "super().__init__(null=null, **kw)", "Text(null=False)", False),
        ("self, null=True, **kw", "kw['null'] = null\n        super().__init__(**kw)", "Text()", True),
        (
            "self, null=True, **kw",
            "kw['null'] = null\n        super().__init__(**kw)",
            "Text(null=False)",
            False,
        ),
        ("self, null=True, **kw", "super().__init__(**kw)", "Text(null=True)", False),
        ("self, optional, **kw", "super().__init__(null=optional, **kw)", "Text(True)", True),
        ("self, needed=False, **kw", "super().__init__(null=not needed, **kw)", "Text()", True),
        ("self, **kw", "super().__init__(null=kw.pop('null', True), **kw)", "Text()", True),
        ("self, **kw", "super().__init__(null=kw.pop('null', True), **kw)", "Text(null=False)", False),
    ],
)
def test_null_comes_through_a_constructor(signature: str, body: str, call: str, null: bool) -> None:
    assert field(text(signature, body) + POST.format(call)).null is null


def test_arguments_pass_every_constructor_of_the_ancestry() -> None:
    heir = "class Heir(Key):\n    def __init__(self, on_delete=models.PROTECT, **kw):\n"
    heir += "        super().__init__(on_delete=on_delete, **kw)\n"
    found = relation(key(SIGNATURE, HAND_ON, heir) + POST.format("Heir(null=True)"))
    assert (found.target, found.on_delete, found.null) == ("core.Place", "PROTECT", True)


def test_a_default_means_what_it_means_in_its_module() -> None:
    other = "from django.db import models\nfrom core.models import Place\nWHERE = Place\n"
    other += key("self, to=WHERE, **kw", "super().__init__(to, models.CASCADE, **kw)")
    found = read(f"from blog.keys import Key\n{POST.format('Key()')}", keys=other)
    assert [(r.field, r.target) for r in found.relations if r.source == "blog.Post"] == [("it", "core.Place")]


def test_a_function_that_makes_a_field_has_defaults() -> None:
    maker = "def key(to=Place, on_delete=models.SET_NULL, null=True):\n"
    maker += "    return models.ForeignKey(to, on_delete=on_delete, null=null)\n"
    found = relation(maker + POST.format("key()"))
    assert (found.target, found.on_delete, found.null) == ("core.Place", "SET_NULL", True)
    found = relation(maker + POST.format("key('self', models.CASCADE, null=False)"))
    assert (found.target, found.on_delete, found.null) == ("blog.Post", "CASCADE", False)


def test_a_function_may_pass_all_that_it_is_given() -> None:
    maker = "def key(*args, **kwargs):\n    return models.ForeignKey(*args, **kwargs)\n"
    found = relation(maker + POST.format("key(Place, on_delete=models.PROTECT, null=True)"))
    assert (found.target, found.on_delete, found.null) == ("core.Place", "PROTECT", True)


def test_constructors_that_go_round_in_circles_end() -> None:
    body = "to = on_delete\n        on_delete = to\n        super().__init__(to, on_delete, **kw)"
    assert (
        relation(key("self, to, on_delete, **kw", body) + POST.format("Key(Place, 1)")).source == "blog.Post"
    )
