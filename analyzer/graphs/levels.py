"""Levels of a dependency graph: what can be built once everything below it exists.

Edges point from what needs to what is needed.  All of it is linear in edges and in plain Python: a
graph library's import alone would cost more than everything else here together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from analyzer.graphs.values import Levels
from analyzer.schema.values import Model, Relation

Edges = Mapping[str, AbstractSet[str]]
"""Label to the labels it needs."""


class Dependencies(Struct, frozen=True):
    """Which model needs which: every node a key, proxies merged into their concrete model.

    `concrete` maps every model that has a level, proxies included, to the node that stands for
    it; a proxy whose concrete model is unknown stands for itself.
    """

    edges: dict[str, frozenset[str]]
    concrete: dict[str, str]


def dependencies(
    models: Iterable[Model], relations: Iterable[Relation], *, external: bool = False
) -> Dependencies:
    """The dependency graph of the project's models, with `external` of the installed packages' too.

    Foreign keys, one-to-ones and many-to-manys count from the model that declares them; generic
    foreign keys and self-relations do not; abstract, swapped and auto-created models are no nodes.
    """
    relations = tuple(relations)
    known = {model.label: model for model in models if not (model.abstract or model.auto_created)}
    stands_for = {label: _concrete(label, known) for label in known if not known[label].swapped}
    concrete = {label: node for label, node in stands_for.items() if external or known[label].own}
    if not external:
        concrete = {label: node if known[node].own else label for label, node in concrete.items()}
    needs: dict[str, set[str]] = {node: set() for node in concrete.values()}
    for relation in relations:
        if relation.kind == "GFK" or relation.target is None:
            continue
        source, target = concrete.get(relation.source), concrete.get(relation.target)
        if source is None or target is None or source == target:
            continue
        if not external and not known[stands_for[relation.target]].own:
            continue  # to a proxy of an external model, so to that model
        needs[source].add(target)
    for label, end in _ends(known, relations):
        if label in concrete and end in concrete and concrete[end] != concrete[label]:
            needs[concrete[label]].add(concrete[end])
    return Dependencies(
        edges={node: frozenset(needs[node]) for node in sorted(needs)},
        concrete={label: concrete[label] for label in sorted(concrete)},
    )


def _ends(known: Mapping[str, Model], relations: Iterable[Relation]) -> Iterator[tuple[str, str]]:
    """(model, what it needs) for models that inherit a through model which Django makes: both its ends."""
    heirs: dict[str, list[str]] = {}
    for model in known.values():
        for parent in model.parents:
            if parent not in known:
                heirs.setdefault(parent, []).append(model.label)
    for relation in relations if heirs else ():
        if relation.kind == "M2M" and relation.through is None:
            for label in heirs.get(f"{relation.source}_{relation.field}", ()):
                yield label, relation.source
                if relation.target is not None:
                    yield label, relation.target


def _concrete(label: str, known: Mapping[str, Model]) -> str:
    seen = {label}
    while (model := known[label]).proxy:
        parent = next((name for name in model.parents if name in known and name not in seen), None)
        if parent is None:
            return label
        seen.add(parent)
        label = parent
    return label


def model_levels(models: Iterable[Model], relations: Iterable[Relation], *, external: bool = False) -> Levels:
    """Every model's level; a proxy takes its concrete model's."""
    graph = dependencies(models, relations, external=external)
    level = levels(graph.edges, graph.edges).of
    return _rows({label: level[node] for label, node in graph.concrete.items()})


def unplaceable_models(models: Iterable[Model], relations: Iterable[Relation]) -> tuple[str, ...]:
    """Own models for which the classic recipe finds no level: in a cycle or behind one."""
    graph = dependencies(models, relations)
    stuck = frozenset(unplaceable(graph.edges, graph.edges))
    return tuple(label for label, node in graph.concrete.items() if node in stuck)


def levels(labels: Iterable[str], edges: Edges) -> Levels:
    """Levels in the condensation: the members of a cycle share one, so every label has one.

    Self-edges and targets that are not among the labels do not count.
    """
    graph = _inner(labels, edges)
    placed, left = _peel(graph)
    if left:
        component = {member: members for members in _components(left) for member in members}
        _place(left, component, graph, placed)
    return _rows(placed)


def unplaceable(labels: Iterable[str], edges: Edges) -> tuple[str, ...]:
    """The labels for which "one above the highest that I need" has no solution, sorted."""
    return tuple(sorted(_peel(_inner(labels, edges))[1]))


def components(labels: Iterable[str], edges: Edges) -> tuple[tuple[str, ...], ...]:
    """The cycles: strongly connected components of more than one label, all sorted."""
    left = _peel(_inner(labels, edges))[1]
    found = _components(left) if left else []
    return tuple(sorted(members for members in found if len(members) > 1))


def behind(
    members: Iterable[str], edges: Edges, users: Mapping[str, Iterable[str]] | None = None
) -> tuple[str, ...]:
    """What depends on one of the members, directly or not, the members themselves left out.

    Whoever asks for many cycles of one graph passes its reversed edges as `users`.
    """
    start = frozenset(members)
    users = users if users is not None else reversed_edges(edges)
    seen, todo = set(start), sorted(start)
    while todo:
        for user in users.get(todo.pop(), ()):
            if user not in seen:
                seen.add(user)
                todo.append(user)
    return tuple(sorted(seen - start))


def reduced(edges: Edges) -> dict[str, frozenset[str]]:
    """The transitive reduction: without edges that a longer path implies.

    Edges inside a cycle all stay, since none of them is implied by an order.
    """
    graph = _inner(edges, edges)
    home = {member: members[0] for members in components(graph, graph) for member in members}
    level = levels(graph, graph).of
    reach: dict[str, set[str]] = {}
    kept: dict[str, frozenset[str]] = {}
    for node in sorted(graph, key=lambda label: (level[label], label)):
        group = home.get(node, node)
        below = reach.setdefault(group, set())
        here = set()
        for target in sorted(graph[node], key=lambda label: (-level[label], label)):
            if home.get(target, target) == group or target not in below:
                here.add(target)
            below |= {target} | reach[home.get(target, target)]
        kept[node] = frozenset(here)
    return {node: kept[node] for node in sorted(kept)}


def _inner(labels: Iterable[str], edges: Edges) -> dict[str, frozenset[str]]:
    inside = frozenset(labels)
    return {label: frozenset((edges.get(label, frozenset()) & inside) - {label}) for label in inside}


def reversed_edges(edges: Edges) -> dict[str, list[str]]:
    """The same edges the other way round: from what is needed to what needs it."""
    users: dict[str, list[str]] = {}
    for label, targets in edges.items():
        for target in targets:
            users.setdefault(target, []).append(label)
    return users


def _peel(graph: Mapping[str, frozenset[str]]) -> tuple[dict[str, int], dict[str, frozenset[str]]]:
    """Levels of what is no part of a cycle and behind none, and the graph of what is left."""
    users = reversed_edges(graph)
    waiting = {label: len(targets) for label, targets in graph.items()}
    placed: dict[str, int] = {}
    row = [label for label, count in waiting.items() if count == 0]
    depth = 0
    while row:
        upper: list[str] = []
        for label in row:
            placed[label] = depth
            for user in users.get(label, ()):
                waiting[user] -= 1
                if waiting[user] == 0:
                    upper.append(user)
        row, depth = upper, depth + 1
    return placed, {label: targets - placed.keys() for label, targets in graph.items() if label not in placed}


def _components(left: Mapping[str, frozenset[str]]) -> list[tuple[str, ...]]:
    """Every strongly connected component of a graph: Kosaraju's two walks, the second against the arrows."""
    users = reversed_edges(left)
    taken: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in reversed(_finished(left)):
        if root not in taken:
            members, todo = {root}, [root]
            while todo:
                more = [user for user in users.get(todo.pop(), ()) if not (user in taken or user in members)]
                members.update(more)
                todo += more
            taken |= members
            found.append(tuple(sorted(members)))
    return found


def _finished(graph: Mapping[str, frozenset[str]]) -> list[str]:
    """The labels in the order in which a walk along the arrows is done with them."""
    reached: set[str] = set()
    order: list[str] = []
    for root in sorted(graph):
        path = [] if root in reached else [(root, iter(graph[root]))]
        reached.add(root)
        while path:
            label, targets = path[-1]
            target = next((target for target in targets if target not in reached), None)
            if target is None:
                order.append(label)
                path.pop()
            else:
                reached.add(target)
                path.append((target, iter(graph[target])))
    return order


def _place(
    left: Mapping[str, frozenset[str]],
    component: Mapping[str, tuple[str, ...]],
    graph: Mapping[str, frozenset[str]],
    placed: dict[str, int],
) -> None:
    """Add the levels of what a cycle left over, component by component."""
    names = {members[0]: members for members in component.values()}
    above = {
        name: frozenset(component[t][0] for m in members for t in left[m]) - {name}
        for name, members in names.items()
    }
    users = reversed_edges(above)
    waiting = {name: len(targets) for name, targets in above.items()}
    ready = [name for name, count in waiting.items() if count == 0]
    while ready:
        name = ready.pop()
        members = names[name]
        outside = {target for member in members for target in graph[member]} - set(members)
        height = 1 + max((placed[target] for target in outside), default=-1)
        placed.update((member, height) for member in members)
        for user in users.get(name, ()):
            waiting[user] -= 1
            if waiting[user] == 0:
                ready.append(user)


def _rows(level: Mapping[str, int]) -> Levels:
    rows: list[list[str]] = [[] for _ in range(1 + max(level.values(), default=-1))]
    for label in sorted(level):
        rows[level[label]].append(label)
    return Levels(
        rows=tuple(tuple(row) for row in rows),
        of={label: level[label] for label in sorted(level)},
    )
