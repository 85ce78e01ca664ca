"""Findings as one JSON document, and the schema that describes it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from analyzer.audits.rules import Finding
from analyzer.render.encoding import described, encoded
from analyzer.render.findings.values import Checked, by_severity
from analyzer.render.report_operations import Line, Path

SCHEMA_VERSION = 1


class FindingEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A finding; `suppressed_by` is "source", "baseline" or empty."""

    code: str
    name: str
    severity: str
    file: Annotated[Path, Meta(description="relative to the project, with /; empty where it is no file")]
    line: Line
    column: Annotated[int, Meta(ge=1)]
    message: str
    app: Annotated[str, Meta(description="label; empty where it is none's")]
    subject: Annotated[
        str, Meta(description="a migration and its operation, a model and its field, or a file")
    ]
    related: Annotated[tuple[Path, ...], Meta(description="other files that it rests on")]
    fingerprint: Annotated[str, Meta(description="survives moves to other lines and folders")]
    suppressed: bool
    suppressed_by: str
    reason: str


class GoneEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of the baseline that no longer occurs."""

    code: str
    app: str
    subject: str
    fingerprint: str
    message: str


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """The outcome of `migscan check`; `findings` holds suppressed ones, too."""

    schema_version: int
    project: str
    fails: Annotated[bool, Meta(description="whether the exit code is 1")]
    findings: tuple[FindingEntry, ...]
    baseline_gone: tuple[GoneEntry, ...]
    counts: Annotated[dict[str, int], Meta(description="of findings that are not suppressed, by severity")]


def document(checked: Checked) -> str:
    found = checked.in_documents()
    return encoded(
        Document(
            schema_version=SCHEMA_VERSION,
            project=checked.project,
            fails=checked.fails(),
            findings=tuple(_entry(checked, finding) for finding in found),
            baseline_gone=tuple(
                msgspec.convert(entry, GoneEntry, from_attributes=True) for entry in checked.gone
            ),
            counts={severity.value: times for severity, times in by_severity(checked.visible()).items()},
        )
    )


def schema() -> str:
    """The JSON Schema of the document, as it is published in `check.schema.json`."""
    return described(Document, "migscan check")


def _entry(checked: Checked, finding: Finding) -> FindingEntry:
    rule = checked.rules.get(finding.code)
    said = {
        name: getattr(finding, name)
        for name in FindingEntry.__struct_fields__
        if name not in ("name", "severity")
    }
    return FindingEntry(**said, name=rule.name if rule is not None else "", severity=finding.severity.value)
