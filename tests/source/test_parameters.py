"""Parameters: which argument each of them gets, as Python hands them out."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.source.facts import FuncDef
from analyzer.source.parameters import Bound, bound, collector, keywords, positional
from analyzer.source.syntax import parse

SIGNATURES = (
    "",
    "a",
    "a, b=1",
    "a, /, b=1",
    "a, *, b",
    "a, *b",
    "a=1, *b, c=2, **d",
    "a, /, **d",
    "*, a, b=1",
    "a: int, b: int = 1, *c: int, **d: int",
)


def function(signature: str) -> FuncDef:
    (stmt,) = parse(f"def f({signature}): pass", full=True).body
    assert isinstance(stmt, FuncDef)
    return stmt


@pytest.mark.parametrize(
    ("signature", "places", "names", "rest", "options"),
    [
        ("", (), (), None, None),
        ("a, b=1", ("a", "b"), ("a", "b"), None, None),
        ("a, /, b", ("a", "b"), ("b",), None, None),
        ("a, *, b", ("a",), ("a", "b"), None, None),
        ("a, *b, c, **d", ("a",), ("a", "c"), "b", "d"),
    ],
)
def test_what_fills_a_parameter(
    signature: str, places: tuple[str, ...], names: tuple[str, ...], rest: str | None, options: str | None
) -> None:
    params = function(signature).params
    assert (positional(params), keywords(params)) == (places, names)
    assert (collector(params, "*"), collector(params, "**")) == (rest, options)


def test_what_a_call_leaves_out_is_missing() -> None:
    params = function("a, b=1, *c, d=2").params
    assert bound(params, (1,), {}) == Bound({"a": 1}, (), {}, ("b", "d"))


@given(
    signature=st.sampled_from(SIGNATURES),
    args=st.lists(st.integers(), max_size=3),
    named=st.dictionaries(st.sampled_from("abcdx"), st.integers(), max_size=3),
)
def test_arguments_go_where_python_puts_them(signature: str, args: list[int], named: dict[str, int]) -> None:
    scope: dict[str, object] = {}
    exec(f"def f({signature}): pass", scope)  # noqa: S102
    try:
        theirs = inspect.signature(scope["f"]).bind(*args, **named)  # type: ignore[arg-type]
    except TypeError:
        return
    node = function(signature)
    rest, options = collector(node.params, "*"), collector(node.params, "**")
    ours = bound(node.params, args, named)
    found: dict[str, object] = dict(ours.given)
    if rest is not None and ours.rest:
        found[rest] = ours.rest
    if options is not None and ours.options:
        found[options] = ours.options
    assert found == theirs.arguments
    assert set(ours.missing) <= {name for name, _ in node.defaults}
