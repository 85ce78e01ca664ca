"""What every picture asks of an analysis: own models, who needs whom, and words for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from analyzer.graphs.cycles import Arcs, app_arcs
from analyzer.graphs.levels import dependencies, unplaceable
from analyzer.render.links import Link, no_link
from analyzer.schema.values import Model, Relation

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

TIP_LINES = 15


class View:
    """An analysis, looked up by label.  `own` are the own models that have a level."""

    def __init__(self, analysis: Analysis, link: Link = no_link) -> None:
        self.analysis = analysis
        self.link = link
        placed = [model for model in analysis.models if not model.own or model.label in analysis.levels.of]
        graph = dependencies(placed, analysis.relations)
        self.edges = graph.edges
        self.concrete = graph.concrete
        self.unplaceable = len(unplaceable(graph.edges, graph.edges))
        self.models = {model.label: model for model in analysis.models if not model.auto_created}
        self.own = {label: self.models[label] for label in graph.concrete}
        self.migrations = {migration.key: migration for migration in analysis.migrations}
        self.level = {label: analysis.levels_all.of[label] for label in graph.concrete}
        self.cyclic = {member for cycle in analysis.model_cycles for member in cycle.members}
        self.cut = {(edge.source, edge.field) for cycle in analysis.model_cycles for edge in cycle.cut}
        self.needs = self._needs(analysis.relations)
        self.written = self._written(analysis.relations)
        self.app_arcs: Arcs = app_arcs(placed, analysis.relations)

    def apps(self) -> tuple[str, ...]:
        """Labels of the own apps that have models, sorted."""
        return tuple(sorted({model.app for model in self.own.values()}))

    def of_app(self, app: str) -> tuple[Model, ...]:
        return tuple(model for model in self.own.values() if model.app == app)

    def _needs(self, relations: Iterable[Relation]) -> Arcs:
        """The relations between own models by pair; a proxy's are its concrete model's."""
        arcs: Arcs = {}
        for relation in relations:
            source = self.concrete.get(relation.source)
            target = self.concrete.get(relation.target or "")
            if relation.kind == "GFK" or source is None or target is None or source == target:
                continue
            if not self.own[relation.source].proxy:
                arcs.setdefault((source, target), []).append(relation)
        return {arc: arcs[arc] for arc in sorted(arcs)}

    def _written(self, relations: Iterable[Relation]) -> dict[str, list[Relation]]:
        """All relations of every own model, in the order of the analysis."""
        written: dict[str, list[Relation]] = {}
        for relation in relations:
            if relation.source in self.own:
                written.setdefault(relation.source, []).append(relation)
        return written

    def model_tip(self, label: str) -> str:
        """Where a model stands and what it needs, a line each."""
        model = self.models[label]
        needs = (f"{mark(r)} -> {r.target or 'unknown'}" for r in self.written.get(label, ()))
        return lines([f"{label}  {model.file}:{model.line}", *needs])

    def model_link(self, label: str) -> str | None:
        model = self.models[label]
        return self.link(model.file, model.line)

    def name_in(self, label: str, app: str) -> str:
        """The model's name as it reads inside an app: bare at home, with the app elsewhere."""
        home, _, name = label.partition(".")
        return name if home == app else label


def mark(relation: Relation) -> str:
    """A field's name with its kind: `?` nullable, `m2m` many-to-many, `1:1` one-to-one."""
    name = relation.field + ("?" if relation.null and relation.kind != "M2M" else "")
    if relation.kind == "M2M":
        return f"{name} m2m"
    if relation.kind == "O2O":
        return f"{name} parent" if relation.parent_link else f"{name} 1:1"
    return name


def relation_tip(relations: Iterable[Relation]) -> str:
    """Relations with file and line, a line each."""
    return lines(f"{r.source}.{mark(r)} -> {r.target}  {r.file}:{r.line}" for r in relations)


def lines(texts: Iterable[str]) -> str:
    """Texts below each other, the end left out where it grows too long."""
    every = list(texts)
    if len(every) > TIP_LINES:
        every[TIP_LINES - 1 :] = [f"... and {len(every) - TIP_LINES + 1} more"]
    return "\n".join(every)


def file_name(text: str) -> str:
    """Text as a part of a file name: nothing that a file system or a link could mistake."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", text).lstrip(".") or "_"
