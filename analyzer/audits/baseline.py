"""Findings that a project knows and lives with for now: one line each in a file that is committed.

What counts is the fingerprint; the rest of an entry is for whoever reads the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from analyzer.audits.rules import Finding
from analyzer.errors import UsageError

IN_BASELINE = "baseline"
VERSION = 1


class Entry(Struct, frozen=True, order=True):
    """A known finding."""

    code: str
    app: str
    subject: str
    fingerprint: str
    message: str


class Baseline(Struct, frozen=True):
    """A baseline file as JSON."""

    version: int
    findings: tuple[Entry, ...] = ()


def read(data: bytes, name: str) -> Baseline:
    """A baseline from a file's bytes.  Raises UsageError, naming the file, where it is none."""
    try:
        found = msgspec.json.decode(data, type=Baseline)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageError(f"{name}: is no baseline of migscan ({error})") from error
    if found.version != VERSION:
        raise UsageError(f"{name}: is a baseline of another migscan (version {found.version})")
    return found


def text(entries: Iterable[Entry]) -> str:
    """The file: an entry a line, sorted, so that changes are easy to review and to merge."""
    lines = [msgspec.json.encode(_writable(entry)).decode() for entry in sorted(set(entries))]
    body = ",\n  ".join(lines)
    return f'{{"version": {VERSION}, "findings": [\n  {body}\n]}}\n' if lines else empty()


def empty() -> str:
    return f'{{"version": {VERSION}, "findings": []}}\n'


def _writable(entry: Entry) -> Entry:
    """Without surrogates: file names are bytes, and not all of them are text."""
    said = {name: getattr(entry, name) for name in entry.__struct_fields__}
    return Entry(**{name: value.encode("utf-8", "backslashreplace").decode() for name, value in said.items()})


def known(findings: Iterable[Finding], baseline: Baseline) -> list[Finding]:
    """The findings, those of the baseline marked as suppressed by it."""
    prints = {entry.fingerprint for entry in baseline.findings}
    return [
        replace(finding, suppressed=True, suppressed_by=IN_BASELINE)
        if finding.fingerprint in prints and not finding.suppressed
        else finding
        for finding in findings
    ]


def gone(findings: Iterable[Finding], baseline: Baseline, codes: Collection[str] | None) -> list[Entry]:
    """Entries that no longer occur, of the rules with these codes (None: all)."""
    prints = {finding.fingerprint for finding in findings}
    return [
        entry
        for entry in baseline.findings
        if entry.fingerprint not in prints and (codes is None or entry.code in codes)
    ]


def written(findings: Iterable[Finding], old: Baseline, codes: Collection[str] | None) -> list[Entry]:
    """The entries of a new baseline: what is found now, and what was known of rules not asked for now."""
    found = [
        Entry(finding.code, finding.app, finding.subject, finding.fingerprint, finding.message)
        for finding in findings
        if finding.suppressed_by != "source"
    ]
    kept = [entry for entry in old.findings if codes is not None and entry.code not in codes]
    return sorted({*found, *kept})
