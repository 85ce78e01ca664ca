"""The formats of `migscan check`: valid whatever a project calls its files and models."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import msgspec
import pytest
from msgspec.structs import replace

from analyzer.audits.registry import RULES
from analyzer.audits.rules import Finding, Severity
from analyzer.render.findings.excerpt import excerpt
from analyzer.render.findings.github import github
from analyzer.render.findings.gitlab import gitlab
from analyzer.render.findings.json import Document, document
from analyzer.render.findings.junit import junit
from analyzer.render.findings.sarif import sarif
from analyzer.render.findings.text import numbers, text
from analyzer.render.findings.values import Checked

NAMES = [
    "plain.py", "`|x`.py", "<script>alert(1)</script>.py", "a b%0A,:.py", "new\nline\r.py", "::error::x.py",
    "##[error]x.py", "\udcff\udcfe.py", "\x00\x1b[31m\ufffe.py", ']]>&"\'.py', "-x.py", "\u202egnp.py", "",
]  # fmt: skip


def found(name: str = "shop/models.py", severity: Severity = Severity.ERROR, line: int = 3) -> Finding:
    said = f"{name} names {name}, which does not exist"
    return Finding("MS102", severity, name, line, 1, said, f"print-{name!r}-{line}", app="shop", subject=name)


def checked(*findings: Finding, **changed: object) -> Checked:
    given = Checked(
        project="shop",
        findings=findings,
        suppressed=(),
        gone=(),
        baseline="",
        shown=Severity.NOTE,
        fail_on=Severity.ERROR,
        base="",
        sources={(finding.file, 3): f"x = {finding.file!r}" for finding in findings},
        rules={rule.code: rule for rule in RULES},
    )
    return replace(given, **changed)


@pytest.fixture(params=NAMES, ids=ascii)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_text_is_one_line_a_statement_and_drives_no_terminal_or_build_log(name: str) -> None:
    lines = text(checked(found(name))).splitlines()
    assert not any(line.startswith(("::", "##")) for line in lines)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", "\n".join(lines))
    assert lines[0].count(" error MS102 ") == 1
    assert lines[-2].startswith("MS102 ")


def test_github_gets_one_command_a_finding(name: str) -> None:
    (line,) = github(checked(found(name))).splitlines()
    head, _, message = line[2:].partition("::")
    assert "which does not exist" in message
    command, _, properties = head.partition(" ")
    assert command == "error"
    said = dict(part.split("=", 1) for part in properties.split(","))
    assert set(said) == ({"file"} if name else set()) | {"line", "col", "title"}


def test_gitlab_gets_what_its_documentation_asks_for(name: str) -> None:
    (entry,) = json.loads(gitlab(checked(found(name), base="backend/")))
    assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
    assert entry["location"]["path"].startswith("backend/")
    assert entry["location"]["lines"] == {"begin": 3}


def test_sarif_has_addresses_of_any_name(name: str) -> None:
    (run,) = json.loads(sarif(checked(found(name))))["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "MS102"
    if name:
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[\w./~-]|%[0-9A-F]{2})+", uri, re.ASCII)
    else:
        assert result["locations"] == []


def test_junit_is_xml(name: str) -> None:
    root = ET.fromstring(junit(checked(found(name), found(name, Severity.WARNING))))  # noqa: S314 - ours
    assert [case.find("failure") is None for case in root.iter("testcase")] == [False, True]
    assert root.get("failures") == "1"


def test_json_is_what_its_schema_says(name: str) -> None:
    told = document(checked(found(name), found(name, Severity.NOTE, 4)))
    said = msgspec.json.decode(told, type=Document, strict=True)
    assert said.counts == {"error": 1, "note": 1}
    assert said.fails


@pytest.mark.parametrize("write", [gitlab, sarif, junit, document, text, github])
def test_nothing_found_is_a_whole_document_too(write: object) -> None:
    assert callable(write)
    assert isinstance(write(checked()), str)
    assert json.loads(gitlab(checked())) == []
    assert ET.fromstring(junit(checked())).get("failures") == "0"  # noqa: S314 - ours
    assert numbers(checked()) == "no findings\n"


def test_documents_mark_what_is_suppressed() -> None:
    known = replace(found(), suppressed=True, suppressed_by="source", reason="as it is")
    (result,) = json.loads(sarif(checked(suppressed=(known,))))["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "as it is"}]
    (entry,) = json.loads(document(checked(suppressed=(known,))))["findings"]
    assert (entry["suppressed"], entry["suppressed_by"], entry["reason"]) == (True, "source", "as it is")
    assert json.loads(gitlab(checked(suppressed=(known,)))) == []


@pytest.mark.parametrize(
    ("line", "message", "caret"),
    [
        ('    ("shop", "0001_gone"),', "shop.0002 names shop.0001_gone", "              ^^^^^^^^^"),
        ("class Migration(migrations.Migration):", "shop has 2 leaf nodes", "^"),
        ("\tx = unknown()", "cannot say", "    ^"),
        ("x = 1  # gone_1", "names gone_1", "^"),
    ],
)
def test_the_caret_points_at_what_is_named(line: str, message: str, caret: str) -> None:
    finding = replace(found(), message=message)
    assert excerpt(finding, line)[1] == f"    | {caret}"


def test_a_long_line_is_cut() -> None:
    shown, *caret = excerpt(replace(found(), message="names gone_1"), f"x = {'a' * 500} + gone_1")
    assert len(shown) < 200
    assert caret == []


def test_colour_is_only_where_it_is_asked_for() -> None:
    assert "\x1b" not in text(checked(found()))
    assert "\x1b[1;31merror\x1b[0m" in text(checked(found()), colour=True)
