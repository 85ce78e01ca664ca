"""Ancestors of classes: Python's method resolution order, read from source."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.schema.classes import Ancestry, Class, Classes
from analyzer.source.names import Defined
from analyzer.source.values import Undecided, Value
from tests.projects import source


def classes_of(text: str) -> tuple[Classes, dict[str, Class]]:
    """The classes at the top of `here.py` by name."""
    project = source(text if "# here.py" in text else f"# here.py\n{text}\n")
    classes = Classes(project.names, project.evaluator)
    module = project.module("here")
    found: dict[str, Class] = {}
    for stmt in project.modules.facts(module).body:
        name = getattr(stmt, "name", "")
        binding = project.names.resolve(module, name) if name else None
        if isinstance(binding, Defined) and (cls := classes.of_binding(binding)) is not None:
            found[name] = cls
    return classes, found


def ancestry(text: str, name: str) -> Ancestry:
    classes, found = classes_of(text)
    return classes.ancestry(found[name])


def order(text: str, name: str) -> list[str]:
    """The names in method resolution order; `?name` for a base that is not known."""
    return [
        item.path.removeprefix("here.") if isinstance(item, Class) else f"?{item.path}"
        for item in ancestry(text, name).order
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("class A: pass", ["A"]),
        ("class A(object): pass", ["A"]),
        ("class B: pass\nclass A(B): pass", ["A", "B"]),
        ("class D: pass\nclass B(D): pass\nclass C(D): pass\nclass A(B, C): pass", ["A", "B", "C", "D"]),
        ("class B: pass\nC = B\nclass A(C): pass", ["A", "B"]),
        ("class B: pass\ndef get():\n    return B\nclass A(get()): pass", ["A", "B"]),
        ("class B: pass\nclass A(B[int]): pass", ["A", "B"]),
        ("class B: pass\nclass A(six.with_metaclass(M, B)): pass", ["A", "B"]),
        ("class B: pass\nclass A(B, metaclass=M): pass", ["A", "B"]),
        (
            "from django_prometheus.models import ExportModelOperationsMixin as E\nclass A(E('a')): pass",
            ["A"],
        ),
        ("class A(gone.B): pass", ["A", "?gone.B"]),
        ("from gone import B\nclass A(B): pass", ["A", "?gone.B"]),
        ("class A(make()): pass", ["A", "?make(…)"]),
        ("import os\nclass A(os.environ['x']): pass", ["A", "?os.environ"]),
        ("class B:\n    class C: pass\nclass A(B.C): pass", ["A", "B.C"]),
    ],
)
def test_bases_are_followed(text: str, found: list[str]) -> None:
    assert order(text, "A") == found


def test_an_unknown_base_says_why() -> None:
    (gap,) = ancestry("from gone import B\nclass A(B): pass", "A").gaps
    assert gap.why == "the source of gone.B is not known"


@pytest.mark.parametrize(
    "text",
    [
        "class A(A): pass",
        "class A(B): pass\nclass B(A): pass",
        "class B(C): pass\nclass C(B): pass\nclass A(B, C): pass",
        "class X: pass\nclass Y(X): pass\nclass A(X, Y): pass",
    ],
)
def test_contradictions_end(text: str) -> None:
    """Python refuses these; whoever reads them must come to an end."""
    assert order(text, "A")[0] == "A"


@st.composite
def hierarchies(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    names = [f"C{number}" for number in range(draw(st.integers(1, 8)))]
    return [
        (name, draw(st.lists(st.sampled_from(names[:index]), max_size=3, unique=True)) if index else [])
        for index, name in enumerate(names)
    ]


@settings(deadline=None)
@given(hierarchies())
def test_the_order_is_pythons_own(hierarchy: list[tuple[str, list[str]]]) -> None:
    made: dict[str, type] = {}
    text = ""
    for name, bases in hierarchy:
        try:
            made[name] = type(name, tuple(made[base] for base in bases), {})
        except (TypeError, KeyError):
            continue
        text += f"class {name}({', '.join(bases)}): pass\n"
    classes, found = classes_of(text)
    assert {name: [item.path for item in classes.ancestry(cls).order] for name, cls in found.items()} == {
        name: [f"here.{base.__name__}" for base in cls.__mro__[:-1]] for name, cls in made.items()
    }


# ---------------------------------------------------------------- attributes

ATTRIBUTES = """
class Mixin:
    a = "mixin"
    b = "mixin"
class Base:
    a = "base"
    c = "base"
    def d(self): pass
class A(Mixin, Base):
    b = "own"
    if x:
        e = "condition"
"""


@pytest.mark.parametrize(("name", "value"), [("a", "mixin"), ("b", "own"), ("c", "base"), ("e", "condition")])
def test_an_attribute_is_that_of_the_nearest_class(name: str, value: Value) -> None:
    classes, found = classes_of(ATTRIBUTES)
    assert classes.constant(found["A"], name) == value


@pytest.mark.parametrize("name", ["d", "gone"])
def test_what_is_no_plain_value_is_undecided(name: str) -> None:
    classes, found = classes_of(ATTRIBUTES)
    assert isinstance(classes.constant(found["A"], name), Undecided)


def test_the_last_binding_in_a_body_wins() -> None:
    classes, found = classes_of("class A:\n    a = 1\n    b = 1\n    a = 2")
    assert classes.constant(found["A"], "a") == 2
    assert list(classes.attributes(found["A"])) == ["b", "a"]


def test_django_classes_are_known() -> None:
    classes, found = classes_of("from django.db import models\nclass A(models.Model): pass\nclass B: pass")
    assert classes.is_a(found["A"], "django.db.models.base.Model")
    assert not classes.is_a(found["B"], "django.db.models.base.Model")
