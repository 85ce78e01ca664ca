"""Facts by content hash, in one file at the project's root, and how such a file is kept.

A corrupt, old or foreign file is a miss.  Writing is atomic, and skipped where nothing changed
or where the project cannot be written to.
"""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path

import msgspec

from analyzer.source.facts import FACTS_VERSION

FOLDER = ".migscan_cache"
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n# This folder holds migscan's cache; delete it at will.\n"
)


Entries = dict[str, msgspec.Raw]

_DIGEST = 16
MOST_UNUSED = 10_000


def _seal(data: bytes) -> bytes:
    """What stands before the entries: tells a damaged file, or one of other facts, from a good one."""
    person = f"migscan {FACTS_VERSION}".encode()
    return hashlib.blake2b(data, digest_size=_DIGEST, person=person).digest()


def digest(data: bytes) -> str:
    """The identity of one file's content."""
    return hashlib.blake2b(data, digest_size=_DIGEST).hexdigest()


class Cache:
    """Encoded facts by key.  `get` and `put` mark an entry as used; `save` keeps only those."""

    def __init__(self, root: Path | None) -> None:
        self._path = root / FOLDER / "facts.msgpack" if root is not None else None
        self._used: dict[str, bytes | msgspec.Raw] = {}
        self._changed = False

    @cached_property
    def _old(self) -> Entries:
        body = unsealed(self._path) if self._path is not None else None
        try:
            return msgspec.msgpack.decode(body, type=Entries) if body is not None else {}
        except msgspec.DecodeError:
            return {}  # somebody else's file, however well sealed

    def get(self, name: str) -> bytes | msgspec.Raw | None:
        found: bytes | msgspec.Raw | None = self._old.get(name)
        if found is not None:
            self._used[name] = found
        return found

    def put(self, name: str, encoded: bytes) -> None:
        self._used[name] = encoded
        self._changed = True

    def save(self, *, partial: bool = False) -> None:
        """Write what was used in this run, if that is not what the file already holds.

        After a `partial` run the rest is kept for a whole one, unless too much of it has gathered.
        """
        kept = self._old if partial and len(self._old) < MOST_UNUSED + 3 * len(self._used) else {}
        if self._path is None or not (self._changed or len({**kept, **self._used}) < len(self._old)):
            return
        used = {**kept, **self._used}
        entries = {name: msgspec.Raw(bytes(value)) for name, value in sorted(used.items())}
        seal(self._path, msgspec.msgpack.encode(entries))


def unsealed(path: Path) -> bytes | None:
    """What `seal` wrote to a file; None where the file is another one, or damaged."""
    if not os.path.isfile(path):
        return None  # a pipe would be waited for
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body = data[_DIGEST:]
    return body if _seal(body) == data[:_DIGEST] else None


def seal(path: Path, data: bytes) -> str:
    """Write a file of the cache folder at once, so that only this version of migscan reads it again.

    Says why where that is not possible: such a project is still analysed, only never faster.
    """
    if path.parent.is_symlink():
        return "is a symbolic link"  # what it leads to is no folder of migscan's
    import tempfile

    try:
        _prepare(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.stem}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_seal(data) + data)
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)
            raise
    except OSError as error:
        return f"cannot be written ({error.strerror})"
    return ""


def _prepare(folder: Path) -> None:
    """The folder with the marks that keep it out of repositories and backups."""
    folder.mkdir(exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        mark = folder / name
        if not mark.exists() or mark.stat().st_size < len(text):
            mark.write_text(text, encoding="utf-8")
