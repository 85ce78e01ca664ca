"""The tree under a path: which Python files there are, and where packages begin.  Nothing is read.

Left out: what .gitignore names, virtual environments, caches, build results, node_modules, and
directories behind symbolic links (what they hold inside the tree is found under its own path), and
what migscan wrote: the report, and the plan with the migrations that it holds ready.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from analyzer.source import documents
from analyzer.source.inside import inside, read_inside
from analyzer.source.own import MANIFEST, own_files

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SKIPPED = frozenset(
    {
        "__pycache__",
        "node_modules",
        "bower_components",
        "site-packages",
        "__pypackages__",
        "htmlcov",
        "migscan-report",
        ".migscan_cache",
    }
)
BUILT = frozenset({"build", "dist", "sdist", "wheels"})
"""Skipped unless they are packages: a project may well have an app named `build`."""

MAX_GITIGNORE = 1_000_000


HIDDEN_DEPTH = 4
"""How deep a hidden folder that holds scripts may lie, with what is looked for below it."""

MAX_WILDCARDS, MAX_PATTERN, MAX_PATTERNS = 6, 4096, 2000
_STARS = re.compile(r"\*+")


class Stamp(Struct, frozen=True, order=True, array_like=True):
    """When a file was modified, and changed in any way, in nanoseconds, and where it lies on its disk."""

    modified: int
    changed: int
    node: int
    device: int


class SourceFile(Struct, frozen=True, order=True):
    """A Python file: its path relative to the tree's root, with `/`, and its size in bytes."""

    path: str
    size: int
    stamp: Stamp


class Unreadable(Struct, frozen=True, order=True):
    path: str
    reason: str


class Tree(Struct, frozen=True):
    """All Python files, sorted by path.

    `packages` are the directories with an `__init__.py`, `migration_dirs` those with migrations
    in their name that hold Python files, `bare` such without any.  `documents` are other files that may
    speak of migrations (see `documents`).
    """

    root: Path
    files: tuple[SourceFile, ...]
    packages: frozenset[str]
    migration_dirs: tuple[str, ...]
    source_roots: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]
    documents: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()


def discover(root: Path, exclude: Iterable[str] = ()) -> Tree:
    """Walk `root`.  `exclude` holds gitignore-style patterns relative to it."""
    files: list[SourceFile] = []
    unreadable: list[Unreadable] = []
    walker = _Walker(root, tuple(exclude), unreadable)
    files.extend(walker.walk())
    files.sort()
    directories = {parent(file.path) for file in files}
    packages = frozenset(parent(f.path) for f in files if f.path.rpartition("/")[2] == "__init__.py")
    migration_dirs = sorted(d for d in directories if is_migrations(d.rpartition("/")[2]))
    roots = _source_roots(files, packages)
    others = tuple(path for path in documents.chosen(walker.others) if not walker.ignored(path))
    bare = tuple(sorted(set(walker.named).difference(migration_dirs)))
    problems = tuple(sorted(unreadable))
    return Tree(root, tuple(files), packages, tuple(migration_dirs), roots, problems, others, bare)


def is_migrations(folder: str) -> bool:
    """Whether a folder of that name is likely to hold migrations; MIGRATION_MODULES may name it so."""
    return "migrations" in folder


def parent(path: str) -> str:
    """The directory of a relative path; "" is the root."""
    return path.rpartition("/")[0]


class _Walker:
    def __init__(self, root: Path, exclude: tuple[str, ...], unreadable: list[Unreadable]) -> None:
        self.root = root
        self.exclude = _spec(exclude)
        self.unreadable = unreadable
        self.ignores: dict[str, GitIgnoreSpec] = {}
        self.others: list[str] = []
        self.own: set[str] = set()
        self.named: list[str] = []

    def walk(self) -> Iterator[SourceFile]:
        pending = [""]
        while pending:
            directory = pending.pop()
            entries = self.entries(directory)
            if not self.enters(directory, {entry.name for entry in entries}):
                continue
            for entry in entries:
                path = f"{directory}/{entry.name}" if directory else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not self.skips(entry, path):
                        pending.append(path)
                        self.named += [path] if is_migrations(entry.name) else []
                    elif entry.name in documents.HIDDEN:
                        self.hidden(path)
                    if entry.name.endswith(".py"):
                        self.unreadable.append(Unreadable(path, "is a directory, not a file"))
                elif path in self.own:
                    continue
                elif entry.name.endswith(".py") and not self.ignored(path):
                    yield from self.file(entry, path)
                elif documents.named(entry.name) and entry.is_file(follow_symlinks=False):
                    self.others.append(path)

    def enters(self, directory: str, names: set[str]) -> bool:
        """Whether a folder is looked into, once what it says about its files is known."""
        if directory and "pyvenv.cfg" in names:
            return False
        if ".gitignore" in names:
            self.read_gitignore(directory)
        if MANIFEST in names:
            self.own |= own_files(self.root, directory)
        return True

    def hidden(self, directory: str) -> None:
        """Note the files of a hidden folder, and of those one below it, that are no Python."""
        for entry in self.entries(directory):
            path = f"{directory}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if directory.count("/") < HIDDEN_DEPTH and entry.name not in SKIPPED:
                    self.hidden(path)
            elif documents.named(entry.name) and entry.is_file(follow_symlinks=False):
                self.others.append(path)

    def entries(self, directory: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(os.path.join(self.root, directory)) as found:
                return sorted(found, key=attrgetter("name"))
        except OSError as error:
            self.unreadable.append(Unreadable(directory or ".", error.strerror or "cannot be listed"))
            return []

    def file(self, entry: os.DirEntry[str], path: str) -> Iterator[SourceFile]:
        try:
            if entry.is_symlink() and not inside(self.root, path):
                self.unreadable.append(Unreadable(path, "symbolic link that leads out of the project"))
            elif entry.is_file():
                found = entry.stat()
                stamp = Stamp(found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)
                yield SourceFile(path, found.st_size, stamp)
            elif entry.is_symlink() and not entry.is_dir():
                self.unreadable.append(Unreadable(path, "broken symbolic link"))
        except OSError as error:
            self.unreadable.append(Unreadable(path, error.strerror or "cannot be read"))

    def skips(self, entry: os.DirEntry[str], path: str) -> bool:
        name = entry.name
        if name in SKIPPED or name.startswith(".") or name.endswith((".egg-info", ".dist-info")):
            return True
        if name in BUILT and not os.path.exists(os.path.join(entry.path, "__init__.py")):
            return True
        return self.ignored(path + "/")

    def read_gitignore(self, directory: str) -> None:
        path = f"{directory}/.gitignore".lstrip("/")
        data = read_inside(self.root, path, MAX_GITIGNORE)
        if data is None:
            self.unreadable.append(Unreadable(path, "cannot be read"))
            return
        lines = data.decode("utf-8", "replace").splitlines()
        lines = [*dict.fromkeys(reversed(lines))][::-1]  # the last of equal ones decides
        kept = [line for line in lines if not _is_too_wild(line)][-MAX_PATTERNS:]
        if len(kept) < len(lines):
            reason = (
                f"patterns with more than {MAX_WILDCARDS} wildcards, and more than {MAX_PATTERNS} patterns"
            )
            self.unreadable.append(Unreadable(path, f"{reason}, are passed over"))
        spec = _spec(kept)
        if spec is not None:
            self.ignores[directory] = spec

    def ignored(self, path: str) -> bool:
        if self.exclude is not None and self.exclude.match_file(path):
            return True
        for directory, spec in reversed(self.ignores.items()):
            prefix = f"{directory}/" if directory else ""
            if path.startswith(prefix):
                said = spec.check_file(path[len(prefix) :]).include
                if said is not None:
                    return said
        return False


def _spec(patterns: Iterable[str]) -> GitIgnoreSpec | None:
    lines = [line for line in patterns if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return None
    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a bracket in brackets may mean something else one day
        try:
            return GitIgnoreSpec.from_lines(lines)
        except (ValueError, re.error):
            return GitIgnoreSpec.from_lines(filter(_is_pattern, lines))


def _is_too_wild(line: str) -> bool:
    """Whether a pattern could take for ever: tried are ways to share a path out among its stars."""
    if line.lstrip().startswith("#"):
        return False
    return len(line) > MAX_PATTERN or len(_STARS.findall(line)) > MAX_WILDCARDS


def _is_pattern(line: str) -> bool:
    """Git passes over a line that is no pattern, such as a lonely `!`."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path relative to the project is meant by patterns as in .gitignore."""
    spec = _spec(patterns)
    return spec.match_file if spec is not None else lambda path: False


def _source_roots(files: Iterable[SourceFile], packages: frozenset[str]) -> tuple[str, ...]:
    """Folders that stand on `sys.path`: of manage.py, above top packages, and the root itself.

    Deepest first, so that the nearest one gives a file its module name.
    """
    roots = {""}
    for file in files:
        if file.path.rpartition("/")[2] == "manage.py":
            roots.add(parent(file.path))
    for package in packages:
        above = parent(package)
        within = parent(above) in packages and is_migrations(above.rpartition("/")[2])
        if package and above not in packages and not within:
            roots.add(above)
    return _deepest_first(roots)


def with_roots(tree: Tree, more: Iterable[str]) -> Tree:
    """The tree with more folders that stand on `sys.path`."""
    return replace(tree, source_roots=_deepest_first({*tree.source_roots, *more}))


def _deepest_first(roots: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(roots, key=lambda path: (-len(path.split("/")) if path else 1, path)))
