"""Links from the report folder to lines of source: always relative, and only where that makes sense.

The same tree in the same place relative to its report gives the same links on every machine, and
no link tells how a machine's folders are called.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

Link = Callable[[str, int], str | None]
"""(file relative to the project, line) to an address relative to the report; None where none leads there."""

REPOSITORY_MARKS = (".git", ".hg", ".jj", ".svn")


def linker(folder: Path, root: Path) -> Link:
    """Links from files in `folder` to files under `root`.

    They need a common ground: the folder lies inside the project or beside it, above it, or in the
    same repository.  Elsewhere a relative link would spell out the machine's own folders.
    """
    folder, root = folder.resolve(), root.resolve()
    if not _together(folder, root):
        return no_link
    base = Path(os.path.relpath(root, folder)).as_posix()

    def link(file: str, line: int) -> str | None:
        if not file or file.startswith("/") or ".." in file.split("/"):
            return None
        address = quote(file if base == "." else f"{base}/{file}", safe="/._-~", errors="surrogateescape")
        return f"{address}#L{line}" if line > 0 else address

    return link


def no_link(file: str, line: int) -> None:
    """Where source cannot be reached from the report."""
    return


def _together(folder: Path, root: Path) -> bool:
    home = folder.parent
    if root == folder or root in folder.parents or home in (root.parent, *root.parents):
        return True
    repository = _repository(root)
    return repository is not None and repository == _repository(home)


def _repository(path: Path) -> Path | None:
    for folder in (path, *path.parents):
        if any((folder / mark).exists() for mark in REPOSITORY_MARKS):
            return folder
    return None
