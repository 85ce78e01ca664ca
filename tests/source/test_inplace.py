"""Values that a module changes after it has bound them are not what they are bound to."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from analyzer.source.execute import Executor
from analyzer.source.facts import Ref
from analyzer.source.values import Sequence, Table, Undecided, Value
from tests.projects import source


def value(text: str) -> Value:
    """What `X` means in a module, as seen from elsewhere."""
    read = source(
        f"# shop/__init__.py\n# shop/values.py\n{text}\n# shop/case.py\nfrom shop.values import X\n"
    )
    return read.evaluator.evaluate(Ref("X"), read.module("shop.case"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X = [1]\nX += [2]", Sequence("list", (1, 2))),
        ("X = [1]\nX.append(2)", Sequence("list", (1, 2))),
        ("X = []\nfor n in (1, 2):\n    X.append(n)", Sequence("list", (1, 2))),
        ("X = {'a': 1}\nX['b'] = 2", Table((("a", 1), ("b", 2)))),
        ("X = {'a': 1}\nX.update({'b': 2})", Table((("a", 1), ("b", 2)))),
        ("X = {}\nX.update(a=1)", Table((("a", 1),))),
        ("X = 5\nX += 9", 14),
        ("X = 'a'\nX += 'b'", "ab"),
        ("X = 0\nfor n in (1, 2):\n    X += n", 3),
        ("X = 1\nif True:\n    X += 1", 2),
        ("X = 1\ntry:\n    X = X + 1\nfinally:\n    print(X)", 2),
        ("X = 1\nwith open('a') as file:\n    X = 2", 2),
    ],
)
def test_what_the_module_changes_is_what_it_becomes(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "X = {}\ndef register(name):\n    X[name] = 1",
        "X = []\nX.append(1)\ndef register(name):\n    X.append(name)",
        "X = []\nclass Meta(type):\n    def __new__(cls):\n        X.append(1)",
    ],
)
def test_what_functions_fill_is_not_decided(text: str) -> None:
    assert isinstance(value(text), Undecided)


@pytest.mark.parametrize("text", ["X = [1]\nX.append(missing)", "X = [1]\nwhile unknown():\n    X.append(2)"])
def test_what_is_changed_in_ways_that_are_not_followed_is_not_whole(text: str) -> None:
    found = value(text)
    assert isinstance(found, Sequence)
    assert not found.complete or any(isinstance(item, Undecided) for item in found.items)


@pytest.mark.parametrize(
    "text",
    [
        "X = [1]",
        "X = []",
        "X = [1]\nY = [2]\nY += X\nY.append(3)",
        "X = {'a': 1}\nprint(X['a'])",
        "X = [1]\ndef later():\n    X.append(2)",
        "X = []\nMAX = {}\nMAX[1] = 2",
        "X = []\nprint(X[0] == 1)",
    ],
)
def test_what_is_only_read_or_changed_later_stays(text: str) -> None:
    assert not isinstance(value(text), Undecided)


def test_a_module_is_carried_out_once_for_all_the_names_that_it_changes() -> None:
    lists = "".join(f"N{number} = [{number}]\nN{number} += [0]\n" for number in range(20))
    project = source({"here.py": lists})
    with patch("analyzer.source.execute.Executor.run", autospec=True, side_effect=Executor.run) as run:
        values = [
            project.evaluator.evaluate(Ref(f"N{number}"), project.module("here")) for number in range(20)
        ]
    assert values[3] == Sequence("list", (3, 0))
    assert run.call_count == 1
