"""Cycles: what to postpone first, in which order their members can be built then, and where they are tied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from analyzer.graphs.cycles import COSTS
from analyzer.graphs.values import CutEdge, Cycle, Step
from analyzer.render.links import Link
from analyzer.render.markdown.images import Images, shown
from analyzer.render.markdown.structure import grouped
from analyzer.render.markdown.text import FOLD_FROM, bullets, code, codes, folded, section, table, where
from analyzer.render.tally import own_models, stuck
from analyzer.render.untying import LARGE, NO_CUT, left_after, proof
from analyzer.render.words import count, joined, number, plural

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

FIRST_STEPS = 5
"""Rows of a long cut that stay in sight."""

IN_ONE_ROW = 4
"""Relations of one member to another that are named in one row."""

CORE_SHOWN = 8

PAIR = 2
"""Members that need no picture to be understood."""

HEAD = ["relation", "to", "what it is", "where"]
Cells = tuple[str, str, str, str]

POSTPONING = {
    "many-to-many": "`AddField` in a later migration makes its table; no column changes",
    "nullable foreign key": "`AddField` in a later migration",
    "nullable one-to-one": "`AddField` in a later migration",
    "foreign key": "two steps where the table may have rows: `AddField` with `null=True` and fill it, then"
    " `AlterField`; on an empty table one `AddField`",
    "one-to-one": "as a foreign key that is not null; where it is the primary key, not at all",
}
COSTS_TITLE = "What postponing costs"
CUT = (
    "A cut is what to postpone so that an order exists; of all cuts the one of the least weight is wanted. "
    "A parent link cannot be postponed."
)
OF_MODELS = (
    "**Of models:** no table can be made first with all its columns. `makemigrations` makes the tables and"
    " adds what is left over afterwards, in the same migration where one app holds the cycle."
)
OF_APPS = (
    "**Of apps:** every model may have its place, but no app's first migration can precede the other's."
    " One of them needs a second migration; reset them together."
)


def cycles(analysis: Analysis, link: Link, images: Images) -> list[str]:
    if not analysis.model_cycles and not analysis.app_cycles:
        return section("Cycles", ["None: models and apps can all be put in an order."])
    page = _Page(analysis, link)
    return section(
        "Cycles",
        page.intro(),
        *(
            page.models(
                cycle, _title(analysis.model_cycles, index, "models"), shown(images, f"cycle-{index}")
            )
            for index, cycle in enumerate(analysis.model_cycles, start=1)
        ),
        *(
            page.apps(cycle, _title(analysis.app_cycles, index, "apps"))
            for index, cycle in enumerate(analysis.app_cycles, start=1)
        ),
        section(COSTS_TITLE, [CUT], table(["relation", "weight#", "postponing it"], _weights()), level=3)[
            :-1
        ],
    )


def _weights() -> list[tuple[str, str, str]]:
    return [(kind, number(COSTS[kind]), how) for kind, how in POSTPONING.items()]


def _title(every: tuple[Cycle, ...], index: int, noun: str) -> str:
    which = f"Cycle {index} of {noun}" if len(every) > 1 else f"Cycle of {noun}"
    return f"{which}: {count(len(every[index - 1].members), 'member')}"


class _Page:
    """One analysis, and links to its source."""

    def __init__(self, analysis: Analysis, link: Link) -> None:
        self.analysis = analysis
        self.link = link
        self.untied = {
            (edge.source, edge.field): index
            for index, cycle in enumerate(analysis.model_cycles, start=1)
            for edge in cycle.cut
        }

    def intro(self) -> list[str]:
        """What the two kinds of cycles mean, and how much a listing that stops at them would leave out."""
        lines = []
        if self.analysis.model_cycles:
            left, every = number(len(stuck(self.analysis))), count(len(own_models(self.analysis)), "model")
            lines.append(f"{OF_MODELS} The classic recipe, which stops there, leaves {left} of {every} over.")
        if self.analysis.app_cycles:
            lines.append(OF_APPS)
        return [*bullets(lines), "", "Weights: [what postponing costs](#what-postponing-costs)."]

    def models(self, cycle: Cycle, title: str, pictures: list[str]) -> list[str]:
        return section(
            title,
            [grouped(cycle.members)],
            self._cut(cycle),
            _order(cycle, grouped),
            _knot(cycle, "model"),
            pictures if len(cycle.members) > PAIR else folded("Picture", pictures) if pictures else [],
            _behind(cycle, "model", grouped),
            level=3,
        )[:-1]

    def apps(self, cycle: Cycle, title: str) -> list[str]:
        return section(
            title,
            [codes(cycle.members)],
            self._untied_before(cycle) or self._cut(cycle),
            _order(cycle, codes, f"a second migration of {codes(sorted({s.source for s in cycle.steps}))}"),
            _knot(cycle, "app"),
            _behind(cycle, "app", codes),
            level=3,
        )[:-1]

    def _untied_before(self, cycle: Cycle) -> list[str]:
        """Where the cut through the models' cycles unties the apps as well."""
        edges = [(edge.source, edge.field) for edge in cycle.cut]
        if not edges or any(edge not in self.untied for edge in edges):
            return []
        names = [code(f"{source}.{field}") for source, field in edges]
        return [f"What is postponed for the models unties it, too: {joined(names)}."]

    def _cut(self, cycle: Cycle) -> list[str]:
        if not cycle.cut:
            return [NO_CUT]
        relations = count(len(cycle.cut), "relation")
        intro = f"**First, postpone {relations}** ({proof(cycle)})"
        intro += ", most helpful first:" if len(cycle.steps) > 1 else ":"
        long = len(cycle.steps) >= FOLD_FROM
        first = cycle.steps[:FIRST_STEPS] if long else cycle.steps
        rows = [(*self._step(step), left_after(step)) for step in first]
        lines = [intro, "", *table([*HEAD, "left then"], rows)]
        if long or any(len(step.cut) > IN_ONE_ROW for step in first):
            every = [self._edge(edge) for step in cycle.steps for edge in step.cut]
            lines += ["", *folded(f"All {relations} to postpone", table(HEAD, every))]
        return lines

    def _step(self, step: Step) -> Cells:
        """The relations of a step, one below the other; counted where they are many."""
        each = [self._edge(edge) for edge in step.cut]
        if len(each) > IN_ONE_ROW:
            many = Counter(edge.cost for edge in step.cut)
            costs = "<br>".join(f"{number(many[cost])} {cost}" for cost in COSTS if many[cost])
            pair = f"{count(len(each), 'relation')} of {code(step.source)}"
            return pair, code(step.target), costs, f"{each[0][3]} and more"
        relations, targets, kinds_of, places = zip(*each, strict=True)
        return "<br>".join(relations), _once(targets), _once(kinds_of), "<br>".join(places)

    def _edge(self, edge: CutEdge) -> Cells:
        place = where(self.link, edge.file, edge.line)
        return code(f"{edge.source}.{edge.field}"), code(edge.target), edge.cost, place


def _once(cells: tuple[str, ...]) -> str:
    """One below the other, or the one that all of them are."""
    return cells[0] if len(set(cells)) == 1 else "<br>".join(cells)


def _order(cycle: Cycle, shown_as: Callable[[Iterable[str]], str], last: str = "") -> list[str]:
    if not cycle.order:
        return []
    if len(cycle.members) < LARGE:
        parts = [joined([code(label) for label in row]) for row in cycle.order]
        return [f"**Next, build** {', then '.join([*parts, last] if last else parts)}."]
    parts = [*map(shown_as, cycle.order), last] if last else [*map(shown_as, cycle.order)]
    rows = [f"{index}. {part}" for index, part in enumerate(parts, start=1)]
    if len(rows) < FOLD_FROM:
        return ["**Next, build them in this order:**", "", *rows]
    return folded(f"<b>Next, build them in this order:</b> {number(len(rows))} steps", rows)


def _knot(cycle: Cycle, noun: str) -> list[str]:
    """For a large cycle: which members and circles hold it together."""
    if len(cycle.members) < LARGE:
        return []
    lines = []
    if cycle.core:
        first = [code(label) for label in cycle.core[:CORE_SHOWN]]
        rest = len(cycle.core) - len(first)
        names = joined([*first, f"one of {number(rest)} more"] if rest else first, "or")
        lines.append(f"core: every circle runs through {names}")
    hubs = [hub for hub in cycle.hubs if hub.circles > 1]
    if len(hubs) > 1:
        found = ", ".join(f"{code(hub.label)} {number(hub.circles)}" for hub in hubs)
        lines.append(
            f"{plural(2, noun)} on most of the {number(cycle.circle_count)} circles that are the shortest"
            f" through some relation: {found}"
        )
    if cycle.circles:
        lines.append(f"shortest circles: {'; '.join(map(_circle, cycle.circles))}")
    return ["**Where it is tied:**", "", *bullets(lines)] if lines else []


def _circle(circle: tuple[str, ...]) -> str:
    if len(circle) == 2:
        return f"{code(circle[0])} ⇄ {code(circle[1])}"
    return " → ".join(code(label) for label in (*circle, circle[0]))


def _behind(cycle: Cycle, noun: str, shown_as: Callable[[Iterable[str]], str]) -> list[str]:
    if not cycle.behind:
        return []
    summary = f"{count(len(cycle.behind), noun)} behind it: what depends on it and has to wait"
    return folded(summary, [shown_as(cycle.behind)])
