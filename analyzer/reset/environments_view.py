"""One database's rows beside the files, and what has been said about them so far."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.reset.environments_disk import Disk, File
from analyzer.reset.environments_git import Past
from analyzer.reset.environments_loader import Loaded, load
from analyzer.reset.environments_values import Evidence, Situation, Verdict, dotted
from analyzer.reset.exports_values import Export, ExportError, Row

SHOWN = 20
"""Lines of evidence of one situation."""

USUAL = "0001_initial"
"""A name that says nothing, since nearly every app has it."""

NAMED = 5
"""Migrations that a message names."""


class View(Struct, frozen=True):
    """An environment: its rows by key in their order, and what Django makes of them.

    `recorded` are the keys of the rows; of a listing by `showmigrations` also those that it hides since a
    squash replaced them.
    """

    label: str
    name: str
    export: Export
    disk: Disk
    rows: dict[Key, tuple[Row, ...]]
    recorded: frozenset[Key]
    loaded: Loaded
    unknown: tuple[Key, ...]
    """Rows that have no file and that no squash replaces."""

    @property
    def ghosts(self) -> list[Key]:
        """Those of own apps that have migrations."""
        migrated = {file.app for file in self.disk.files.values() if file.own}
        return [key for key in self.unknown if key[0] in migrated]

    def own_pending(self) -> list[Key]:
        return sorted(key for key in self.loaded.pending if self.disk.files[key].own)

    def when(self, key: Key) -> datetime | None:
        return self.rows[key][0].applied if key in self.rows else None

    def before(self, key: Key, other: Key) -> bool | None:
        """Whether one row was written before another; None where the export does not tell."""
        if key not in self.rows or other not in self.rows:
            return None
        one, two = self.rows[key][0], self.rows[other][0]
        if one.applied is not None and two.applied is not None and one.applied != two.applied:
            return one.applied < two.applied
        return one.id < two.id if one.id is not None and two.id is not None else None

    def proof(self, keys: Iterable[Key]) -> tuple[Evidence, ...]:
        """The rows and the files of migrations, as far as there are any."""
        out: list[Evidence] = []
        for key in islice(keys, SHOWN):
            out += [self.row(row) for row in self.rows.get(key, ())[:SHOWN]]
            out += self.files([key])
        return tuple(out[:SHOWN])

    def row(self, row: Row) -> Evidence:
        said = f" {row.applied:%Y-%m-%d %H:%M:%S}" if row.applied is not None else ""
        return Evidence(self.export.file, row.line, f"row {dotted(row.key)}{said}")

    def files(self, keys: Iterable[Key]) -> list[Evidence]:
        found = (self.disk.files.get(key) for key in keys)
        return [Evidence(file.file, file.line, dotted(file.key)) for file in found if file and file.file]


class Case(Struct):
    """What is being said about one environment; `told` are the keys that need no further word."""

    view: View
    past: Past
    expect_new: bool
    told: set[Key]

    @property
    def disk(self) -> Disk:
        return self.view.disk

    def say(
        self, code: str, verdict: Verdict, app: str, message: str,
        keys: Iterable[Key] = (), steps: tuple[str, ...] = (), more: Iterable[Evidence] = (),
    ) -> Situation:  # fmt: skip
        evidence = (*self.view.proof(keys), *more)[:SHOWN]
        return Situation(code, verdict, self.view.label, app, message, evidence, steps)


def view(label: str, name: str, export: Export, disk: Disk) -> View:
    """The rows beside the files; raises ExportError where they cannot be this project's."""
    rows: dict[Key, list[Row]] = {}
    for row in export.rows:
        rows.setdefault(row.key, []).append(row)
    recorded = frozenset(rows) | _hidden(export, disk.files)
    _is_ours(export, disk)
    ordered = {key: tuple(found) for key, found in rows.items()}
    unknown = tuple(key for key in rows if key not in disk.files and key not in disk.replaced)
    return View(label, name, export, disk, ordered, recorded, load(disk.files, recorded), unknown)


def _hidden(export: Export, files: dict[Key, File]) -> frozenset[Key]:
    """The rows that a listing hides: what a squash that counts as applied replaced."""
    if not export.partial:
        return frozenset()
    border = [row.key for row in (*export.rows, *export.unrecorded)]
    hidden: set[Key] = set()
    while border:
        file = files.get(border.pop())
        fresh = [key for key in file.replaces if key not in hidden] if file is not None else []
        hidden.update(fresh)
        border += fresh
    return frozenset(hidden)


def _is_ours(export: Export, disk: Disk) -> None:
    replaced = disk.replaced
    listed = (*export.rows, *export.waiting, *export.unrecorded)
    known = any(row.key in disk.files or row.key in replaced for row in listed)
    labels = {*disk.apps, *disk.packages}
    telling = {name for app, name in disk.files if app in disk.apps} - {USUAL}
    named = any(row.app in labels or row.name in telling for row in listed)
    named = named and any(row.name[:4].isdigit() for row in listed)
    if not known and not named:
        raise ExportError(
            export.file, 0, f"none of its rows is of a migration of {disk.project} or of a package that it "
            "installs: another project's database, or another table",
        )  # fmt: skip
    cut = export.cut
    if cut is not None and cut.key not in disk.files and cut.key not in replaced:
        raise ExportError(
            export.file, cut.line, f"the last line has no end, and {dotted(cut.key)} is no migration that "
            "is known: the export is cut off",
        )  # fmt: skip


def names(keys: Iterable[Key]) -> str:
    """The names of an app's migrations, the first few of many."""
    listed = [key[1] for key in keys]
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more


def several(keys: Iterable[Key], noun: str = "migration") -> str:
    number = len(list(keys))
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
