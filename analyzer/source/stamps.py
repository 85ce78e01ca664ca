"""Contents of files known without reading them: by what the file system says of each.

A file that has the size, the dates and the place on disk that it had when its content was last taken
has that content still, as git's index takes it.  Not believed are files that were changed so shortly
before they were read that a later change could bear the same dates, and records whose own date says that
the clocks of the machine and of the file system differ.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct

from analyzer.source.cache import FOLDER, seal, unsealed
from analyzer.source.discover import SourceFile, Stamp

MARGIN = 3_000_000_000
"""Nanoseconds that a file is older than the run that reads it: the coarsest dates are 2 seconds apart."""

SKEW = 1_000_000_000
"""Nanoseconds that a record's own date may be off what it says."""


class _Content(Struct, frozen=True, array_like=True):
    size: int
    stamp: Stamp
    digest: str


class _Record(Struct, frozen=True, array_like=True):
    """What was known at `saved`, in nanoseconds, by path."""

    saved: int
    contents: dict[str, _Content]


class Stamps:
    """The digests of files whose contents are known from earlier runs; of no file where `root` is None."""

    def __init__(self, root: Path | None) -> None:
        # elsewhere a date of change is one of creation, and what it was can be set anew
        self._path = root / FOLDER / "stamps.msgpack" if root is not None and os.name == "posix" else None
        self._began = time.time_ns()
        self._taken: dict[str, _Content] = {}

    @cached_property
    def _known(self) -> dict[str, _Content]:
        body = unsealed(self._path) if self._path is not None else None
        try:
            record = msgspec.msgpack.decode(body, type=_Record) if body is not None else None
        except msgspec.DecodeError:
            return {}  # somebody else's file, however well sealed
        return record.contents if record is not None and self._is_on_time(record) else {}

    def _is_on_time(self, record: _Record) -> bool:
        try:
            return self._path is not None and abs(os.stat(self._path).st_mtime_ns - record.saved) <= SKEW
        except OSError:
            return False

    def digest(self, file: SourceFile) -> str | None:
        """The digest of a file's content; None where it must be read for that."""
        known = self._known.get(file.path)
        return (
            known.digest
            if known is not None and (known.size, known.stamp) == (file.size, file.stamp)
            else None
        )

    def take(self, file: SourceFile, digest: str) -> None:
        """Note what a file was found to hold, once it was read."""
        if max(file.stamp.modified, file.stamp.changed) < self._began - MARGIN:
            self._taken[file.path] = _Content(file.size, file.stamp, digest)

    def save(self, files: Iterable[SourceFile]) -> None:
        """Keep what is known of some files for the next run, if that is more than was known before."""
        if self._path is None or not self._taken:
            return
        paths = {file.path for file in files}
        contents = {path: one for path, one in {**self._known, **self._taken}.items() if path in paths}
        try:
            data = msgspec.msgpack.encode(_Record(time.time_ns(), contents))
        except UnicodeEncodeError:
            return  # a file has a name that is no text
        seal(self._path, data)
