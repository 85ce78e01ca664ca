"""Cycles: who is in them, who stands behind, and what to postpone so that they fall apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graphs.values import CutEdge, Cycle
from analyzer.render.links import Link
from analyzer.render.markdown.images import Images, shown
from analyzer.render.markdown.structure import grouped
from analyzer.render.markdown.text import code, codes, folded, long_table, section, where
from analyzer.render.tally import stuck
from analyzer.render.words import count, number, plural

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

LARGE = 5
"""Members from which a cycle is more than one look can hold."""

POSTPONING = {
    "many-to-many": "its table is simply made in a later step",
    "nullable foreign key": "the column is simply added in a later step",
    "nullable one-to-one": "the column is added in a later step",
    "foreign key": "the column is added in a later step; existing rows need a value then",
    "one-to-one": "the column is added in a later step; it may be half of one thing, so look twice",
}


def cycles(analysis: Analysis, link: Link, images: Images) -> list[str]:
    if not analysis.model_cycles and not analysis.app_cycles:
        return section("Cycles", ["None: models and apps can all be put in an order."])
    return section(
        "Cycles",
        [_intro(analysis)],
        *(
            _cycle(cycle, f"Models {index}" if len(analysis.model_cycles) > 1 else "Models", link,
                   shown(images, f"cycle-{index}"), apps=False)
            for index, cycle in enumerate(analysis.model_cycles, start=1)
        ),
        *(
            _cycle(cycle, f"Apps {index}" if len(analysis.app_cycles) > 1 else "Apps", link, [], apps=True)
            for index, cycle in enumerate(analysis.app_cycles, start=1)
        ),
    )  # fmt: skip


def _intro(analysis: Analysis) -> str:
    """What cycles mean here, with the number that a listing which stops at them would leave out."""
    text = "Nothing in a cycle can be built first, and nothing that depends on it before it."
    left = len(stuck(analysis))
    if left:
        text += f" A listing that stops where a cycle starts leaves {count(left, 'model')} over."
    if analysis.app_cycles:
        text += (
            " Apps may need each other in a circle though no model does: `makemigrations` works on apps and"
            " splits one of them into two migrations then."
        )
    return text


def _cycle(cycle: Cycle, title: str, link: Link, pictures: list[str], apps: bool) -> list[str]:
    noun = "app" if apps else "model"
    members = codes(cycle.members) if apps else grouped(cycle.members)
    behind = codes(cycle.behind) if apps else grouped(cycle.behind)
    head = f"{count(len(cycle.members), noun)} {plural(len(cycle.members), 'needs')} each other: "
    lines = section(
        title,
        [head + members if apps else f"{head}<br>{members}"],
        folded(f"{count(len(cycle.behind), noun)} behind it", [behind]) if cycle.behind else [],
        pictures,
        _cut(cycle, link),
        _knot(cycle, noun),
        level=3,
    )
    return lines[:-1]


def _cut(cycle: Cycle, link: Link) -> list[str]:
    if not cycle.cut:
        return ["Only parent links hold it together, and those cannot be postponed."]
    proof = "no cheaper set does it" if cycle.exact else "a cheaper set may exist"
    intro = f"**To untie it,** postpone {count(len(cycle.cut), 'relation')} ({proof})."
    rows = [_edge(edge, link) for edge in cycle.cut]
    what = f"relations to postpone out of a cycle of {number(len(cycle.members))}"
    return [intro, "", *long_table(what, ["relation", "to", "what it is", "postponing it", "where"], rows)]


def _knot(cycle: Cycle, noun: str) -> list[str]:
    """For a large knot: where to look first, since its picture and its cut alone are much to take in."""
    if len(cycle.members) < LARGE:
        return []
    lines = ["**Where it is tied:**", ""]
    if cycle.hubs:
        found = ", ".join(f"{code(hub.label)} ({hub.circles})" for hub in cycle.hubs)
        lines.append(f"- {plural(2, noun)} on most of the shortest circles: {found}")
    lines += [f"- a shortest circle: {_circle(circle)}" for circle in cycle.circles]
    for step in cycle.steps:
        left = _left(step.left)
        lines.append(f"- without {code(step.source)} → {code(step.target)}: {left}")
    return lines


def _left(sizes: tuple[int, ...]) -> str:
    if not sizes:
        return "nothing is left of it"
    if len(sizes) == 1:
        return f"a cycle of {sizes[0]} is left"
    return f"cycles of {', '.join(map(str, sizes))} are left"


def _circle(circle: tuple[str, ...]) -> str:
    return " → ".join(code(label) for label in (*circle, circle[0]))


def _edge(edge: CutEdge, link: Link) -> tuple[str, str, str, str, str]:
    return (
        code(f"{edge.source}.{edge.field}"),
        code(edge.target),
        edge.cost,
        POSTPONING.get(edge.cost, ""),
        where(link, edge.file, edge.line),
    )
