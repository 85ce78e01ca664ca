"""All rules, in code order, and the one function that runs them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from analyzer.audits import data, ddl, drift, history, lookups, reading, relations
from analyzer.audits.rules import Finding, Hit, Rule
from analyzer.audits.values import Facts

Check = Callable[[Facts], Iterable[Hit]]

AUDITS: tuple[tuple[Rule, Check], ...] = (
    *reading.AUDITS,
    *history.AUDITS,
    *relations.AUDITS,
    *drift.AUDITS,
    *data.AUDITS,
    *lookups.AUDITS,
    *ddl.AUDITS,
)


def run(facts: Facts) -> tuple[Finding, ...]:
    """Every finding of every rule, sorted by file, line and code."""
    hits = [hit for _, check in AUDITS for hit in check(facts)]
    found = {_finding(hit) for hit in hits}
    return tuple(sorted(found, key=lambda f: (f.file, f.line, f.code, f.message)))


def _finding(hit: Hit) -> Finding:
    return Finding(
        code=hit.rule.code,
        severity=hit.severity or hit.rule.severity,
        file=hit.file,
        line=hit.line,
        column=1,
        message=hit.message,
        fingerprint=_fingerprint(hit),
    )


def _fingerprint(hit: Hit) -> str:
    """Stable as long as the statement itself is: rule, file and message, which names no line."""
    text = "\0".join((hit.rule.code, hit.file, hit.message))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
