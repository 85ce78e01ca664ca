"""Feedback arc sets: cheapest, minimal, and honest about what is proven."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.graphs.arcs import UNCUTTABLE, Arc, feedback_arcs

NODES = "abcdef"

weighted = st.dictionaries(
    st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda arc: arc[0] != arc[1]),
    st.sampled_from([1, 2, 3, 10]),
    max_size=9,
)


def acyclic(arcs: set[Arc]) -> bool:
    return bool(nx.is_directed_acyclic_graph(nx.DiGraph(arcs)))


def brute_force(weights: dict[Arc, int]) -> int:
    sets = (cut for size in range(len(weights) + 1) for cut in combinations(sorted(weights), size))
    return min(sum(weights[arc] for arc in cut) for cut in sets if acyclic(set(weights) - set(cut)))


@given(weighted)
@settings(deadline=None)
def test_no_cheaper_set_exists(weights: dict[Arc, int]) -> None:
    found = feedback_arcs(weights)
    assert found.exact
    assert acyclic(set(weights) - set(found.arcs))
    assert found.cost == sum(weights[arc] for arc in found.arcs) == brute_force(weights)


@given(weighted)
@settings(deadline=None)
def test_without_effort_the_answer_still_breaks_every_cycle_and_is_minimal(weights: dict[Arc, int]) -> None:
    found = feedback_arcs(weights, effort=0)
    assert acyclic(set(weights) - set(found.arcs))
    for arc in found.arcs:
        assert not acyclic(set(weights) - set(found.arcs) | {arc})
    if found.exact:
        assert found.cost == brute_force(weights)


@given(weighted, st.randoms(use_true_random=False))
def test_the_order_of_the_arcs_does_not_matter(weights: dict[Arc, int], random: object) -> None:
    turned = dict(reversed(weights.items()))
    assert feedback_arcs(turned) == feedback_arcs(weights)


def test_the_cheaper_arrow_is_cut() -> None:
    assert feedback_arcs({("a", "b"): 3, ("b", "a"): 1}).arcs == (("b", "a"),)


def test_what_must_stay_is_never_cut() -> None:
    found = feedback_arcs({("a", "b"): UNCUTTABLE, ("b", "c"): UNCUTTABLE, ("c", "a"): 10})
    assert found.arcs == (("c", "a"),)
    assert found.exact


def test_a_cycle_that_cannot_be_cut_is_not_called_solved() -> None:
    found = feedback_arcs({("a", "b"): UNCUTTABLE, ("b", "a"): UNCUTTABLE})
    assert found.arcs == ()
    assert not found.exact


def test_a_large_knot_gets_a_good_answer_in_bounded_effort() -> None:
    weights = {
        (f"n{a:03}", f"n{b:03}"): 1 for a in range(120) for b in range(120) if (a * 7 + b * 5) % 23 == 1
    }
    weights = {arc: weight for arc, weight in weights.items() if arc[0] != arc[1]}
    found = feedback_arcs(weights)
    assert acyclic(set(weights) - set(found.arcs))
    assert len(found.arcs) < len(weights) / 2
