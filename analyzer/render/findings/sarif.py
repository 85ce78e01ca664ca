"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from urllib.parse import quote

from analyzer.audits.rules import Finding, Rule, Severity
from analyzer.render.encoding import encoded
from analyzer.render.findings.excerpt import pointed
from analyzer.render.findings.values import Checked
from analyzer.version import __version__

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_KINDS = {"source": "inSource", "baseline": "external"}

Object = dict[str, object]


def sarif(checked: Checked) -> str:
    """A log with one run; suppressed findings are in it, marked as such."""
    codes = sorted(checked.rules)
    index = {code: number for number, code in enumerate(codes)}
    driver: Object = {
        "name": "migscan",
        "semanticVersion": __version__,
        "rules": [_rule(checked.rules[code]) for code in codes],
    }
    found = checked.in_documents()
    run: Object = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(checked, finding, index) for finding in found],
    }
    return encoded({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> Object:
    described: Object = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    return described | ({"helpUri": rule.url} if rule.url else {})


def _result(checked: Checked, finding: Finding, index: dict[str, int]) -> Object:
    result: Object = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": _locations(checked, finding),
        "partialFingerprints": {"migscan/v1": finding.fingerprint},
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    if finding.related:
        result["relatedLocations"] = [
            {"physicalLocation": {"artifactLocation": _address(checked, file)}} for file in finding.related
        ]
    if finding.suppressed:
        why: Object = {"justification": finding.reason} if finding.reason else {}
        result["suppressions"] = [{"kind": _KINDS.get(finding.suppressed_by, "external"), **why}]
    return result


def _locations(checked: Checked, finding: Finding) -> list[Object]:
    if not finding.file:
        return []
    place: Object = {"artifactLocation": _address(checked, finding.file)}
    if finding.line:
        column, width = pointed(finding, checked.sources.get((finding.file, finding.line), ""))
        place["region"] = {
            "startLine": finding.line,
            "startColumn": column,
            "endColumn": column + width,
        }
    return [{"physicalLocation": place}]


def _address(checked: Checked, file: str) -> Object:
    """Relative to the top of the source tree; any byte of a name has its place in a URI."""
    uri = quote(checked.path(file), safe="/._-~", errors="surrogateescape")
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}
