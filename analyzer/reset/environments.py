"""Environments compared with migration files, and with each other.

`compare` says for each export of `django_migrations` what Django would make of its rows with the files that
are on disk, and what a reset would silently bless: the twenty situations MS601 to MS620.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct

from analyzer.reset import environments_apps as apps
from analyzer.reset import environments_between as between
from analyzer.reset import environments_dates as dates
from analyzer.reset import environments_ghosts as ghosts
from analyzer.reset import environments_history as history
from analyzer.reset.environments_disk import Disk
from analyzer.reset.environments_git import NO_GIT, Past
from analyzer.reset.environments_values import (
    Cell,
    Comparison,
    Environment,
    Situation,
    Verdict,
    worst,
)
from analyzer.reset.environments_view import Case, View, view
from analyzer.reset.exports import read_exports
from analyzer.reset.exports_values import Export

CHECKS = (
    history.leaves,
    apps.unmigrated,
    ghosts.generations,
    dates.reused,
    history.squashes,
    apps.gone,
    ghosts.renamed,
    history.inconsistent,
    ghosts.ghosts,
    history.pending,
    apps.strangers,
    dates.duplicates,
    dates.disorder,
    dates.faked,
)
"""In this order: what a check explains, the later ones pass over."""

_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


MOST = 200
"""Situations of one kind in one environment: where there are more, the export is not this project's."""


class Applied(Struct, frozen=True):
    """An export under the name of its environment."""

    name: str
    export: Export


def read_applied(named: Iterable[tuple[str, Path]]) -> tuple[Applied, ...]:
    """The exports of environments by name; raises ExportError where one cannot be read."""
    return tuple(Applied(name, export) for name, path in named for export in read_exports(path))


def views(applied: Sequence[Applied], disk: Disk) -> tuple[View, ...]:
    """Each database beside the files; raises ExportError where an export is another project's."""
    names = [one.name for one in applied]
    labels: dict[str, int] = {}
    out = []
    for one in applied:
        label = one.name
        if names.count(one.name) > 1:
            label = f"{one.name} ({one.export.database or one.export.file})"
        labels[label] = labels.get(label, 0) + 1
        if labels[label] > 1:
            label = f"{label} #{labels[label]}"
        out.append(view(label, one.name, one.export, disk))
    return tuple(out)


def questions(found: Iterable[View]) -> dict[str, tuple[str, ...]]:
    """What Git is to be asked: the names of migrations by app that have rows and no file, or none of them
    where only the dates of an app's files matter."""
    out: dict[str, set[str]] = {}
    for one in found:
        for app, name in one.unknown:
            if app not in one.disk.packages:
                out.setdefault(app, set()).add(name)
        for key, file in one.disk.files.items():
            if file.own and key in one.rows:
                out.setdefault(key[0], set())
    return {app: tuple(sorted(names)) for app, names in sorted(out.items())}


def compare(found: Sequence[View], disk: Disk, past: Past = NO_GIT, expect_new: bool = False) -> Comparison:
    """Everything that is said about environments.  `expect_new` is after a reset was deployed."""
    situations = [situation for one in found for situation in _of(one, past, expect_new)]
    if found:
        situations += between.between(found, disk)
    listed = tuple(sorted(situations, key=_order))
    environments = tuple(_environment(one, listed) for one in found)
    return Comparison(
        project=disk.project,
        expect_new=expect_new,
        environments=environments,
        situations=listed,
        differences=tuple(between.differences(found, disk)) if len(found) > 1 else (),
        open=tuple(_open(found, disk, past)),
    )


def _order(situation: Situation) -> tuple[int, str, str, str, str]:
    one = situation
    return (_RANK[one.verdict], one.code, one.environment, one.app, one.message)


def _of(one: View, past: Past, expect_new: bool) -> Iterator[Situation]:
    case = Case(one, past, expect_new, set())
    for check in CHECKS:
        yield from islice(check(case), MOST)


def _environment(one: View, situations: tuple[Situation, ...]) -> Environment:
    export = one.export
    return Environment(
        label=one.label,
        name=one.name,
        file=export.file,
        kind=export.kind,
        rows=len(export.rows),
        partial=export.partial,
        dated=any(row.applied is not None for row in export.rows),
        cells=tuple(_cells(one)),
        verdict=worst(tuple(s for s in situations if s.environment in (one.label, one.name, ""))),
    )


def _cells(one: View) -> Iterator[Cell]:
    disk = one.disk
    own = {file.app for file in disk.files.values() if file.own} | set(disk.unread)
    labels = own | {key[0] for key in one.rows} | {p.label for p in disk.packages.values() if p.names}
    pending: dict[str, int] = {}
    unknown: dict[str, int] = {}
    rows: dict[str, int] = {}
    for keys, counts in ((one.loaded.pending, pending), (one.unknown, unknown), (one.rows, rows)):
        for key in keys:
            counts[key[0]] = counts.get(key[0], 0) + 1
    for app in sorted(labels):
        package = disk.packages.get(app)
        checked = app in own or (package is not None and package.exact)
        why = "" if checked else package.why if package is not None else "no app of this label is known"
        behind = pending.get(app, 0) if checked else 0
        ghosts = unknown.get(app, 0) if checked or package is None else 0
        yield Cell(app, app in own, rows.get(app, 0), behind, ghosts, checked, why)


def _open(found: Sequence[View], disk: Disk, past: Past) -> Iterator[str]:
    """What could not be checked, and why."""
    for one in found:
        if one.export.partial:
            yield (
                f"{one.label}: a listing by showmigrations hides rows that have no file and rows that a "
                "squash replaced; only an export of the table shows them"
            )
        elif not any(row.applied is not None for row in one.export.rows):
            yield f"{one.label}: without the column `applied` nothing can be said about dates"
    seen = {key[0] for one in found for key in one.rows}
    for package in disk.packages.values():
        if not package.exact and package.label in seen:
            yield f"{package.label}: its migrations were not compared with the files ({package.why})"
    for label in sorted({app for one in found for app in _strange(one)}):
        yield f"{label}: rows of a label that may be that of an installed package whose source is not known"
    for told in (past.silence, past.limits):
        if told:
            yield f"Git: {told}"


def _strange(one: View) -> list[str]:
    case = Case(one, NO_GIT, False, set())
    known = {key[0] for key in one.rows if apps.is_stranger(case, key[0])}
    return sorted(known) if apps.unnamed(case) else []
