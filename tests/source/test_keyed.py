"""Builtins that call a function for every item, and those that order or pair what they are given."""

from __future__ import annotations

import pytest

from analyzer.source.values import Sequence, Undecided
from tests.source.test_evaluate import plain, value, why

BEFORE = """
from operator import itemgetter
PAIRS = [("b", "Two"), ("c", "One"), ("a", "Two")]
TABLE = {"b": 1, "a": 2}
def second(pair):
    return pair[1]
"""


@pytest.mark.parametrize(
    "expression",
    [
        "sorted(PAIRS, key=lambda pair: pair[1])",
        "sorted(PAIRS, key=lambda pair: pair[1], reverse=True)",
        "sorted(PAIRS, key=lambda pair: (pair[1], pair[0]))",
        "sorted(PAIRS, key=itemgetter(1))",
        "sorted(PAIRS, key=second)",
        "sorted(PAIRS, reverse=True)",
        "sorted(PAIRS, key=None)",
        "sorted(TABLE)",
        "sorted(TABLE.items(), key=lambda item: item[1])",
        "sorted(['bb', 'a'], key=len)",
        "max(['a', 'bb', 'cc'], key=len)",
        "min('b', 'a')",
        "max(TABLE)",
        "max([], default=3)",
        "max([1, 2], default=3)",
        "min([(2, 'a'), (1, 'b')])",
        "len(max(['a', 'bb'], key=len))",
        "len(TABLE)",
        "len({1, 2})",
        "len({1, 1})",
        "max({'b': 1, 'aa': 2}, key=len)",
        "sum([1, 2, 3])",
        "sum([len(key) for key, _ in PAIRS], 2)",
        "list(filter(None, ['', 'a', None]))",
        "list(filter(lambda x: x > 1, [1, 2, 3]))",
        "list(map(second, PAIRS))",
        "list(map(lambda a, b: a + b, [1, 2], [3, 4]))",
        "list(map(str, [1, 2]))",
        "list(zip(TABLE, [1, 2]))",
        "list(zip(['a'], ['b'], strict=True))",
        "list(enumerate(['a', 'b'], 1))",
        "list(enumerate(['a', 'b'], start=2))",
        "dict(zip(['a'], [1]))",
        "dict([('a', 1), ('b', 2)], c=3)",
        "[n for n in map(len, ['a'])]",
        "list({**TABLE, 'b': 3}.items())",
        "list({**TABLE, 'b': 3}.keys())",
        "list((TABLE | {'c': 0, 'b': 3}).values())",
        "list(dict([('a', 1), ('b', 2)], a=3).items())",
        "list(filter(None, {'': 1, 'a': 2}))",
        "sorted({2, 2, 1})",
        "sorted({*PAIRS, *PAIRS}, key=itemgetter(0))",
        "sorted(set([2, 2, 1]))",
        "sum({3, 3})",
        "int(' -12 ')",
        "len(['a']) is True",
    ],
)
def test_they_give_what_python_gives(expression: str) -> None:
    known: dict[str, object] = {}
    exec(f"{BEFORE}found = {expression}", known)  # noqa: S102
    found = plain(value(expression, BEFORE))
    assert (type(found), found) == (type(known["found"]), known["found"])


@pytest.mark.parametrize(
    "expression",
    [
        "sorted(unknown(), key=lambda pair: pair[1])",
        "sorted(PAIRS, key=unknown)",
        "sorted(PAIRS, key=lambda pair: unknown(pair))",
        "sorted(PAIRS, key=lambda pair: pair[1], reverse=unknown())",
        "sorted([1, 'a'], key=lambda x: x)",
        "sorted(PAIRS, cmp=second)",
        "max([], key=len)",
        "max(['a', unknown()], key=len)",
        "list(filter(unknown, ['a']))",
        "list(filter(lambda x: unknown(x), ['a']))",
        "list(zip(unknown(), ['a']))",
        "sum(['a'])",
        "len(unknown())",
        "len([*(['a'] if unknown() else [])])",
        "range(1, 2, 0)",
        "range(-9223372036854775807, 9223372036854775807)",
        "int('²')",
        "int('--5')",
        "int('9' + '9' * 5000)",
        "int('10', 16)",
        "'%s' % ['a']",
        "sorted(PAIRS, key=lambda *pair: pair)",
    ],
)
def test_what_is_not_decided(expression: str) -> None:
    found = value(expression, f"from elsewhere import unknown\n{BEFORE}")
    assert isinstance(found, Undecided) or (isinstance(found, Sequence) and not found.complete)


def test_rounds_inside_rounds_come_to_an_end() -> None:
    inner = "0"
    for depth in range(5):
        inner = f"sorted(range(900), key=lambda x{depth}: {inner})"
    assert why(value(inner))
