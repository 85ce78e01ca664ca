"""Findings as the project wants them: what its options leave out, what its comments suppress.

Rules know nothing of this.  It is worked out anew in every run, so that what is remembered of a
project holds whatever the options say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec.structs import replace

from analyzer.audits.comments import MARK, NO_REASON, UNUSED, Ignore, ignores
from analyzer.audits.policy import hint, matching, policy
from analyzer.audits.rules import Finding, Rule, by_place
from analyzer.audits.subjects import fingerprinted
from analyzer.options import Options

IN_SOURCE = "source"

_COMPARED = frozenset({"MS116", "MS117", "MS118"})
"""Rules that only find something where a revision is named (see `recorded`)."""


def judged(
    findings: Iterable[Finding],
    paths: Iterable[str],
    data: Callable[[str], bytes],
    options: Options,
    *,
    all_of_them: bool = True,
) -> tuple[Finding, ...]:
    """The findings that count, those that comments suppress marked so, and what is wrong with comments.

    `paths` are the project's Python files that may hold such comments, `data` gives the bytes of any file
    of it.  Where not `all_of_them` are given, nothing is said about comments.
    Raises UsageError where the options name a rule that there is not.
    """
    found = tuple(findings)
    said = policy(options)
    written = _comments(found, paths, data)
    if not written:
        return tuple(said.judged(found))
    read = [(path, ignore, _codes(ignore)) for path, all_of in written.items() for ignore in all_of]
    marked = [_marked(finding, written.get(finding.file, ())) for finding in found]
    if not all_of_them:
        return tuple(said.judged(marked))
    wrong = [wrong for one in read for wrong in _wrong(*one, found, options)]
    return tuple(sorted(said.judged([*marked, *fingerprinted(wrong)]), key=by_place))


def _wrong(
    path: str, ignore: Ignore, codes: frozenset[str], findings: Iterable[Finding], options: Options
) -> Iterator[Finding]:
    if why := _unused(path, ignore, findings):
        yield _finding(UNUSED, path, ignore, why)
    if options.require_reasons and codes and not ignore.reason:
        yield _finding(NO_REASON, path, ignore, f"{_said(ignore)} gives no reason")


def _comments(
    findings: Iterable[Finding], paths: Iterable[str], data: Callable[[str], bytes]
) -> Mapping[str, list[Ignore]]:
    """The comments by file: of some Python files, and of others where something was found."""
    python = set(paths)
    others = {finding.file for finding in findings if finding.file} - python
    found = {}
    for path in sorted(python | others):
        text = data(path)
        if MARK in text and (said := ignores(text, path in python)):
            found[path] = said
    return found


def _codes(ignore: Ignore) -> frozenset[str]:
    return frozenset(code for selector in ignore.codes for code in matching(selector))


def _marked(finding: Finding, comments: Iterable[Ignore]) -> Finding:
    for ignore in comments:
        if _speaks_for(ignore, finding) and finding.code in _codes(ignore):
            return replace(finding, suppressed=True, suppressed_by=IN_SOURCE, reason=ignore.reason)
    return finding


def _speaks_for(ignore: Ignore, finding: Finding) -> bool:
    return ignore.lines is None or finding.line in ignore.lines


def _unused(path: str, ignore: Ignore, findings: Iterable[Finding]) -> str:
    """What is wrong with a comment, in words; nothing where it suppresses something with each selector."""
    if ignore.wrong:
        return f"this comment suppresses nothing: {ignore.wrong}"
    met = {finding.code for finding in findings if finding.file == path and _speaks_for(ignore, finding)}
    for selector in ignore.codes:
        known = matching(selector)
        if not known:
            return f"{_said(ignore)} names no rule with '{selector}'; {hint(selector)}"
        if not known & met and not known <= _COMPARED:
            where = "in this file" if ignore.lines is None else "here"
            return f"{_said(ignore)} suppresses nothing: there is no {selector} {where}"
    return ""


def _said(ignore: Ignore) -> str:
    kind = "ignore-file" if ignore.lines is None else "ignore"
    return f"`{kind}[{', '.join(ignore.codes)}]`"


def _finding(rule: Rule, path: str, ignore: Ignore, message: str) -> Finding:
    return Finding(rule.code, rule.severity, path, ignore.line, 1, message, "", subject=path)
