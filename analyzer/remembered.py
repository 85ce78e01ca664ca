"""The last analysis of a project, which holds for as long as all that it rests on stays the same.

It rests on the files of the tree, on the requirements, on what was looked up among the installed
packages, on the options, and on migscan itself.  Everything is compared before it is believed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct

from analyzer.catalogue.site import Mark, mark
from analyzer.options import Options
from analyzer.outcome import Analysis
from analyzer.source.cache import FOLDER, digest, seal, unsealed
from analyzer.sources import Sources


class Earlier(Struct, frozen=True):
    """An encoded analysis whose ground may be another now, with what it said of the models.

    `apart` is the digest of its ground without plain migrations, `unmoved` and `reached` what else that
    needs (see `analyzer.unmoved` and `analyzer.recalling`), encoded too; `installed` are marks by path.
    """

    apart: bytes
    analysis: msgspec.Raw
    unmoved: msgspec.Raw
    reached: msgspec.Raw
    installed: dict[str, Mark]


class _Stored(Struct, frozen=True):
    """An analysis by the digest of its ground."""

    ground: bytes
    earlier: Earlier


class Remembered:
    """The last analysis of the project at `root`, as long as its ground stays the same."""

    def __init__(self, root: Path, ground: Ground) -> None:
        self._path = root / FOLDER / "analysis.msgpack"
        self._ground = ground

    @cached_property
    def _stored(self) -> _Stored | None:
        data = unsealed(self._path)
        try:
            return msgspec.msgpack.decode(data, type=_Stored) if data is not None else None
        except msgspec.DecodeError:
            return None  # somebody else's file, however well sealed

    def recall(self) -> Analysis | None:
        """The last analysis; None where there is none, or something that it rests on is another now."""
        stored = self._stored
        if stored is None or stored.ground != self._ground.whole or not _stand(stored.earlier.installed):
            return None
        try:
            return msgspec.msgpack.decode(stored.earlier.analysis, type=Analysis)
        except msgspec.DecodeError:
            return None

    @property
    def is_there(self) -> bool:
        """Whether there is any last analysis."""
        return self._stored is not None

    def earlier(self, plain: Collection[str]) -> Earlier | None:
        """The last analysis, whatever has become of plain migrations; None as in `recall`."""
        earlier = self._stored.earlier if self._stored is not None else None
        if earlier is None or earlier.apart != self._ground.without(plain) or not _stand(earlier.installed):
            return None
        return earlier

    def keep(
        self,
        analysis: Analysis,
        known: tuple[Struct, Struct],
        plain: Collection[str],
        installed: Mapping[str, Mark],
    ) -> str:
        """Store an analysis with what the next one may take from it, where only `plain` migrations change.

        `known` are what `Earlier` calls `unmoved` and `reached`.

        Says why that is not possible, where it is not.
        """
        try:
            found, unmoved, reached = (msgspec.Raw(msgspec.msgpack.encode(one)) for one in (analysis, *known))
        except UnicodeEncodeError:
            return ""  # a file has a name that is no text
        earlier = Earlier(self._ground.without(plain), found, unmoved, reached, dict(installed))
        return seal(self._path, msgspec.msgpack.encode(_Stored(self._ground.whole, earlier)))


def _stand(installed: Mapping[str, Mark]) -> bool:
    """Whether what was looked at is what it was."""
    return all(mark(path) == known for path, known in installed.items())


def marks(paths: Iterable[str]) -> dict[str, Mark]:
    """What tells each of some files from what may stand in its place later."""
    return {path: mark(path) for path in paths}


class Ground:
    """All that an analysis rests on but for what it looks up among installed packages, as digests."""

    def __init__(self, found: Sources, options: Options) -> None:
        files, site, tree = found.files, found.site, found.tree
        self._files = [(file.path, file.size, files.identity(file.path)) for file in tree.files]
        self._beside = _digest(
            _program(),
            str(found.root.resolve()),  # what is looked at beside the tree is known by its whole path
            _said(options),
            sorted(files.unreadable.items()),
            [(document.path, digest(document.text)) for document in files.documents],
            (sorted(tree.packages), tree.migration_dirs, tree.bare, tree.source_roots, tree.unreadable),
            found.requirements.texts,
            (str(site.folder), site.name, site.django) if site is not None else None,
        )

    @cached_property
    def whole(self) -> bytes:
        """The digest of everything."""
        return self.without(())

    def without(self, paths: Collection[str]) -> bytes:
        """The digest of everything but some files."""
        return _digest(self._beside, [file for file in self._files if file[0] not in paths])


def _digest(*parts: object) -> bytes:
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
