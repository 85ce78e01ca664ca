"""What a knot's circles, hubs, core and first cuts are."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from analyzer.graphs.arcs import feedback_arcs
from analyzer.graphs.knots import circles, core, hubs, order, steps
from analyzer.graphs.values import Hub

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
    assert steps(EIGHT, [("x", "a"), ("c", "a")]) == ((("c", "a"), (2,)), (("x", "a"), ()))


def test_of_a_large_cut_only_the_first_steps_are_tried() -> None:
    wheel = [arc for n in range(400) for arc in (("hub", f"m{n:03}"), (f"m{n:03}", "hub"))]
    found = steps(wheel, wheel[::2])
    assert len(found) == 400
    assert found[-1] == (("hub", "m399"), None)


def test_every_circle_meets_the_core() -> None:
    assert core(EIGHT, [("c", "a"), ("x", "a")]) == ("a",)
    twice = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "b")]
    assert core(twice, [("a", "b"), ("c", "d")]) == ("b",)
    apart = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("a", "c")]
    assert core(apart, [("a", "b"), ("c", "d")]) == ("a", "c")


def test_after_the_cut_there_is_an_order() -> None:
    assert order(EIGHT, [("c", "a"), ("x", "a")]) == (("c", "x"), ("b",), ("a",))


@given(ARCS)
def test_a_circle_is_a_way_round(arcs: set[tuple[str, str]]) -> None:
    for circle in circles(arcs):
        assert len(set(circle)) == len(circle)
        assert set(zip(circle, (*circle[1:], circle[0]), strict=True)) <= arcs


@given(ARCS)
def test_without_the_core_no_circle_is_left(arcs: set[tuple[str, str]]) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph(sorted(arcs))
    graph.remove_nodes_from(core(arcs, feedback_arcs(dict.fromkeys(arcs, 1)).arcs))
    assert nx.is_directed_acyclic_graph(graph)


@given(ARCS)
def test_after_the_last_step_no_circle_is_left(arcs: set[tuple[str, str]]) -> None:
    found = steps(arcs, feedback_arcs(dict.fromkeys(arcs, 1)).arcs)
    assert [left for _, left in found][-1:] in ([], [()])
