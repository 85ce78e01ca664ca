"""Which module is which file: dotted names of a tree's files, and the catalogue's modules beside them."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from analyzer.source.discover import Tree, parent
from analyzer.source.facts import FileFacts
from analyzer.source.loading import Files


class Packages(Protocol):
    """Knows modules that are not part of the tree."""

    def facts(self, module: str) -> FileFacts | None:
        """Facts of a module by dotted name, None where it is not known."""

    def is_package(self, module: str) -> bool:
        """Whether a known module is a package, which decides what its relative imports mean."""


class Module(Struct, frozen=True):
    """An importable module.  `path` is "" for external ones and for namespace packages."""

    name: str
    path: str
    package: bool
    own: bool


class Modules:
    """Finds modules by dotted name; a file has one canonical name and may answer to others."""

    def __init__(self, files: Files, external: Packages) -> None:
        self.files = files
        self._external = external
        self._by_name: dict[str, list[str]] = {}
        self._folders: dict[str, list[str]] = {}
        self._tops: dict[str, bool] = {}
        self._canonical: dict[str, str] = {}
        self._found: dict[tuple[str, str], Module | None] = {}
        self._external_modules: dict[str, Module | None] = {}
        self._prefixes = _Prefixes(files.tree, files)
        self._register(files.tree)

    def _register(self, tree: Tree) -> None:
        roots = set(tree.source_roots)
        for file in tree.files:
            stem = file.path.removesuffix(".py")
            package = stem.endswith("/__init__") or stem == "__init__"
            place = parent(stem) if package else stem
            for root in _ancestors(parent(file.path)):
                if root in roots:
                    name = _dotted(place, root)
                    if name:
                        self._by_name.setdefault(name, []).append(file.path)
        folders: set[str] = set()
        for file in tree.files:
            folders.update(_ancestors(parent(file.path)))
        for folder in sorted(folders - {""}):
            for root in _ancestors(parent(folder)):
                if root in roots:
                    self._folders.setdefault(_dotted(folder, root), []).append(folder)

    def name_of(self, path: str) -> str:
        """The canonical dotted name of a file."""
        found = self._canonical.get(path)
        if found is None:
            place = path.removesuffix(".py").removesuffix("__init__").rstrip("/")
            found = self._canonical[path] = _dotted(place, self._prefixes.root_of(path))
        return found

    def find(self, name: str, near: str = "") -> Module | None:
        """The module of that name as a file near the path `near` would import it."""
        paths = self._by_name.get(name)
        key = (name, near if paths and len(paths) > 1 else "")
        if key not in self._found:
            self._found[key] = self._look_up(name, near)
        return self._found[key]

    def _look_up(self, name: str, near: str) -> Module | None:
        paths = self._by_name.get(name)
        if paths:
            path = max(paths, key=lambda p: (_shared(p, near), p.endswith("__init__.py"), -len(p)))
            return Module(self.name_of(path) or name, path, path.endswith("__init__.py"), True)
        if name in self._folders:
            return Module(name, "", True, True)
        return self._external_module(name)

    def _external_module(self, name: str) -> Module | None:
        if name not in self._external_modules:
            known = self._external.facts(name) is not None
            package = known and self._external.is_package(name)
            self._external_modules[name] = Module(name, "", package, False) if known else None
        return self._external_modules[name]

    def is_own(self, name: str) -> bool:
        """Whether a dotted name begins with a package or module of the tree, by its canonical name."""
        top = name.partition(".")[0]
        if top not in self._tops:
            own = any(self.name_of(path) == top for path in self._by_name.get(top, ()))
            self._tops[top] = own or (top in self._folders and top not in self._by_name)
        return self._tops[top]

    def facts(self, module: Module, full: bool = False) -> FileFacts:
        if module.path:
            return self.files.facts(module.path, full)
        if module.own:
            return FileFacts((), (), True)
        return self._external.facts(module.name) or FileFacts((), (), True)

    def folders(self, name: str) -> tuple[str, ...]:
        """The directories that a dotted package name stands for."""
        return tuple(self._folders.get(name, ()))


class _Prefixes:
    """The source root that gives a file its canonical name.

    Above a top package lies its root; a package below a folder without `__init__.py` may as well be
    part of a namespace package.  Which one holds is read from how the project itself writes it.
    """

    def __init__(self, tree: Tree, files: Files) -> None:
        self.tree = tree
        self.files = files
        self.manage = {parent(f.path) for f in tree.files if f.path.rpartition("/")[2] == "manage.py"}
        self._roots: dict[str, str] = {}
        self._mentioned: dict[str, bool] = {}

    def root_of(self, path: str) -> str:
        folder = parent(path)
        if folder not in self._roots:
            self._roots[folder] = self._decide(folder)
        return self._roots[folder]

    def _decide(self, folder: str) -> str:
        top = folder
        while top and (top in self.tree.packages or parent(top) in self.tree.packages):
            top = parent(top)
        outer = next((root for root in _ancestors(top) if root in self.manage), None)
        if outer is None and top != "":
            outer = ""
        if outer is None or outer == top:
            return top
        first = _dotted(folder, top).partition(".")[0]
        inner_name = _dotted(f"{top}/{first}" if first else top, outer)
        return outer if self._is_mentioned(inner_name) else top

    def _is_mentioned(self, name: str) -> bool:
        if name not in self._mentioned:
            word = name.encode()
            self._mentioned[name] = any(_imports(self.files.data(f.path), word) for f in self.tree.files)
        return self._mentioned[name]


def _imports(data: bytes, word: bytes) -> bool:
    """Whether a file imports a dotted name or holds it at the beginning of a string."""
    at = data.find(word)
    while at >= 0:
        before = data[max(0, at - 7) : at]
        if before.endswith((b'"', b"'", b"from ", b"import ")):
            return True
        at = data.find(word, at + len(word))
    return False


def _dotted(place: str, root: str) -> str:
    inner = place[len(root) :].lstrip("/") if root else place
    return inner.replace("/", ".")


def _ancestors(folder: str) -> list[str]:
    """The folder and all above it, deepest first, ending with the root ""."""
    out = [folder]
    while folder:
        folder = parent(folder)
        out.append(folder)
    return out


def _shared(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
