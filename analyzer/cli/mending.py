"""`--fix` and `--diff`: what can be mended without a decision is mended, or shown first."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.audits.mending import Edit, Read, last_migrations, missing_init, unified
from analyzer.cli.run import say_bytes
from analyzer.errors import UsageError
from analyzer.source.inside import inside, read_inside

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

MAX_BYTES = 50_000_000


def edits(root: Path, analysis: Analysis) -> list[Edit]:
    """Everything that can be mended, in the order of the files."""

    def read(path: str) -> bytes | None:
        return read_inside(root, path, MAX_BYTES)

    findings = analysis.findings
    found = [
        *missing_init(findings, read),
        *last_migrations(findings, _leaves(analysis), read),
        *_elidable(analysis, read),
    ]
    return sorted(found, key=lambda edit: edit.path)


def _leaves(analysis: Analysis) -> dict[str, list[str]]:
    """The names of leaf nodes by folder."""
    files = {migration.key: migration.file for migration in analysis.migrations}
    found: dict[str, list[str]] = {}
    for key in analysis.history.leaves:
        if key in files:
            found.setdefault(files[key].rpartition("/")[0], []).append(key[1])
    return found


def _elidable(analysis: Analysis, read: Read) -> list[Edit]:
    """One-time operations marked as elidable, where they are certain and found to be unmarked."""
    asked = {(f.file, f.line) for f in analysis.findings if f.code == "MS405" and not f.suppressed}
    if not asked:
        return []
    from analyzer.reset.elidable import MAX_SIZE, mark
    from analyzer.reset.ledgers import elidable_places, ledgers

    places = [place for place in elidable_places(ledgers(analysis)) if place in asked]
    sources = {file: data for file, _ in places if (data := read(file)) is not None and len(data) <= MAX_SIZE}
    return [
        Edit(file, sources[file], after, "one-time operations are marked as elidable")
        for file, after in mark(sources, places).contents.items()
    ]


def difference(root: Path, analysis: Analysis) -> bool:
    """Print what would be changed; whether that is anything."""
    found = edits(root, analysis)
    say_bytes(os.fsencode(unified(found)))
    return bool(found)


def mend(root: Path, analysis: Analysis, quiet: bool) -> None:
    """Change the files, each whole or not at all."""
    for edit in edits(root, analysis):
        _apply(root, edit)
        if not quiet:
            sys.stderr.write(f"mended {edit.path}: {edit.why}\n")


def _apply(root: Path, edit: Edit) -> None:
    """Write a file of the project, if it still is what was read."""
    from analyzer.render.folder import write_file

    path = root / edit.path
    if not inside(root, edit.path) or path.is_symlink():
        raise UsageError(f"{edit.path}: is a link, and is not written through")
    if read_inside(root, edit.path, MAX_BYTES) != edit.before:
        raise UsageError(f"{edit.path}: was changed meanwhile; run it again")
    write_file(path, edit.after)
