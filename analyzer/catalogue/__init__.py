"""What well-known packages bring: reduced facts of their models, fields and app configs.

Made by `analyzer.catalogue.generate` from wheels; one compressed file per top-level package,
opened only when a project names that package.
"""

from __future__ import annotations

import zlib
from importlib import resources

import msgspec

from analyzer.source.facts import FACTS_VERSION, FileFacts


class PackageData(msgspec.Struct, array_like=True):
    """One package: its distribution, version, facts by module, and migration names by app package."""

    facts_version: int
    distribution: str
    version: str
    modules: dict[str, msgspec.Raw]
    migrations: dict[str, tuple[str, ...]]


_decode = msgspec.msgpack.Decoder(PackageData).decode
_decode_facts = msgspec.msgpack.Decoder(FileFacts).decode


class Catalogue:
    """Facts of external modules, loaded package by package."""

    def __init__(self) -> None:
        self._packages: dict[str, PackageData | None] = {}
        self._facts: dict[str, FileFacts | None] = {}

    def facts(self, module: str) -> FileFacts | None:
        """Reduced facts of a module; None where it is not known."""
        if module not in self._facts:
            package = self.package(module.partition(".")[0])
            raw = package.modules.get(module) if package is not None else None
            self._facts[module] = _decode_facts(raw) if raw is not None else None
        return self._facts[module]

    def is_package(self, module: str) -> bool:
        """Whether a catalogued module has modules below it."""
        return len(self.modules_of(module)) > 1

    def knows(self, name: str) -> bool:
        """Whether the package of a dotted name is catalogued."""
        return self.package(name.partition(".")[0]) is not None

    def modules_of(self, name: str) -> tuple[str, ...]:
        """The catalogued modules of that name and below it, sorted."""
        package = self.package(name.partition(".")[0])
        found = package.modules if package is not None else ()
        return tuple(sorted(m for m in found if m == name or m.startswith(name + ".")))

    def migrations(self, app: str) -> tuple[str, ...]:
        """The names of an app package's migrations, sorted; empty where there are none or none known."""
        package = self.package(app.partition(".")[0])
        return package.migrations.get(app, ()) if package is not None else ()

    def package(self, top: str) -> PackageData | None:
        if top not in self._packages:
            self._packages[top] = _load(top)
        return self._packages[top]


def _load(top: str) -> PackageData | None:
    if not top.isidentifier():
        return None
    source = resources.files(__package__).joinpath("data", f"{top}.z")
    try:
        data = zlib.decompress(source.read_bytes())
    except FileNotFoundError:
        return None
    package = _decode(data)
    if package.facts_version != FACTS_VERSION:
        raise RuntimeError(f"the catalogue of {top} is of another version; run `make catalogue`")
    return package
