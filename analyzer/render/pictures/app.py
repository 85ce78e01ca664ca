"""One app: its models with their relations as rows, and its neighbours outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from analyzer.graphs.cycles import Arcs
from analyzer.render.pictures.chart import Arrow, Box, Chart, Row, Sample, staggered
from analyzer.render.pictures.shelves import shelves
from analyzer.render.pictures.view import View, file_name, mark, relation_tip
from analyzer.render.words import count, some
from analyzer.schema.values import Model, Relation

PAGE_MODELS = 24
"""Models of one picture; a larger app goes on in the next."""

COMMON = 0.6
"""Part of the models from which on a field that they share is written once instead of in each."""

HUB = 6
"""Arrows at one model from which on they are written only, if they come from a third of the models."""

NEIGHBOURS = 5
"""Apps on one side up to which each has a box of its own."""

OUTSIDE_ARROWS = 24
"""Arrows to and from other apps up to which they are drawn."""

OUTSIDE_ROWS = 6
"""Rows of a neighbour's box; the rest is counted."""

Neighbours = dict[str, list[Relation]]

Shared = dict[tuple[str, str], int]
"""(field with its kind, target) to the number of models that have it."""


def app_charts(view: View, app: str) -> tuple[Chart, ...]:
    """The charts of an app: one, or several pages where it has many models, in the order of levels."""
    models = sorted(view.of_app(app), key=lambda model: (view.level[model.label], model.label))
    pages = [models[start : start + PAGE_MODELS] for start in range(0, len(models), PAGE_MODELS)]
    return tuple(_page(view, app, page, number, len(pages)) for number, page in enumerate(pages, 1))


def _page(view: View, app: str, models: list[Model], number: int, pages: int) -> Chart:
    here = {model.label for model in models}
    inner, hubs = _inner_arrows(view, models, here)
    shared = _shared(view, models)
    needs, users = _outside(view, app, here, shared)
    outside = [*_needs_boxes(needs), *_user_boxes(users)]
    across = _outside_arrows(needs, users)
    crowded = len(across) > OUTSIDE_ARROWS
    boxes = [_box(view, app, model, shared) for model in models]
    arrows = inner if crowded else inner + across
    boxes += [] if crowded else outside
    notes = [f"{count(len(view.of_app(app)), 'model')}."]
    if pages > 1:
        notes = [f"{len(models)} of {notes[0]} Arrows to another page are written only."]
    if shared:
        fields = (f"{field} -> {view.name_in(target, app)} ({n})" for (field, target), n in shared.items())
        notes.append(f"Nearly every model has, and none shows: {some(fields)}.")
    if hubs:
        names = (f"{label.partition('.')[2]} ({times})" for label, times in hubs.items())
        notes.append(f"Needed by so many that it is written only, not drawn: {some(names)}.")
    if crowded:
        notes += [
            f"Other apps are written only: it needs {some(sorted(needs), 12) or 'none'}.",
            f"It is needed by {some(sorted(users), 12) or 'none'}.",
        ]
    return Chart(
        name=f"app-{file_name(app)}" + (f"-{number}" if number > 1 else ""),
        title=f"App {app}: models and relations" + (f" ({number} of {pages})" if pages > 1 else ""),
        boxes=tuple(boxes),
        arrows=staggered(arrows),
        shelves=shelves(boxes, arrows),
        notes=tuple(notes),
        legend=_legend(bool(here & view.cyclic), bool(outside) and not crowded),
    )


def _shared(view: View, models: list[Model]) -> Shared:
    times = Counter(
        (mark(relation), relation.target)
        for model in models
        for relation in view.written.get(model.label, ())
        if relation.target and (relation.source, relation.field) not in view.cut
    )
    least = max(HUB, COMMON * len(models))
    return {field: times[field] for field in sorted(times) if times[field] >= least}


def _box(view: View, app: str, model: Model, shared: Shared) -> Box:
    rows = tuple(
        Row(
            mark(relation),
            aside="-> " + (view.name_in(relation.target, app) if relation.target else "?"),
            tip=relation_tip([relation]),
            link=view.link(relation.file, relation.line),
            warn=(relation.source, relation.field) in view.cut,
        )
        for relation in view.written.get(model.label, ())
        if relation.kind != "GFK" and (mark(relation), relation.target) not in shared
    )
    return Box(
        key=model.label,
        head=model.object_name + (" (proxy)" if model.proxy else ""),
        rows=rows,
        app=app,
        tip=f"{model.label}  {model.file}:{model.line}",
        link=view.model_link(model.label),
        warn=view.concrete[model.label] in view.cyclic,
    )


def _inner_arrows(view: View, models: list[Model], here: set[str]) -> tuple[list[Arrow], dict[str, int]]:
    """Arrows between models of the page, and the hubs whose arrows are left out."""
    pairs: Arcs = {}
    for model in models:
        for relation in view.written.get(model.label, ()):
            if relation.kind != "GFK" and relation.target in here and relation.target != model.label:
                pairs.setdefault((model.label, relation.target), []).append(relation)
    users = Counter(target for _, target in pairs)
    hubs = {label: users[label] for label in sorted(users) if users[label] >= max(HUB, len(models) / 3)}
    arrows = []
    for (source, target), relations in sorted(pairs.items()):
        cut = all((relation.source, relation.field) in view.cut for relation in relations)
        arrows.append(
            Arrow(
                source=source,
                target=target,
                tip=relation_tip(relations),
                count=len(relations),
                stroke="cut" if cut else "hidden" if target in hubs else "needs",
                steers=not cut,
            )
        )
    return [arrow for arrow in arrows if arrow.stroke != "hidden"], hubs


def _outside(view: View, app: str, here: set[str], shared: Shared) -> tuple[Neighbours, Neighbours]:
    """Relations to other apps and from them, by app."""
    needs: Neighbours = {}
    users: Neighbours = {}
    for relation in view.analysis.relations:
        if relation.kind == "GFK" or relation.target is None:
            continue
        source, target = (label.partition(".")[0] for label in (relation.source, relation.target))
        if relation.source in here and target != app and (mark(relation), relation.target) not in shared:
            needs.setdefault(target, []).append(relation)
        elif relation.target in here and source != app and relation.source in view.own:
            users.setdefault(source, []).append(relation)
    return needs, users


def _needs_boxes(needs: Neighbours) -> Iterable[Box]:
    if len(needs) > NEIGHBOURS:
        yield Box(key="needs:", head="needed from other apps", rows=_counted(needs))
        return
    for app in sorted(needs):
        targets = sorted({relation.target for relation in needs[app] if relation.target})
        yield Box(key=f"needs:{app}", head=app, rows=_few(Row(t.partition(".")[2]) for t in targets))


def _user_boxes(users: Neighbours) -> Iterable[Box]:
    if len(users) > NEIGHBOURS:
        yield Box(key="users:", head="other apps that need it", rows=_counted(users))
        return
    for app in sorted(users):
        rows = (
            Row(f"{relation.source.partition('.')[2]}.{mark(relation)}", tip=relation_tip([relation]))
            for relation in users[app]
        )
        yield Box(key=f"users:{app}", head=f"from {app}", rows=_few(rows))


def _counted(neighbours: Neighbours) -> tuple[Row, ...]:
    return tuple(
        Row(app, aside=str(len(neighbours[app])), tip=relation_tip(neighbours[app]))
        for app in sorted(neighbours)
    )


def _few(rows: Iterable[Row]) -> tuple[Row, ...]:
    every = tuple(rows)
    if len(every) <= OUTSIDE_ROWS:
        return every
    return (*every[: OUTSIDE_ROWS - 1], Row(f"... and {len(every) - OUTSIDE_ROWS + 1} more"))


def _outside_arrows(needs: Neighbours, users: Neighbours) -> list[Arrow]:
    pairs: Arcs = {}
    for app, relations in needs.items():
        for relation in relations:
            box = f"needs:{app if len(needs) <= NEIGHBOURS else ''}"
            pairs.setdefault((relation.source, box), []).append(relation)
    for app, relations in users.items():
        for relation in relations:
            box = f"users:{app if len(users) <= NEIGHBOURS else ''}"
            pairs.setdefault((box, relation.target or ""), []).append(relation)
    return [
        Arrow(
            source=source,
            target=target,
            tip=relation_tip(pairs[source, target]),
            count=len(pairs[source, target]),
        )
        for source, target in sorted(pairs)
    ]


def _legend(cyclic: bool, outside: bool) -> tuple[Sample, ...]:
    samples = [
        Sample("arrow", "A needs B"),
        Sample("text", "? nullable"),
        Sample("text", "m2m many-to-many"),
        Sample("text", "1:1 one-to-one"),
    ]
    if outside:
        samples.append(Sample("outside", "other app"))
    if cyclic:
        samples += [Sample("warn", "in a cycle"), Sample("cut", "postpone to resolve the cycle")]
    return tuple(samples)
