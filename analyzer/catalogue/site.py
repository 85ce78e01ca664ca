"""Packages as they are installed: their source read on demand from a site-packages folder.

What stands there wins over the catalogue, package by package, since it is the version in use.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from os.path import isdir, isfile
from pathlib import Path
from typing import NamedTuple, Protocol

from analyzer.catalogue import Catalogue, Chosen, ranges, renamed
from analyzer.catalogue.doubts import Doubt
from analyzer.catalogue.requirements import Requirements, normalised
from analyzer.catalogue.versions import Version, version
from analyzer.source.bodies import at
from analyzer.source.extract import MAX_BYTES, extract
from analyzer.source.facts import Assign, FileFacts, FuncDef, Items, Literal, Ref

ENVIRONMENTS = (".venv", "venv", "env", ".env", "virtualenv")
"""Where people keep a virtual environment inside a project."""


Mark = tuple[int, int, int, int] | None
"""What shows that a file or a folder is another one now, or another's; None where there is none."""


def mark(path: str | Path) -> Mark:
    """The mark of what stands at a path: a folder's changes with the names in it."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


class Packages(Protocol):
    """What is known about packages that are not part of the project, by dotted module name."""

    def knows(self, name: str) -> bool:
        """Whether the top-level package of a dotted name is known."""

    def facts(self, module: str) -> FileFacts | None:
        """Facts of a module, None where it is not known."""

    def function(self, module: str, node: FuncDef) -> FuncDef | None:
        """A function of a module with its body, of which only the outline is known; None without source."""

    def is_package(self, module: str) -> bool:
        """Whether a module is a package."""

    def in_use(self, module: str) -> bool:
        """Whether the version of a module's package that is known is the one in use."""

    def is_catalogued(self, module: str) -> bool:
        """Whether the version in use is known to lie among the catalogued ones."""

    def real_name(self, module: str) -> str:
        """The name of a module in the package that its own only stands for."""

    def modules_of(self, name: str) -> tuple[str, ...]:
        """A module and the known modules below it, sorted."""

    def migrations(self, app: str) -> tuple[str, ...]:
        """The names of an app package's migrations, sorted."""

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        """The catalogued packages that were used, with their versions and why these, sorted."""

    def doubt(self, module: str, name: str) -> str:
        """Why a class may be another one in the version that is required; "" where it is not."""

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """The packages of which a class in doubt was asked about, sorted."""


class SitePackages:
    """The packages of one folder, but for those whose top-level names are left out.

    `looked` are the marks of all places that were looked at, by path.
    """

    def __init__(self, folder: Path, without: Iterable[str] = ()) -> None:
        self._folder = folder
        self._without = frozenset(without)
        self._facts: dict[str, FileFacts | None] = {}
        self._full: dict[str, FileFacts | None] = {}
        self._versions: dict[str, Version] | None = None
        self.looked: dict[str, Mark] = {}

    def knows(self, name: str) -> bool:
        top = self._folder / name.partition(".")[0]
        if top.name in self._without:
            return False
        return isdir(self._look(top)) or isfile(self._look(top.with_suffix(".py")))

    def _look(self, path: Path) -> Path:
        if str(path) not in self.looked:
            self.looked[str(path)] = mark(path)
        return path

    def facts(self, module: str) -> FileFacts | None:
        if module not in self._facts:
            self._facts[module] = self._read(module)
        return self._facts[module]

    def function(self, module: str, node: FuncDef) -> FuncDef | None:
        if module not in self._full:
            self._full[module] = self._read(module, full=True)
        facts = self._full[module]
        return at(facts.body, node.line) if facts is not None else None

    def _read(self, module: str, full: bool = False) -> FileFacts | None:
        place = self._place(module)
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if isfile(self._look(path)):
                data = _data(path)
                return extract(data, full=full) if data is not None else None
        return FileFacts((), (), True) if isdir(self._look(place)) else None

    def _place(self, module: str) -> Path:
        return self._folder.joinpath(*module.split("."))

    def is_package(self, module: str) -> bool:
        return isdir(self._look(self._place(module)))

    def in_use(self, module: str) -> bool:
        return self.knows(module)

    def is_catalogued(self, module: str) -> bool:
        if self._versions is None:
            self._versions = dict(_versions(self._look(self._folder)))
        for distribution, (first, last) in ranges(module.partition(".")[0]).items():
            found = self._versions.get(normalised(distribution))
            if found is not None:
                return self.knows(module) and first <= found <= last
        return False

    def real_name(self, module: str) -> str:
        return renamed(self, module)

    def modules_of(self, name: str) -> tuple[str, ...]:
        place = self._look(self._place(name))
        if not isdir(place):
            return (name,) if self.facts(name) is not None else ()
        for folder in place.rglob("*/"):
            self._look(folder)
        below = (p.relative_to(self._folder) for p in place.rglob("*.py") if p.name != "__init__.py")
        packages = (p.parent.relative_to(self._folder) for p in place.rglob("__init__.py"))
        found = {".".join(path.with_suffix("").parts) for path in below}
        found.update(".".join(path.parts) for path in packages)
        return tuple(sorted(found | ({name} if self.facts(name) is not None else set())))

    def migrations(self, app: str) -> tuple[str, ...]:
        folder = self._look(self._place(app) / "migrations")
        found = folder.glob("*.py") if isdir(folder) else ()
        return tuple(sorted(path.stem for path in found if path.name[0] not in "_~"))

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        return ()

    def doubt(self, module: str, name: str) -> str:
        return ""

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        return ()


class Externals:
    """Several sources of packages; for each top-level package the first that knows it answers."""

    def __init__(self, sources: Sequence[Packages]) -> None:
        self._sources = sources
        self._chosen: dict[str, Packages | None] = {}

    def _source(self, name: str) -> Packages | None:
        top = name.partition(".")[0]
        if top not in self._chosen:
            usable = top.isidentifier()
            self._chosen[top] = next((s for s in self._sources if usable and s.knows(top)), None)
        return self._chosen[top]

    def knows(self, name: str) -> bool:
        return self._source(name) is not None

    def facts(self, module: str) -> FileFacts | None:
        source = self._source(module)
        return source.facts(module) if source is not None else None

    def function(self, module: str, node: FuncDef) -> FuncDef | None:
        source = self._source(module)
        return source.function(module, node) if source is not None else None

    def is_package(self, module: str) -> bool:
        source = self._source(module)
        return source is not None and source.is_package(module)

    def in_use(self, module: str) -> bool:
        source = self._source(module)
        return source is not None and source.in_use(module)

    def is_catalogued(self, module: str) -> bool:
        source = self._source(module)
        return source is not None and source.is_catalogued(module)

    def real_name(self, module: str) -> str:
        source = self._source(module)
        return source.real_name(module) if source is not None else module

    def modules_of(self, name: str) -> tuple[str, ...]:
        source = self._source(name)
        return source.modules_of(name) if source is not None else ()

    def migrations(self, app: str) -> tuple[str, ...]:
        source = self._source(app)
        return source.migrations(app) if source is not None else ()

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        return tuple(sorted({found for source in self._sources for found in source.chosen}))

    def doubt(self, module: str, name: str) -> str:
        source = self._source(module)
        return source.doubt(module, name) if source is not None else ""

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        return tuple(sorted({found for source in self._sources for found in source.doubts}))

    @property
    def looked(self) -> dict[str, Mark]:
        """The places of installed packages that were looked at, with their marks."""
        sites = [source for source in self._sources if isinstance(source, SitePackages)]
        return {path: mark for site in sites for path, mark in site.looked.items()}


class Installed(NamedTuple):
    """A folder of installed packages, how it is to be called, and which Django is in it, if that is read."""

    folder: Path
    name: str
    django: tuple[int, int] | None


def installed(root: Path, site_packages: Path | None) -> Installed | None:
    """A folder named by the user; else that of a virtual environment inside the project."""
    folder = site_packages or next(iter(_environments(root)), None)
    if folder is None:
        return None
    named = "--site-packages" if site_packages is not None else folder.relative_to(root).as_posix()
    return Installed(folder, named, _django(SitePackages(folder)))


def _django(packages: SitePackages) -> tuple[int, int] | None:
    """What `django.VERSION` begins with."""
    facts = packages.facts("django") if packages.knows("django") else None
    for stmt in facts.body if facts is not None else ():
        match stmt:
            case Assign(
                targets=(Ref("VERSION"),),
                value=Items(items=(Literal(int() as major), Literal(int() as minor), *_)),
            ):
                return major, minor
            case _:
                pass
    return None


def externals(
    found: Installed | None,
    requirements: Requirements,
    django: tuple[int, int] | None = None,
) -> Externals:
    """The packages to go by: the installed ones; the catalogue answers for what is not among them.

    That takes the versions nearest to those that the project requires, and of Django the one nearest
    to that in use.  An installed Django that is not the one in use is left out.
    """
    catalogue = Catalogue(requirements, {"django": django} if django is not None else {})
    if found is None:
        return Externals((catalogue,))
    other = django is not None and found.django not in (None, django)
    return Externals((SitePackages(found.folder, ("django",) if other else ()), catalogue))


def _data(path: Path) -> bytes | None:
    """What a file holds; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        return None


def _versions(folder: Path) -> Iterator[tuple[str, Version]]:
    """The versions of installed distributions, by their normalised names, as pip calls their folders."""
    for path in folder.glob("*.dist-info"):
        name, _, written = path.name.removesuffix(".dist-info").partition("-")
        found = version(written)
        if found is not None:
            yield normalised(name), found


def _environments(root: Path) -> list[Path]:
    found: list[Path] = []
    for name in ENVIRONMENTS:
        if isfile(root / name / "pyvenv.cfg"):
            found += sorted((root / name).glob("lib/python3*/site-packages"))
            found += sorted((root / name).glob("Lib/site-packages"))
    return [path for path in found if isdir(path / "django")]
