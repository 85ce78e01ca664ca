"""Why a plan cannot be carried out, and what would have to change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.history.values import Key
from analyzer.render.markdown.text import code, codes, text
from analyzer.render.words import plural
from analyzer.reset.plan import Plan


def obstacles(plan: Plan) -> Iterator[str]:
    """Each reason, as Markdown."""
    if not plan.apps:
        yield "No app is left whose migrations could be replaced; see the reasons above."
    if plan.layout.why:
        yield f"`makemigrations` would write nothing: {text(plan.layout.why)}."
    if plan.knot:
        yield from _knotted(plan)
    if plan.procedure == "replaces" and not plan.partition.possible:
        yield from impossible(plan)


def _knotted(plan: Plan) -> Iterator[str]:
    new = {migration.key for migration in plan.layout.migrations}
    steps = list(zip(plan.knot, plan.knot[1:], strict=False))
    turns = [key for place, (key, after) in enumerate(steps) if key[0] != after[0] or _enters(steps, place)]
    way = " → ".join(code(".".join(key)) for key in (*turns, plan.knot[-1]))
    kept = sorted({key[0] for key in plan.knot if key not in new} & {one.app for one in plan.decisions})
    if kept:
        yield (
            f"Migrations that stay would need new ones that need them: {way}. Reset {codes(kept)} together "
            "with the others, after what blocks them is out of the way."
        )
    else:
        yield (
            f"Django would not load what `makemigrations` writes (CircularDependencyError): {way}. A package "
            "needs the first migration of an app that needs the package. Write that app's first file by "
            "hand: leave in it only what needs none of these, and put the other operations into a second one."
        )


def _enters(steps: Sequence[tuple[Key, Key]], place: int) -> bool:
    """Whether a way comes to an app with that step."""
    return place == 0 or steps[place - 1][0][0] != steps[place][0][0]


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
