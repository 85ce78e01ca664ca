"""Findings as a GitLab code quality report."""

from __future__ import annotations

from analyzer.audits.rules import Finding, Severity
from analyzer.render.encoding import encoded
from analyzer.render.findings.values import Checked

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def gitlab(checked: Checked) -> str:
    """The report (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format)."""
    return encoded([_entry(checked, finding) for finding in checked.visible()])


def _entry(checked: Checked, finding: Finding) -> dict[str, object]:
    return {
        "description": finding.message,
        "check_name": finding.code,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": checked.path(finding.file), "lines": {"begin": max(finding.line, 1)}},
    }
