"""Which files import which: roughly by a look at the bytes, exactly from the facts of a file.

The rough look errs on one side only: it may see an import where none runs, never overlooks one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from analyzer.schema.classes import Classes
from analyzer.schema.dynamic import HOLE, Site, sites
from analyzer.schema.running import Code, ModuleCode, module_code
from analyzer.source.facts import Assign, Import, Items, Literal
from analyzer.source.modules import Module
from analyzer.source.names import absolute

_TESTS = re.compile(
    rb"^[ \t]*(?:from|import)[ \t][^\n]{0,300}\b(?:tests?|test_\w{1,60}|\w{1,60}_test|conftest)\b",
    re.MULTILINE,
)
DYNAMIC = (
    b"import_module",
    b"__import__",
    b"import_string",
    b"autodiscover_modules",
    b"walk_packages",
    b"iter_modules",
    b"import_from_string",
    b"find_modules",
)
MAX_SITES = 50
MAX_OPEN = 500
"""Dynamic imports of a text that is decided in part; each is compared with all files."""


Looked = tuple[tuple[str, bool], ...]
"""The files that a file may import; True where that stands at its margin."""


class Origin(Struct, frozen=True):
    """A module whose import brings another one in; `sure` is False where that is not decided."""

    path: str
    line: int
    sure: bool
    why: str = ""


class Imports:
    """Imports between the project's own files, read as far as they are asked for."""

    def __init__(self, classes: Classes, installed: tuple[str, ...]) -> None:
        self.classes = classes
        self.modules = classes.names.modules
        self.files = self.modules.files
        self.installed = installed
        self._codes: dict[tuple[str, bool], ModuleCode] = {}
        self._sites: dict[str, tuple[Site, ...]] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._targets: dict[tuple[str, str], frozenset[str]] = {}
        self._open = 0
        self._rough: dict[str, dict[str, bool]] = {}
        self._own: dict[str, bool] = {}
        self._by_last: dict[str, list[str]] | None = None
        self._tops: frozenset[str] | None = None
        self.consulted: set[str] = set()
        """The files of which more was asked than what they may import."""

    def module(self, path: str) -> Module | None:
        """The module that a file is, unless another file answers to its name."""
        found = self.modules.find(self.modules.name_of(path), path)
        return found if found is not None and found.path == path else None

    def code(self, path: str, full: bool = False) -> ModuleCode:
        """What runs in a file; without `full`, of functions only those that outlines hold."""
        key = (path, full)
        self.consulted.add(path)
        if key not in self._codes:
            module = self.module(path)
            body = self.files.facts(path, full).body if module is not None else ()
            self._codes[key] = module_code(
                body, lambda test: self.classes.decides(test, module) if module is not None else None
            )
        return self._codes[key]

    def of(self, module: Module, code: Code) -> Iterator[tuple[str, int, bool]]:
        """The files that the imports of some code load, with line and certainty."""
        for stmt, sure in code.imports:
            for target in self.targets(module, stmt):
                yield target, stmt.line, sure

    def targets(self, module: Module, stmt: Import) -> frozenset[str]:
        """The own files that an import statement loads, packages on the way included."""
        name = absolute(module, stmt)
        names = [inner for inner, _ in stmt.names or () if not self._has_already(module, name, inner, stmt)]
        return self._loaded(name, names, module.path)

    def _has_already(self, module: Module, name: str, inner: str, stmt: Import) -> bool:
        """Whether `from package import inner` in the package itself finds a name bound above, and no file."""
        if not module.package or name != module.name or inner == "*":
            return False
        return self.classes.names.at_line(module, inner, stmt.line) is not None

    def _loaded(self, name: str, names: Iterable[str], near: str) -> frozenset[str]:
        found = set(self.named(name, near))
        last = self.modules.find(name, near) if name else None
        for inner in names:
            if inner == "*":
                found.update(self._exported(last))
            elif last is None or last.package:
                found.update(self.named(f"{name}.{inner}" if name else inner, near))
        return frozenset(found)

    def named(self, name: str, near: str) -> frozenset[str]:
        """The own files that importing a dotted name runs: its packages from the top, and itself."""
        if not self._is_own(name.partition(".")[0], near):
            return frozenset()
        key = (name, near or "")
        if key not in self._targets:
            parts = name.split(".")
            paths = set()
            for end in range(1, len(parts) + 1):
                module = self.modules.find(".".join(parts[:end]), near)
                if module is not None and module.own and module.path:
                    paths.add(module.path)
            self._targets[key] = frozenset(paths)
        return self._targets[key]

    def _is_own(self, head: str, near: str) -> bool:
        """Whether a top-level name may be one of the project's."""
        if head not in self._own:
            found = self.modules.find(head, near) if head else None
            self._own[head] = bool(head) and (
                bool(self.modules.folders(head)) or (found is not None and found.own)
            )
        return self._own[head]

    def _exported(self, module: Module | None) -> Iterator[str]:
        """The submodules that `__all__` of a package names, which a star import loads."""
        if module is None or not module.package or not module.path:
            return
        if b"__all__" not in self.files.data(module.path):
            return
        for stmt in self.files.facts(module.path).body:
            match stmt:
                case Assign(value=Items(items=items)):
                    for item in items:
                        if isinstance(item, Literal) and isinstance(item.value, str):
                            yield from self.named(f"{module.name}.{item.value}", module.path)
                case _:
                    pass

    def sites(self, path: str) -> tuple[Site, ...]:
        """The dynamic imports of a file."""
        if path not in self._sites:
            found: tuple[Site, ...] = ()
            data = self.files.data(path)
            marked = any(word in data for word in DYNAMIC) or (b"oscar" in data and b"get_class" in data)
            module = self.module(path) if marked else None
            if module is not None:
                every = sites(self.classes, module, self.code(path, full=True))
                found = tuple(self._bounded(site) for site in islice(every, MAX_SITES))
            self._sites[path] = found
        return self._sites[path]

    def _bounded(self, site: Site) -> Site:
        """The dynamic import, or one of anything where there are too many to compare with all files."""
        if site.decided or site.of_apps or site.anything:
            return site
        self._open += 1
        return site if self._open <= MAX_OPEN else replace(site, text=HOLE)

    def called(self, path: str) -> frozenset[str]:
        """All dotted names that a file answers to, one for each source root above it."""
        if path not in self._names:
            stem = path.removesuffix(".py").removesuffix("/__init__")
            names = {self.modules.name_of(path)}
            for root in self.files.tree.source_roots:
                if not root or stem.startswith(f"{root}/"):
                    names.add(stem[len(root) :].lstrip("/").replace("/", "."))
            self._names[path] = frozenset(names)
        return self._names[path]

    # ------------------------------------------------------------ the rough look

    def rough(self, tests: bool, dynamic: bool) -> dict[str, dict[str, bool]]:
        """The files that each file may import; True where that stands at the margin of the file.

        Dynamic imports, and what files of tests and migrations import, only where asked for.
        """
        found: dict[str, dict[str, bool]] = {}
        for file in self.files.tree.files:
            if tests or not (is_test(file.path) or _is_migration(file.path)):
                if file.path not in self._rough:
                    self._rough[file.path] = self.looked(file.path)
                found[file.path] = self._rough[file.path]
                if dynamic and self.sites(file.path):
                    loaded = {
                        t: False for site in self.sites(file.path) for t in self.matched(site, file.path)
                    }
                    found[file.path] = {**loaded, **self._rough[file.path]}
        return found

    def of_tests(self) -> frozenset[str]:
        """What files that import something of tests, but are none themselves, may import."""
        found: set[str] = set()
        for file in self.files.tree.files:
            if not (is_test(file.path) or _is_migration(file.path)):
                data = self.files.data(file.path)
                if b"test" in data and _TESTS.search(data) is not None:
                    found.update(self.looked(file.path))
        return frozenset(found)

    @property
    def tops(self) -> frozenset[str]:
        """The top-level names of the project's modules."""
        if self._tops is None:
            names = (name for file in self.files.tree.files for name in self.called(file.path))
            self._tops = frozenset(name.partition(".")[0] for name in names)
        return self._tops

    def looked(self, path: str) -> dict[str, bool]:
        """The files that a file may import; True where that stands at the margin of the file."""
        mentioned = self.files.mentions(path)
        found: dict[str, bool] = {}
        name = self.modules.name_of(path)
        package = path.endswith("__init__.py")
        for one in mentioned.imports:
            if not one.names:
                self._note(found, self.named(one.source, path), one.margin)
                continue
            base = _above(name, package, one.dots, one.source) if one.dots else one.source
            if self._is_own(base.partition(".")[0], path):
                self._note(found, self._loaded(base, one.names, path), one.margin)
        for text in mentioned.texts:
            if text.partition(".")[0] in self.tops:
                self._note(found, self.named(text, path), False)
        found.pop(path, None)
        return found

    def matched(self, site: Site, near: str) -> Iterator[str]:
        """The own files that a dynamic import may load; none where it may be anything."""
        if site.decided:
            yield from self.named(site.text, near)
        elif site.of_apps:
            for app in self.installed:
                yield from self.named(f"{app}.{site.text}", near)
        elif not site.anything:
            for path in self._ending(site.text.rpartition(".")[2]):
                if any(site.matches(name) for name in self.called(path)):
                    yield path

    def _ending(self, last: str) -> Iterable[str]:
        """The files of modules whose names end with a word, or all where that is not decided."""
        if self._by_last is None:
            self._by_last = {}
            for file in self.files.tree.files:
                for word in {name.rpartition(".")[2] for name in self.called(file.path)}:
                    self._by_last.setdefault(word, []).append(file.path)
        if HOLE in last:
            return [file.path for file in self.files.tree.files]
        return self._by_last.get(last, ())

    @staticmethod
    def _note(found: dict[str, bool], targets: frozenset[str], margin: bool) -> None:
        for target in targets:
            found[target] = margin or found.get(target, False)


def is_test(path: str) -> bool:
    """Whether a file's place says that it belongs to tests."""
    *folders, name = path.split("/")
    named = name.startswith("test_") or name in ("tests.py", "conftest.py") or name.endswith("_test.py")
    return named or any(folder in ("tests", "test") for folder in folders)


def _is_migration(path: str) -> bool:
    return "/migrations/" in f"/{path}"


def _above(name: str, package: bool, level: int, rest: str) -> str:
    """The absolute name of a relative import."""
    parts = name.split(".") if name else []
    drop = level - 1 if package else level
    base = parts[: max(len(parts) - drop, 0)]
    return ".".join([*base, rest] if rest else base)
