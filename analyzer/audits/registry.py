"""All rules, in code order, and the one function that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from analyzer.audits import comments, drift, history, reading, relations
from analyzer.audits.rules import Finding, Hit, Rule, Severity
from analyzer.audits.subjects import Subjects, fingerprinted, generated
from analyzer.audits.values import Facts

Check = Callable[[Facts], Iterable[Hit]]

AUDITS: tuple[tuple[Rule, Check], ...] = (
    *reading.AUDITS,
    *history.AUDITS,
    *relations.AUDITS,
    *drift.AUDITS,
)

RULES: tuple[Rule, ...] = tuple(
    sorted((*(rule for rule, _ in AUDITS), *comments.RULES), key=lambda rule: rule.code)
)
"""Every rule, those too that are judged once all findings are known."""


def run(facts: Facts) -> tuple[Finding, ...]:
    """Every finding of every rule, sorted by file, line and code."""
    subjects = Subjects(facts)
    as_written = {migration.file for migration in facts.migrations if generated(migration)}
    hits = {hit for _, check in AUDITS for hit in check(facts)}
    return tuple(
        fingerprinted(
            _finding(hit, subjects, hit.file in as_written and not _of_reading(hit)) for hit in hits
        )
    )


def _of_reading(hit: Hit) -> bool:
    """Whether it says where the other rules may be blind."""
    return hit.rule.code.startswith("MS0")


def _finding(hit: Hit, subjects: Subjects, as_written: bool) -> Finding:
    """A finding; what `makemigrations` wrote by itself into an initial migration is no reason to warn."""
    app, subject = subjects.of(hit)
    severity = hit.severity or hit.rule.severity
    return Finding(
        code=hit.rule.code,
        severity=Severity.NOTE if as_written and severity is Severity.WARNING else severity,
        file=hit.file,
        line=hit.line,
        column=hit.column,
        message=hit.message,
        fingerprint="",
        app=app,
        subject=subject,
        related=hit.related,
    )
