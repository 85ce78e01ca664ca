"""Whether apps can be squashed, and how far squashes have come."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from analyzer.history.graph import build
from analyzer.history.squash import Obstacle, Squash, obstacles, squashes
from analyzer.history.values import History, Key, Migration
from tests.history.test_graph import graph, migration

A1, A2, A3, B1, B2, C1 = ("a", "1"), ("a", "2"), ("a", "3"), ("b", "1"), ("b", "2"), ("c", "1")


def test_apps_that_build_on_each_other_one_way_can_be_squashed() -> None:
    assert obstacles(graph(migration(*A1), migration(*B1, [A1]), migration(*B2, [B1]))) == ()


def test_an_app_that_needs_another_which_needs_it_cannot() -> None:
    found = obstacles(graph(migration(*A1), migration(*B1, [A1]), migration(*A2, [A1, B1])))
    assert found == (Obstacle("a", (A2, B1, A1)),)


def test_two_apps_that_take_turns_are_each_in_the_way_of_the_other() -> None:
    found = obstacles(
        graph(migration(*A1), migration(*B1, [A1]), migration(*A2, [A1, B1]), migration(*B2, [B1, A2]))
    )
    assert found == (Obstacle("a", (A2, B1, A1)), Obstacle("b", (B2, A2, B1)))


def test_the_way_may_lead_over_several_apps() -> None:
    found = obstacles(
        graph(migration(*A1), migration(*C1, [A1]), migration(*B1, [C1]), migration(*A2, [B1]), apps="abc")
    )
    assert found == (Obstacle("a", (A2, B1, C1, A1)),)


def test_a_squash_tells_which_of_its_files_remain_and_who_still_names_them() -> None:
    old, new = migration(*A1), migration("a", "1_squashed_2", replaces=[A1, A2])
    other = migration(*B1, [A1])
    assert squashes((old, new, other)) == (Squash(new.key, (A1,), (A2,), ((B1, A1),)),)


def test_what_a_squash_replaces_may_name_each_other() -> None:
    new = migration("a", "1_squashed_2", replaces=[A1, A2])
    assert squashes((migration(*A1), migration(*A2, [A1]), new))[0].named == ()


KEYS = st.tuples(st.sampled_from("abc"), st.sampled_from("1234"))


@given(st.dictionaries(KEYS, st.lists(KEYS, max_size=3)))
def test_an_obstacle_is_a_cycle_of_the_graph_with_the_app_as_one_node(
    wanted: dict[Key, Sequence[Key]],
) -> None:
    files = [migration(*key, sorted({p for p in parents if p < key})) for key, parents in wanted.items()]
    history = _without_missing(files)
    found = {obstacle.app: obstacle.path for obstacle in obstacles(history)}
    for app in "abc":
        contracted: nx.DiGraph[Key] = nx.DiGraph()
        for key, parents in history.edges.items():
            for parent in parents:
                one, other = (k if k[0] != app else (app, "") for k in (key, parent))
                if one != other:
                    contracted.add_edge(one, other)
        assert (app in found) == (not nx.is_directed_acyclic_graph(contracted))
    for app, path in found.items():
        assert path[0][0] == path[-1][0] == app
        assert app not in {key[0] for key in path[1:-1]}
        assert all(parent in history.edges[key] for key, parent in itertools.pairwise(path))


def _without_missing(files: list[Migration]) -> History:
    known = {file.key for file in files}
    kept = [migration(*file.key, [key for key in file.dependencies if key in known]) for file in files]
    return build(kept, lambda label: (), frozenset("abc"))[1]
