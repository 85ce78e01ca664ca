"""Findings as text: by file, each with the line that it blames; then what to do, and the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import groupby

from analyzer.audits.rules import Finding, Severity
from analyzer.render.findings.excerpt import excerpt, pointed
from analyzer.render.findings.values import Checked, by_severity
from analyzer.render.words import count, joined, number, printable

Paint = Callable[[str, str], str]

_STYLES = {Severity.ERROR: "1;31", Severity.WARNING: "33", Severity.NOTE: "36"}
_BOLD, _DIM, _BLUE = "1", "2", "34"
GONE_SHOWN = 5


def text(checked: Checked, colour: bool = False) -> str:
    """Everything that is shown, one block a file; no line begins with a letter that drives a build log."""
    paint = _painted if colour else _plain
    blocks = []
    for _, found in groupby(checked.visible(), key=lambda finding: finding.file):
        blocks.append("\n".join(line for finding in found for line in _finding(checked, finding, paint)))
    blocks += _advice(checked, paint)
    return "".join(f"{block}\n\n" for block in blocks)


def _finding(checked: Checked, finding: Finding, paint: Paint) -> list[str]:
    source = checked.sources.get((finding.file, finding.line), "")
    severity = paint(finding.severity.value, _STYLES[finding.severity])
    head = f"{paint(place(checked, finding), _BOLD)}: {severity} {finding.code} {printable(finding.message)}"
    return [head, *(paint(line, _BLUE if "^" in line else "") for line in excerpt(finding, source))]


def place(checked: Checked, finding: Finding) -> str:
    """`file:line:column`; a name that would begin a command of a build log gets `./` before it."""
    path = printable(checked.path(finding.file))
    path = f"./{path}" if path.startswith((":", "#", "-")) else path
    if not finding.line:
        return path
    source = checked.sources.get((finding.file, finding.line), "")
    return f"{path}:{finding.line}:{pointed(finding, source)[0]}"


def _advice(checked: Checked, paint: Paint) -> list[str]:
    """What to do, once for each rule that was found broken."""
    codes = sorted({finding.code for finding in checked.visible()})
    lines = [
        f"{paint(code, _BOLD)} {rule.fix} {paint(f'(migscan explain {code})', _DIM)}"
        for code in codes
        if (rule := checked.rules.get(code)) is not None
    ]
    return ["\n".join(lines)] if lines else []


def statistics(checked: Checked) -> str:
    """How often each rule was broken, the most frequent first."""
    counts = Counter((finding.code, finding.severity) for finding in checked.visible())
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0][0], item[0][1].value))
    width = max((len(number(times)) for _, times in order), default=0)
    return "".join(
        f"{number(times):>{width}}  {severity.value:7}  {code}  {_title(checked, code)}\n"
        for (code, severity), times in order
    )


def _title(checked: Checked, code: str) -> str:
    rule = checked.rules.get(code)
    return f"{rule.name}: {rule.title}" if rule is not None else ""


def numbers(checked: Checked) -> str:
    """One line: what was found, what was not shown and why; another where the baseline is out of date."""
    visible = checked.visible()
    found = by_severity(visible)
    files = len({finding.file for finding in visible})
    counted = joined([count(times, severity.value) for severity, times in found.items()])
    head = f"{counted} in {count(files, 'file')}" if found else _nothing(checked)
    hidden = by_severity(checked.hidden())
    unseen = joined([count(times, severity.value) for severity, times in hidden.items()])
    beside = [f"{unseen} not shown (--show note)"] if unseen else []
    by = Counter(finding.suppressed_by for finding in checked.suppressed)
    beside += [f"{number(by['source'])} suppressed in the source"] if by["source"] else []
    beside += [f"{number(by['baseline'])} in the baseline"] if by["baseline"] else []
    return f"{head}{f'; {joined(beside)}' if beside else ''}\n{_gone(checked)}"


def _nothing(checked: Checked) -> str:
    return {
        Severity.ERROR: "no errors",
        Severity.WARNING: "no errors, no warnings",
        Severity.NOTE: "no findings",
    }[checked.shown]


def _gone(checked: Checked) -> str:
    if not checked.gone:
        return ""
    shown = [printable(f"{entry.code} {entry.subject}") for entry in checked.gone[:GONE_SHOWN]]
    more = ", …" if len(checked.gone) > GONE_SHOWN else ""
    verb = "occurs" if len(checked.gone) == 1 else "occur"
    head = f"{count(len(checked.gone), 'entry')} of {printable(checked.baseline)} no longer {verb}"
    return f"{head} ({', '.join(shown)}{more}); --write-baseline drops them\n"


def _plain(value: str, style: str) -> str:
    return value


def _painted(value: str, style: str) -> str:
    return f"\x1b[{style}m{value}\x1b[0m" if style else value
