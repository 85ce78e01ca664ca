"""Findings, what was not understood, and how the project was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.audits.rules import Finding, Severity
from analyzer.render.links import Link
from analyzer.render.markdown.structure import installed
from analyzer.render.markdown.text import (
    bullets,
    code,
    codes,
    folded,
    long_table,
    message,
    section,
    short,
    table,
    text,
    where,
)
from analyzer.render.tally import other_roots, other_settings, unsuppressed
from analyzer.render.words import count, number
from analyzer.schema.values import App
from analyzer.schema.version import written

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def findings(analysis: Analysis, link: Link) -> list[str]:
    found = sorted(
        unsuppressed(analysis), key=lambda f: (ORDER[f.severity], f.code, f.file, f.line, f.message)
    )
    suppressed = len(analysis.findings) - len(found)
    note = [f"{count(suppressed, 'finding')} suppressed in the source."] if suppressed else []
    if not found:
        return section("Findings", ["None."], note)
    rows = [_finding(finding, link) for finding in found]
    return section("Findings", long_table("findings", ["code", "severity", "what", "where"], rows), note)


def _finding(finding: Finding, link: Link) -> list[str]:
    severity = finding.severity.value
    return [
        code(finding.code),
        f"**{severity}**" if finding.severity is Severity.ERROR else severity,
        message(short(finding.message)),
        where(link, finding.file, finding.line),
    ]


def unknown(analysis: Analysis, link: Link) -> list[str]:
    if not analysis.unknown:
        return section("What was not understood", ["Nothing that was met in reading."])
    rows = [
        (code(short(item.what)), text(short(item.why)), where(link, item.file, item.line))
        for item in sorted(analysis.unknown)
    ]
    intro = "Source does not decide these; nothing was guessed in their place."
    return section("What was not understood", [intro], long_table("places", ["what", "why", "where"], rows))


def reading(analysis: Analysis, link: Link) -> list[str]:
    how = analysis.reading
    lines = [
        *_settings(analysis, link),
        _django(analysis, link),
        f"User model: {code(how.auth_user_model)}",
        f"Packages: {_packages(how.site_packages)}",
        *_unfitting(analysis),
        f"Source roots: {codes(root or '.' for root in how.source_roots) or 'none'}",
        f"Files: {number(how.files_seen)} seen, {number(how.files_read)} read; the others cannot matter",
    ]
    return section("How it was read", bullets(lines), _apps(analysis), _versions(analysis))


def _django(analysis: Analysis, link: Link) -> str:
    django = analysis.reading.django
    place = f", {where(link, django.file, django.line)}" if django.file else ""
    taken = "" if django.oldest == django.newest else f"; {written(django.taken)} where only one can be"
    return f"Django: {django}{taken} ({text(short(django.why))}{place}); `--django-version` chooses"


def _settings(analysis: Analysis, link: Link) -> list[str]:
    how = analysis.reading
    reason = f" ({text(how.settings_reason)})" if how.settings_reason else ""
    lines = [f"Settings: {where(link, how.settings, 0) if how.settings else 'none'}{reason}"]
    if others := other_settings(analysis):
        lines.append(f"Other settings, not used: {codes(others)}; choose one with `--settings`")
    if elsewhere := other_roots(analysis):
        lines.append(f"Settings in {codes(elsewhere)} may be another project's: give that folder as PATH")
    if how.all_apps:
        lines.append("Apps: all in the tree count (`--all-apps`), whether installed or not")
    return lines


def _apps(analysis: Analysis) -> list[str]:
    rows = [
        _app(analysis, app)
        for app in sorted(analysis.apps, key=lambda app: (not app.own, app.label, app.path))
    ]
    if not rows:
        return []
    body = table(["app", "package", "whose", "installed", "because"], rows)
    return folded(f"Which apps are taken as installed, and why: {count(len(rows), 'app')}", body)


def _app(analysis: Analysis, app: App) -> list[str]:
    whose = "the project's" if app.own else "a package's"
    return [code(app.label), code(app.name), whose, installed(analysis, app), text(app.reason)]


def _versions(analysis: Analysis) -> list[str]:
    rows = [
        [
            code(chosen.package),
            text(f"{chosen.distribution} {chosen.version}"),
            code(chosen.requirement) if chosen.requirement else "",
            code(chosen.file) if chosen.file else "",
            text(chosen.why),
        ]
        for chosen in analysis.reading.packages
    ]
    if not rows:
        return []
    body = table(["package", "taken", "required", "in", "because"], rows)
    return folded(f"Which versions of packages are taken, and why: {count(len(rows), 'package')}", body)


def _unfitting(analysis: Analysis) -> list[str]:
    """The packages that are not read in a version which a requirement allows, and those without one."""
    packages = analysis.reading.packages
    others = [f"{code(p.distribution)} {code(p.requirement)} as {p.version}" for p in packages if not p.fits]
    free = sorted({p.distribution for p in packages if not p.file})
    lines = [f"Read in another version than the required one: {'; '.join(others)}"] if others else []
    if free:
        lines.append(f"Required by no file that was read, and taken as the newest known: {codes(free)}")
    return lines


def _packages(site_packages: str | None) -> str:
    if site_packages is None:
        return "as migscan's catalogue knows them; `--site-packages` reads the installed ones"
    return f"as installed in {code(site_packages)}, else as migscan's catalogue knows them"
