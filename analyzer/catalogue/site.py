"""Packages as they are installed: their source read on demand from a site-packages folder.

What stands there wins over the catalogue, package by package, since it is the version in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from analyzer.catalogue import Catalogue, Chosen, renamed
from analyzer.catalogue.requirements import Requirements
from analyzer.source.extract import MAX_BYTES, extract
from analyzer.source.facts import FileFacts

ENVIRONMENTS = (".venv", "venv", "env", ".env", "virtualenv")
"""Where people keep a virtual environment inside a project."""


class Packages(Protocol):
    """What is known about packages that are not part of the project, by dotted module name."""

    def knows(self, name: str) -> bool:
        """Whether the top-level package of a dotted name is known."""

    def facts(self, module: str) -> FileFacts | None:
        """Facts of a module, None where it is not known."""

    def is_package(self, module: str) -> bool:
        """Whether a module is a package."""

    def real_name(self, module: str) -> str:
        """The name of a module in the package that its own only stands for."""

    def modules_of(self, name: str) -> tuple[str, ...]:
        """A module and the known modules below it, sorted."""

    def migrations(self, app: str) -> tuple[str, ...]:
        """The names of an app package's migrations, sorted."""

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        """The catalogued packages that were used, with their versions and why these, sorted."""


class SitePackages:
    """The packages of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts: dict[str, FileFacts | None] = {}

    def knows(self, name: str) -> bool:
        top = self._folder / name.partition(".")[0]
        return top.is_dir() or top.with_suffix(".py").is_file()

    def facts(self, module: str) -> FileFacts | None:
        if module not in self._facts:
            self._facts[module] = self._read(module)
        return self._facts[module]

    def _read(self, module: str) -> FileFacts | None:
        place = self._place(module)
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                with path.open("rb") as file:
                    return extract(file.read(MAX_BYTES + 1), full=False)
        return FileFacts((), (), True) if place.is_dir() else None

    def _place(self, module: str) -> Path:
        return self._folder.joinpath(*module.split("."))

    def is_package(self, module: str) -> bool:
        return self._place(module).is_dir()

    def real_name(self, module: str) -> str:
        return renamed(self, module)

    def modules_of(self, name: str) -> tuple[str, ...]:
        place = self._place(name)
        below = (p.relative_to(self._folder) for p in place.rglob("*.py") if p.name != "__init__.py")
        packages = (p.parent.relative_to(self._folder) for p in place.rglob("__init__.py"))
        found = {".".join(path.with_suffix("").parts) for path in below}
        found.update(".".join(path.parts) for path in packages)
        return tuple(sorted(found | ({name} if self.facts(name) is not None else set())))

    def migrations(self, app: str) -> tuple[str, ...]:
        folder = self._place(app) / "migrations"
        return tuple(sorted(p.stem for p in folder.glob("*.py") if p.name[0] not in "_~"))

    @property
    def chosen(self) -> tuple[Chosen, ...]:
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

    def is_package(self, module: str) -> bool:
        source = self._source(module)
        return source is not None and source.is_package(module)

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


def externals(
    root: Path, site_packages: Path | None, source_roots: Iterable[str] = ()
) -> tuple[Externals, str | None]:
    """The packages to go by, and how the folder of installed ones among them is to be called.

    A folder named by the user wins; else a virtual environment inside the project; the catalogue
    answers for what neither has, in the versions nearest to those that the project requires.
    """
    catalogue = Catalogue(Requirements(root, source_roots))
    folder = site_packages or next(iter(_environments(root)), None)
    if folder is None:
        return Externals((catalogue,)), None
    named = "--site-packages" if site_packages is not None else folder.relative_to(root).as_posix()
    return Externals((SitePackages(folder), catalogue)), named


def _environments(root: Path) -> list[Path]:
    found: list[Path] = []
    for name in ENVIRONMENTS:
        if (root / name / "pyvenv.cfg").is_file():
            found += sorted((root / name).glob("lib/python3*/site-packages"))
            found += sorted((root / name).glob("Lib/site-packages"))
    return [path for path in found if (path / "django").is_dir()]
