"""The rules themselves: as a list, as a page, one explained, and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

import msgspec

from analyzer.audits.rules import Rule, Severity
from analyzer.render.encoding import encoded
from analyzer.render.markdown.text import code, table, text

FAMILIES = {
    "MS0": "Reading: where the other rules may be blind",
    "MS1": "Migration history",
    "MS2": "Relations",
    "MS3": "Drift between models and migrations",
    "MS4": "Data operations",
    "MS5": "Hazards of a reset",
    "MS6": "Environments",
}
WIDTH = 96
_STYLES = {Severity.ERROR: "1;31", Severity.WARNING: "33", Severity.NOTE: "36"}


def listing(rules: Iterable[Rule], colour: bool = False) -> str:
    """A line for each rule."""
    every = list(rules)
    width = max(len(rule.name) for rule in every)
    return "".join(
        f"{rule.code}  {_styled(f'{rule.severity.value:7}', _STYLES[rule.severity], colour)}  "
        f"{rule.name:{width}}  {rule.title}\n"
        for rule in every
    )


def explanation(rule: Rule, colour: bool = False) -> str:
    """Everything about one rule, for a terminal."""
    head = f"{_styled(f'{rule.code} {rule.name}', '1', colour)} ({rule.severity.value})"
    parts = [head, *_wrapped(f"{rule.title}.", ""), "", *_wrapped(rule.why, ""), ""]
    parts += [*_wrapped(f"What to do: {rule.fix}", "")]
    for title, example in _examples(rule):
        lines = [f"    {line}".rstrip() for line in _example(example)]
        parts += ["", _styled(f"{title}:", "1", colour), "", *lines]
    if rule.url:
        parts += ["", rule.url]
    return "\n".join([*parts, ""])


def page(rules: Iterable[Rule]) -> str:
    """All rules as Markdown."""
    every = list(rules)
    lines = ["# Rules", "", *_preface()]
    for family, title in FAMILIES.items():
        members = [rule for rule in every if rule.code.startswith(family)]
        if members:
            lines += [f"## {family}xx {title}", "", *_contents(members), ""]
            lines += [line for rule in members for line in _described(rule)]
    return "\n".join(lines).rstrip() + "\n"


def document(rules: Iterable[Rule]) -> str:
    """All rules as JSON."""
    return encoded([msgspec.to_builtins(rule, enc_hook=_plain) for rule in rules])


def _plain(value: object) -> object:
    return value.value if isinstance(value, Severity) else value


def _preface() -> list[str]:
    return [
        "An *error* breaks `migrate` or a reset, a *warning* may, a *note* informs. A rule is named by its",
        "code, its name or its family (`MS1`). This page is written by `migscan rules --format md`; the",
        "tests run both examples of every rule.",
        "",
    ]


def _contents(rules: Sequence[Rule]) -> list[str]:
    rows = [
        [
            f"[{rule.code}](#{rule.code.lower()}-{rule.name})",
            code(rule.name),
            rule.severity.value,
            text(rule.title),
        ]
        for rule in rules
    ]
    return table(["code", "name", "severity", "what"], rows)


def _described(rule: Rule) -> list[str]:
    lines = [f"### {rule.code} {rule.name}", "", f"*{rule.severity.value}*: {_prose(rule.title)}.", ""]
    lines += [_prose(rule.why), "", f"**What to do:** {_prose(rule.fix)}", ""]
    if rule.url:
        lines += [f"Django says: <{rule.url}>", ""]
    for title, example in _examples(rule):
        lines += [
            f"<details><summary>{title}</summary>",
            "",
            "```python",
            *_example(example),
            "```",
            "",
            "</details>",
            "",
        ]
    return lines


def _prose(value: str) -> str:
    """Prose of ours, in which back-ticks mean code."""
    pieces = value.split("`")
    return "".join(code(piece) if index % 2 else text(piece) for index, piece in enumerate(pieces))


def _examples(rule: Rule) -> list[tuple[str, str]]:
    """What to show under which head; some rules compare a project with what it was."""
    earlier = [("Before that, deleted since", rule.before), ("On the revision compared with", rule.base)]
    found = [("Found in", rule.bad), ("Not found in", rule.good)]
    return [(head, source) for head, source in (*earlier, *found) if source]


def _example(source: str) -> list[str]:
    return textwrap.dedent(source).strip("\n").rstrip().splitlines()


def _wrapped(value: str, indent: str) -> list[str]:
    return textwrap.wrap(
        value,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _styled(value: str, style: str, colour: bool) -> str:
    return f"\x1b[{style}m{value}\x1b[0m" if colour else value
