"""The steps of `migscan check`: which project, which findings, what is written, does it fail."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from analyzer.audits.rules import RANK, Finding, Severity
from analyzer.cli.place import Place, place
from analyzer.cli.progress import Watch, watch
from analyzer.cli.run import analysed, colour, options_for, outlined, say, say_bytes, say_timing
from analyzer.errors import UsageError
from analyzer.options import Flags, Options

if TYPE_CHECKING:
    from analyzer.analysis import Analysis, Outline
    from analyzer.audits.baseline import Baseline
    from analyzer.audits.rules import Rule
    from analyzer.render.findings.values import Checked
    from analyzer.source.git import Changes

MAX_SOURCE = 10_000_000
TOLD_IN_PULL_REQUESTS = ("github", "gitlab", "sarif")
"""Formats whose readers count paths from the top of the repository."""


class Wish(Struct, frozen=True):
    """What `migscan check` was asked for, beside the options of the project."""

    paths: tuple[Path, ...]
    since: str | None
    staged: bool
    show: str | None
    write_baseline: Path | None
    mend: str
    format: str
    output: Path | None
    statistics: bool
    quiet: bool
    no_color: bool
    timing: bool


def check(wish: Wish, said: Flags) -> bool:
    """Check, write, and say whether the check fails."""
    meant = place(wish.paths)
    _missing(meant, wish)
    options = options_for(meant.root, said)
    part = wish.since is not None or wish.staged or meant.files is not None
    if wish.write_baseline is not None and part:
        raise UsageError("--write-baseline is for the whole project: leave files, --since and --staged out")
    changes = _changes(meant, wish)
    with watch(wish.quiet) as progress:
        if wish.mend:
            from analyzer.cli.mending import difference, mend

            before = analysed(meant.root, options, progress)
            if wish.mend == "diff":
                progress.finish()
                return difference(meant.root, before)
            mend(meant.root, before, wish.quiet)
        analysis = _found(meant.root, options, progress)
    if wish.since is not None:
        analysis = _compared(meant.root, analysis, options, wish.since)
    checked = _checked(meant.root, analysis, options, changes, wish)
    failed = checked.fails()
    if wish.write_baseline is not None:
        _write_baseline(wish.write_baseline, analysis.findings, checked, options, wish.quiet)
        failed = False
    else:
        _deliver(checked, wish)
    if wish.timing:
        say_timing(progress.timing())
    return failed


def _found(root: Path, options: Options, progress: Watch) -> Analysis | Outline:
    """What the rules that were chosen need, and no more."""
    from analyzer.audits.policy import of_graph, policy

    codes = policy(options).codes
    graph = outlined(root, options, progress) if codes is not None and codes <= of_graph() else None
    return graph if graph is not None else analysed(root, options, progress)


def _missing(meant: Place, wish: Wish) -> None:
    for path in wish.paths:
        if meant.files is not None and not path.exists() and not wish.quiet:
            sys.stderr.write(f"migscan: {path}: is not there; taken as deleted\n")


def _changes(meant: Place, wish: Wish) -> Changes | None:
    """The files that findings have to touch; None where all count."""
    from analyzer.source.git import Changes, since, staged

    found = []
    if meant.files is not None:
        there = frozenset(file for file in meant.files if (meant.root / file).exists())
        found.append(Changes(there, meant.files - there))
    if wish.since is not None:
        found.append(since(meant.root, wish.since))
    if wish.staged:
        found.append(staged(meant.root))
    if len(found) < 2:
        return found[0] if found else None
    one, other = found
    return Changes(one.changed & other.changed, one.deleted & other.deleted)


def _compared(
    root: Path, analysis: Analysis | Outline, options: Options, revision: str
) -> Analysis | Outline:
    """The analysis with what is found by comparing its migrations with a revision."""
    from msgspec.structs import replace

    from analyzer.audits.judgement import judged
    from analyzer.audits.recorded import Past
    from analyzer.audits.registry import compared
    from analyzer.audits.rules import by_place
    from analyzer.recording import recorded
    from analyzer.source.inside import read_inside

    out = {app.label for app in analysis.apps if app.installed is False}
    migrations = tuple(migration for migration in analysis.migrations if migration.app not in out)
    past = Past(recorded(root, revision, {m.file.rpartition("/")[0] for m in migrations}), migrations)
    found = compared(past)
    more = judged(
        found, (), lambda path: read_inside(root, path, MAX_SOURCE) or b"", options, all_of_them=False
    )
    return replace(analysis, findings=tuple(sorted((*analysis.findings, *more), key=by_place)))


def _checked(
    root: Path, analysis: Analysis | Outline, options: Options, changes: Changes | None, wish: Wish
) -> Checked:
    from analyzer.audits import baseline as known
    from analyzer.audits.touching import Touched
    from analyzer.render.findings.values import Checked

    findings: Iterable[Finding] = analysis.findings
    kept = _baseline(options.baseline) if options.baseline is not None and not wish.write_baseline else None
    marked = known.known(findings, kept) if kept is not None else list(findings)
    gone = known.gone(findings, kept, _codes(options)) if kept is not None else []
    if changes is not None:
        apps = {app.label: app.path for app in analysis.apps if app.own}
        touched = Touched(changes.changed, changes.deleted, apps)
        marked, gone = [finding for finding in marked if touched.touches(finding)], []
    shown = Severity(wish.show or ("warning" if wish.format in ("text", "github") else "note"))
    least = min(shown, Severity(options.fail_on), key=RANK.__getitem__)
    return Checked(
        project=analysis.project,
        findings=tuple(finding for finding in marked if not finding.suppressed),
        suppressed=tuple(finding for finding in marked if finding.suppressed),
        gone=tuple(gone),
        baseline=options.baseline.name if options.baseline is not None else "",
        shown=least,
        fail_on=Severity(options.fail_on),
        base=_base(root, wish.format),
        sources=_sources(root, marked),
        rules=_rules() if marked or wish.format == "sarif" else {},
    )


def _rules() -> Mapping[str, Rule]:
    from analyzer.audits.registry import RULES

    return {rule.code: rule for rule in RULES}


def _codes(options: Options) -> frozenset[str] | None:
    from analyzer.audits.policy import policy

    return policy(options).codes


def _baseline(path: Path) -> Baseline:
    from analyzer.audits.baseline import read

    try:
        return read(path.read_bytes(), path.name)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); --write-baseline writes one") from error


def _write_baseline(
    path: Path, findings: Iterable[Finding], checked: Checked, options: Options, quiet: bool
) -> None:
    from analyzer.audits import baseline as known
    from analyzer.render.findings.values import at_least
    from analyzer.render.folder import write_file
    from analyzer.render.words import count

    old = _baseline(path) if path.exists() else known.Baseline(known.VERSION)
    codes = _codes(options)
    entries = known.written([f for f in findings if at_least(f, checked.shown)], old, codes)
    write_file(path, known.text(entries).encode())
    if not quiet:
        before, after = ({entry.fingerprint for entry in every} for every in (old.findings, entries))
        said = f"{len(after - before)} new, {len(before - after)} gone"
        sys.stderr.write(f"{path}: {count(len(entries), 'known finding')} ({said})\n")


def _base(root: Path, format: str) -> str:  # noqa: A002 - what it is
    """What leads to the project from where the reader of a format stands."""
    from analyzer.source.git import repository

    here = root.resolve()
    top = repository(here) if format in TOLD_IN_PULL_REQUESTS else None
    if top is None and not root.is_absolute():
        return "" if root == Path() else f"{root.as_posix()}/"
    start = top or Path.cwd()
    below = here.relative_to(start).as_posix() if here.is_relative_to(start) else "."
    return "" if below == "." else f"{below}/"


def _sources(root: Path, findings: Iterable[Finding]) -> dict[tuple[str, int], str]:
    """The lines that findings blame."""
    from analyzer.source.inside import read_inside

    wanted: dict[str, set[int]] = {}
    for finding in findings:
        wanted.setdefault(finding.file, set()).add(finding.line)
    found = {}
    for file, numbers in wanted.items():
        lines = (read_inside(root, file, MAX_SOURCE) or b"").decode("utf-8", "replace").split("\n")
        found.update({(file, n): lines[n - 1] for n in numbers if 0 < n <= len(lines)})
    return found


def _deliver(checked: Checked, wish: Wish) -> None:
    written = wish.output is not None
    shown = "" if wish.quiet else _numbers(checked)
    if wish.format == "text":
        body = _text(checked, wish, colour(wish.no_color) and not written)
        if wish.output is None:
            say(body + shown)
            return
        body += _numbers(checked)
    else:
        body = _formats()[wish.format](checked)
    if wish.output is None:
        say_bytes(body.encode())
        sys.stderr.write(shown)
        return
    from analyzer.render.folder import write_file

    write_file(wish.output, body.encode("utf-8", "backslashreplace"))
    say(shown)


def _numbers(checked: Checked) -> str:
    from analyzer.render.findings.text import numbers

    return numbers(checked)


def _text(checked: Checked, wish: Wish, coloured: bool) -> str:
    from analyzer.render.findings.text import statistics, text

    return statistics(checked) if wish.statistics else text(checked, coloured)


def _formats() -> Mapping[str, Callable[[Checked], str]]:
    from analyzer.render.findings import github, gitlab, json, junit, sarif

    return {
        "github": github.github,
        "gitlab": gitlab.gitlab,
        "json": json.document,
        "junit": junit.junit,
        "sarif": sarif.sarif,
    }
