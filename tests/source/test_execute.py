"""Statements carried out on values: what a module's names are in the end, and what functions return."""

from __future__ import annotations

import pytest

from analyzer.source.execute import Executor
from analyzer.source.values import Maybe, Named, Sequence, Table, Undecided, Value
from tests.projects import source


def end(text: str, name: str = "A", **modules: str) -> Value:
    """What `name` is after the module has run; `here` may import the others."""
    files = {f"{module}.py": content for module, content in modules.items()}
    project = source({**files, "here.py": text})
    return Executor(project.evaluator).module(project.module("here")).get(name, Undecided("never bound"))


def items(text: str, **modules: str) -> list[Value]:
    """The items of the list A after the module has run: uncertain ones as `Maybe(item)`, `...` for more."""
    found = end(text, **modules)
    assert isinstance(found, Sequence), found
    listed = [Maybe(item.value, "") if isinstance(item, Maybe) else item for item in found.items]
    return listed if found.complete else [*listed, Undecided("more")]


MORE = Undecided("more")


def maybe(value: Value) -> Maybe:
    return Maybe(value, "")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A = 1\nA = 2", 2),
        ("A = B = 1", 1),
        ("B, A = 'x', 'y'", "y"),
        ("A = 1\nA += 2", 3),
        ("A = 'a'\nA += 'b'", "ab"),
        ("A: int = 1", 1),
        ("if 1:\n    A = 1\nelse:\n    A = 2", 1),
        ("B = False\nif B:\n    A = 1\nelif not B:\n    A = 2", 2),
        ("for x in [1, 2]:\n    A = x", 2),
        ("with open('x') as f:\n    A = 1", 1),
        ("try:\n    A = 1\nexcept ImportError:\n    A = 2", 1),
        ("try:\n    A = 1\nfinally:\n    A = 3", 3),
        ("A = {}\nA['x'] = 1\nA = A['x']", 1),
        ("A = {'x': 1}\nA.update({'y': 2})\nA = A['y']", 2),
    ],
)
def test_statements_bind_names(text: str, value: Value) -> None:
    assert end(text) == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A = ['a']\nA += ['b']", ["a", "b"]),
        ("A = ('a',)\nA += ('b',)", ["a", "b"]),
        ("A = ['a']\nA = A + ['b']", ["a", "b"]),
        ("A = ['a']\nA.append('b')", ["a", "b"]),
        ("A = ['a']\nA.extend(['b', 'c'])", ["a", "b", "c"]),
        ("A = ['a']\nA.insert(0, 'b')", ["b", "a"]),
        ("A = ['a', 'b']\nA.remove('a')", ["b"]),
        ("A = {'a'}\nA.add('b')", ["a", "b"]),
        ("A = ['a']\nA[:] = ['b']", ["b"]),
        ("A = []\nfor x in ['a', 'b']:\n    A.append(x)", ["a", "b"]),
        ("A = []\nfor x in ['a', 'b']:\n    if x == 'a':\n        continue\n    A.append(x)", ["b"]),
        ("A = []\nfor x in ['a', 'b', 'c']:\n    if x == 'b':\n        break\n    A.append(x)", ["a"]),
        ("A = []\nfor x in ['a']:\n    A.append(x)\nelse:\n    A.append('b')", ["a", "b"]),
        ("A = []\nfor x in ['a']:\n    break\nelse:\n    A.append('b')", []),
        ("A = ['a']\nif 'a' in A:\n    A.append('b')", ["a", "b"]),
        ("A = ['a', 'b']\nB = [x for x in A if x != 'a']\nA = B", ["b"]),
    ],
)
def test_lists_grow_and_shrink_as_in_python(text: str, found: list[Value]) -> None:
    assert items(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A = ['a']\nif unknown():\n    A.append('b')", ["a", maybe("b")]),
        ("A = ['a']\nif unknown():\n    A = ['b']", [maybe("b"), maybe("a")]),
        ("A = ['a']\nif unknown():\n    A += ['b']\nelse:\n    A += ['c']", ["a", maybe("b"), maybe("c")]),
        ("A = ['a']\nA += unknown()", ["a", MORE]),
        ("A = ['a']\nA.append(unknown())", ["a", Undecided("`unknown`: no such name in here.py")]),
        ("A = ['a']\nA.remove(unknown())", [maybe("a"), MORE]),
        ("A = ['a', 'b']\nA.pop()", [maybe("a"), maybe("b"), MORE]),
        ("A = ['a']\nfor x in unknown():\n    A.append(x)", ["a", MORE]),
        ("A = ['a']\nwhile unknown():\n    A.append('b')", ["a", MORE]),
        ("A = ['a']\nA[0] = 'b'", [maybe("a"), MORE]),
        ("A = []\nfor x in ['a', 'b']:\n    if unknown():\n        continue\n    A.append(x)",
         [maybe("a"), maybe("b")]),
    ],
)  # fmt: skip
def test_what_is_not_decided_leaves_doubt_where_it_belongs(text: str, found: list[Value]) -> None:
    assert items(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from base import *\nA += ['b']", ["a", "b"]),
        ("from base import A\nA += ['b']", ["a", "b"]),
        ("from base import A as B\nA = B + ['b']", ["a", "b"]),
        ("import base\nA = base.A + ['b']", ["a", "b"]),
        ("from base import *\nfrom local import *", ["a"]),
        ("from base import *\ntry:\n    from local import *\nexcept ImportError:\n    pass", ["a"]),
        ("from base import *\nfrom more import *", ["c"]),
        ("from here import *\nfrom base import *", ["a"]),
    ],
)
def test_settings_are_split_over_modules(text: str, found: list[Value]) -> None:
    assert items(text, base="A = ['a']", more="A = ['c']") == found


@pytest.mark.parametrize(("name", "found"), [("a", True), ("b", None), ("c", False)])
def test_what_may_be_in_a_list_is_only_in_doubt_by_its_name(name: str, found: bool | None) -> None:
    value = end(f"B = ['a']\nif unknown():\n    B.append('b')\nA = {name!r} in B")
    assert (None if isinstance(value, Undecided) else value) is found


def test_a_check_that_raises_changes_nothing() -> None:
    checks = "if unknown():\n    raise ValueError\n" * 5
    assert items(f"A = ['a']\n{checks}A.append('b')") == ["a", "b"]


def test_a_loop_with_too_many_ways_through_it_is_not_followed() -> None:
    ways = "    if unknown():\n        continue\n    A.append(x)\n" * 30
    assert items(f"A = ['a']\nfor x in ['b', 'c']:\n{ways}") == ["a", MORE]


def test_modules_that_import_each_other_end() -> None:
    assert end("from base import *\nA = 1", base="from here import *\nB = 2") == 1
    assert end("from base import *\nA = 1", "B", base="from here import *\nB = 2") == 2


@pytest.mark.parametrize(
    "line",
    [
        "from here import A\nA += ['b']",
        "from here import *\nA += ['b']",
        "from here import A as B\nA = B + ['b']",
    ],
)
def test_a_module_that_is_not_done_gives_the_names_it_has_so_far(line: str) -> None:
    assert items("A = ['a']\nfrom part import *\nA += ['c']", part=line) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ("['a', 'b' if unknown() else None]", ["a", maybe("b")]),
        ("('a', 'b' if unknown() else '', 'c' if 0 else None)", ["a", maybe("b")]),
        ("['a', unknown(), 'b']", ["a", "b", MORE]),
        ("B", ["a", maybe("b")]),
    ],
)
def test_what_a_condition_lets_into_a_filtered_list_may_be_there(listed: str, found: list[Value]) -> None:
    before = "B = ['a', None]\nif unknown():\n    B.append('b')\n"
    assert items(f"{before}A = list(filter(None, {listed}))") == found


# ---------------------------------------------------------------- functions


@pytest.mark.parametrize(
    ("function", "call", "value"),
    [
        ("def f():\n    return 1", "f()", 1),
        ("def f(x):\n    return x + 1", "f(1)", 2),
        ("def f(x, y):\n    return y", "f(y=1, x=2)", 1),
        ("def f(x):\n    if x:\n        return 1\n    return 2", "f(False)", 2),
        ("def f(x):\n    y = x\n    y += 1\n    return y", "f(1)", 2),
        ("def f():\n    for x in [1, 2]:\n        return x", "f()", 1),
        ("def f():\n    return g()\ndef g():\n    return 1", "f()", 1),
        ("def f():\n    return B\nB = 1", "f()", 1),
        ("def f():\n    B = 2\n    return B\nB = 1", "f()", 2),
        ("def f(x=1):\n    return x", "f()", 1),
        ("def f(x=1):\n    return x", "f(2)", 2),
        ("def f(x=1):\n    return x", "f(**{'x': 2})", 2),
        ("B = 1\ndef f(x=B):\n    B = 2\n    return x", "f()", 1),
        ("def f(*, x=1):\n    return x", "f(*unknown)", 1),
        ("def f(*x, y=1):\n    return x + (y,)", "f(3, *[2])", Sequence("tuple", (3, 2, 1))),
        ("def f(x, **y):\n    return y", "f(1, z=2)", Table((("z", 2),))),
    ],
)
def test_a_function_returns_what_its_body_says(function: str, call: str, value: Value) -> None:
    assert end(f"{function}\nA = {call}") == value


def test_a_function_may_build_a_list() -> None:
    assert items(
        "def f(x):\n    y = []\n    for z in x:\n        y.append(z)\n    return y\nA = f(['a'])"
    ) == ["a"]


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("@cached\ndef f():\n    return 1", "f()"),
        ("def f():\n    return f()", "f()"),
        ("def f(x=1):\n    return x", "f(*unknown)"),
        ("def f(x=1):\n    return x", "f(**unknown)"),
        ("def f(*, x=1):\n    return x", "f(**unknown)"),
        ("def f(x):\n    return x", "f(*unknown)"),
        ("def f():\n    pass\n    yield 1", "f()"),
        ("def f():\n    if unknown():\n        return 1\n    return 2", "f()"),
        ("async def f():\n    return 1", "f().x"),
    ],
)
def test_what_a_function_does_not_decide_is_undecided(function: str, call: str) -> None:
    assert isinstance(end(f"{function}\nA = {call}"), Undecided)


def test_a_function_that_may_return_early_returns_what_either_way_holds() -> None:
    text = "def f():\n    if unknown():\n        return [1, 2]\n    a = [1, 3]\n    return a\nA = f()"
    found = end(text)
    assert isinstance(found, Sequence)
    assert [item if isinstance(item, int) else "maybe" for item in found.items] == [1, "maybe", "maybe"]


def test_a_table_keeps_what_is_known_of_it() -> None:
    assert end("A = {'x': 1}\nA[unknown()] = 2") == Table((("x", 1),), complete=False)


def test_a_function_that_returns_something_else_after_an_exception_decides_nothing() -> None:
    text = """
def known():
    try:
        look()
    except LookupError:
        return False
    else:
        return True
A = known()
"""
    assert isinstance(end(text), Undecided)


def test_an_import_in_a_function_binds_what_it_names() -> None:
    text = """
def kind():
    try:
        from gone import Name
    except ImportError:
        from other import Name
    return Name
A = kind()
"""
    found = end(text)
    assert isinstance(found, Named)
    assert found.path == "gone.Name"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import gone\n    A += ['b']\nexcept ImportError:\n    pass", ["a", maybe("b")]),
        ("import json\n    A += ['b']\nexcept ImportError:\n    pass", ["a", "b"]),
        ("import other\n    A += ['b']\nexcept ImportError:\n    pass", ["a", "b"]),
        ("import gone\n    A += ['b']\nexcept (ImportError, OSError):\n    A += ['c']",
         ["a", maybe("b"), maybe("c")]),
        ("import gone\n    A += ['b']\nexcept KeyError:\n    pass", ["a", "b"]),
        ("import gone\n    A += ['b']\nexcept ImportError:\n    raise", ["a", "b"]),
        ("from gone import B\nexcept ImportError:\n    B = 0\nelse:\n    A += ['b']", ["a", maybe("b")]),
        ("import gone\n    X = True\nexcept ImportError:\n    X = False\nif X:\n    A += ['b']",
         ["a", maybe("b")]),
    ],
)  # fmt: skip
def test_what_rests_on_a_package_that_is_not_known_is_not_certain(text: str, found: list[Value]) -> None:
    assert items(f"A = ['a']\ntry:\n    {text}", other="") == found


def test_without_more_a_package_counts_as_there() -> None:
    text = "try:\n    import gone\n    A = 'x'\nexcept ImportError:\n    A = 'y'"
    assert end(text) == Maybe("x", "depends on whether `gone` can be imported")
