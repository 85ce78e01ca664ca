"""Levels: one box per level and app, one row per model; what is migrated first stands on top."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.graphs.levels import reduced
from analyzer.render.pictures.chart import Arrow, Band, Box, Chart, Row, Sample, box_width
from analyzer.render.pictures.view import View, relation_tip
from analyzer.render.words import count
from analyzer.schema.values import Relation

BAND_WIDTH = 1250
"""Estimated width of the boxes of a level from which on it goes on in a second line."""

ALONE = 6
"""From this many boxes without any arrow on they share one."""

MOST_BOXES = 150
"""From this many boxes on arrows are left out."""

MOST_ROWS = 60
"""Rows of one box; the rest is counted."""

Key = tuple[int, str]
"""A box: level and app."""


def levels_chart(view: View) -> Chart:
    """All own models by level and app."""
    members: dict[Key, list[str]] = {}
    for label in sorted(view.own):
        members.setdefault((view.level[label], view.own[label].app), []).append(label)
    together = _arcs(view)
    touched = {key for arc in together for key in arc}
    needing = {label for arc in view.needs for label in arc}
    alone = [
        key
        for key in sorted(members)
        if key[0] == 0 and key not in touched and needing.isdisjoint(members[key])
    ]
    merged = frozenset(alone) if len(alone) >= ALONE else frozenset[Key]()
    boxes = {key: _box(view, key, members[key]) for key in sorted(members) if key not in merged}
    shown = _shown(together) if len(boxes) <= MOST_BOXES else set()
    bands = list(_bands(boxes))
    every = list(boxes.values())
    if merged:
        rows = [_row(view, label, label) for key in sorted(merged) for label in members[key]]
        every.append(Box(key="alone", head="no relation to another own model", rows=_capped(rows)))
        bands = [
            Band("level 0", ("alone",)),
            *(Band("" if band.name == "level 0" else band.name, band.keys) for band in bands),
        ]
    return Chart(
        name="levels",
        title=f"{view.analysis.project}: levels of models",
        boxes=tuple(every),
        arrows=tuple(_arrow(arc, together[arc]) for arc in sorted(shown)),
        bands=tuple(bands),
        notes=tuple(_notes(view, len(together) - len(shown), drawn=len(boxes) <= MOST_BOXES)),
        legend=_legend(bool(view.cyclic), bool(shown)),
    )


def _arcs(view: View) -> dict[tuple[Key, Key], list[Relation]]:
    """The relations between boxes."""
    arcs: dict[tuple[Key, Key], list[Relation]] = {}
    for (source, target), relations in view.needs.items():
        here = (view.level[source], view.own[source].app)
        there = (view.level[target], view.own[target].app)
        if here != there:
            arcs.setdefault((here, there), []).extend(relations)
    return arcs


def _shown(arcs: Iterable[tuple[Key, Key]]) -> set[tuple[Key, Key]]:
    edges: dict[str, set[str]] = {}
    keys: dict[str, Key] = {}
    for source, target in arcs:
        keys[_key(source)], keys[_key(target)] = source, target
        edges.setdefault(_key(source), set()).add(_key(target))
        edges.setdefault(_key(target), set())
    return {(keys[source], keys[target]) for source, targets in reduced(edges).items() for target in targets}


def _key(key: Key) -> str:
    return f"{key[0]}:{key[1]}"


def _box(view: View, key: Key, labels: list[str]) -> Box:
    rows = [_row(view, label, view.own[label].object_name) for label in labels]
    return Box(key=_key(key), head=key[1], rows=_capped(rows), app=key[1])


def _row(view: View, label: str, text: str) -> Row:
    proxy = "proxy" if view.own[label].proxy else ""
    cyclic = view.concrete[label] in view.cyclic
    return Row(text, tip=view.model_tip(label), link=view.model_link(label), warn=cyclic, aside=proxy)


def _capped(rows: list[Row]) -> tuple[Row, ...]:
    if len(rows) <= MOST_ROWS:
        return tuple(rows)
    return (*rows[: MOST_ROWS - 1], Row(f"... and {len(rows) - MOST_ROWS + 1} more"))


def _bands(boxes: dict[Key, Box]) -> Iterable[Band]:
    for level in sorted({key[0] for key in boxes}):
        line: list[str] = []
        used = 0
        name = f"level {level}"
        for key, box in boxes.items():
            if key[0] != level:
                continue
            width = box_width(box)
            if line and used + width > BAND_WIDTH:
                yield Band(name, tuple(line))
                line, used, name = [], 0, ""
            line.append(box.key)
            used += width
        yield Band(name, tuple(line))


def _arrow(arc: tuple[Key, Key], relations: list[Relation]) -> Arrow:
    level_with = arc[0][0] == arc[1][0]
    return Arrow(
        source=_key(arc[0]),
        target=_key(arc[1]),
        tip=relation_tip(relations),
        count=len(relations),
        stroke="cycle" if level_with else "needs",
        steers=not level_with,
    )


def _notes(view: View, hidden: int, *, drawn: bool) -> list[str]:
    rows = len(set(view.level.values()))
    notes = [f"{count(len(view.own), 'model')} on {count(rows, 'level')}; level 0 comes first."]
    skipped = sorted(set(range(max(view.level.values(), default=0))) - set(view.level.values()))
    if skipped:
        numbers = ", ".join(str(level) for level in skipped)
        holds = "Level" if len(skipped) == 1 else "Levels"
        notes.append(f"{holds} {numbers}: only models of installed packages, which are not drawn.")
    if view.cyclic:
        notes.append(
            f"{count(len(view.cyclic), 'model')} in a cycle share their cycle's level; "
            f"with those behind, {view.unplaceable} have no level in the classic recipe."
        )
    if not drawn:
        notes.append(f"Too many boxes for arrows: {count(hidden, 'arrow')} left out.")
    elif hidden:
        notes.append(f"{count(hidden, 'arrow')} left out, since a longer path implies them.")
    return notes


def _legend(cyclic: bool, arrows: bool) -> tuple[Sample, ...]:
    samples = [Sample("app", "an app's models of one level")]
    if arrows:
        samples.append(Sample("arrow", "a model in A needs one in B (wider: more relations)"))
    if cyclic:
        samples += [Sample("warn", "model in a cycle"), Sample("cycle", "within a cycle")]
    return tuple(samples)
