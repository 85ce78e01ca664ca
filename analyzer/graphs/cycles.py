"""Cycles of models and of apps, what stands behind them, and the cheapest cut through each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzer.graphs.arcs import UNCUTTABLE, Arc, feedback_arcs
from analyzer.graphs.knots import SHOWN_CIRCLES, circles, core, hubs, order, steps
from analyzer.graphs.levels import behind, components, dependencies, reversed_edges
from analyzer.graphs.values import CutEdge, Cycle, Step
from analyzer.schema.values import Model, Relation

COSTS: dict[str, int] = {
    "many-to-many": 1,
    "nullable foreign key": 1,
    "nullable one-to-one": 2,
    "foreign key": 3,
    "one-to-one": 10,
    "parent link": UNCUTTABLE,
}
"""What postponing a relation costs.

A many-to-many table and a nullable column are simply added later.  A foreign key that may not be
null needs its rows in the right order or a default.  A one-to-one that may not be null often is the
primary key or the other half of one thing.  A parent link is the table's own key and cannot be postponed.
"""

Arcs = dict[Arc, list[Relation]]


def cost_of(relation: Relation) -> str:
    """The key in `COSTS` of what postponing the relation means."""
    if relation.parent_link:
        return "parent link"
    if relation.kind == "M2M":
        return "many-to-many"
    if relation.kind == "O2O":
        return "nullable one-to-one" if relation.null else "one-to-one"
    return "nullable foreign key" if relation.null else "foreign key"


def model_cycles(models: Iterable[Model], relations: Iterable[Relation]) -> tuple[Cycle, ...]:
    """The cycles among the project's own models, a proxy counted as its concrete model."""
    relations = tuple(relations)
    graph = dependencies(models, relations)
    arcs: Arcs = {}
    for relation in relations:
        source = graph.concrete.get(relation.source)
        target = graph.concrete.get(relation.target or "")
        if relation.kind != "GFK" and source is not None and target is not None and source != target:
            arcs.setdefault((source, target), []).append(relation)
    return _cycles(graph.edges, arcs)


def app_cycles(models: Iterable[Model], relations: Iterable[Relation]) -> tuple[Cycle, ...]:
    """The cycles among the project's own apps: makemigrations works on apps, not on models."""
    arcs = app_arcs(models, relations)
    edges: dict[str, set[str]] = {}
    for source, target in arcs:
        edges.setdefault(source, set()).add(target)
        edges.setdefault(target, set())
    return _cycles(edges, arcs)


def app_arcs(models: Iterable[Model], relations: Iterable[Relation]) -> Arcs:
    """The relations between models of different own apps, by pair of apps.

    A proxy's relations are its concrete model's and are counted there.
    """
    home = {
        model.label: model.app
        for model in models
        if model.own and not (model.abstract or model.auto_created or model.swapped)
    }
    proxies = {model.label for model in models if model.proxy}
    arcs: Arcs = {}
    for relation in relations:
        source, target = home.get(relation.source), home.get(relation.target or "")
        if relation.kind == "GFK" or source is None or target is None or source == target:
            continue
        if relation.source not in proxies:
            arcs.setdefault((source, target), []).append(relation)
    return {arc: arcs[arc] for arc in sorted(arcs)}


def _cycles(edges: Mapping[str, Iterable[str]], arcs: Arcs) -> tuple[Cycle, ...]:
    graph = {label: frozenset(targets) for label, targets in edges.items()}
    found = components(graph, graph)
    users = reversed_edges(graph) if found else {}
    return tuple(_cycle(members, behind(members, graph, users), arcs) for members in found)


def _cycle(members: tuple[str, ...], users: tuple[str, ...], arcs: Arcs) -> Cycle:
    inside = frozenset(members)
    weights = {
        arc: min(UNCUTTABLE, sum(COSTS[cost_of(relation)] for relation in together))
        for arc, together in arcs.items()
        if inside.issuperset(arc)
    }
    found = feedback_arcs(weights)
    round_trips = circles(weights)
    cut = {arc: _cut_edges(arcs[arc]) for arc in found.arcs}
    return Cycle(
        members=members,
        behind=users,
        cut=_sorted(edge for edges in cut.values() for edge in edges),
        exact=found.exact,
        weight=found.cost,
        bound=found.bound,
        steps=tuple(Step(*arc, cut[arc], left) for arc, left in steps(weights, found.arcs)),
        order=order(weights, found.arcs) if found.complete else (),
        circles=round_trips[:SHOWN_CIRCLES],
        circle_count=len(round_trips),
        hubs=hubs(round_trips),
        core=core(weights, found.arcs) if found.complete else (),
    )


def _cut_edges(relations: Iterable[Relation]) -> tuple[CutEdge, ...]:
    return _sorted(_cut_edge(relation) for relation in relations)


def _sorted(edges: Iterable[CutEdge]) -> tuple[CutEdge, ...]:
    return tuple(sorted(edges, key=lambda edge: (edge.source, edge.field, edge.target)))


def _cut_edge(relation: Relation) -> CutEdge:
    return CutEdge(
        source=relation.source,
        field=relation.field,
        target=relation.target or "",
        cost=cost_of(relation),
        file=relation.file,
        line=relation.line,
    )
