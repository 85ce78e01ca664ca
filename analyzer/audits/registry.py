"""All rules, in code order, and the one function that runs them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from analyzer.audits import (
    comments,
    data,
    ddl,
    drift,
    history,
    lookups,
    packages,
    reading,
    recorded,
    relations,
    resets,
    squashing,
    swapping,
)
from analyzer.audits.recorded import Past
from analyzer.audits.rules import Finding, Hit, Rule, Severity
from analyzer.audits.subjects import Subjects, fingerprinted, generated
from analyzer.audits.values import Facts

Check = Callable[[Facts], Iterable[Hit]]

_FAMILIES = (reading, history, squashing, packages, relations, swapping, drift, data, lookups, ddl, resets)

AUDITS: tuple[tuple[Rule, Check], ...] = tuple(
    sorted((audit for family in _FAMILIES for audit in family.AUDITS), key=lambda audit: audit[0].code)
)

RULES: tuple[Rule, ...] = tuple(
    sorted((*(rule for rule, _ in AUDITS), *comments.RULES, *recorded.RULES), key=lambda rule: rule.code)
)
"""Every rule, those too that are judged once all findings are known."""


_MORE = frozenset({"MS107", "MS113", "MS114"})

GRAPH: frozenset[str] = frozenset(
    rule.code for rule, _ in AUDITS if rule.code.startswith("MS1") and rule.code not in _MORE
)
"""The rules that look at settings, apps and the migration graph alone, not at models or packages."""


def run(facts: Facts, codes: Container[str] | None = None) -> tuple[Finding, ...]:
    """Every finding of every rule, or of those with some codes, sorted by file, line and code."""
    subjects = Subjects(facts)
    as_written = {migration.file for migration in facts.migrations if generated(migration)}
    audits = (check for rule, check in AUDITS if codes is None or rule.code in codes)
    hits = {hit for check in audits for hit in check(facts)}
    return tuple(
        fingerprinted(
            _finding(hit, subjects, hit.file in as_written and not _of_reading(hit)) for hit in hits
        )
    )


def _of_reading(hit: Hit) -> bool:
    """Whether it says where the other rules may be blind."""
    return hit.rule.code.startswith("MS0")


def compared(past: Past) -> tuple[Finding, ...]:
    """Every finding of the rules that compare with a revision, sorted likewise."""
    hits = {hit for _, check in recorded.AUDITS for hit in check(past)}
    return tuple(fingerprinted(_as_finding(hit, hit.app, hit.subject, hit.severity) for hit in hits))


def _finding(hit: Hit, subjects: Subjects, as_written: bool) -> Finding:
    """A finding; what `makemigrations` wrote by itself into an initial migration is no reason to warn."""
    severity = hit.severity or hit.rule.severity
    kind = Severity.NOTE if as_written and severity is Severity.WARNING else severity
    return _as_finding(hit, *subjects.of(hit), kind)


def _as_finding(hit: Hit, app: str, subject: str, severity: Severity | None) -> Finding:
    return Finding(
        code=hit.rule.code,
        severity=severity or hit.rule.severity,
        file=hit.file,
        line=hit.line,
        column=hit.column,
        message=hit.message,
        fingerprint="",
        app=app,
        subject=subject,
        related=hit.related,
    )
