"""The report folder on disk: what migscan wrote is migscan's, everything else is left alone.

A manifest lists the files of the last run with a hash of their content.  Only these are replaced,
or removed once they are no longer written.  A file that somebody changed since is theirs: nothing
is written then, unless `force` says so.  A change of line endings alone (git on Windows makes it)
is no change.  Every file is written aside and moved into place; the manifest names new content
before it arrives, beside the old, so that an interrupted run leaves nothing unknown to the next.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from analyzer.errors import UsageError
from analyzer.render.words import joined, plural
from analyzer.source.own import MANIFEST

DEFAULT = "migscan-report"
Hashes = dict[str, tuple[str, ...]]
_NAME = re.compile(r"(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f\x7f:]+")
"""A part of a path below the folder: no way up, no drive."""


class Manifest(msgspec.Struct, frozen=True):
    """Names, and hashes of the content that is migscan's; two of them while a run is at it."""

    files: Hashes = {}
    version: int = 1


def check(folder: Path, force: bool) -> None:
    """Refuse a folder that is not ours to write, before any work is done."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is not a folder; choose another with --output")
    if not force and folder.is_dir() and _read(folder) is None and any(folder.iterdir()):
        raise UsageError(
            f"{folder}: holds files that migscan did not write; choose another with --output, or --force"
        )


def check_place(folder: Path, root: Path, apps: Iterable[str]) -> None:
    """Refuse a folder inside an app package; `apps` are the packages' paths relative to `root`."""
    around = {folder.resolve(), *folder.resolve().parents}
    for app in sorted(apps):
        if (root / app).resolve() in around:
            raise UsageError(
                f"{folder}: lies inside the app package {app}; choose another folder with --output"
            )


def write(folder: Path, files: Mapping[str, str], force: bool = False) -> tuple[str, ...]:
    """Write the files and remove those of the last run that are gone; the names that changed, sorted."""
    try:
        return _write(folder, files, force)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror})") from error


def _write(folder: Path, files: Mapping[str, str], force: bool) -> tuple[str, ...]:
    content = {name: files[name].encode() for name in sorted(files)}
    known = (_read(folder) or Manifest()).files
    if not force:
        _refuse_foreign(folder, content, known)
    after: Hashes = {name: (_hash(data),) for name, data in content.items()}
    written = [name for name, data in content.items() if not _same(folder / name, data)]
    gone = sorted(name for name in known.keys() - content.keys() if (folder / name).is_file())
    folder.mkdir(parents=True, exist_ok=True)
    if written or gone:
        names = sorted(known.keys() | after.keys())
        both = {name: (*known.get(name, ()), *after.get(name, ())) for name in names}
        _save(folder, Manifest(both))
    for name in written:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _replace(folder / name, content[name])
    for name in gone:
        (folder / name).unlink()
        for above in _above(folder / name, folder):
            if not any(above.iterdir()):
                above.rmdir()
    _save(folder, Manifest(after))
    return tuple(sorted((*written, *gone)))


def _refuse_foreign(folder: Path, content: Mapping[str, bytes], known: Mapping[str, tuple[str, ...]]) -> None:
    names = sorted(content.keys() | known.keys())
    foreign = [name for name in names if _is_foreign(folder, name, known.get(name, ()), content.get(name))]
    if foreign:
        verb = plural(len(foreign), "was")
        raise UsageError(
            f"{folder}: {joined(foreign)} {verb} made or changed by somebody else; move it, or use --force"
        )


def write_file(path: Path, data: bytes) -> bool:
    """Write one file that the user named, whole or not at all; False where it already held this."""
    if _same(path, data):
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
    return True


def _is_foreign(folder: Path, name: str, ours: Iterable[str], new: bytes | None) -> bool:
    """Whether a file that would be replaced or removed is not as migscan left it."""
    path = folder / name
    if any(above.is_symlink() or (above.exists() and not above.is_dir()) for above in _above(path, folder)):
        return True
    if not path.exists() and not path.is_symlink():
        return False
    if path.is_symlink() or not path.is_file():
        return True
    data = path.read_bytes()
    return _hash(data) not in ours and data != new


def _above(path: Path, folder: Path) -> list[Path]:
    """The folders between a file and the report folder."""
    return [above for above in path.parents if folder in above.parents]


def _read(folder: Path) -> Manifest | None:
    """The manifest, if it is one; names that are no plain file names are not believed."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None
    return manifest if all(map(_is_inside, manifest.files)) else None


def _is_inside(name: str) -> bool:
    return all(_NAME.fullmatch(part) for part in name.split("/"))


def _save(folder: Path, manifest: Manifest) -> None:
    text = msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=1) + b"\n"
    if not _same(folder / MANIFEST, text):
        _replace(folder / MANIFEST, text)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == data


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        aside.chmod(path.stat().st_mode & 0o777 if path.is_file() else 0o666 & ~_umask())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
