"""Pictures of a project: charts made from an analysis, written as DOT or as Mermaid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analyzer.render.links import Link, no_link
from analyzer.render.pictures.app import app_charts
from analyzer.render.pictures.chart import Chart, Picture
from analyzer.render.pictures.cycle import cycle_charts
from analyzer.render.pictures.history import app_history_chart, history_charts
from analyzer.render.pictures.levels import levels_chart
from analyzer.render.pictures.overview import apps_chart
from analyzer.render.pictures.view import View

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

Subject = Literal["models", "apps", "migrations", "cycles"]

__all__ = ["Chart", "Link", "Picture", "Subject", "charts", "graph", "mermaid", "pictures"]


def pictures(analysis: Analysis, link: Link = no_link) -> tuple[Picture, ...]:
    """All pictures of a report, sorted by name."""
    view = View(analysis, link)
    every: list[Chart] = []
    if view.own:
        every += [apps_chart(view), levels_chart(view), *cycle_charts(view)]
        every += [chart for app in view.apps() for chart in app_charts(view, app) if _tells(chart)]
    every += history_charts(view)
    return _written(view, sorted(every, key=lambda chart: chart.name))


def _tells(chart: Chart) -> bool:
    """Whether there is more to see than names that the report lists anyway."""
    return bool(chart.arrows) or any(box.rows for box in chart.boxes)


def charts(
    analysis: Analysis, of: Subject, app: str | None = None, link: Link = no_link
) -> tuple[Chart, ...]:
    """The charts of one subject, for one app where it is named; empty where there is nothing to show."""
    return _charts(View(analysis, link), of, app)


def graph(
    analysis: Analysis, of: Subject, app: str | None = None, link: Link = no_link
) -> tuple[Picture, ...]:
    """The pictures of one subject."""
    view = View(analysis, link)
    return _written(view, _charts(view, of, app))


def mermaid(analysis: Analysis, of: Subject, app: str | None = None) -> tuple[str, ...]:
    """The same as Mermaid text, one flowchart each."""
    from analyzer.render import mermaid as writer

    return tuple(writer.mermaid(chart) for chart in charts(analysis, of, app))


def _charts(view: View, of: Subject, app: str | None) -> tuple[Chart, ...]:
    if of == "apps":
        return (apps_chart(view),) if view.own else ()
    if of == "models":
        if app is not None:
            return app_charts(view, app)
        return (levels_chart(view),) if view.own else ()
    if of == "cycles":
        found = cycle_charts(view)
        cycles = view.analysis.model_cycles
        return tuple(
            chart
            for chart, cycle in zip(found, cycles, strict=True)
            if app is None or any(view.own[label].app == app for label in cycle.members)
        )
    if app is not None:
        known = any(key[0] == app for key in view.analysis.history.nodes)
        return (app_history_chart(view, app),) if known else ()
    return history_charts(view)


def _written(view: View, every: tuple[Chart, ...] | list[Chart]) -> tuple[Picture, ...]:
    from analyzer.render.dot import picture

    labels = {*view.apps(), *(app for app, _ in view.analysis.history.nodes)}
    colours = {app: index for index, app in enumerate(sorted(labels))}
    return tuple(picture(chart, colours) for chart in every)
