"""`--fix` and `--diff`: what can be mended without a decision is mended, or shown first."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.audits.mending import Edit, missing_init, unified
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

    found = [*missing_init(analysis.findings, read)]
    return sorted(found, key=lambda edit: edit.path)


def difference(root: Path, analysis: Analysis) -> bool:
    """Print what would be changed; whether that is anything."""
    found = edits(root, analysis)
    say_bytes(os.fsencode(unified(found)))
    return bool(found)


def mend(root: Path, analysis: Analysis, quiet: bool) -> bool:
    """Change the files, each whole or not at all; whether there was anything to change."""
    found = edits(root, analysis)
    for edit in found:
        _apply(root, edit)
        if not quiet:
            sys.stderr.write(f"mended {edit.path}: {edit.why}\n")
    return bool(found)


def _apply(root: Path, edit: Edit) -> None:
    """Write a file of the project, if it still is what was read."""
    from analyzer.render.folder import write_file

    path = root / edit.path
    if not inside(root, edit.path) or path.is_symlink():
        raise UsageError(f"{edit.path}: is a link, and is not written through")
    if read_inside(root, edit.path, MAX_BYTES) != edit.before:
        raise UsageError(f"{edit.path}: was changed meanwhile; run it again")
    write_file(path, edit.after)
