"""What a rule is and what it finds."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """How bad a finding is: an error breaks `migrate` or the reset, a warning may, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


RANK = {severity: rank for rank, severity in enumerate(reversed(Severity))}
"""Severities as numbers, the worst the highest."""


class Finding(Struct, frozen=True):
    """One rule at one place.  `fingerprint` survives line moves; `column` is 1-based.

    `app` and `subject` (a migration and its operation, a model and its field, or a file) say what it is
    about; `related` are the other files that it rests on.  `suppressed_by` is "source" or "baseline", and
    `reason` what a comment in the source says why.
    """

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    message: str
    fingerprint: str
    suppressed: bool = False
    app: str = ""
    subject: str = ""
    related: tuple[str, ...] = ()
    suppressed_by: str = ""
    reason: str = ""


class Rule(Struct, frozen=True):
    """Typed data of a rule; `bad` and `good` are projects as text with `# path.py` headers.

    A rule that compares with a revision has the project as it is there in `base`, and in `before` as it
    once was, where that matters.
    """

    code: str
    name: str
    severity: Severity
    title: str
    why: str
    fix: str
    bad: str
    good: str
    url: str | None = None
    base: str = ""
    before: str = ""


class Hit(Struct, frozen=True):
    """What a check yields: where, and the message.  `registry.run` makes findings of hits.

    `app` and `subject` need no saying where the place tells them (see `subjects`).  `related` are
    further files that the finding rests on: whoever changes one of them is to see it, too.
    """

    rule: Rule
    file: str
    line: int
    message: str
    severity: Severity | None = None
    column: int = 1
    app: str = ""
    subject: str = ""
    related: tuple[str, ...] = ()


def by_place(finding: Finding) -> tuple[str, int, int, str, str]:
    """The order of findings."""
    return finding.file, finding.line, finding.column, finding.code, finding.message
