"""Names that one assignment binds several of, at the top of a module and in a class."""

from __future__ import annotations

import pytest

from analyzer.source.values import Undecided, Value
from tests.projects import source


def value(text: str, name: str) -> Value:
    read = source(f"# shop.py\n{text}\n")
    return read.evaluator.binding_value(read.names.resolve(read.module("shop"), name), name)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("A, B = 1, 2", "B", 2),
        ("(A, B) = [1, 2]", "A", 1),
        ("A, (B, C) = 1, (2, 3)", "C", 3),
        ("PAIR = 1, 2\nA, B = PAIR", "B", 2),
        ("A = B = 1", "B", 1),
        ("ONE = 'x'\nA, B = ONE, ONE", "B", "x"),
        ("class State:\n    OPEN, SHUT = 'open', 'shut'", "State.SHUT", "shut"),
        ("class State:\n    ONE = 1\nclass Heir(State): ...", "Heir.ONE", 1),
    ],
)
def test_each_name_has_its_share(text: str, name: str, expected: Value) -> None:
    assert value(text, name) == expected


@pytest.mark.parametrize("text", ["A, *B = 1, 2, 3", "A, B = *pair, 1", "A, B = missing()", "A, B = 1,"])
def test_a_share_that_is_not_decided(text: str) -> None:
    assert isinstance(value(text, "B"), Undecided)
