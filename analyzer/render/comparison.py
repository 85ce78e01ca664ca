"""What the pages about environments share: words for cells and verdicts, what to do in which order."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.render.words import count
from analyzer.reset.environments_values import Cell, Comparison, Environment, Situation, Verdict

ORDER = (
    "MS615", "MS618", "MS619", "MS604", "MS607", "MS606", "MS613", "MS603", "MS602", "MS609",
    "MS601", "MS620", "MS605", "MS612", "MS610", "MS611", "MS616", "MS617", "MS614", "MS608",
)  # fmt: skip
"""In which order to deal with situations: first what stops Django, last what can wait."""

WORDS = {Verdict.BLOCKER: "blocked", Verdict.ADVICE: "look first", Verdict.OK: "ready"}
NOTHING = "Nothing that speaks against it was found in these exports."


def verdict(comparison: Comparison) -> str:
    """One line: whether a reset may go on, and what there is to do."""
    numbers = {kind: sum(s.verdict is kind for s in comparison.situations) for kind in Verdict}
    blockers, advice = numbers[Verdict.BLOCKER], numbers[Verdict.ADVICE]
    what = "The deployed reset" if comparison.expect_new else "A reset"
    if blockers:
        more = f", {count(advice, 'more point')} to look at" if advice else ""
        return f"{what} is blocked by {count(blockers, 'situation')}{more}."
    if advice:
        return f"{what} is not blocked; {count(advice, 'point')} to look at first."
    return f"{what} is not blocked. {NOTHING}"


def of(comparison: Comparison, environment: Environment) -> list[Situation]:
    """The situations of one environment, in the order in which to deal with them."""
    found = [s for s in comparison.situations if s.environment in (environment.label, environment.name)]
    return sorted(found, key=lambda s: (ORDER.index(s.code), s.app, s.message))


def general(comparison: Comparison) -> list[Situation]:
    """The situations that are about all environments."""
    return sorted(
        (s for s in comparison.situations if not s.environment), key=lambda s: (ORDER.index(s.code), s.app)
    )


def steps(situations: Iterable[Situation]) -> list[str]:
    """What to do, each once and then the last time: checks come after all that they check."""
    listed = [step for situation in situations for step in situation.steps]
    return list(dict.fromkeys(reversed(listed)))[::-1]


def matrix(comparison: Comparison) -> list[tuple[str, list[str]]]:
    """A row for each app, own ones first: its label, and how it stands in each environment."""
    environments = comparison.environments
    codes: dict[tuple[str, str], set[str]] = {}
    for one in comparison.situations:
        if one.verdict is not Verdict.OK:
            codes.setdefault((one.environment, one.app), set()).add(one.code)
    cells = [{cell.app: cell for cell in environment.cells} for environment in environments]
    apps = sorted({(not cell.own, app) for found in cells for app, cell in found.items()})
    return [
        (app, [
            _cell(found.get(app), codes.get((one.label, app), set()) | codes.get((one.name, app), set()))
            for one, found in zip(environments, cells, strict=True)
        ])
        for _, app in apps
    ]  # fmt: skip


def _cell(one: Cell | None, codes: set[str]) -> str:
    parts = _amounts(one) if one is not None else []
    if parts or codes:
        told = f"({', '.join(sorted(codes))})" if codes else ""
        return f"{', '.join(parts)} {told}".strip()
    if one is None or not (one.rows or one.checked):
        return "no rows"
    return "ok" if one.checked else "unknown"


def _amounts(one: Cell) -> list[str]:
    return [
        f"{word} {number}"
        for word, number in (("behind", one.behind), ("without file", one.ghosts))
        if number
    ]


def source(environment: Environment) -> str:
    """What an export is."""
    partial = ", partial" if environment.partial else ""
    dates = "" if environment.dated or environment.partial else ", without dates"
    return f"{environment.kind}, {count(environment.rows, 'row')}{partial}{dates}"
