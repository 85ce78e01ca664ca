"""What `migscan plan` answers: the decision about each app, and what was written where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from textwrap import wrap

from analyzer.render.plan.gated import gate_answer
from analyzer.render.words import count, place, printable
from analyzer.reset.decide import Decision
from analyzer.reset.plan import Plan

APPS = 60
HEAD = ("app", "decision", "procedure", "files", "after")
PAGES = {
    "PLAN.md": "what to do, step by step: begin here",
    "layout.md": "what makemigrations will write, to tick off",
}


def summary(plan: Plan, folder: str, files: Collection[str], width: int) -> str:
    """The answer for a terminal of that width, or a log."""
    lines = [*_table(plan, width), "", *_answer(plan, width), "", *_written(folder, files)]
    return "".join(f"{line}\n" for line in lines)


def _table(plan: Plan, width: int) -> Iterator[str]:
    rows = [HEAD, *(_row(plan, one) for one in plan.decisions[:APPS])]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    head = "why" if any(one.why for one in plan.decisions) else ""
    indent = sum(widths) + 2 * len(widths)
    for row, one in zip(rows, (None, *plan.decisions), strict=False):
        cells = [_fitted(at, cell, widths[at]) for at, cell in enumerate(row)]
        why = head if one is None else _why(one)
        told = wrap(why, max(width - indent, 30), break_long_words=False, break_on_hyphens=False) or [""]
        yield f"{'  '.join(cells)}  {told[0]}".rstrip()
        yield from (" " * indent + more for more in told[1:])
    if len(plan.decisions) > APPS:
        yield f"and {count(len(plan.decisions) - APPS, 'more app')}, see PLAN.md"


def _fitted(at: int, cell: str, width: int) -> str:
    return cell.rjust(width) if HEAD[at] in ("files", "after") else cell.ljust(width)


def _row(plan: Plan, one: Decision) -> tuple[str, ...]:
    done = one.verdict in ("reset", "squash")
    after = one.after if done else one.before
    return printable(one.app), one.verdict, plan.procedure if done else "-", str(one.before), str(after)


def _why(one: Decision) -> str:
    seen = f" ({place(one.file, one.line)})" if one.file and one.line else ""
    return printable(f"{one.why}{seen}")


def _answer(plan: Plan, width: int) -> Iterator[str]:
    done = [one for one in plan.decisions if one.verdict in ("reset", "squash")]
    if not plan.feasible:
        yield "It cannot be done like this: PLAN.md says why, and what to do first."
    elif plan.procedure == "squash":
        yield f"{count(len(plan.squashes), 'call')} of squashmigrations for {count(len(done), 'app')}."
    else:
        before, after = sum(one.before for one in done), sum(one.after for one in done)
        yield f"{count(before, 'migration file')} of {count(len(done), 'app')} become {after}."
    if plan.blocked:
        yield f"{count(len(plan.blocked), 'app')} blocked, and left out."
    if plan.state_only:
        yield (
            f"Look at your databases first: {count(len(plan.state_only), 'operation')} of the old migrations "
            "changed no table (PLAN.md, chapter 1)."
        )
    for gate in plan.gates:
        told = f"{gate.label}: {gate_answer(gate)}"
        yield from wrap(printable(told), width, subsequent_indent="  ", break_long_words=False)


def _written(folder: str, files: Collection[str]) -> Iterator[str]:
    found = Counter(path.partition("/")[0] for path in files)
    yield f"Written to {printable(folder)}:"
    widest = max(map(len, found), default=0) + 1
    for name in sorted(found, key=lambda one: (list(PAGES).index(one) if one in PAGES else len(PAGES), one)):
        inside = any(path.startswith(f"{name}/") for path in files)
        said = count(found[name], "file") if inside else PAGES.get(name, "")
        yield f"  {f'{name}/' if inside else name:{widest}}  {said}".rstrip()
