"""The summary on the terminal: one screen that answers, and where to read on.

The only module that knows rich, which it imports only when there is something to show.
"""

from __future__ import annotations

from io import StringIO
from textwrap import wrap
from typing import TYPE_CHECKING

from analyzer.graphs.values import CutEdge
from analyzer.render.concerns import Concern, carried, cycle_concerns, standing
from analyzer.render.drifting import proof
from analyzer.render.tally import Tally, other_roots, other_settings, own_models, tally
from analyzer.render.untying import cut_edges
from analyzer.render.words import count, number, place, printable, shortened, some

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from analyzer.analysis import Analysis

WIDEST = 100
FIRST = 3
CUTS_SHOWN = 4
OTHERS = 3
VERDICT_STYLES = {"seed": "magenta", "schema": "magenta", "mixed": "magenta", "unknown": "yellow"}
SEVERITY_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def summary(analysis: Analysis, wrote: str | None, width: int, colour: bool) -> str:
    """The whole summary; `wrote` says where the report is, or None where none was written."""
    from rich.console import Group

    width = min(width, WIDEST)
    parts: list[RenderableType] = [
        *_title(analysis, width),
        "",
        _numbers(analysis),
        "",
        *_verdict(analysis, width),
    ]
    parts += _cuts(analysis, width)
    parts += _first(analysis, width)
    if wrote:
        parts += ["", _styled(("Report  ", "bold"), (printable(wrote), "cyan"))]
    return _drawn(Group(*parts), width, colour)


def _drawn(content: RenderableType, width: int, colour: bool) -> str:
    from rich.console import Console

    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, color_system="standard" if colour else None,
        highlight=False, markup=False, emoji=False, legacy_windows=False, _environ={},
    )  # fmt: skip
    console.print(content, crop=False)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _styled(*parts: tuple[str, str]) -> Text:
    from rich.text import Text

    return Text.assemble(*parts, overflow="ignore", no_wrap=True)


def _title(analysis: Analysis, width: int) -> list[Text]:
    """The project and the settings it was read with, and what else could have been read."""
    settings, others = analysis.reading.settings, len(other_settings(analysis))
    read = f"settings {settings}" if settings else "no settings found"
    more = f"; {count(others, 'other')} not used, --settings chooses" if others else ""
    lines = [_styled((printable(analysis.project), "bold"), (f"  {printable(read)}", "dim"), (more, "dim"))]
    lines += [_styled((line, "dim")) for line in wrap(_django(analysis), width, break_on_hyphens=False)]
    if elsewhere := other_roots(analysis):
        another = f"Settings in {some(map(printable, elsewhere), OTHERS)} may be another project's: "
        lines += map(_plain, wrap(f"{another}give that folder as PATH.", width, break_on_hyphens=False))
    return lines


def _django(analysis: Analysis) -> str:
    """Which Django the project is taken to run with, and why."""
    django = analysis.reading.django
    seen = f" ({django.file}:{django.line})" if django.file else ""
    return printable(f"Django {django}: {shortened(django.why, 80)}{seen}")


def _numbers(analysis: Analysis) -> RenderableType:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold", min_width=12)
    table.add_column(ratio=1)
    table.expand = False
    for name, value, unsure in _rows(analysis):
        table.add_row(name, _beside(value, unsure))
    return table


def _beside(value: Text, unsure: str) -> Text:
    style = "dim" if unsure.startswith("0 ") else "yellow"
    value = value + _styled((" · ", "dim"), (unsure, style)) if unsure else value
    value.no_wrap, value.overflow = False, "fold"
    return value


def _rows(analysis: Analysis) -> list[tuple[str, Text, str]]:
    numbers = tally(analysis)
    return [
        ("Apps", _apps(numbers), _unknown(numbers.apps_unknown, "whether installed")),
        ("Models", _models(numbers), _unknown(numbers.models_unknown + numbers.abstract_unknown)),
        ("Fields", _plain(number(numbers.fields)), _unknown(numbers.fields_unknown)),
        ("Relations", _relations(numbers), _unknown(numbers.relations_unknown)),
        ("Levels", _levels(analysis), _left_out(numbers)),
        ("Cycles", _cycles(analysis), _left_out(numbers)),
        ("Migrations", _migrations(numbers), _unknown(numbers.migrations_incomplete, "in part")),
        ("Drift", _drift(analysis), ""),
        ("Data", _data(numbers), ""),
        *_ledgers(analysis),
        ("Findings", _findings(numbers), ""),
        ("Not decided", _plain(_undecided(numbers)), ""),
    ]


def _ledgers(analysis: Analysis) -> list[tuple[str, Text, str]]:
    if not analysis.data_operations:
        return []
    from analyzer.reset.ledgers import ledgers

    carry, asked = carried(ledgers(analysis))
    return [("Carry over", _plain(carry), asked)]


def _plain(text: str) -> Text:
    return _styled((text, ""))


def _unknown(value: int, how: str = "") -> str:
    return f"{number(value)} unknown{f' {how}' if how and value else ''}"


def _left_out(numbers: Tally) -> str:
    left_out = numbers.relations_left_out
    return f"without {count(left_out, 'unknown relation')}" if left_out else ""


def _apps(numbers: Tally) -> Text:
    text = f"{number(numbers.apps)} own"
    if numbers.apps_not_installed:
        text += f" ({number(numbers.apps_not_installed)} not installed)"
    if numbers.apps_counted:
        text += f" ({number(numbers.apps_counted)} not listed as installed, counted all the same)"
    return _plain(f"{text}, {number(numbers.apps_external)} from packages")


def _models(numbers: Tally) -> Text:
    return _plain(
        f"{number(numbers.models)} own and {number(numbers.models_abstract)} abstract, "
        f"{number(numbers.models_external)} from packages"
    )


def _relations(numbers: Tally) -> Text:
    by_kind = numbers.relations_by_kind
    kinds = " · ".join(f"{number(n)} {kind}" for kind, n in by_kind.items() if n and kind != "GFK")
    generic = f", {number(by_kind['GFK'])} generic" if by_kind["GFK"] else ""
    return _plain(number(numbers.relations) + (f" ({kinds})" if kinds else "") + generic)


def _migrations(numbers: Tally) -> Text:
    text = f"{number(numbers.migrations)} in {count(numbers.migrated_apps, 'app')}"
    text += f", {count(numbers.squashes, 'squash')}" if numbers.squashes else ""
    blocked = numbers.unsquashable_apps
    return _plain(f"{text}, {count(blocked, 'app')} cannot be squashed into one" if blocked else text)


def _drift(analysis: Analysis) -> Text:
    said = proof(analysis.drift).removeprefix("Drift: ").removesuffix(".")
    return _styled((said, "yellow" if analysis.drift.certain else ""))


def _levels(analysis: Analysis) -> Text:
    own = {model.label for model in own_models(analysis)}
    sizes = [sum(label in own for label in row) for row in analysis.levels_all.rows]
    if not sizes:
        return _plain("none")
    rows = " · ".join(number(size) for size in sizes)
    return _styled((f"{len(sizes)} ", ""), (f"(own models from level 0 up: {rows})", "dim"))


def _cycles(analysis: Analysis) -> Text:
    if not analysis.model_cycles and not analysis.app_cycles:
        return _styled(("none", "green"))
    parts = []
    if analysis.model_cycles:
        members = sum(len(cycle.members) for cycle in analysis.model_cycles)
        behind = len({label for cycle in analysis.model_cycles for label in cycle.behind})
        parts.append(f"{number(len(analysis.model_cycles))} of models ({members} members, {behind} behind)")
    if analysis.app_cycles:
        members = sum(len(cycle.members) for cycle in analysis.app_cycles)
        parts.append(f"{number(len(analysis.app_cycles))} of apps ({members} members)")
    return _styled((", ".join(parts), "yellow"))


def _data(numbers: Tally) -> Text:
    if not numbers.data_operations:
        return _plain("no operation runs code or SQL")
    text = _plain(f"{count(numbers.data_operations, 'operation')}: ")
    shown = [(verdict, n) for verdict, n in numbers.data_operations_by_verdict.items() if n]
    for index, (verdict, n) in enumerate(shown):
        text.append(" · " if index else "", style="dim")
        text.append(f"{number(n)} {verdict}", style=VERDICT_STYLES.get(verdict, ""))
    return text


def _findings(numbers: Tally) -> Text:
    if not numbers.findings:
        return _styled(("none", "green"))
    text = _plain("")
    shown = [(severity, n) for severity, n in numbers.findings_by_severity.items() if n]
    for index, (severity, n) in enumerate(shown):
        text.append(", " if index else "")
        text.append(count(n, severity), style=SEVERITY_STYLES[severity])
    if numbers.findings_suppressed:
        text.append(f"; {number(numbers.findings_suppressed)} suppressed", style="dim")
    return text


def _undecided(numbers: Tally) -> str:
    if not numbers.unknown:
        return "nothing that was met in reading"
    return f"{count(numbers.unknown, 'place')} in the source, listed in the report"


def _verdict(analysis: Analysis, width: int) -> list[RenderableType]:
    question = "Can it be reset?"
    lines = wrap(f"{question} {standing(analysis).answer}", width, break_on_hyphens=False)
    return [_styled((question, "bold"), (lines[0].removeprefix(question), "")), *map(_plain, lines[1:])]


def _cuts(analysis: Analysis, width: int) -> list[RenderableType]:
    edges = cut_edges(analysis.model_cycles)
    if not edges:
        return []
    lines = [line for edge in edges[:CUTS_SHOWN] for line in _cut(edge, width)]
    if len(edges) > CUTS_SHOWN:
        lines.append(_styled((f"  and {number(len(edges) - CUTS_SHOWN)} more, in the report", "dim")))
    return ["", _styled((f"To untie the cycles, postpone {count(len(edges), 'relation')}", "bold")), *lines]


def _cut(edge: CutEdge, width: int) -> list[Text]:
    """The relation and its place on one line, or on two where the line is too short."""
    text = _styled(
        (f"  {printable(edge.source)}.{printable(edge.field)}", ""),
        (" → ", "dim"),
        (f"{printable(edge.target)} ", ""),
        (f"({edge.cost})", "dim"),
    )
    where = _styled((place(edge.file, edge.line), "cyan"))
    if len(text) + len(where) + 2 <= width:
        return [text + _plain("  ") + where]
    return [text, _plain("    ") + where]


def _first(analysis: Analysis, width: int) -> list[RenderableType]:
    told = cycle_concerns(analysis)
    shown = [concern for concern in standing(analysis).concerns if concern not in told][:FIRST]
    if not shown:
        return []
    lines = [line for index, concern in enumerate(shown, start=1) for line in _concern(index, concern, width)]
    return ["", _styled(("Look at first", "bold")), *lines]


def _concern(index: int, concern: Concern, width: int) -> list[Text]:
    text = f"{concern.what}: {concern.why}" if concern.why else concern.what
    wrapped = wrap(text, width - 5, break_long_words=False, break_on_hyphens=False)
    if len(wrapped) > 3:
        wrapped = [*wrapped[:2], f"{wrapped[2][: width - 7]} …"]
    lines = [_plain(f"  {index}. " if number == 0 else "     ") + line for number, line in enumerate(wrapped)]
    if concern.file:
        lines.append(_plain("     ") + _styled((place(concern.file, concern.line), "cyan")))
    return lines
