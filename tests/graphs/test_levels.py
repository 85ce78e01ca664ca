"""Levels: what can be built once everything below it exists."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.graphs.levels import (
    behind,
    components,
    dependencies,
    levels,
    model_levels,
    reduced,
    unplaceable,
    unplaceable_models,
)
from analyzer.schema.values import Model, Relation, RelationKind

Edges = dict[str, set[str]]

NODES = [f"n{number}" for number in range(9)]

graphs = st.dictionaries(
    st.sampled_from(NODES), st.sets(st.sampled_from([*NODES, "outside"]), max_size=4), max_size=9
)


def model(label: str, *parents: str, proxy: bool = False, own: bool = True, **flags: bool) -> Model:
    return Model(
        label=label,
        app=label.partition(".")[0],
        name=label,
        file="models.py",
        line=1,
        installed=True,
        own=own,
        abstract=flags.get("abstract", False),
        proxy=proxy,
        managed=True,
        swappable=None,
        swapped=flags.get("swapped", False),
        auto_created=flags.get("auto_created", False),
        db_table="",
        abstract_ancestors=(),
        parents=parents,
        fields=(),
    )


def relation(source: str, target: str | None, kind: RelationKind = "FK") -> Relation:
    return Relation(
        source=source, field="field", kind=kind, target=target, null=False, parent_link=False, through=None,
        on_delete=None, swappable_setting=None, declared_in=source, file="models.py", line=1, certain=True,
    )  # fmt: skip


def as_networkx(edges: Edges) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(edges)
    graph.add_edges_from((a, b) for a, targets in edges.items() for b in targets if b in edges and a != b)
    return graph


def test_what_needs_nothing_is_on_level_zero() -> None:
    assert levels(["a", "b", "c"], {"a": {"b"}, "b": {"c"}}).rows == (("c",), ("b",), ("a",))


def test_self_edges_and_unknown_targets_do_not_count() -> None:
    assert levels(["a"], {"a": {"a", "elsewhere"}}).of == {"a": 0}


def test_the_members_of_a_cycle_share_a_level() -> None:
    found = levels("abcd", {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}})
    assert found.of == {"a": 2, "b": 1, "c": 1, "d": 0}


def test_nothing_has_no_levels() -> None:
    assert levels([], {}).rows == ()


@given(graphs)
def test_levels_are_those_of_the_condensation(edges: Edges) -> None:
    graph = as_networkx(edges)
    condensed = nx.condensation(graph)
    expected: dict[str, int] = {}
    for node in reversed(list(nx.topological_sort(condensed))):
        height = max((1 + expected[f"c{below}"] for below in condensed.successors(node)), default=0)
        expected[f"c{node}"] = height
        expected.update(dict.fromkeys(condensed.nodes[node]["members"], height))
    found = levels(edges, edges)
    assert found.of == {node: expected[node] for node in sorted(edges)}
    assert [label for row in found.rows for label in row] == sorted(
        edges, key=lambda node: (expected[node], node)
    )


@given(graphs)
def test_components_are_the_cycles(edges: Edges) -> None:
    found = {tuple(sorted(c)) for c in nx.strongly_connected_components(as_networkx(edges)) if len(c) > 1}
    assert components(edges, edges) == tuple(sorted(found))


def test_a_circle_may_be_of_any_length() -> None:
    names = [f"{number:05}" for number in range(50_000)]
    ring = {name: {following} for name, following in zip(names, [*names[1:], names[0]], strict=True)}
    assert components(names, ring) == (tuple(names),)


@given(graphs)
def test_unplaceable_is_what_reaches_a_cycle(edges: Edges) -> None:
    graph = as_networkx(edges)
    cyclic = {member for members in components(edges, edges) for member in members}
    reached: dict[str, set[str]] = {node: nx.descendants(graph, node) for node in graph}
    stuck = {node for node in graph if cyclic & {node, *reached[node]}}
    assert unplaceable(edges, edges) == tuple(sorted(stuck))
    assert set(behind(cyclic, as_sets(graph))) == stuck - cyclic


@given(graphs)
def test_a_reduced_graph_reaches_the_same(edges: Edges) -> None:
    graph = as_networkx(edges)
    small = as_networkx({node: set(targets) for node, targets in reduced(edges).items()})
    assert set(small.edges) <= set(graph.edges)
    assert all(nx.descendants(small, node) == nx.descendants(graph, node) for node in graph)


@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] > pair[1])))
def test_a_reduced_acyclic_graph_is_the_smallest(arcs: set[tuple[int, int]]) -> None:
    edges: Edges = {node: set() for node in NODES}
    for source, target in arcs:
        edges[NODES[source]].add(NODES[target])
    expected = nx.transitive_reduction(as_networkx(edges))
    assert reduced(edges) == {node: frozenset(expected[node]) for node in sorted(edges)}


def as_sets(graph: nx.DiGraph[str]) -> Edges:
    return {node: set(graph[node]) for node in graph}


@pytest.mark.parametrize("kind", ["FK", "O2O", "M2M"])
def test_a_relation_counts_from_the_model_that_declares_it(kind: RelationKind) -> None:
    found = model_levels([model("a.A"), model("b.B")], [relation("a.A", "b.B", kind)])
    assert found.of == {"a.A": 1, "b.B": 0}


def test_generic_open_and_self_relations_do_not_count() -> None:
    relations = [relation("a.A", "b.B", "GFK"), relation("a.A", None), relation("a.A", "a.A")]
    assert model_levels([model("a.A"), model("b.B")], relations).of == {"a.A": 0, "b.B": 0}


def test_external_models_count_only_where_asked() -> None:
    models = [model("a.A"), model("auth.User", own=False)]
    relations = [relation("a.A", "auth.User")]
    assert model_levels(models, relations).of == {"a.A": 0}
    assert model_levels(models, relations, external=True).of == {"a.A": 1, "auth.User": 0}


@pytest.mark.parametrize("flag", ["abstract", "swapped", "auto_created"])
def test_what_is_no_table_of_its_own_has_no_level(flag: str) -> None:
    models = [model("a.A"), model("a.B", **{flag: True})]
    assert model_levels(models, [relation("a.A", "a.B")]).of == {"a.A": 0}


def test_a_proxy_takes_the_level_of_its_concrete_model() -> None:
    models = [
        model("a.Proxy", "a.Middle", proxy=True),
        model("a.Middle", "a.Real", proxy=True),
        model("a.Real"),
        model("a.Base"),
        model("a.User"),
    ]
    relations = [relation("a.Proxy", "a.Base"), relation("a.User", "a.Middle")]
    assert model_levels(models, relations).of == {
        "a.Base": 0, "a.Middle": 1, "a.Proxy": 1, "a.Real": 1, "a.User": 2,
    }  # fmt: skip


def test_a_proxy_of_an_external_model_is_that_model() -> None:
    """Among own models alone, a relation to it counts no more than one to the external model itself."""
    models = [model("a.Staff", "auth.User", proxy=True), model("auth.User", own=False), model("a.Desk")]
    relations = [relation("a.Desk", "a.Staff")]
    assert model_levels(models, relations).of == {"a.Desk": 0, "a.Staff": 0}
    assert model_levels(models, relations, external=True).of["a.Desk"] == 1


def test_a_proxy_that_is_its_own_parent_ends() -> None:
    assert dependencies([model("a.P", "a.P", proxy=True)], []).concrete == {"a.P": "a.P"}


def test_models_behind_a_cycle_cannot_be_placed_by_the_classic_recipe() -> None:
    models = [model("a.A"), model("a.B"), model("a.Behind"), model("a.Free")]
    relations = [relation("a.A", "a.B"), relation("a.B", "a.A"), relation("a.Behind", "a.A")]
    assert unplaceable_models(models, relations) == ("a.A", "a.B", "a.Behind")
