"""Which versions of which distributions a project asks for, as its requirement and lock files say.

Read are, in the source roots and in every folder above them up to the project's own: files of pip's
requirements there, in a folder of such or inside that, with what they include, `pyproject.toml`,
`setup.cfg`, `setup.py`, `Pipfile`, and the lock files of uv, Poetry, PDM and Pipenv.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from analyzer.catalogue.requirement_files import READERS, included, pip
from analyzer.catalogue.versions import Range, specifier
from analyzer.source.inside import read_inside

MAX_BYTES = 8_000_000
MAX_FILES = 200

_FOLDER = re.compile(r"(?:pip[-_]?)?(?:requirements?|reqs|deps|dependencies)", re.IGNORECASE)
_REQUIREMENTS = re.compile(r"[^.].*require.*|require.*|constraints.*|reqs.*", re.IGNORECASE)
_ENDINGS = (".txt", ".in", ".pip")
_ASIDE = re.compile(
    r"(?<![a-z])(?:ci|dev|devel|develop|development|docs?|e2e|lint|local|tests?|testing)(?![a-z])",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[-_.]+")
_LOCKED_NAME = re.compile(r"""\s*name\s*=|\s*"[^"]+"\s*:\s*\{""")


class Requirement(Struct, frozen=True):
    """What a file asks of a distribution: its normalised name and the specifier as written."""

    name: str
    specifier: str
    file: str

    @property
    def range(self) -> Range:
        return specifier(self.specifier)


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return _SEPARATORS.sub("-", name).lower()


class Requirements:
    """What the files of a project ask for; read when the first distribution is asked about.

    Nothing outside `root` is read.  Without a root nothing is required.
    """

    def __init__(self, root: Path | None, source_roots: Iterable[str] = ()) -> None:
        self._root = root
        self._source_roots = tuple(source_roots)
        self._found: dict[str, list[Requirement]] | None = None

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """The files that are read, with what they hold."""
        root = self._root
        return tuple(_texts(root, _files(root, self._source_roots))) if root is not None else ()

    def of(self, distribution: str) -> Requirement | None:
        """The requirement that counts for a distribution.

        One with a specifier counts more than one without, what a program runs with more than what
        its developers need besides, a pin more than a range, a file near the source more than one
        farther off.
        """
        if self._found is None:
            self._found = self._read()
        return min(self._found.get(normalised(distribution), ()), key=_rank, default=None)

    def line(self, requirement: Requirement) -> int:
        """The line of its file where a requirement seems to stand; 0 where none names the distribution."""
        text = _text(self._root, requirement.file) if self._root is not None else ""
        word = _SEPARATORS.sub("[-_.]+", requirement.name)
        name = re.compile(rf"(?<![\w.-]){word}(?![\w.-])", re.IGNORECASE)
        lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if name.search(line)]
        wanted = "".join(requirement.specifier.split())
        full = [at for at, line in lines if wanted in "".join(line.split())]
        locked = [at for at, line in lines if _LOCKED_NAME.match(line)]
        return next(iter((*full, *locked, *(at for at, _ in lines))), 0)

    def _read(self) -> dict[str, list[Requirement]]:
        found: dict[str, list[Requirement]] = {}
        for file, text in self.texts:
            for name, asked in READERS.get(posixpath.basename(file), pip)(text):
                made = Requirement(normalised(name), asked, file)
                found.setdefault(made.name, []).append(made)
        return found


def _rank(requirement: Requirement) -> tuple[bool, bool, bool]:
    aside = _ASIDE.search(requirement.file) is not None
    return not requirement.specifier, aside, requirement.range.exact is None


def _texts(root: Path, files: list[str]) -> list[tuple[str, str]]:
    """Files with their text, and behind them those that they include."""
    out: list[tuple[str, str]] = []
    pending = list(files)
    for file in pending:
        text = _text(root, file) if len(out) < MAX_FILES else ""
        out.append((file, text))
        if file.endswith(_ENDINGS):
            for name in included(text):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(file), name))
                if not path.startswith(("/", "..")) and path not in pending and len(pending) < MAX_FILES:
                    pending.append(path)
    return out


def _files(root: Path, source_roots: Iterable[str]) -> list[str]:
    """The files to read, those near the source first."""
    folders: set[str] = {""}
    for source_root in source_roots:
        parts = source_root.split("/") if source_root else []
        folders.update("/".join(parts[:length]) for length in range(1, len(parts) + 1))
    found: list[str] = []
    for folder in sorted(folders, key=lambda path: (-path.count("/") - bool(path), path)):
        for name in _names(root / folder):
            path = posixpath.join(folder, name)
            if _FOLDER.fullmatch(name):
                inside = [posixpath.join(path, file) for file in _names(root / path)]
                below = [posixpath.join(at, file) for at in inside for file in _names(root / at)]
                files = (file for file in (*inside, *below) if file.endswith(_ENDINGS))
                found += [file for file in files if file not in found]
            elif name in READERS or (_REQUIREMENTS.fullmatch(name) and name.endswith(_ENDINGS)):
                found.append(path)
    return found


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _text(root: Path, file: str) -> str:
    return (read_inside(root, file, MAX_BYTES) or b"").decode("utf-8-sig", "replace")
