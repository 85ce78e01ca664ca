"""Which rules count, and how much: what a project or a caller says about them.

A selector is a rule's code (`MS104`), its name (`duplicate-number`), a family (`MS1`) or `graph`.  What
none of them is gets refused, with the nearest that there is: a typo must not switch a rule off.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from analyzer.audits.rules import Finding, Rule, Severity
from analyzer.errors import UsageError
from analyzer.options import Options
from analyzer.source.discover import matcher

GRAPH = "graph"
"""The selector of the rules that look at the migration graph alone: they take a fraction of the time."""

Levels = Mapping[str, Severity | None]
"""Severities by code; None switches a rule off."""


class Policy(Struct, frozen=True):
    """The codes that count (None: all), those left out by pattern of file, and severities by code.

    Patterns are read as in .gitignore.  `apps` has the severities of single apps by label.
    """

    codes: frozenset[str] | None
    files: tuple[tuple[str, frozenset[str]], ...]
    levels: Levels
    apps: Mapping[str, Levels]

    def judged(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that count, each as severe as was said."""
        left_out = self._left_out()
        found = []
        for finding in findings:
            severity = self._severity(finding)
            if severity is not None and not any(
                finding.code in codes and spec(finding.file) for spec, codes in left_out
            ):
                found.append(finding if severity is finding.severity else replace(finding, severity=severity))
        return found

    def _severity(self, finding: Finding) -> Severity | None:
        if self.codes is not None and finding.code not in self.codes:
            return None
        for levels in (self.apps.get(finding.app, {}), self.levels):
            if finding.code in levels:
                return levels[finding.code]
        return finding.severity

    def _left_out(self) -> list[tuple[Callable[[str], bool], frozenset[str]]]:
        return [(matcher([pattern]), codes) for pattern, codes in self.files]


EVERYTHING = Policy(None, (), {}, {})


def policy(options: Options) -> Policy:
    """What the options say about rules.  Raises UsageError where they name a rule that there is not."""
    said = (options.select, options.ignore, options.extend_select)
    if not any((*said, options.per_file_ignores, options.severity, options.apps)):
        return EVERYTHING
    return Policy(
        codes=_codes(options),
        files=tuple(
            (pattern, chosen(codes, "per-file-ignores"))
            for pattern, codes in sorted(options.per_file_ignores.items())
        ),
        levels=_levels(options.severity, "severity"),
        apps={
            label: {
                **_levels(said.severity, f"apps.{label}.severity"),
                **dict.fromkeys(chosen(said.ignore, f"apps.{label}.ignore")),
            }
            for label, said in options.apps.items()
        },
    )


def _codes(options: Options) -> frozenset[str] | None:
    if not (options.select or options.ignore or options.extend_select):
        return None
    select = chosen(options.select, "select") if options.select else everything()
    return (select | chosen(options.extend_select, "extend-select")) - chosen(options.ignore, "ignore")


def _levels(said: Mapping[str, str], key: str) -> dict[str, Severity | None]:
    """Severities by code; what is said of a rule counts more than what is said of its family."""
    found: dict[str, Severity | None] = {}
    meant = [(chosen([selector], key), level) for selector, level in sorted(said.items())]
    for codes, level in sorted(meant, key=lambda item: -len(item[0])):
        found.update(dict.fromkeys(codes, None if level == "off" else Severity(level)))
    return found


def everything() -> frozenset[str]:
    return frozenset(rule.code for rule in _checked())


def chosen(selectors: Iterable[str], where: str) -> frozenset[str]:
    """The codes that selectors name.  Raises UsageError, naming `where`, for one that names none."""
    codes: set[str] = set()
    for selector in selectors:
        found = matching(selector)
        if not found:
            raise UsageError(f"{where}: no rule '{selector}'; {hint(selector)}")
        codes |= found
    return frozenset(codes)


def matching(selector: str, rules: Sequence[Rule] = ()) -> frozenset[str]:
    """The codes that one selector names, of these rules or of all that a check has; none where it is none."""
    wanted = selector.strip()
    if wanted.lower() == GRAPH and not rules:
        return of_graph()
    upper = wanted.upper()
    family = upper.startswith("MS") and len(upper) < len("MS000")
    return frozenset(
        rule.code
        for rule in rules or _checked()
        if rule.name == wanted.lower() or rule.code == upper or (family and rule.code.startswith(upper))
    )


def of_graph() -> frozenset[str]:
    """The rules that look at the migration graph alone, those that compare it with a revision included."""
    from analyzer.audits.recorded import RULES as COMPARED
    from analyzer.audits.registry import GRAPH as ALONE

    return ALONE | {rule.code for rule in COMPARED}


def hint(selector: str, rules: Sequence[Rule] = ()) -> str:
    """The nearest selector, as advice."""
    known = [name for rule in rules or _checked() for name in (rule.name, rule.code)]
    near = [
        near for form in (selector, selector.upper()) for near in difflib.get_close_matches(form, known, n=1)
    ]
    return f"did you mean '{near[0]}'?" if near else "`migscan rules` lists them"


def _checked() -> Sequence[Rule]:
    from analyzer.audits.registry import RULES

    return RULES
