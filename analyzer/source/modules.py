"""Which module is which file: dotted names of a tree's files, and the catalogue's modules beside them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Protocol

from msgspec import Struct

from analyzer.source.discover import Tree, parent
from analyzer.source.facts import FileFacts, FuncDef
from analyzer.source.loading import Files
from analyzer.source.outermost import outermost
from analyzer.source.paths import Imports, imported


class Packages(Protocol):
    """Knows modules that are not part of the tree."""

    def facts(self, module: str) -> FileFacts | None:
        """Facts of a module by dotted name, None where it is not known."""

    def function(self, module: str, node: FuncDef) -> FuncDef | None:
        """A function of a module with its body, of which only the outline is known; None without source."""

    def is_package(self, module: str) -> bool:
        """Whether a known module is a package, which decides what its relative imports mean."""

    def in_use(self, module: str) -> bool:
        """Whether the version of a module's package that is known is the one in use."""

    def is_catalogued(self, module: str) -> bool:
        """Whether the version in use is known to lie among the catalogued ones."""

    def real_name(self, module: str) -> str:
        """The name of a module in the package that its own only stands for; else its own name."""


class Module(Struct, frozen=True):
    """An importable module.  `path` is "" for external ones and for namespace packages."""

    name: str
    path: str
    package: bool
    own: bool

    def at(self, line: int) -> str:
        """A place in it, as reasons name it."""
        return f"{self.path or self.name}:{line}"


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
        self._stand_ins: dict[str, str] | None = None
        self.changed: dict[str, frozenset[str]] = {}
        """By path, the names whose values a module changes in place (see `inplace`)."""
        self.rebound: dict[str, frozenset[str]] = {}
        """By path, the names that a module binds anew (see `inplace`)."""
        self.led_to: set[str] = set()
        """The files that were asked for by name from elsewhere, since this was last emptied."""
        self._prefixes = _Prefixes(files.tree, files)
        self.outermost = outermost(files.tree, files)
        """The package that the tree itself is, "" in the usual case."""
        self._home = ""
        self._register(files.tree)

    def _register(self, tree: Tree) -> None:
        roots = set(tree.source_roots)
        above: dict[str, list[str]] = {}
        for file in tree.files:
            stem = file.path.removesuffix(".py")
            folder = parent(stem)
            package = stem.endswith("/__init__") or stem == "__init__"
            if folder not in above:
                above[folder] = [root for root in _ancestors(folder) if root in roots]
            for root in above[folder]:
                name = _dotted(folder if package else stem, root)
                if name:
                    self._by_name.setdefault(name, []).append(file.path)
            if self.outermost:
                name = self._from_above(folder if package else stem)
                self._by_name.setdefault(name, []).append(file.path)
        folders = {folder for inner in above for folder in _ancestors(inner)}
        for folder in sorted(folders - {""}):
            for root in _ancestors(parent(folder)):
                if root in roots:
                    self._folders.setdefault(_dotted(folder, root), []).append(folder)
            if self.outermost:
                self._folders.setdefault(self._from_above(folder), []).append(folder)

    def _from_above(self, place: str) -> str:
        """The dotted name of a place by way of the package that the tree is."""
        return f"{self.outermost}.{_dotted(place, '')}".rstrip(".")

    def settle(self, home: str) -> None:
        """Take the side of one project: that of the settings at the path `home`.

        Of several files with one name its own is meant from now on; the others, which stand on
        the path of another project in the tree, are named from further up.
        """
        self._home = home
        self._canonical.clear()
        self._found.clear()
        self._tops.clear()

    def name_of(self, path: str) -> str:
        """The canonical dotted name of a file."""
        found = self._canonical.get(path)
        if found is None:
            found = self._canonical[path] = self._named(path)
        return found

    def roots(self, paths: Iterable[str]) -> list[tuple[str, str]]:
        """The source root that names each folder of some files, as far as the files' contents decide it."""
        return sorted({(parent(path), self._prefixes.root_of(path)) for path in paths})

    def root_of(self, folder: str) -> str:
        """The source root that names the files of a folder."""
        return self._prefixes.root_of(f"{folder}/" if folder else "")

    def _named(self, path: str) -> str:
        place, root = _place(path), self._prefixes.root_of(path)
        if self.outermost and not root:
            return self._from_above(place)
        name = _dotted(place, root)
        if not self._home or self._meant(name) == path:
            return name
        outer = (_dotted(place, above) for above in _ancestors(root)[1:])
        return next((longer for longer in outer if self._meant(longer) == path), name)

    def _meant(self, name: str) -> str:
        """The file that a name stands for in the project whose side is taken."""
        paths = self._by_name.get(name, ())
        return paths[0] if len(paths) == 1 else self._nearest(name, paths, self._home) if paths else ""

    def find(self, name: str, near: str = "") -> Module | None:
        """The module of that name as a file near the path `near` would import it."""
        paths = self._by_name.get(name)
        key = (name, near if paths and len(paths) > 1 else "")
        if key not in self._found:
            self._found[key] = self._look_up(name, near)
        found = self._found[key]
        if found is not None and found.path != near:
            self.led_to.add(found.path)
        return found

    def _look_up(self, name: str, near: str) -> Module | None:
        paths = [path for path in self._by_name.get(name, ()) if not self._is_hidden(name, path)]
        if paths:
            path = paths[0] if len(paths) == 1 else self._nearest(name, paths, near or self._home)
            return Module(self.name_of(path) or name, path, path.endswith("__init__.py"), True)
        if self.folders(name):
            return Module(name, "", True, True)
        real = self._stood_for(name)
        return self._look_up(real, near) if real in self._by_name else self._external_module(name)

    def _stood_for(self, name: str) -> str:
        """The module of the tree that stands in `sys.modules` under a name; "" where none does."""
        if self._stand_ins is None:
            from analyzer.source.standins import stand_ins

            self._stand_ins = {}
            self._stand_ins = stand_ins(self)
        owner, rest = name, ""
        while owner and owner not in self._stand_ins:
            owner, _, last = owner.rpartition(".")
            rest = f".{last}{rest}"
        return f"{self._stand_ins[owner]}{rest}" if owner else ""

    def _nearest(self, name: str, paths: Iterable[str], near: str) -> str:
        """Of several files the one of the same project, then one whose own name it is, then the closest."""
        project = self._prefixes.project_of(near)

        def closeness(path: str) -> tuple[bool, bool, int, bool, int]:
            same = self._prefixes.project_of(path) == project
            called = self._own_name(path) == name
            return same, called, _shared(path, near), path.endswith("__init__.py"), -len(path)

        return max(paths, key=closeness)

    def _external_module(self, name: str) -> Module | None:
        if name not in self._external_modules:
            real = self._external.real_name(name)
            known = self._external.facts(real) is not None
            package = known and self._external.is_package(real)
            self._external_modules[name] = Module(real, "", package, False) if known else None
        return self._external_modules[name]

    def missing(self) -> Iterator[str]:
        """The names that were asked for and no module has."""
        return (name for (name, _), found in self._found.items() if found is None)

    def is_own(self, name: str) -> bool:
        """Whether a dotted name begins with a package or module of the tree, by its canonical name."""
        top = name.partition(".")[0]
        if top not in self._tops:
            own = any(self.name_of(path) == top for path in self._by_name.get(top, ()))
            self._tops[top] = own or (top in self._folders and top not in self._by_name)
        return self._tops[top]

    def in_use(self, module: Module) -> bool:
        """Whether a module that is not own is known in the version that the project runs with."""
        return self._external.in_use(module.name)

    def is_catalogued(self, path: str) -> bool:
        """Whether the version in use of a package, by a dotted path in it, lies among the catalogued ones."""
        return self._external.is_catalogued(path)

    def facts(self, module: Module, full: bool = False) -> FileFacts:
        if module.path:
            return self.files.facts(module.path, full)
        if module.own:
            return FileFacts((), (), True)
        return self._external.facts(module.name) or FileFacts((), (), True)

    def function(self, module: Module, node: FuncDef) -> FuncDef | None:
        """A function with its body, read now if only its outline was; None where its source is not known."""
        if node.body is not None:
            return node
        if not module.path:
            return self._external.function(module.name, node)
        return self.files.function(module.path, node)

    def folders(self, name: str) -> tuple[str, ...]:
        """The directories that a dotted package name stands for, those of the own project first."""
        found = (f for f in self._folders.get(name, ()) if not self._is_hidden(name, f"{f}/__init__.py"))
        return tuple(sorted(found, key=lambda folder: -_shared(folder, self._home)))

    def _is_hidden(self, name: str, path: str) -> bool:
        """Whether what a file would be called by that name is looked for in another package instead.

        A package that stands at a source root has its first name for itself: what lies below a
        namespace package, and is called by the longer name, does not add to it.
        """
        top, dot, _ = name.partition(".")
        owners = (owner for owner in (self._by_name.get(top, ()) if dot else ()) if _is_package(owner))
        homes = [parent(owner) for owner in owners if self._own_name(owner) == top]
        outside = homes and not any(path.startswith(f"{home}/") for home in homes)
        return bool(outside) and self._own_name(path) != name

    def _own_name(self, path: str) -> str:
        """The name of a file from the source root that its folder has."""
        return _dotted(_place(path), self._prefixes.root_of(path))


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
        self._projects: dict[str, str] = {}
        self._imports: Imports | None = None
        self._starts: frozenset[str] | None = None
        self._mentioned: dict[bytes, list[bytes]] = {}

    def project_of(self, path: str) -> str:
        """The folder of the manage.py that a file is started by: the nearest above it."""
        folder = parent(path)
        if folder not in self._projects:
            self._projects[folder] = next((above for above in _ancestors(folder) if above in self.manage), "")
        return self._projects[folder]

    def root_of(self, path: str) -> str:
        folder = parent(path)
        if folder not in self._roots:
            self._roots[folder] = self._decide(folder)
        return self._roots[folder]

    def _decide(self, folder: str) -> str:
        top = self._above(folder)
        package = next((above for above in _ancestors(top)[1:] if above in self.tree.packages), "")
        if package and self._is_mentioned(_dotted(folder, self._above(package))):
            top = self._above(package)
        outer = next((root for root in _ancestors(top) if root in self.manage), None)
        if outer is None and top != "":
            outer = ""
        added = self._added(folder, top if outer is None or outer == top else outer)
        if added is not None:
            return added
        if outer is None or outer == top:
            return top
        first = _dotted(folder, top).partition(".")[0]
        inner_name = _dotted(f"{top}/{first}" if first else top, outer)
        return outer if self._is_mentioned(inner_name) else top

    def _above(self, folder: str) -> str:
        """The folder above the package that a folder is in, if it is in one."""
        while folder and (folder in self.tree.packages or parent(folder) in self.tree.packages):
            folder = parent(folder)
        return folder

    def _added(self, folder: str, usual: str) -> str | None:
        """A root below the usual one, where the files name the package rather from there.

        The project adds it itself, or starts from it: the folder of a manage.py may be a package too.
        """
        more = self.files.added | self._started()
        for root in _ancestors(parent(folder)) if folder and more else ():
            if root in more and root.startswith(usual) and root != usual:
                if self._imports is None:
                    self._imports = Imports(self.files.gathered("i", imported))
                package = _dotted(folder, root).partition(".")[0]
                longer = _dotted(f"{root}/{package}", usual)
                short, long = self._imports.of(package), self._imports.of(longer)
                listed = self._is_mentioned(package) and not self._is_mentioned(longer)
                if short > long or (short == long == 0 and listed):
                    return root
        return None

    def _started(self) -> frozenset[str]:
        """The folders of a manage.py from which it names its settings."""
        if self._starts is None:
            paths = self.files.paths
            self._starts = frozenset(
                folder
                for folder in self.manage & self.tree.packages
                for name in _SETTINGS.findall(self.files.data(f"{folder}/manage.py"))
                for top in (name.partition(b".")[0].decode(),)
                if f"{folder}/{top}.py" in paths or f"{folder}/{top}/__init__.py" in paths
            )
        return self._starts

    def _is_mentioned(self, name: str) -> bool:
        word = name.encode()
        top = word.partition(b".")[0]
        if top not in self._mentioned:
            found = self.files.gathered(f"w{top.decode()}", lambda text: _mentions(text, top))
            self._mentioned[top] = sorted(found)
        near = bisect_left(self._mentioned[top], word)
        return any(found.startswith(word) for found in self._mentioned[top][near : near + 1])


_SETTINGS = re.compile(rb"""DJANGO_SETTINGS_MODULE["'],\s*["'](\w+(?:\.\w+)*)["']""")
_WORDS = re.compile(rb"""[^\s"']*""")


def _mentions(data: bytes, top: bytes) -> Iterator[bytes]:
    """What begins with a word and is imported, or stands at the beginning of a string."""
    at = data.find(top)
    while at >= 0:
        before = data[max(0, at - 7) : at]
        if before.endswith((b'"', b"'", b"from ", b"import ")):
            yield _WORDS.match(data, at)[0]  # type: ignore[index]  # it matches everywhere
        at = data.find(top, at + len(top))


def _is_package(path: str) -> bool:
    return path.endswith("/__init__.py")


def _place(path: str) -> str:
    """What a file's dotted name is made of: its path, or that of the package whose beginning it is."""
    return path.removesuffix(".py").removesuffix("__init__").rstrip("/")


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
