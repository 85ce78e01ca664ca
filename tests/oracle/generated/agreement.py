"""Where migscan and Django differ about a project, fact by fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.analysis import Analysis, analyse
from analyzer.options import Options
from tests.oracle.generated.truth import Django
from tests.projects import project

Facts = Mapping[str, Any]

SHOWN_FIELDS = (None, "FK", "O2O", "M2M")
"""Kinds of fields that a model lists; generic ones are told by the relations or not at all."""


def differences(files: Mapping[str, str], root: str, settings: str, django: Django) -> list[str]:
    """One line a difference, none where both agree.  Raises Refused where Django does not boot it."""
    with project(files) as folder:
        truth = django.facts(folder / root if root else folder, settings)
        analysis = analyse(folder, Options(jobs=1, cache=False))
    return sorted(_compared(wanted(truth), found(analysis)))


def _compared(truth: Facts, ours: Facts) -> Iterator[str]:
    for name in sorted(truth.keys() | ours.keys()):
        if truth.get(name) != ours.get(name):
            yield f"{name}: Django {truth.get(name)!r}, migscan {ours.get(name)!r}"


def wanted(truth: Facts) -> dict[str, Any]:
    """Django's facts in the form compared: everything about own models, by what it is about."""
    out: dict[str, Any] = {"cycles": [list(members) for members in truth["cycles_own"]]}
    for app in truth["apps"]:
        if app["in_tree"]:
            out[f"app {app['label']}"] = app["name"]
    for model in truth["models"]:
        if not model["in_tree"]:
            continue
        label = model["label"]
        out[f"model {label}"] = f"{model['module']}.{model['qualname']}"
        out[f"table of {label}"] = model["db_table"]
        out[f"kind of {label}"] = (model["proxy"], model["managed"], model["swappable"])
        out[f"parents of {label}"] = model["parents"]
        out[f"ancestors of {label}"] = model["abstract_ancestors"]
        out[f"level of {label}"] = (truth["levels_own"][label], truth["levels"][label])
        for field in model["fields"]:
            if field["kind"] in SHOWN_FIELDS:
                said = (field["class"], field["null"], field["target"] if field["kind"] else None)
                out[f"field {label}.{field['name']}"] = said
            if field["kind"] in ("FK", "O2O", "M2M"):
                out[f"relation {label}.{field['name']}"] = (
                    field["kind"],
                    field["target"],
                    field["null"],
                    field["parent_link"],
                    field["through"],
                    field["on_delete"],
                )
            if field["kind"] == "GFK":
                out[f"relation {label}.{field['name']}"] = "GFK"
    return out


def found(analysis: Analysis) -> dict[str, Any]:
    """migscan's facts about what Django would load, in the same form."""
    out: dict[str, Any] = {"cycles": [list(cycle.members) for cycle in analysis.model_cycles]}
    for app in analysis.apps:
        if app.own and app.installed is not False:
            out[f"app {app.label}"] = app.name
    shown = {
        model.label: model
        for model in analysis.models
        if model.own and model.installed is not False and not model.swapped
    }
    for label, model in shown.items():
        out[f"model {label}"] = model.name
        out[f"table of {label}"] = model.db_table
        out[f"kind of {label}"] = (model.proxy, model.managed, model.swappable)
        out[f"parents of {label}"] = sorted(model.parents)
        out[f"ancestors of {label}"] = list(model.abstract_ancestors)
        out[f"level of {label}"] = (analysis.levels.of.get(label), analysis.levels_all.of.get(label))
        for field in model.fields:
            out[f"field {label}.{field.name}"] = (field.cls, field.null, field.target)
    for relation in analysis.relations:
        if relation.source not in shown:
            continue
        key = f"relation {relation.source}.{relation.field}"
        if relation.kind == "GFK":
            out[key] = "GFK"
        else:
            out[key] = (
                relation.kind,
                relation.target,
                relation.null,
                relation.parent_link,
                relation.through,
                relation.on_delete,
            )
    return out


def written(files: Mapping[str, str]) -> str:
    """A project as one text, in the form that `tests.projects` reads."""
    return "".join(f"# {path}\n{content}" for path, content in sorted(files.items()) if content)
