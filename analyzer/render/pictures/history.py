"""The migration history with linear runs folded: one picture, or an overview and a chain per app."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from analyzer.graphs.levels import components
from analyzer.history.squash import Obstacle, obstacles
from analyzer.history.values import Key
from analyzer.render.pictures.chart import Arrow, Box, Chart, Row, Sample, staggered
from analyzer.render.pictures.overview import visible
from analyzer.render.pictures.runs import Folded, Run, clipped, folded, sections, short, span
from analyzer.render.pictures.shelves import shelves
from analyzer.render.pictures.view import View, file_name, lines
from analyzer.render.words import count, some

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

MOST_RUNS = 36
"""Runs up to which one picture shows them all."""

MOST_CROSSINGS = 30
"""Dependencies between apps up to which one picture shows them all."""

LONGEST_CHAIN = 9
"""Runs of one app up to which they stand side by side."""

CYCLE_ARROWS = 60
"""Arrows within cycles of apps from which on those of a single dependency are left out."""

ALONE = 4
"""From this many apps without any arrow on they share one box."""

NEEDS_LETTERS = 44
"""Letters that the names of needed migrations may take in a row."""


CLOSING_ARROWS = 16
"""Arrows that are in the way of a squash up to which they are marked."""

SPELT = 6
"""Migrations of a way out of an app and back that a note names."""

WAY = "in the way of a squash: leads out of an app and back"

Ways = tuple[Obstacle, ...]

Crossing = dict[tuple[str, str], list[str]]
"""Dependencies between two apps, in words."""


def history_charts(view: View) -> tuple[Chart, ...]:
    """One chart of everything where that can be read, else the overview and a chain per app."""
    folds = folded(view.analysis)
    if not folds.runs:
        return ()
    ways = obstacles(view.analysis.history)
    crossings = sum(len(run.needs) for run in folds.runs)
    apps = sorted({run.app for run in folds.runs})
    longest = max(sum(run.app == app for run in folds.runs) for app in apps)
    if len(folds.runs) <= MOST_RUNS and crossings <= MOST_CROSSINGS and longest <= LONGEST_CHAIN:
        return (_whole(view, folds, ways),)
    chains = (_chain(view, folds, app, ways) for app in apps if sum(run.app == app for run in folds.runs) > 1)
    return (_overview(view, folds, ways), *chains)


def app_history_chart(view: View, app: str) -> Chart:
    """The chain of one app."""
    return _chain(view, folded(view.analysis), app, obstacles(view.analysis.history))


def _whole(view: View, folds: Folded, ways: Ways) -> Chart:
    closing = {pair for way in ways for pair in pairwise(way.path)}
    boxes, arrows = [], []
    for run in folds.runs:
        boxes.append(
            Box(
                key=_key(run.keys[0]),
                head=span(run.keys),
                app=run.app,
                group=run.app,
                tip=_tip(view, run),
                link=_link(view, run.keys[0]),
            )
        )
        for parent in folds.before[run.keys[0]]:
            arrows.append(Arrow(source=_key(run.keys[0]), target=_key(parent)))
        for need in run.needs:
            arrows.append(
                Arrow(
                    source=_key(run.keys[0]),
                    target=_key(folds.run_of[need]),
                    tip=f"{_key(run.keys[0])} depends on {_key(need)}",
                    stroke="cycle" if (run.keys[0], need) in closing else "needs",
                )
            )
    return Chart(
        name="history",
        title=f"{view.analysis.project}: migration history",
        boxes=tuple(boxes),
        arrows=tuple(arrows),
        notes=(*_notes(view.analysis, folds), *_unsquashable(ways)),
        legend=(
            Sample("arrow", "A depends on B; oldest at the left"),
            Sample("text", "0002...0009 (8): a run of migrations that no other app touches"),
            *([Sample("cycle", WAY)] if ways else []),
        ),
        sideways=True,
    )


def _overview(view: View, folds: Folded, ways: Ways) -> Chart:
    keys: dict[str, list[Key]] = {}
    for run in folds.runs:
        keys.setdefault(run.app, []).extend(run.keys)
    crossing: Crossing = {}
    for run in folds.runs:
        for need in run.needs:
            text = f"{_key(run.keys[0])} depends on {_key(need)}"
            crossing.setdefault((run.app, need[0]), []).append(text)
    cycles = components(keys, _edges(keys, crossing))
    cyclic = {app for members in cycles for app in members}
    home = {app: members for members in cycles for app in members}
    inside = {arc for arc in crossing if arc[0] in home and home[arc[0]] == home.get(arc[1])}
    weak = {arc for arc in inside if len(crossing[arc]) == 1} if len(inside) > CYCLE_ARROWS else set()
    shown = visible(tuple(keys), set(crossing), weak)
    closing = {(a[0], b[0]) for way in ways for a, b in pairwise(way.path) if a[0] != b[0]}
    closing = closing & set(crossing) if len(closing) <= CLOSING_ARROWS else set()
    shown |= closing
    notes = [*_notes(view.analysis, folds), *_unsquashable(ways)]
    for members in cycles:
        notes.append(
            f"{len(members)} apps depend on each other by turns: their migrations interleave "
            "and cannot be reset one app after the other."
        )
    if hidden := len(crossing) - len(shown):
        why = "implied by a longer path" + (" or a single dependency within the cycle" if weak else "")
        notes.append(f"{count(hidden, 'arrow')} left out: {why}.")
    samples = [
        Sample("arrow", "A's migrations depend on B's"),
        Sample("number", "dependencies, if more than one"),
    ]
    if cycles:
        samples.append(Sample("warn", "apps that depend on each other by turns"))
    if closing:
        samples.append(Sample("cycle", WAY))
    boxes = list(_app_boxes(view, keys, crossing, cyclic))
    arrows = [
        Arrow(
            source=f"app:{source}",
            target=f"app:{target}",
            label=str(len(crossing[source, target])) if len(crossing[source, target]) > 1 else "",
            tip=lines(sorted(crossing[source, target])),
            count=len(crossing[source, target]),
            stroke="cycle" if (source, target) in closing else "needs",
        )
        for source, target in sorted(shown)
    ]
    return Chart(
        name="history",
        title=f"{view.analysis.project}: migration history by app",
        boxes=tuple(boxes),
        arrows=staggered(arrows),
        shelves=shelves(boxes, arrows),
        notes=tuple(notes),
        legend=tuple(samples),
    )


def _edges(keys: dict[str, list[Key]], crossing: Crossing) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {app: set() for app in keys}
    for source, target in crossing:
        edges[source].add(target)
    return edges


def _app_boxes(view: View, keys: dict[str, list[Key]], crossing: Crossing, cyclic: set[str]) -> Iterable[Box]:
    touched = {app for arc in crossing for app in arc}
    alone = [app for app in sorted(keys) if app not in touched]
    for app in sorted(keys):
        if app in touched or len(alone) < ALONE:
            yield _app_box(view, app, keys[app], app in cyclic)
    if len(alone) >= ALONE:
        rows = (Row(app, aside=count(len(keys[app]), "migration")) for app in alone)
        yield Box(key="alone", head="no dependency on another app", rows=tuple(rows))


def _app_box(view: View, app: str, keys: list[Key], cyclic: bool) -> Box:
    ordered = tuple(sorted(keys))
    leaves = [key for key in view.analysis.history.leaves if key[0] == app]
    rows = [Row(count(len(keys), "migration"), warn=cyclic), Row(_range(ordered), warn=cyclic)]
    if len(leaves) > 1:
        rows.append(Row(f"{len(leaves)} leaf nodes", warn=True, tip=lines(map(_key, leaves))))
    return Box(key=f"app:{app}", head=app, rows=tuple(rows), app=app, warn=cyclic)


def _range(keys: tuple[Key, ...]) -> str:
    first, last = short(keys[0][1]), short(keys[-1][1])
    return first if first == last else f"{first}...{last}"


def _chain(view: View, folds: Folded, app: str, ways: Ways) -> Chart:
    ways = tuple(way for way in ways if way.app == app)
    ends = {key for way in ways for key in (way.path[0], way.path[-1])}
    stretches = sections(folds, app)
    home = {run.keys[0]: str(index) for index, runs in enumerate(stretches) for run in runs}
    leaves = {key for key in view.analysis.history.leaves if key[0] == app}
    boxes, arrows = [], []
    for index, runs in enumerate(stretches):
        rows = tuple(
            _run_row(
                view, run, warn=(len(leaves) > 1 and run.keys[-1] in leaves) or not ends.isdisjoint(run.keys)
            )
            for run in runs
        )
        boxes.append(Box(key=str(index), head=app, rows=rows, app=app))
        for parent in folds.before[runs[0].keys[0]]:
            arrows.append(Arrow(source=str(index), target=home[parent]))
    total = sum(len(run.keys) for runs in stretches for run in runs)
    notes = [f"{count(total, 'migration')}; runs that no other app touches are folded."]
    if len(leaves) > 1:
        notes.append(f"{len(leaves)} leaf nodes: Django refuses to migrate until they are merged.")
    notes += [f"Cannot become one migration: {_spelt(way)}." for way in ways]
    samples = [
        Sample("text", "top down: oldest first"),
        Sample("text", "0002...0009 (8): a run of eight"),
        Sample("text", "needs: depends on another app"),
        Sample("text", "for: another app depends on it"),
    ]
    if arrows:
        samples.append(Sample("arrow", "A depends on B"))
    return Chart(
        name=f"history-{file_name(app)}",
        title=f"App {app}: migration history",
        boxes=tuple(boxes),
        arrows=tuple(arrows),
        notes=tuple(notes),
        legend=tuple(samples),
    )


def _run_row(view: View, run: Run, *, warn: bool) -> Row:
    text = clipped(run.keys[0][1], 40) if len(run.keys) == 1 else span(run.keys)
    parts = [f"{word} {_few(keys)}" for word, keys in (("needs", run.needs), ("for", run.users)) if keys]
    return Row(
        text,
        aside="; ".join(parts),
        tip=_tip(view, run),
        link=_link(view, run.keys[0]),
        warn=warn,
    )


def _unsquashable(ways: Ways) -> list[str]:
    """Which apps cannot become one migration."""
    apps = [way.app for way in ways]
    return [f"Cannot become one migration each: {some(apps, 8)}."] if apps else []


def _spelt(way: Obstacle) -> str:
    """The way out of an app and back, what lies between in the same other app left out."""
    path, outside = way.path, ("", "")
    steps = [
        key
        for before, key, after in zip((outside, *path), path, (*path[1:], outside), strict=False)
        if before[0] != key[0] or after[0] != key[0]
    ]
    first, *names = (f"{app}.{short(name)}" for app, name in steps[:SPELT])
    end = ", and so on back to the app" if len(steps) > SPELT else ""
    return f"{first} needs {', which needs '.join(names)}{end}"


def _few(keys: tuple[Key, ...]) -> str:
    names = [f"{app}.{short(name)}" for app, name in keys]
    most = 2 if len(", ".join(names[:2])) <= NEEDS_LETTERS else 1
    return ", ".join(names[:most]) + (f" +{len(names) - most}" if len(names) > most else "")


def _key(key: Key) -> str:
    return f"{key[0]}.{key[1]}"


def _link(view: View, key: Key) -> str | None:
    migration = view.migrations.get(key)
    return view.link(migration.file, migration.line) if migration else None


def _tip(view: View, run: Run) -> str:
    migration = view.migrations.get(run.keys[0])
    first = [f"{migration.file}:{migration.line}"] if migration else []
    names = [name for _, name in run.keys]
    needs = [f"depends on {_key(key)}" for key in run.needs]
    users = [f"needed by {_key(key)}" for key in run.users]
    return lines([*first, *needs, *users, *(names if len(names) > 1 else [])])


def _notes(analysis: Analysis, folds: Folded) -> list[str]:
    notes = [
        f"{count(len(analysis.history.nodes), 'migration')} folded into {count(len(folds.runs), 'step')}."
    ]
    if analysis.history.replaced:
        notes.append(f"{count(len(analysis.history.replaced), 'migration')} replaced by squashes left out.")
    if analysis.history.missing:
        notes.append(f"{count(len(analysis.history.missing), 'dependency')} on migrations "
                     "that do not exist.")  # fmt: skip
    return notes
