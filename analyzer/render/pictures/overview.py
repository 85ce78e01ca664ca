"""The apps of a project: who needs whom."""

from __future__ import annotations

from analyzer.graphs.levels import reduced
from analyzer.render.pictures.chart import Arrow, Box, Chart, Row, Sample, staggered
from analyzer.render.pictures.shelves import shelves
from analyzer.render.pictures.view import View, lines, relation_tip
from analyzer.render.untying import proof
from analyzer.render.words import count, some

CYCLE_ARROWS = 60
"""Arrows within cycles up to which all of them are drawn."""

ALONE = 4
"""From this many apps without any arrow on they share one box."""


def apps_chart(view: View) -> Chart:
    """One box per app with the number of its models, one arrow per pair of apps."""
    cycles = view.analysis.app_cycles
    members = {app: cycle.members for cycle in cycles for app in cycle.members}
    cut_fields = {(edge.source, edge.field) for cycle in cycles for edge in cycle.cut}
    cut = {
        arc
        for arc, together in view.app_arcs.items()
        if members.get(arc[0]) == members.get(arc[1], ()) and
        all((r.source, r.field) in cut_fields for r in together)
    }  # fmt: skip
    inside = {arc for arc in view.app_arcs if arc[0] in members and members[arc[0]] == members.get(arc[1])}
    shown = visible(view.apps(), set(view.app_arcs), cut if len(inside) > CYCLE_ARROWS else set()) | cut
    touched = {app for arc in view.app_arcs for app in arc}
    alone = [app for app in view.apps() if app not in touched]
    boxes = [_app_box(view, app, app in members) for app in view.apps() if app in touched]
    boxes += _alone_boxes(view, alone)
    arrows = [
        Arrow(
            source=f"app:{source}",
            target=f"app:{target}",
            label=str(len(together)) if len(together) > 1 else "",
            tip=relation_tip(together),
            count=len(together),
            stroke="cut" if (source, target) in cut else "needs",
            steers=(source, target) not in cut,
        )
        for (source, target), together in view.app_arcs.items()
        if (source, target) in shown
    ]
    return Chart(
        name="apps",
        title=f"{view.analysis.project}: apps",
        boxes=tuple(boxes),
        arrows=staggered(arrows),
        shelves=shelves(boxes, arrows),
        notes=tuple(_notes(view, len(shown))),
        legend=_legend(bool(cycles), bool(cut)),
    )


def visible(
    labels: tuple[str, ...], arcs: set[tuple[str, str]], cut: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """The arcs that a longer path does not imply; what is cut does not count."""
    edges: dict[str, set[str]] = {label: set() for label in labels}
    for source, target in arcs - cut:
        edges.setdefault(source, set()).add(target)
        edges.setdefault(target, set())
    return {(source, target) for source, targets in reduced(edges).items() for target in targets}


def _app_box(view: View, app: str, cyclic: bool) -> Box:
    models = view.of_app(app)
    return Box(
        key=f"app:{app}",
        head=app,
        rows=(Row(count(len(models), "model"), warn=cyclic, tip=_app_tip(view, app)),),
        app=app,
        tip=_app_tip(view, app),
        warn=cyclic,
    )


def _alone_boxes(view: View, alone: list[str]) -> list[Box]:
    if len(alone) < ALONE:
        return [_app_box(view, app, cyclic=False) for app in alone]
    rows = tuple(
        Row(app, aside=count(len(view.of_app(app)), "model"), tip=_app_tip(view, app)) for app in alone
    )
    return [Box(key="alone", head="no relation to another app", rows=rows)]


def _app_tip(view: View, app: str) -> str:
    known = next((item for item in view.analysis.apps if item.label == app), None)
    head = f"{known.name}  {known.path}" if known else app
    return lines([head, *(model.label for model in view.of_app(app))])


def _notes(view: View, shown: int) -> list[str]:
    notes = []
    for cycle in view.analysis.app_cycles:
        notes.append(
            f"{count(len(cycle.members), 'app')} need each other in a cycle: {some(cycle.members, 8)}. "
            f"{count(len(cycle.behind), 'app')} behind it. "
            f"Postponing {count(len(cycle.cut), 'relation')} resolves it ({proof(cycle)})."
        )
    hidden = len(view.app_arcs) - shown
    if hidden:
        notes.append(f"{count(hidden, 'arrow')} left out, since a longer path implies them.")
    return notes


def _legend(cyclic: bool, cut: bool) -> tuple[Sample, ...]:
    samples = [Sample("arrow", "A needs B"), Sample("number", "relations, if more than one")]
    if cyclic:
        samples.append(Sample("warn", "in a cycle of apps"))
    if cut:
        samples.append(Sample("cut", "postpone to resolve the cycle"))
    return tuple(samples)
