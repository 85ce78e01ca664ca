"""Files of a project by name: never what lies outside of it, whatever a name or a link says."""

from __future__ import annotations

import os
from pathlib import Path


def inside(root: Path, path: str) -> bool:
    """Whether a path below `root` stays there once links are followed; what is not there stays."""
    try:
        return Path(os.path.realpath(root / path)).is_relative_to(os.path.realpath(root))
    except (OSError, ValueError):
        return False


def read_inside(root: Path, path: str, limit: int) -> bytes | None:
    """Up to `limit` bytes of a regular file of the project; None where there is none to be read."""
    try:
        if not path or not inside(root, path) or not os.path.isfile(root / path):
            return None  # a pipe would be waited for
        with open(root / path, "rb", buffering=0) as file:
            return file.read(limit)
    except (OSError, ValueError):
        return None
