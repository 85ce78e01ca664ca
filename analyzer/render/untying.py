"""How a cycle is untied, in words: what to postpone first, what is left then, and how sure the cut is."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.graphs.values import CutEdge, Cycle, Step
from analyzer.render.words import joined, number

LARGE = 5
"""Members from which a cycle is more than one look can hold."""

NO_CUT = "Only parent links hold it together, and those cannot be postponed."


def proof(cycle: Cycle) -> str:
    """Whether the cut is the cheapest, or how far it may be from that; COSTS has the weights."""
    weight = f"weight {number(cycle.weight)}"
    if cycle.exact:
        return f"{weight}, proved: no cut costs less"
    if cycle.bound:
        return f"{weight}, by a heuristic: no cut costs less than {number(cycle.bound)}"
    return f"{weight}, and parent links alone still form a cycle"


def left_after(step: Step) -> str:
    """The cycles that are left after a step, with the members each has."""
    if step.left is None:
        return ""
    if not step.left:
        return "nothing"
    noun = "a cycle" if len(step.left) == 1 else "cycles"
    return f"{noun} of {joined([number(size) for size in step.left])}"


def cut_edges(cycles: Iterable[Cycle]) -> list[CutEdge]:
    """What to postpone in all these cycles, most helpful first."""
    return [edge for cycle in cycles for step in cycle.steps for edge in step.cut]
