"""What a knot's circles, hubs and first cuts are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.graphs.knots import circles, hubs, steps
from analyzer.graphs.values import Hub, Step

TRIANGLE = [("a", "b"), ("b", "c"), ("c", "a")]
EIGHT = [*TRIANGLE, ("a", "x"), ("x", "a")]
"""Two circles that share a."""

ARCS = st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"))).map(
    lambda arcs: {(source, target) for source, target in arcs if source != target}
)


def test_a_circle_begins_with_its_smallest_member() -> None:
    assert circles([("c", "a"), ("b", "c"), ("a", "b")]) == (("a", "b", "c"),)


def test_the_shortest_circle_comes_first() -> None:
    assert circles(EIGHT) == (("a", "x"), ("a", "b", "c"))


def test_arcs_that_close_no_circle_have_none() -> None:
    assert circles([("a", "b"), ("b", "c")]) == ()


def test_hubs_lie_on_most_circles() -> None:
    assert hubs(circles(EIGHT))[:2] == (Hub("a", 2), Hub("b", 1))


def test_the_first_step_is_the_one_that_leaves_least() -> None:
    assert steps(EIGHT, [("x", "a"), ("c", "a")]) == (Step("c", "a", (2,)), Step("x", "a", ()))


@given(ARCS)
def test_a_circle_is_a_way_round(arcs: set[tuple[str, str]]) -> None:
    for circle in circles(arcs):
        assert len(set(circle)) == len(circle)
        assert set(zip(circle, (*circle[1:], circle[0]), strict=True)) <= arcs
