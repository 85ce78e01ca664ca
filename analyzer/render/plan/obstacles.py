"""Why a plan cannot be carried out, and what would have to change."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.render.markdown.text import code, text
from analyzer.render.words import plural
from analyzer.reset.plan import Plan


def obstacles(plan: Plan) -> Iterator[str]:
    """Each reason, as Markdown."""
    if not plan.apps:
        yield "No app is left whose migrations could be replaced; see the reasons above."
    if plan.layout.why:
        yield f"`makemigrations` would write nothing: {text(plan.layout.why)}."
    if plan.procedure == "replaces" and not plan.partition.possible:
        yield from impossible(plan)


def impossible(plan: Plan) -> Iterator[str]:
    """Why no `replaces` can be shared out, and which dependencies would have to move."""
    shared = plan.partition
    if shared.why:
        yield f"`replaces` cannot be shared out: {text(shared.why)}."
    if shared.circle:
        way = " → ".join(
            f"{code('.'.join(bond.child))} needs {code('.'.join(bond.parent))}" for bond in shared.circle
        )
        yield f"**Impossible, because** {way}, and so on in a circle."
    if shared.moves:
        moves = ", ".join(f"{code('.'.join(a))} → {code('.'.join(b))}" for a, b in shared.moves)
        yield (
            f"Without {plural(len(shared.moves), 'this')[:5]} "
            f"{plural(len(shared.moves), 'dependency')} it could "
            f"be done: {moves}. Where an operation can be moved so that one is not needed, "
            f"move it, and plan anew."
        )
    yield "The placeholder procedure needs no `replaces`: `migscan plan --procedure placeholder`."
