"""Findings as annotations of GitHub Actions: workflow commands, one a line."""

from __future__ import annotations

from analyzer.audits.rules import Finding, Severity
from analyzer.render.findings.excerpt import pointed
from analyzer.render.findings.values import Checked
from analyzer.render.words import printable

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(checked: Checked) -> str:
    """A command for each finding (https://docs.github.com/actions/reference/workflow-commands)."""
    return "".join(f"{_command(checked, finding)}\n" for finding in checked.visible())


def _command(checked: Checked, finding: Finding) -> str:
    rule = checked.rules.get(finding.code)
    said = {"file": printable(checked.path(finding.file)) if finding.file else ""}
    if finding.line:
        source = checked.sources.get((finding.file, finding.line), "")
        said |= {"line": str(finding.line), "col": str(pointed(finding, source)[0])}
    said["title"] = f"{finding.code} {rule.name}" if rule is not None else finding.code
    properties = ",".join(f"{name}={_property(value)}" for name, value in said.items() if value)
    return f"::{_COMMANDS[finding.severity]} {properties}::{_data(printable(finding.message))}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
