"""What the formats of `migscan check` are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from analyzer.audits.baseline import Entry
from analyzer.audits.rules import RANK, Finding, Rule, Severity, by_place


class Checked(Struct, frozen=True):
    """The outcome of a check; findings are sorted.

    `findings` are the open ones, `suppressed` those of comments and of the baseline, `gone` the entries of
    the baseline that no longer occur.  `shown` is the least severity to show, `fail_on` the least one that
    makes the check fail.  `base` leads from where paths are meant to be read to the project ("" or `x/`),
    `sources` holds the lines that findings blame, `rules` the rules by code.
    """

    project: str
    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    gone: tuple[Entry, ...]
    baseline: str
    shown: Severity
    fail_on: Severity
    base: str
    sources: Mapping[tuple[str, int], str]
    rules: Mapping[str, Rule]

    def visible(self) -> list[Finding]:
        return [finding for finding in self.findings if at_least(finding, self.shown)]

    def hidden(self) -> list[Finding]:
        return [finding for finding in self.findings if not at_least(finding, self.shown)]

    def in_documents(self) -> list[Finding]:
        """Those that are visible, and the suppressed ones, which some documents mark as such."""
        suppressed = [finding for finding in self.suppressed if at_least(finding, self.shown)]
        return sorted((*self.visible(), *suppressed), key=by_place)

    def path(self, file: str) -> str:
        return f"{self.base}{file}" if file else self.base or "."

    def fails(self) -> bool:
        return any(at_least(finding, self.fail_on) for finding in self.findings)


def at_least(finding: Finding, severity: Severity) -> bool:
    return RANK[finding.severity] >= RANK[severity]


def by_severity(findings: list[Finding] | tuple[Finding, ...]) -> dict[Severity, int]:
    counts = Counter(finding.severity for finding in findings)
    return {severity: counts[severity] for severity in Severity if counts[severity]}
