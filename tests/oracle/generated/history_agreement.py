"""Where migscan and Django differ about the migrations of a project: graph, state and drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.analysis import Analysis, worked_out
from analyzer.options import Options
from analyzer.sources import sources
from analyzer.states.values import ProjectState
from tests.oracle.generated.truth import Django
from tests.oracle.mutations.run import Answer, Written
from tests.oracle.replayed import UNREAD, lowered, migscan
from tests.projects import project

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What differs and what migscan leaves open, a line each.

    `compared` counts models of the state and operations still to be written; `drifts` says whether
    there are any of these.
    """

    wrong: tuple[str, ...]
    open: tuple[str, ...]
    compared: int
    drifts: bool


def judged(files: Mapping[str, str], root: str, settings: str, django: Django) -> Verdict:
    """How migscan's reading of the migrations compares.  Raises Refused where Django cannot replay them."""
    with project(files) as folder:
        truth = django.history(folder / root if root else folder, settings)
        options = Options(jobs=1, cache=False)
        examined = worked_out(sources(folder, options), options)
    analysis = examined.analysis
    states = list(_states(truth["state"], analysis, examined.state))
    drifts = list(_drifts(truth["drift"], analysis))
    found = [*_graphs(truth, analysis), *states, *drifts]
    return Verdict(
        tuple(sorted(line for kind, line in found if kind == "wrong")),
        tuple(sorted(line for kind, line in found if kind == "open")),
        len(truth["state"]) + len(truth["drift"]),
        bool(truth["drift"]),
    )


Line = tuple[str, str]
"""("wrong" or "open", what)."""


def _graphs(truth: Facts, analysis: Analysis) -> Iterator[Line]:
    history = analysis.history
    nodes = {
        ".".join(key): sorted(map(".".join, parents))
        for key, parents in history.edges.items()
        if key in history.nodes
    }
    own = {key.partition(".")[0] for key in truth["graph"]}
    leaves = sorted(".".join(key) for key in history.leaves if key[0] in own)
    for key in sorted(truth["graph"].keys() | nodes.keys()):
        if truth["graph"].get(key) != nodes.get(key):
            yield "wrong", f"node {key}: Django {truth['graph'].get(key)}, migscan {nodes.get(key)}"
    if truth["leaves"] != leaves:
        yield "wrong", f"leaves: Django {truth['leaves']}, migscan {leaves}"


def _states(truth: Facts, analysis: Analysis, state: ProjectState) -> Iterator[Line]:
    own = {app.label for app in analysis.apps if app.own}
    theirs = dict(lowered(dict(truth)))
    ours = {
        label: model for label, model in lowered(migscan(state)).items() if label.partition(".")[0] in own
    }
    for label in sorted(theirs.keys() | ours.keys()):
        app, _, name = label.partition(".")
        doubted = next((d.why for d in state.doubts_about(app, name.lower())), "")
        for place, said, found in _model(theirs.get(label), ours.get(label)):
            kind = "open" if doubted else "wrong"
            because = f" ({doubted})" if doubted else ""
            yield kind, f"state {label}{place}: Django {said!r}, migscan {found!r}{because}"


def _model(theirs: Facts | None, ours: Facts | None) -> Iterator[tuple[str, Any, Any]]:
    if theirs is None or ours is None:
        yield "", theirs and "has it", ours and "has it"
        return
    for part in ("bases", "managers"):
        if theirs[part] != ours[part]:
            yield f" {part}", theirs[part], ours[part]
    for part in ("options", "fields"):
        for name in sorted(theirs[part].keys() | ours[part].keys()):
            said, found = theirs[part].get(name), ours[part].get(name)
            if part == "fields" and said and found:
                found = {key: said[key] if value == UNREAD else value for key, value in found.items()}
            if said != found:
                yield f" {part[:-1]} {name}", said, found


def _drifts(rows: list[list[str | None]], analysis: Analysis) -> Iterator[Line]:
    answer = Answer.of(analysis)
    truth: set[Written] = {(str(a), str(o), str(m), f) for a, o, m, f in rows}
    for row in sorted(answer.certain - truth, key=str):
        yield "wrong", f"drift {_said(row)}: only migscan"
    for row in sorted(truth - answer.certain, key=str):
        kind = "open" if answer.leaves_open(row) else "wrong"
        yield kind, f"drift {_said(row)}: only Django"
    why = {(d.app, d.operation, d.model, d.field): d.why for d in analysis.drift.differences}
    why |= {(u.app, "AlterField", u.model, u.field or None): u.why for u in analysis.drift.undecided}
    for row in sorted(answer.open - truth, key=str):
        yield "open", f"drift {_said(row)}: migscan does not decide, because {why.get(row)}"


def _said(row: Written) -> str:
    return " ".join(part for part in row if part)
