"""What a rule is and what it finds."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """How bad a finding is: an error breaks `migrate` or the reset, a warning may, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(Struct, frozen=True):
    """One rule at one place.  `fingerprint` survives line moves; `column` is 1-based."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    message: str
    fingerprint: str
    suppressed: bool = False


class Rule(Struct, frozen=True):
    """Typed data of a rule; `bad` and `good` are projects as text with `# path.py` headers."""

    code: str
    name: str
    severity: Severity
    title: str
    why: str
    fix: str
    bad: str
    good: str
    url: str | None = None


class Hit(Struct, frozen=True):
    """What a check yields: where, and the message.  `registry.run` makes findings of hits."""

    rule: Rule
    file: str
    line: int
    message: str
    severity: Severity | None = None
