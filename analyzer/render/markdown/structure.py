"""Apps, models and levels: what there is and in which order it can be built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from analyzer.render.links import Link
from analyzer.render.markdown.images import Images, shown, starting
from analyzer.render.markdown.text import (
    FOLD_FROM,
    code,
    codes,
    folded,
    long_table,
    section,
    short,
    table,
    text,
    where,
)
from analyzer.render.tally import is_unknown, own_apps, own_models, own_relations
from analyzer.render.words import by_app, count, number
from analyzer.schema.values import App, Model, Relation

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

LEVELS_INTRO = (
    "A model's level is one above the highest level of the models it needs, so everything can be built from "
    "level 0 up. The members of a cycle share a level; they are marked with &#42;."
)


def apps(analysis: Analysis, link: Link, images: Images) -> list[str]:
    models = Counter(model.app for model in own_models(analysis))
    migrations = Counter(migration.app for migration in analysis.migrations)
    shown_apps = [app for app in own_apps(analysis) if models[app.label] or migrations[app.label]]
    bare = [app.label for app in own_apps(analysis) if app not in shown_apps]
    rows = [
        (code(app.label), code(app.name), installed(analysis, app), number(models[app.label]),
         number(migrations[app.label]), where(link, app.path, 0))
        for app in shown_apps
    ]  # fmt: skip
    head = ["app", "package", "installed", "models#", "migrations#", "folder"]
    return section(
        "Apps",
        shown(images, "apps"),
        long_table("apps", head, rows) if rows else [],
        [f"Without models and migrations: {codes(bare)}."] if bare else [],
    )


def installed(analysis: Analysis, app: App) -> str:
    """Whether an app is installed; where all apps count, one that is not listed counts all the same."""
    if app.installed is None:
        return "counted" if analysis.reading.all_apps else "unknown"
    return "yes" if app.installed else "no"


def levels(analysis: Analysis, link: Link, images: Images) -> list[str]:
    if not analysis.levels_all.rows:
        return []
    return section(
        "Levels",
        [LEVELS_INTRO],
        shown(images, "levels"),
        _levels_table(analysis),
        _models(analysis, link, images),
        _left_out(analysis, link),
    )


def _levels_table(analysis: Analysis) -> list[str]:
    own = {model.label for model in analysis.models if model.own}
    cyclic = {label for cycle in analysis.model_cycles for label in cycle.members}
    rows = []
    for level, labels in enumerate(analysis.levels_all.rows):
        mine = grouped((label for label in labels if label in own), cyclic)
        theirs = grouped(label for label in labels if label not in own)
        rows.append((str(level), mine, theirs))
    return table(["level#", "models of the project", "of installed packages"], rows)


def grouped(labels: Iterable[str], starred: Iterable[str] = ()) -> str:
    """Labels in a table cell, a line per app."""
    marked = set(starred)
    lines = []
    for app, names in by_app(labels):
        shown_names = (text(name) + ("&#42;" if f"{app}.{name}" in marked else "") for name in names)
        lines.append(f"**{text(app)}** {', '.join(shown_names)}")
    return "<br>".join(lines)


def _models(analysis: Analysis, link: Link, images: Images) -> list[str]:
    """Every model with what it needs, folded by app, with the app's own pictures."""
    needs: dict[str, list[Relation]] = {}
    for relation in own_relations(analysis):
        needs.setdefault(relation.source, []).append(relation)
    lines: list[str] = []
    models = sorted(own_models(analysis), key=lambda model: (model.app, model.label))
    for app, group in groupby(models, key=lambda model: model.app):
        members = list(group)
        rows = [_model(analysis, model, needs, link) for model in members]
        body = table(["model", "level#", "needs", "where"], rows)
        pictures = shown(images, *_pages(images, app))
        if pictures:
            body = [*pictures, "", *body]
        lines += [*([""] if lines else []), *folded(f"{text(app)}: {count(len(members), 'model')}", body)]
    apps_shown = len({model.app for model in models})
    return lines if apps_shown < FOLD_FROM else folded(f"Every model, in {count(apps_shown, 'app')}", lines)


def _pages(images: Images, app: str) -> list[str]:
    """The pictures of an app: `app-shop`, and `app-shop-2` where one page was not enough."""
    name = f"app-{app}"
    return [
        page for page in starting(images, name) if page == name or page.removeprefix(f"{name}-").isdigit()
    ]


def _model(
    analysis: Analysis, model: Model, needs: Mapping[str, list[Relation]], link: Link
) -> tuple[str, str, str, str]:
    name = code(model.object_name) + _nature(model)
    level = analysis.levels_all.of.get(model.label)
    arrows = "<br>".join(_need(relation) for relation in needs.get(model.label, ()))
    return name, "" if level is None else str(level), arrows, where(link, model.file, model.line)


def _nature(model: Model) -> str:
    natures = {
        "proxy": model.proxy,
        "unmanaged": not model.managed,
        "swapped": model.swapped,
        "a base is unknown": not model.certain,
    }
    found = [nature for nature, holds in natures.items() if holds]
    return f" ({', '.join(found)})" if found else ""


def _need(relation: Relation) -> str:
    target = code(relation.target) if relation.target else "?" if relation.kind != "GFK" else "any model"
    marks = [
        relation.kind,
        *(["null"] if relation.null else []),
        *(["parent"] if relation.parent_link else []),
    ]
    return f"{code(relation.field)} → {target} ({', '.join(marks)})"


def _left_out(analysis: Analysis, link: Link) -> list[str]:
    unsure = [relation for relation in own_relations(analysis) if is_unknown(relation)]
    if not unsure:
        return []
    rows = [
        (
            code(f"{r.source}.{r.field}"),
            code(r.target) if r.target else "left out",
            text(short(r.why)) or "no reason known",
            where(link, r.file, r.line),
        )
        for r in unsure
    ]
    intro = f"**Unknown:** {count(len(unsure), 'relation')} whose target source does not decide."
    return [intro, "", *long_table("unknown relations", ["relation", "taken to be", "why", "where"], rows)]
