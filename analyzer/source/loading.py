"""All facts of a tree: bytes read, scanned, parsed where it matters, cached, in several processes.

The only part of `source` that is impure in the middle; what it returns depends on the tree alone.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext

import msgspec

from analyzer.source import cache as caching
from analyzer.source.discover import Tree, parent
from analyzer.source.extract import COMPUTED, MAX_BYTES, Scan, extract, scan
from analyzer.source.facts import FileFacts, Problem

PARALLEL_FROM = 400_000
"""Bytes to parse from which a second process pays for its start."""

Progress = Callable[[str, int, int], None]

_encode = msgspec.msgpack.Encoder().encode
_decode_facts = msgspec.msgpack.Decoder(FileFacts).decode
_decode_scan = msgspec.msgpack.Decoder(Scan).decode


class Files:
    """The facts of a tree's files, parsed on demand and never twice.

    `read` counts the files that were parsed or taken from the cache.
    """

    def __init__(self, tree: Tree, cache: caching.Cache) -> None:
        self.tree = tree
        self.paths = {file.path for file in tree.files}
        self.scans: dict[str, Scan] = {}
        self.unreadable: dict[str, str] = {}
        self._cache = cache
        self._bytes: dict[str, bytes] = {}
        self._facts: dict[str, FileFacts] = {}

    @property
    def read(self) -> tuple[str, ...]:
        """The files whose facts were used, sorted."""
        return tuple(sorted(self._facts))

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

    def scan(self, path: str) -> Scan:
        found = self.scans.get(path)
        if found is None:
            data = self.data(path)
            name = caching.key(data, "s")
            stored = self._cache.get(name)
            if stored is None:
                found = scan(data)
                self._cache.put(name, _encode(found))
            else:
                found = _decode_scan(stored)
            self.scans[path] = found
        return found

    def facts(self, path: str, full: bool = False) -> FileFacts:
        """A file's facts; `full` asks for all function bodies."""
        found = self._facts.get(path)
        if found is not None and (found.full or not full):
            return found
        data = self.data(path)
        if path in self.unreadable:
            facts = FileFacts((), (Problem(1, "unreadable", self.unreadable[path]),), True)
        else:
            facts = self._from_cache(data, full) or self._parsed(data, full)
        self._facts[path] = facts
        return facts

    def _from_cache(self, data: bytes, full: bool) -> FileFacts | None:
        stored = self._cache.get(caching.key(data, _detail(full)))
        return _decode_facts(stored) if stored is not None else None

    def _parsed(self, data: bytes, full: bool) -> FileFacts:
        facts = extract(data, full)
        self._cache.put(caching.key(data, _detail(full)), _encode(facts))
        return facts

    def load(self, wanted: Iterable[tuple[str, bool]], jobs: int, progress: Progress) -> None:
        """Facts for many files at once: from the cache, else parsed in up to `jobs` processes."""
        missing: list[tuple[str, bool]] = []
        for path, full in sorted(set(wanted)):
            if path in self._facts and (self._facts[path].full or not full):
                continue
            data = self.data(path)
            found = None if path in self.unreadable else self._from_cache(data, full)
            if found is None:
                missing.append((path, full))
            else:
                self._facts[path] = found
        total = len(missing)
        size = sum(len(self.data(path)) for path, _ in missing)
        jobs = min(jobs, total) if size >= PARALLEL_FROM else 1
        shares = _shares([(path, full, self.data(path)) for path, full in missing], jobs)
        workers = [_Worker(share) for share in shares[1:]]
        for done, (path, full, _data) in enumerate(shares[0] if shares else ()):
            progress("read", done, total)
            self.facts(path, full)
        for worker in workers:
            self._take(worker)
        progress("read", total, total)

    def _take(self, worker: _Worker) -> None:
        results = worker.results()
        for (path, full, data), encoded in zip(worker.share, results, strict=True):
            self._cache.put(caching.key(data, _detail(full)), encoded)
            self._facts[path] = _decode_facts(encoded)

    def forget_bytes(self) -> None:
        """Let go of file contents once nothing more will be parsed in bulk."""
        self._bytes.clear()


Share = list[tuple[str, bool, bytes]]


def _shares(files: Share, count: int) -> list[Share]:
    """Split by bytes, so that all processes end at about the same time."""
    shares: list[Share] = [[] for _ in range(max(count, 1))]
    sizes = [0] * len(shares)
    for item in sorted(files, key=lambda file: (-len(file[2]), file[0])):
        smallest = sizes.index(min(sizes))
        shares[smallest].append(item)
        sizes[smallest] += len(item[2])
    return [share for share in shares if share]


class _Worker:
    """A process that parses one share and sends the encoded facts back."""

    def __init__(self, share: Share) -> None:
        self.share = share
        context = _context()
        self._receive, send = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=([(f, d) for _, f, d in share], send), daemon=True)
        self._process.start()
        send.close()

    def results(self) -> list[bytes]:
        try:
            results: list[bytes] = self._receive.recv()
        except EOFError:
            # The process died (out of memory, killed): its share is parsed here instead.
            results = [_encode(extract(data, full)) for _, full, data in self.share]
        self._process.join()
        return results


def _work(share: list[tuple[bool, bytes]], send: Connection) -> None:
    send.send([_encode(extract(data, full)) for full, data in share])
    send.close()


def _context() -> ForkContext | SpawnContext:
    """Fork where it is safe: it shares the loaded interpreter; spawn costs a start of its own."""
    can_fork = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork") if can_fork else multiprocessing.get_context("spawn")


def _detail(full: bool) -> str:
    return "f" if full else "o"


def select(files: Files, extra: Iterable[str] = ()) -> list[tuple[str, bool]]:
    """The files worth parsing at once, with how much of them; see `extract.Scan`.

    A file counts when its place says so (models, migrations, apps, settings) or when one of its
    classes may have a model among its ancestors: by the names of its bases, to a fixpoint.  A name
    that is assigned or imported as another one anywhere counts as that one too.
    """
    chosen: dict[str, bool] = {}
    rest: list[str] = []
    migrations = set(files.tree.migration_dirs)
    for file in files.tree.files:
        folder, _, name = file.path.rpartition("/")
        looked = files.scan(file.path)
        if folder in migrations:
            chosen[file.path] = True
        elif _by_place(folder, name) or looked.likely or looked.installed_apps or looked.app_config:
            chosen[file.path] = False
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
    chosen.update((path, False) for path in extra if path in files.paths and path not in chosen)
    return sorted(chosen.items())


def _by_place(folder: str, name: str) -> bool:
    return name in ("models.py", "apps.py") or parent(folder + "/x").rpartition("/")[2] == "models"


def _add_aliases(names: set[str], aliases: dict[str, set[str]]) -> None:
    """Add what the names are also called; each name's aliases are taken out once they are in."""
    pending = sorted(names.intersection(aliases))
    while pending:
        for alias in aliases.pop(pending.pop(), ()):
            names.add(alias)
            if alias in aliases:
                pending.append(alias)
