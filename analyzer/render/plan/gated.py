"""What environments said when they were compared, as a part of the plan."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.render.markdown.text import bullets, code, codes, table, text
from analyzer.render.words import count
from analyzer.reset.environments_values import Situation
from analyzer.reset.gate import Gate
from analyzer.reset.plan import Plan


def gate_answer(gate: Gate) -> str:
    """In a few words: up to date, or how far behind and what else is in the way."""
    said = []
    if gate.behind:
        said.append(f"{gate.behind} behind")
    if gate.ghosts:
        said.append(f"{count(gate.ghosts, 'row')} without a file")
    counted = ("MS601",) * bool(gate.behind) + ("MS602",) * bool(gate.ghosts)
    other = [one for one in gate.blockers if one.code not in counted]
    if other:
        said.append(f"{count(len(other), 'other blocker' if said else 'blocker')}")
    if not said:
        said.append("up to date")
    return ", ".join(said)


def banner(plan: Plan) -> list[str]:
    """That the reset must not begin yet, and where; nothing where no environment was compared."""
    closed = [gate for gate in plan.gates if not gate.open]
    if not closed:
        return []
    told = "; ".join(f"{code(gate.label)}: {gate_answer(gate)}" for gate in closed)
    return [f"**Do not begin yet.** {told}. What to do stands in the first chapter, at the comparison.", ""]


def gated(plan: Plan) -> list[str]:
    """The answers of the comparison by environment, and what to do before the reset."""
    if not plan.gates:
        return []
    rows = [
        [code(gate.label), code(gate.file), "**no**" if not gate.open else "yes", gate_answer(gate)]
        for gate in plan.gates
    ]
    lines = ["", "   When this plan was made:", ""]
    lines += table(["environment", "export", "may begin", "answer"], rows)
    for gate in plan.gates:
        found = list(_told(gate))
        if found:
            lines += ["", f"**{text(gate.label)}**:", "", *bullets(found)]
    return [*lines, ""]


def _told(gate: Gate) -> Iterator[str]:
    for one in gate.blockers:
        yield f"{one.code}, blocks: {text(one.message)}{_steps(one)}"
    for one in gate.advice:
        yield f"{one.code}: {text(one.message)}"
    if gate.partial:
        yield "A listing of `showmigrations` hides rows without a file: export the table before you begin."
    if gate.unchecked:
        yield f"Not compared: {codes(app for app, _ in gate.unchecked)} ({text(gate.unchecked[0][1])})."


def _steps(one: Situation) -> str:
    return "".join(f" {step[:1].upper()}{step[1:]}." for step in map(text, one.steps))
