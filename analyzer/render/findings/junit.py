"""Findings as JUnit XML: a test case each, failed where the finding makes the check fail."""

from __future__ import annotations

import re
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from analyzer.audits.rules import Finding
from analyzer.render.findings.text import place
from analyzer.render.findings.values import Checked, at_least
from analyzer.render.words import printable

_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(checked: Checked) -> str:
    """One suite with a case for each finding; a single passed case where there is none."""
    found = checked.visible()
    failed = sum(at_least(finding, checked.fail_on) for finding in found)
    head = f'name="migscan" tests="{max(len(found), 1)}" failures="{failed}" errors="0" time="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {head}>",
        f'  <testsuite {head} skipped="0">',
    ]
    for _, group in groupby(found, key=lambda finding: finding.file):
        lines += [line for finding in group for line in _case(checked, finding)]
    if not found:
        lines.append('    <testcase name="migscan" classname="migscan" time="0"/>')
    return "\n".join([*lines, "  </testsuite>", "</testsuites>", ""])


def _case(checked: Checked, finding: Finding) -> list[str]:
    path = checked.path(finding.file)
    where = place(checked, finding)
    opening = f"    <testcase name={_quoted(f'{finding.code} {where}')} classname={_quoted(path)}"
    opening += ' time="0">'
    if at_least(finding, checked.fail_on):
        told = f"{where}: {finding.message}"
        body = (
            f'      <failure message={_quoted(finding.message)} type="{finding.code}">{_text(told)}</failure>'
        )
    else:
        body = f"      <system-out>{_text(f'{finding.severity.value}: {finding.message}')}</system-out>"
    return [opening, body, "    </testcase>"]


def _quoted(value: str) -> str:
    return quoteattr(_valid(value))


def _text(value: str) -> str:
    return escape(_valid(value))


def _valid(value: str) -> str:
    return _INVALID.sub("\N{REPLACEMENT CHARACTER}", printable(value))
