"""One cycle of models: its members, the fields between them, and the cut dashed."""

from __future__ import annotations

from collections import Counter

from analyzer.graphs.cycles import Arcs
from analyzer.graphs.values import Cycle
from analyzer.render.pictures.chart import Arrow, Box, Chart, Row, Sample
from analyzer.render.pictures.overview import visible
from analyzer.render.pictures.view import View, mark, relation_tip
from analyzer.render.untying import proof
from analyzer.render.words import count, some
from analyzer.schema.values import Relation

COMMON = 0.6
"""Part of the members from which on a field that they share is written once instead of drawn."""

MOST_ARROWS = 80
"""Arrows up to which all of them are drawn."""

MOST_FIELDS = 6
"""Fields written on one arrow."""


def cycle_charts(view: View) -> tuple[Chart, ...]:
    """One chart per cycle of models, in the order of the analysis."""
    return tuple(cycle_chart(view, number) for number in range(1, len(view.analysis.model_cycles) + 1))


def cycle_chart(view: View, number: int) -> Chart:
    """The chart of the cycle with this number, counted from one."""
    cycle = view.analysis.model_cycles[number - 1]
    members = frozenset(cycle.members)
    inside: Arcs = {arc: fields for arc, fields in view.needs.items() if members.issuperset(arc)}
    common = _common(view, cycle, inside)
    drawn: Arcs = {}
    for arc, fields in inside.items():
        kept = [relation for relation in fields if (relation.field, arc[1]) not in common]
        if kept:
            drawn[arc] = kept
    cut = {arc for arc, fields in drawn.items() if all((r.source, r.field) in view.cut for r in fields)}
    shown = set(drawn)
    if len(drawn) > MOST_ARROWS:
        shown = visible(cycle.members, set(drawn), cut) | cut
    apps = {view.own[label].app for label in cycle.members}
    return Chart(
        name=f"cycle-{number}",
        title=f"Cycle {number}: {count(len(cycle.members), 'model')} that need each other",
        boxes=tuple(_box(view, label, several_apps=len(apps) > 1) for label in cycle.members),
        arrows=(
            *(_arrow(arc, drawn[arc], arc in cut) for arc in sorted(shown)),
            *(Arrow(*arc, stroke="hidden") for arc in sorted(inside.keys() - drawn.keys())),
        ),
        notes=(*_words(view, cycle, len(cut)), *_left_out(view, common, len(drawn) - len(shown))),
        legend=(
            Sample("arrow", "A needs B, by these fields"),
            Sample("text", "? nullable"),
            Sample("text", "m2m many-to-many"),
            Sample("text", "1:1 one-to-one"),
            Sample("cut", "postpone to resolve the cycle"),
        ),
    )


def _common(view: View, cycle: Cycle, inside: Arcs) -> dict[tuple[str, str], int]:
    """Each (field, target) that nearly every member has, with the number of members; never a cut one."""
    sources = {
        (relation.source, relation.field, target)
        for (_, target), relations in inside.items()
        for relation in relations
        if (relation.source, relation.field) not in view.cut
    }
    times = Counter((field, target) for _, field, target in sources)
    least = max(4, COMMON * len(cycle.members))
    return {field: number for field, number in sorted(times.items()) if number >= least}


def _box(view: View, label: str, *, several_apps: bool) -> Box:
    model = view.own[label]
    rows = (Row(model.app, tip=view.model_tip(label)),) if several_apps else ()
    return Box(
        key=label,
        head=model.object_name,
        rows=rows,
        app=model.app,
        tip=view.model_tip(label),
        link=view.model_link(label),
        warn=True,
    )


def _arrow(arc: tuple[str, str], relations: list[Relation], cut: bool) -> Arrow:
    fields = [mark(relation) for relation in relations]
    if len(fields) > MOST_FIELDS:
        fields[MOST_FIELDS - 1 :] = [f"... {len(fields) - MOST_FIELDS + 1} more"]
    return Arrow(
        source=arc[0],
        target=arc[1],
        label="\n".join(fields),
        tip=relation_tip(relations),
        stroke="cut" if cut else "needs",
        steers=not cut,
    )


def _words(view: View, cycle: Cycle, arrows: int) -> list[str]:
    stuck = f"{count(view.unplaceable, 'model')} of {len(view.edges)} have no level in the classic recipe"
    words = [f"{stuck}: {len(cycle.members)} are in this knot, {len(cycle.behind)} merely behind it."]
    if cycle.cut:
        words.append(
            f"It falls apart by postponing {count(len(cycle.cut), 'relation')}, "
            f"{count(arrows, 'dashed arrow')} here ({proof(cycle)})."
        )
    return words


def _left_out(view: View, common: dict[tuple[str, str], int], hidden: int) -> list[str]:
    notes = []
    if common:
        fields = (
            f"{field} -> {view.own[target].object_name} ({number} models)"
            for (field, target), number in common.items()
        )
        notes.append(f"Not drawn, since nearly every member has them: {some(fields)}.")
    if hidden:
        notes.append(f"{count(hidden, 'arrow')} left out, since a longer path implies them.")
    return notes
