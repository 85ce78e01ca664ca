"""`migscan levels`: what can be built in which order, as plain text.

The classic listing gives each level's models and the apps to run `makemigrations` for, and stops
where a cycle starts.  This one goes on: members of a cycle share a level, and the cycles follow
with what is behind them and what to postpone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from analyzer.graphs.values import CutEdge, Cycle
from analyzer.render.tally import is_unknown, own_apps, own_models, own_relations, stuck
from analyzer.render.untying import NO_CUT, left_after, proof
from analyzer.render.words import by_app, count, number, place, plural, printable
from analyzer.schema.values import Relation

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

WIDTH = 100


def levels_text(analysis: Analysis) -> str:
    """The whole listing; the same text on a terminal and in a pipe."""
    blocks = [
        _head(analysis),
        *(_level(analysis, level, row) for level, row in enumerate(analysis.levels_all.rows)),
        *(
            _cycle(analysis, cycle, title, apps=False)
            for cycle, title in _titled(analysis.model_cycles, "models")
        ),
        *(_cycle(analysis, cycle, title, apps=True) for cycle, title in _titled(analysis.app_cycles, "apps")),
        _classic(analysis),
        _left_out(analysis),
    ]
    return "\n".join("\n".join((*block, "")) for block in blocks if block)


def _head(analysis: Analysis) -> list[str]:
    if not analysis.levels_all.rows:
        return [f"{printable(analysis.project)}: no models, so no levels"]
    relations = [relation for relation in own_relations(analysis) if relation.kind != "GFK"]
    unknown = sum(map(is_unknown, relations))
    external = sum(not model.own and model.label in analysis.levels_all.of for model in analysis.models)
    head = (
        f"{printable(analysis.project)}: {count(len(own_models(analysis)), 'own model')} "
        f"and {number(external)} of installed packages on {count(len(analysis.levels_all.rows), 'level')}, "
        f"{count(len(relations), 'relation')}, {number(unknown)} unknown"
    )
    marks = ["* member of a cycle"] if analysis.model_cycles else []
    return [head, "A model needs only models of lower levels, or of its own cycle.", *marks]


def _level(analysis: Analysis, level: int, row: Sequence[str]) -> list[str]:
    own = {model.label for model in analysis.models if model.own}
    members = {label for cycle in analysis.model_cycles for label in cycle.members}
    mine, theirs = [label for label in row if label in own], [label for label in row if label not in own]
    width = max(len(app) for app, _ in by_app(row))
    lines = [f"Level {level}", *_grouped(mine, width, indent=2, marked=members)]
    if theirs:
        lines += ["  installed packages", *_grouped(theirs, width, indent=4)]
    apps = [app for app, _ in by_app(mine)]
    if apps:
        lines.append(f"  $ python manage.py makemigrations {' '.join(map(printable, apps))}")
    return [*lines, *_not_installed(analysis, apps)]


def _not_installed(analysis: Analysis, apps: Sequence[str]) -> list[str]:
    absent = [app.label for app in own_apps(analysis) if app.installed is False and app.label in apps]
    return [f"    (not installed: {', '.join(map(printable, absent))})"] if absent else []


def _grouped(labels: Iterable[str], width: int, indent: int, marked: Iterable[str] = ()) -> list[str]:
    """A line per app, wrapped under its first model."""
    starred = set(marked)
    lines = []
    for app, names in by_app(labels):
        shown = [printable(f"{name}*" if f"{app}.{name}" in starred else name) for name in names]
        lines += _hanging(f"{' ' * indent}{printable(app):{width}}  ", shown, ", ")
    return lines


def _hanging(head: str, items: Sequence[str], separator: str) -> list[str]:
    text = head + separator.join(items)
    indent = " " * len(head)
    return wrap(
        text,
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )


def _titled(cycles: Sequence[Cycle], what: str) -> list[tuple[Cycle, str]]:
    return [
        (cycle, f"Cycle of {what}" if len(cycles) == 1 else f"Cycle {index} of {what}")
        for index, cycle in enumerate(cycles, start=1)
    ]


def _cycle(analysis: Analysis, cycle: Cycle, title: str, apps: bool) -> list[str]:
    behind = count(len(cycle.behind), "app" if apps else "model") if cycle.behind else "nothing"
    return [
        f"{title}: {count(len(cycle.members), 'member')}, {behind} behind",
        "  members",
        *_labels(cycle.members, apps),
        *(["  behind (they depend on the cycle)", *_labels(cycle.behind, apps)] if cycle.behind else []),
        *_cut(cycle),
        *_held(analysis, cycle, apps),
    ]


def _labels(labels: Sequence[str], apps: bool) -> list[str]:
    if apps:
        return _hanging("    ", [printable(label) for label in labels], ", ")
    return _grouped(labels, max(len(app) for app, _ in by_app(labels)), indent=4)


def _cut(cycle: Cycle) -> list[str]:
    if not cycle.cut:
        return [f"  no cut: {NO_CUT}"]
    rows = []
    for step in cycle.steps:
        *others, last = step.cut
        rows += [(_arrow(edge), edge.cost, "", place(edge.file, edge.line)) for edge in others]
        left = left_after(step)
        rows.append((_arrow(last), last.cost, f"leaves {left}" if left else "", place(last.file, last.line)))
    head = f"  first, postpone {count(len(cycle.cut), 'relation')} ({proof(cycle)})"
    return [head, *_columns(rows)]


def _held(analysis: Analysis, cycle: Cycle, apps: bool) -> list[str]:
    cut = {(edge.source, edge.field) for edge in cycle.cut}
    inside = [
        relation
        for relation in inner_relations(analysis, cycle, apps)
        if (relation.source, relation.field) not in cut
    ]
    if not inside:
        return []
    head = f"  {count(len(inside), 'relation')} {plural(len(inside), 'is')} inside it and may stay"
    return [head, *_columns([(_arrow(r), _kind(r), place(r.file, r.line)) for r in inside])]


def inner_relations(analysis: Analysis, cycle: Cycle, apps: bool) -> list[Relation]:
    """The relations that run from one member of the cycle to another."""
    members = set(cycle.members)
    found = []
    for relation in analysis.relations:
        if relation.target is None or relation.kind == "GFK":
            continue
        ends = (relation.source, relation.target)
        source, target = (end.partition(".")[0] for end in ends) if apps else ends
        if source != target and source in members and target in members:
            found.append(relation)
    return found


def _arrow(edge: CutEdge | Relation) -> str:
    return printable(f"{edge.source}.{edge.field} → {edge.target}")


def _kind(relation: Relation) -> str:
    kind = {"FK": "foreign key", "O2O": "one-to-one", "M2M": "many-to-many", "GFK": "generic"}[relation.kind]
    if relation.parent_link:
        return "parent link"
    return f"nullable {kind}" if relation.null and relation.kind != "M2M" else kind


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Aligned columns; the last is never padded or broken, so that a place can be copied."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    padded = ([f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)] for row in rows)
    return [f"    {'  '.join([*cells, row[-1]])}" for cells, row in zip(padded, rows, strict=True)]


def _classic(analysis: Analysis) -> list[str]:
    labels = stuck(analysis)
    if not labels:
        return []
    head = f"A listing that stops at cycles could not have placed {count(len(labels), 'model')}"
    return [head, *_grouped(labels, max(len(app) for app, _ in by_app(labels)), indent=2)]


def _left_out(analysis: Analysis) -> list[str]:
    """What the levels do not count, so that nobody wonders where it went."""
    unsure = [relation for relation in own_relations(analysis) if is_unknown(relation)]
    generic = [relation for relation in own_relations(analysis) if relation.kind == "GFK"]
    lines = []
    if unsure:
        lines += [f"Unknown: {count(len(unsure), 'relation')} whose target is not certain"]
        lines += _columns(
            [
                (
                    printable(f"{r.source}.{r.field}"),
                    f"taken to be {printable(r.target)}" if r.target else "left out",
                    printable(r.why),
                    place(r.file, r.line),
                )
                for r in unsure
            ]
        )
    if generic:
        noun = count(len(generic), "generic foreign key")
        lines += [f"Not counted: {noun}, which may point to any model"]
        lines += _columns([(printable(f"{r.source}.{r.field}"), "", place(r.file, r.line)) for r in generic])
    return lines
