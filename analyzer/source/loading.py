"""All facts of a tree: bytes read, scanned, parsed where it matters, cached, in several processes.

The only part of `source` that is impure in the middle; what it returns depends on the tree alone.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Union

import msgspec
from msgspec import Struct

from analyzer.source import bodies, workers
from analyzer.source import cache as caching
from analyzer.source.discover import Tree, is_migrations, parent, with_roots
from analyzer.source.documents import LIST, Document, kind
from analyzer.source.documents import MAX_BYTES as MAX_DOCUMENT
from analyzer.source.extract import COMPUTED, MAX_BYTES, Scan, extract, scan
from analyzer.source.facts import FileFacts, FuncDef, Problem
from analyzer.source.inside import read_inside
from analyzer.source.marks import INSTALLED_APPS, MIGRAT, MIGRATION, SYS_PATH
from analyzer.source.mentions import Mentions, mentions
from analyzer.source.namings import Naming, namings
from analyzer.source.paths import added_roots
from analyzer.source.stamps import Stamps

SCAN, BODY, MENTIONS, NAMINGS = "v", "b", "m", "n"
Progress = Callable[[str, int, int], None]
"""Told (stage, done, total); total is 0 where it is not known."""


_encode = msgspec.msgpack.Encoder().encode
_decode_facts = msgspec.msgpack.Decoder(FileFacts).decode
_decode_function = msgspec.msgpack.Decoder(Union[FuncDef, None]).decode
_decode_scan = msgspec.msgpack.Decoder(Scan).decode
_decode_namings = msgspec.msgpack.Decoder(tuple[Naming, ...]).decode
_decode_counts = msgspec.msgpack.Decoder(dict[bytes, int]).decode
_decode_mentions = msgspec.msgpack.Decoder(Mentions).decode


class Files:
    """The facts of a tree's files, parsed on demand and never twice.

    `read` counts the files that were parsed or taken from the cache; `added` are the folders
    that files of the tree put on `sys.path` themselves; `looked` are the places of files that are no
    source but were asked for.
    """

    def __init__(self, tree: Tree, cache: caching.Cache, stamps: Stamps | None = None) -> None:
        self.tree = tree
        self.paths = {file.path: file for file in tree.files}
        self.added: frozenset[str] = frozenset()
        self.scans: dict[str, Scan] = {}
        self.unreadable: dict[str, str] = {}
        self._cache = cache
        self._stamps = stamps or Stamps(None)
        self._bytes: dict[str, bytes] = {}
        self._facts: dict[str, FileFacts] = {}
        self._functions: dict[tuple[str, int], FuncDef | None] = {}
        self._digests: dict[str, str] = {}
        self.looked: set[str] = set()

    @property
    def read(self) -> tuple[str, ...]:
        """The files whose facts were used, sorted."""
        return tuple(sorted(self._facts))

    @cached_property
    def selected(self) -> tuple[tuple[str, bool], ...]:
        """The files worth parsing at once, once all were looked at; see `select`."""
        return tuple(select(self))

    def forget(self) -> None:
        """Count no file as read, as before the first was asked for; bytes and looks are kept."""
        self._facts.clear()
        self._functions.clear()

    def loaded(self) -> Iterable[tuple[str, FileFacts]]:
        return sorted(self._facts.items())

    def data(self, path: str) -> bytes:
        """A file's bytes; empty, with the reason in `unreadable`, where they cannot be had."""
        found = self._bytes.get(path)
        if found is None:
            found = self._bytes[path] = self._read(path)
        return found

    def _read(self, path: str) -> bytes:
        try:
            with open(os.path.join(self.tree.root, path), "rb", buffering=0) as file:
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            self.unreadable[path] = error.strerror or "cannot be read"
            return b""

    def text(self, path: str) -> str | None:
        """The text of any file below the root, such as one of SQL; None where it cannot be had.

        Nothing outside the root is read, wherever links lead.
        """
        self.looked.add(os.path.join(self.tree.root, path))
        data = read_inside(self.tree.root, path, MAX_BYTES + 1)
        return data.decode("utf-8", "replace") if data is not None and len(data) <= MAX_BYTES else None

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The tree's other files that may speak of migrations; empty texts are left out."""
        found = ((path, kind(path), self._document(path)) for path in self.tree.documents)
        return tuple(Document(path, one, text) for path, one, text in found if one is not None and text)

    def _document(self, path: str) -> bytes:
        """What a document says; nothing where it is too large, or cannot be read."""
        data = read_inside(self.tree.root, path, MAX_DOCUMENT + 1) or b""
        speaks = LIST in path or b"migrat" in data
        return data if speaks and len(data) <= MAX_DOCUMENT else b""

    def any_data(self, path: str) -> bytes:
        """The bytes of any file of the project, Python or not; empty where they cannot be had."""
        if path in self.paths:
            return self.data(path)
        if path not in self._bytes:
            self._bytes[path] = read_inside(self.tree.root, path, MAX_BYTES) or b""
        return self._bytes[path]

    def identity(self, path: str) -> str:
        """What tells a file's content from any other."""
        digest = self._digests.get(path)
        if digest is None:
            digest = self._digests[path] = self._stamps.digest(self.paths[path]) or self._taken(path)
        return digest

    def _taken(self, path: str) -> str:
        digest = caching.digest(self.data(path))
        if path not in self.unreadable:
            self._stamps.take(self.paths[path], digest)
        return digest

    def _key(self, path: str, detail: str) -> str:
        return self.identity(path) + detail

    def scan(self, path: str) -> Scan:
        """What a look at a file's bytes says."""
        if path not in self.scans:
            self.scans[path] = scan(self.data(path))
        return self.scans[path]

    def holding(self, *words: bytes) -> list[str]:
        """The files that hold one of some words of `source.marks`, sorted by path."""
        wanted = {word.decode() for word in words}
        return [file.path for file in self.tree.files if not wanted.isdisjoint(self.scan(file.path).marks)]

    def mentions(self, path: str) -> Mentions:
        """The modules that a file names."""
        key = self._key(path, MENTIONS)
        stored = self._cache.get(key)
        if stored is None:
            stored = _encode(mentions(self.data(path)))
            self._cache.put(key, stored)
        return _decode_mentions(stored)

    @property
    def named(self) -> Iterator[tuple[str, tuple[Naming, ...]]]:
        """All files, with the names in them that may be those of migrations."""
        return ((file.path, self._namings(file.path)) for file in self.tree.files)

    def _namings(self, path: str) -> tuple[Naming, ...]:
        marks = self.scan(path).marks
        if MIGRAT.decode() not in marks or MIGRATION.decode() in marks:
            return ()
        key = self._key(path, NAMINGS)
        stored = self._cache.get(key)
        if stored is None:
            stored = _encode(namings(self.data(path)))
            self._cache.put(key, stored)
        return _decode_namings(stored)

    def gathered(self, kind: str, look: Callable[[bytes], Iterable[bytes]]) -> Counter[bytes]:
        """What a look at the bytes of every file finds, and how often; `kind` tells it from other looks.

        Migrations are looked at each time, since these change while all else stays.
        """
        key = self._rest + kind
        stored = self._cache.get(key)
        if stored is None:
            rest = (file.path for file in self.tree.files if not is_migrations(parent(file.path)))
            stored = _encode(Counter(one for path in rest for one in look(self.data(path))))
            self._cache.put(key, stored)
        found = Counter(_decode_counts(stored))
        migrations = (file.path for file in self.tree.files if is_migrations(parent(file.path)))
        found.update(one for path in migrations for one in look(self.data(path)))
        return found

    @cached_property
    def _rest(self) -> str:
        """What tells the contents of all files but migrations from others."""
        rest = (self.identity(file.path) for file in self.tree.files if not is_migrations(parent(file.path)))
        return caching.digest("".join(sorted(rest)).encode())

    def facts(self, path: str, full: bool = False) -> FileFacts:
        """A file's facts; `full` asks for all function bodies."""
        found = self._facts.get(path)
        if found is not None and (found.full or not full):
            return found
        if not self._recalled(path, full):
            data = self.data(path)
            if path in self.unreadable:
                self._facts[path] = FileFacts((), (Problem(1, "unreadable", self.unreadable[path]),), True)
            else:
                self._take(path, full, _parse((full, data)))
        return self._facts[path]

    def function(self, path: str, outline: FuncDef) -> FuncDef | None:
        """A function of a file with its body, of which only the outline is known; None where it is gone."""
        place = path, outline.line
        if place not in self._functions:
            self._functions[place] = self._function(path, outline)
        return self._functions[place]

    def _function(self, path: str, outline: FuncDef) -> FuncDef | None:
        facts = self.facts(path)
        if not facts.full:
            key = self._key(path, f"{BODY}{outline.line}")
            stored = self._cache.get(key)
            if stored is None:
                stored = _encode(bodies.alone(self.data(path), facts, outline))
                self._cache.put(key, stored)
            found: FuncDef | None = _decode_function(stored)
            if found is not None:
                return found
        return bodies.at(self.facts(path, full=True).body, outline.line)

    def _recalled(self, path: str, full: bool) -> bool:
        """Whether the cache had a file's facts, which are then taken from there."""
        key = self._key(path, _detail(full))
        stored = self._cache.get(key) if path not in self.unreadable else None
        if stored is not None:
            self._facts[path] = _decode_facts(stored)
        return stored is not None

    def survey(self, jobs: int, progress: Progress, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Look at every file, and read those at once whose own look says that they matter.

        `meanwhile` is done where other processes take a part of it.
        """
        unknown = []
        for file in self.tree.files:
            stored = self._cache.get(self._key(file.path, SCAN))
            if stored is not None:
                self.scans[file.path] = _decode_scan(stored)
            else:
                unknown.append((file.path, self.data(file.path)))
        unknown = [item for item in unknown if item[0] not in self.unreadable]
        ticks = _Ticks(progress, len(unknown))
        looks = workers.run(_survey, unknown, lambda item: len(item[1]), jobs, ticks, meanwhile)
        for (path, _), look in zip(unknown, looks, strict=True):
            self._cache.put(self._key(path, SCAN), look.scan)
            self.scans[path] = _decode_scan(look.scan)
            if look.facts is not None:
                self._take(path, look.full, look.facts)
        self.find_roots()

    def find_roots(self) -> None:
        """Add to the tree's source roots those that its files name (see `paths`)."""
        holding = self.holding(SYS_PATH, INSTALLED_APPS)
        self.added = added_roots(self.tree, ((path, self.data(path)) for path in holding))
        if self.added:
            self.tree = with_roots(self.tree, self.added)

    def save(self, *, partial: bool = False) -> None:
        """Keep the facts that were used for the next run; see `Cache.save`."""
        self._cache.save(partial=partial)

    def note(self) -> None:
        """Keep what tells that files are what they are for the next run; see `Stamps`."""
        self._stamps.save(self.tree.files)

    def load(self, wanted: Iterable[tuple[str, bool]], jobs: int, progress: Progress) -> None:
        """Facts for many files at once: from the cache, else parsed in up to `jobs` processes."""
        missing: list[tuple[str, bool]] = []
        for path, full in sorted(set(wanted)):
            if path in self._facts and (self._facts[path].full or not full):
                continue
            if not self._recalled(path, full):
                missing.append((path, full))
        taken = [(path, (full, self.data(path))) for path, full in missing]
        items = [(path, item) for path, item in taken if path not in self.unreadable]
        found = workers.run(
            _parse,
            [item for _, item in items],
            lambda item: len(item[1]),
            jobs,
            _Ticks(progress, len(items)),
        )
        for (path, (full, _)), encoded in zip(items, found, strict=True):
            self._take(path, full, encoded)
        for path, full in missing:
            self.facts(path, full)

    def _take(self, path: str, full: bool, encoded: bytes) -> None:
        self._cache.put(self._key(path, _detail(full)), encoded)
        self._facts[path] = _decode_facts(encoded)


class _Look(Struct, frozen=True):
    """What one process finds out about one file: its scan, and its facts where the scan asks for them."""

    scan: bytes
    full: bool
    facts: bytes | None


def _survey(item: tuple[str, bytes]) -> _Look:
    path, data = item
    looked = scan(data)
    full = wanted(path, looked)
    facts = None if full is None else _encode(extract(data, full))
    return _Look(_encode(looked), bool(full), facts)


def _parse(item: tuple[bool, bytes]) -> bytes:
    full, data = item
    return _encode(extract(data, full))


def _detail(full: bool) -> str:
    return "f" if full else "o"


def select(files: Files) -> list[tuple[str, bool]]:
    """The files worth parsing at once, with how much of them; see `extract.Scan`.

    A file counts when its place says so (models, migrations, apps, settings) or when one of its
    classes may have a model among its ancestors: by the names of its bases, to a fixpoint.  A name
    that is assigned or imported as another one anywhere counts as that one too.
    """
    chosen: dict[str, bool] = {}
    rest: list[str] = []
    for file in files.tree.files:
        looked = files.scan(file.path)
        full = wanted(file.path, looked)
        if full is not None:
            chosen[file.path] = full
        elif looked.headers:
            rest.append(file.path)
    aliases: dict[str, set[str]] = {}
    for looked in files.scans.values():
        for name, alias in looked.aliases:
            aliases.setdefault(name, set()).add(alias)
    names = {COMPUTED, *(name for path in chosen for name, _ in files.scans[path].headers)}
    while True:
        _add_aliases(names, aliases)
        more = [path for path in rest if any(names.intersection(b) for _, b in files.scans[path].headers)]
        if not more:
            break
        for path in more:
            chosen[path] = False
            names.update(name for name, _ in files.scans[path].headers)
        rest = [path for path in rest if path not in chosen]
    return sorted(chosen.items())


def wanted(path: str, looked: Scan) -> bool | None:
    """Whether a file matters by itself: True with all function bodies, False in outline, None if not."""
    folder, _, name = path.rpartition("/")
    inside = folder.rpartition("/")[2]
    if is_migrations(inside):
        return True
    by_place = inside == "models" or name in ("models.py", "apps.py")
    return False if by_place or looked.likely or looked.installed_apps or looked.app_config else None


class _Ticks:
    """Counts items and tells the progress."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def __call__(self) -> None:
        self._done += 1
        self._progress("read", self._done, self._total)


def _add_aliases(names: set[str], aliases: dict[str, set[str]]) -> None:
    """Add what the names are also called; each name's aliases are taken out once they are in."""
    pending = sorted(names.intersection(aliases))
    while pending:
        for alias in aliases.pop(pending.pop(), ()):
            names.add(alias)
            if alias in aliases:
                pending.append(alias)
