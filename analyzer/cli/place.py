"""Which project is meant where a folder, or a list of files, is named."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from analyzer.cli.run import checked_folder
from analyzer.errors import UsageError
from analyzer.options import CONFIG_FILE, PYPROJECT
from analyzer.source.git import repository


class Place(Struct, frozen=True):
    """The project's folder; `files` are the named ones relative to it, None where a folder was named."""

    root: Path
    files: frozenset[str] | None = None


def place(paths: Sequence[Path]) -> Place:
    """The project that is meant.

    One folder is the project.  Files belong to the project in the nearest folder above all of them that
    holds its configuration, else `manage.py`, else to the whole repository, else to the current folder.
    A file that is not there counts as deleted, where one may have been.  Raises UsageError for anything
    else.
    """
    if not paths:
        return Place(Path())
    folders = [path for path in paths if path.is_dir()]
    if folders:
        if len(paths) > 1:
            raise UsageError(f"{folders[0]}: is a folder; name one folder, or files only")
        return Place(folders[0])
    for path in paths:
        if not path.exists() and not _may_be_deleted(path, alone=len(paths) == 1):
            checked_folder(path)
    files = [Path(os.path.abspath(path)) for path in paths]
    root = _root(Path(os.path.commonpath([file.parent for file in files])))
    return Place(_shown(root), frozenset(file.relative_to(root).as_posix() for file in files))


def _may_be_deleted(path: Path, alone: bool) -> bool:
    """Whether a path that is not there may name a deleted file; one alone is rather a folder misspelt."""
    place = Path(os.path.abspath(path))
    if repository(place.parent) is None:
        return not alone and place.is_relative_to(Path.cwd())
    return not alone or bool(place.suffix)


def _root(common: Path) -> Path:
    top = repository(common)
    here = Path.cwd()
    last = top or (here if common.is_relative_to(here) else common)
    above = [folder for folder in (common, *common.parents) if folder.is_relative_to(last)]
    for holds in (_configured, _managed):
        for folder in above:
            if holds(folder):
                return folder
    return last


def _configured(folder: Path) -> bool:
    if (folder / CONFIG_FILE).is_file():
        return True
    try:
        return b"[tool.migscan" in (folder / PYPROJECT).read_bytes()
    except OSError:
        return False


def _managed(folder: Path) -> bool:
    return (folder / "manage.py").is_file()


def _shown(root: Path) -> Path:
    """Relative to the current folder where it lies below, as a person would name it."""
    here = Path.cwd()
    return root.relative_to(here) if root.is_relative_to(here) else root
