"""The last analysis of a project, which holds for as long as all that it rests on stays the same.

It rests on the files of the tree, on the requirements, on what was looked up among the installed
packages, on the options, and on migscan itself.  Everything is compared before it is believed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from analyzer.catalogue.site import Mark, mark
from analyzer.options import Options
from analyzer.outcome import Analysis
from analyzer.source.cache import FOLDER, digest, seal, unsealed
from analyzer.sources import Sources


class _Stored(Struct, frozen=True):
    """An encoded analysis; `ground` is the digest of that name, `installed` are marks by path."""

    ground: bytes
    installed: dict[str, Mark]
    analysis: msgspec.Raw


class Remembered:
    """The last analysis of the project at `root`, as long as its ground stays the same."""

    def __init__(self, root: Path, ground: bytes) -> None:
        self._path = root / FOLDER / "analysis.msgpack"
        self._ground = ground

    def recall(self) -> Analysis | None:
        """The last analysis; None where there is none, or something that it rests on is another now."""
        data = unsealed(self._path)
        if data is None:
            return None
        try:
            stored = msgspec.msgpack.decode(data, type=_Stored)
            if stored.ground != self._ground or any(mark(p) != m for p, m in stored.installed.items()):
                return None
            return msgspec.msgpack.decode(stored.analysis, type=Analysis)
        except msgspec.DecodeError:
            return None  # somebody else's file, however well sealed

    def keep(self, analysis: Analysis, installed: Mapping[str, Mark], read: Iterable[str] = ()) -> str:
        """Store an analysis with the marks of all that it looked up; `read` are files beside the source.

        Says why that is not possible, where it is not.
        """
        try:
            raw = msgspec.Raw(msgspec.msgpack.encode(analysis))
        except UnicodeEncodeError:
            return ""  # a file has a name that is no text
        marks = {path: mark(path) for path in read}
        return seal(self._path, msgspec.msgpack.encode(_Stored(self._ground, {**installed, **marks}, raw)))


def ground(found: Sources, options: Options) -> bytes:
    """The digest of all that an analysis rests on but for what it looks up among installed packages."""
    files, site, tree = found.files, found.site, found.files.tree
    parts = (
        _program(),
        found.root.resolve().name,
        _said(options),
        [(file.path, file.size, files.identity(file.path)) for file in tree.files],
        sorted(files.unreadable.items()),
        [(document.path, digest(document.text)) for document in files.documents],
        (sorted(tree.packages), tree.migration_dirs, tree.source_roots, tree.unreadable),
        found.requirements.texts,
        (str(site.folder), site.name, site.django) if site is not None else None,
    )
    return hashlib.blake2b(repr(parts).encode(errors="surrogateescape"), digest_size=16).digest()


def _said(options: Options) -> tuple[object, ...]:
    return (
        options.exclude,
        options.settings,
        options.all_apps,
        options.project,
        str(options.site_packages),
        options.django_version,
    )


def _program() -> list[tuple[str, int, int]]:
    """The files of migscan itself, with their sizes and dates."""
    return sorted(_below(Path(__file__).parent))


def _below(folder: Path) -> Iterable[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _below(Path(entry.path))
            else:
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns
