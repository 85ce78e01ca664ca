"""Values that a module changes after it has bound them are not what they are bound to."""

from __future__ import annotations

import pytest

from analyzer.source.facts import Ref
from analyzer.source.values import Undecided, Value
from tests.projects import source


def value(text: str) -> Value:
    """What `X` means in a module, as seen from elsewhere."""
    read = source(f"# shop/__init__.py\n# shop/values.py\n{text}\n# shop/case.py\nfrom shop.values import X\n")
    return read.evaluator.evaluate(Ref("X"), read.module("shop.case"))


@pytest.mark.parametrize(
    "text",
    [
        "X = [1]\nX += [2]",
        "X = [1]\nX.append(2)",
        "X = {'a': 1}\nX['b'] = 2",
        "X = {'a': 1}\nif unknown():\n    X.update(b=2)",
        "X = {}\ndef register(name):\n    X[name] = 1",
        "X = []\nclass Meta(type):\n    def __new__(cls):\n        X.append(1)",
    ],
)
def test_what_is_changed_is_not_decided(text: str) -> None:
    assert isinstance(value(text), Undecided)


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
