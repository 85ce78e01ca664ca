"""Real projects as the material of inputs: their Python files and what else migscan reads, by path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

Files = dict[str, bytes]
"""Contents by path, relative to the project."""

LEFT_OUT = frozenset({".git", "node_modules", "__pycache__", ".migscan_cache", "static", "locale"})
LARGEST = 60_000
"""Bytes of a file that is still taken; the sizes of inputs are for the mutations to make."""
MOST = 90
"""Python files of one project: a whole app or two, and quick to read."""


@dataclass(frozen=True)
class Material:
    """The files of one project, apps and all."""

    name: str
    files: Files
    folders: tuple[str, ...]
    """The folders of its apps, those with migrations."""

    def part(self, random: Random) -> Files:
        """As many whole apps as are quick to read, with what lies outside of all apps."""
        if len(self.files) <= MOST:
            return dict(self.files)
        chosen: Files = {path: data for path, data in self.files.items() if self._outside(path)}
        for folder in random.sample(self.folders, len(self.folders)):
            app = {path: data for path, data in self.files.items() if path.startswith(f"{folder}/")}
            if len(chosen) + len(app) <= MOST:
                chosen |= app
        return chosen

    def _outside(self, path: str) -> bool:
        base = path.rpartition("/")[2]
        return base in ("manage.py", "requirements.txt", "setup.cfg") or "settings" in path


def material(root: Path) -> Material:
    """The material that a project folder gives; large files are left out."""
    files: Files = {}
    for folder, directories, names in os.walk(root):
        directories[:] = sorted(name for name in directories if name not in LEFT_OUT)
        for name in sorted(names):
            path = Path(folder, name)
            if _wanted(path):
                files[path.relative_to(root).as_posix()] = path.read_bytes()
    apps = {path.partition("/migrations/")[0] for path in files if "/migrations/" in path}
    return Material(str(root), files, tuple(sorted(apps)))


def _wanted(path: Path) -> bool:
    if path.suffix not in (".py", ".sql") and path.name != "requirements.txt":
        return False
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST
