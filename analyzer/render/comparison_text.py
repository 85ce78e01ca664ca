"""The comparison of environments on the terminal: the verdict, the matrix, and what to do where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from analyzer.render.comparison import WORDS, general, matrix, of, source, steps, verdict
from analyzer.render.words import count, number, place, printable
from analyzer.reset.environments_values import Comparison, Situation

WIDTH = 100
EVIDENCE = 6
DIFFERENCES = 15
APPS = 50
"""Lines that the terminal shows; the other formats have all."""


def comparison_text(comparison: Comparison) -> str:
    """The whole answer."""
    lines = [f"{printable(comparison.project)}: {verdict(comparison)}", ""]
    lines += _grid(
        [["environment", "export", "", "verdict"]]
        + [[one.label, one.file, source(one), WORDS[one.verdict]] for one in comparison.environments]
    )
    lines += _matrix(comparison)
    shared = general(comparison)
    if shared:
        lines += ["", "All environments", *_situations(shared), *_steps(shared)]
    for one in comparison.environments:
        found = of(comparison, one)
        if found:
            lines += [
                "",
                f"{printable(one.label)}: {WORDS[one.verdict]}",
                *_situations(found),
                *_steps(found),
            ]
    lines += _differences(comparison)
    if comparison.open:
        lines += ["", "Not checked"]
        lines += [line for text in comparison.open for line in _wrapped(text, "  - ", "    ")]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _matrix(comparison: Comparison) -> list[str]:
    labels = [one.label for one in comparison.environments]
    rows = matrix(comparison)
    told = [[app, *cells] for app, cells in rows if not {*cells} <= {"ok", "no rows"}]
    well = len(rows) - len(told)
    lines = ["", *_grid([["app", *labels], *told[:APPS]])] if told else [""]
    if len(told) > APPS:
        lines.append(f"  and {number(len(told) - APPS)} more apps; --format md has all")
    return [*lines, *([f"  {count(well, 'app')} as on disk everywhere"] if well else [])]


def _situations(found: Iterable[Situation]) -> list[str]:
    lines: list[str] = []
    for one in found:
        lines += _wrapped(f"{one.code} {one.verdict.value}: {one.message}", "  ", "    ")
        shown = one.evidence[:EVIDENCE]
        lines += [f"      {place(proof.file, proof.line)}  {printable(proof.what)}" for proof in shown]
        rest = len(one.evidence) - len(shown)
        lines += [f"      and {number(rest)} more lines"] if rest else []
    return lines


def _steps(found: Iterable[Situation]) -> list[str]:
    listed = steps(found)
    lines = ["  Do this"] if listed else []
    for index, step in enumerate(listed, 1):
        lines += _wrapped(step, f"  {index:>3}. ", "       ")
    return lines


def _differences(comparison: Comparison) -> list[str]:
    found = comparison.differences
    if not found:
        return []
    rows = [
        [f"{one.app}.{one.name}", f"in {', '.join(one.present)}", f"not in {', '.join(one.absent)}"]
        for one in found[:DIFFERENCES]
    ]
    rest = len(found) - len(rows)
    more = [f"  and {number(rest)} more; --format json has all"] if rest else []
    return ["", "Environments against each other", *_grid(rows), *more]


def _grid(rows: Sequence[Sequence[str]]) -> list[str]:
    shown = [[printable(value) for value in row] for row in rows]
    widths = [max(len(row[column]) for row in shown) for column in range(len(shown[0]))]
    return ["  " + "  ".join(map(str.ljust, row, widths)) for row in shown]


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return wrap(
        printable(text), WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
