"""What well-known packages bring: reduced facts of their models, fields and app configs.

Made by `analyzer.catalogue.generate` from wheels; one compressed file per top-level package with
the versions that differ, opened only when a project names that package.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from os.path import isfile
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec.structs import replace

from analyzer.catalogue.doubts import Around, Doubt
from analyzer.catalogue.requirements import Requirement, Requirements, normalised
from analyzer.catalogue.rules import RENAMED
from analyzer.catalogue.store import NAMESPACE, Bundle, Contents, Variant, contents, open_bundle
from analyzer.catalogue.versions import Range, Version, around, nearest, same_series, specifier, version
from analyzer.source.facts import FACTS_VERSION, FileFacts, FuncDef

_DATA = Path(__file__).with_name("data")
DICTIONARY = "dictionary"
"""The file with what all others are compressed with."""

MIGRATIONS = ".migrations."
NEAREST = "the nearest known to what is required"

_decode_facts = msgspec.msgpack.Decoder(FileFacts).decode


class Chosen(msgspec.Struct, frozen=True, order=True):
    """Which catalogued version of a package is taken, and why.

    `requirement` is what the project asks for, as written in `file`; both are empty where it asks
    for nothing.
    """

    package: str
    distribution: str
    version: str
    why: str
    requirement: str = ""
    file: str = ""

    @property
    def fits(self) -> bool:
        """Whether the project may run with this version, or with one of its series."""
        return self.why != NEAREST


class Catalogue:
    """Facts of external modules, loaded package by package in the version nearest to the required one.

    `in_use` has the versions of distributions, by their normalised names, that are known otherwise.
    """

    def __init__(
        self, requirements: Requirements | None = None, in_use: Mapping[str, tuple[int, ...]] | None = None
    ) -> None:
        self._requirements = requirements or Requirements(None)
        self._in_use = in_use or {}
        self._packages: dict[str, Contents | None] = {}
        self._chosen: dict[str, Chosen] = {}
        self._facts: dict[str, FileFacts | None] = {}
        self._parents: dict[str, frozenset[str]] = {}
        self._around: dict[str, Around] = {}
        self._doubts: dict[str, Doubt] = {}

    def facts(self, module: str) -> FileFacts | None:
        """Reduced facts of a module; None where it is not known."""
        if module not in self._facts:
            package = self._package(module)
            encoded = package.module(module) if package is not None else None
            self._facts[module] = _decode_facts(encoded) if encoded is not None else None
        return self._facts[module]

    def function(self, module: str, node: FuncDef) -> FuncDef | None:
        """The body of a function: the catalogue has none beside those in the facts."""
        return None

    def is_package(self, module: str) -> bool:
        """Whether a catalogued module has modules below it."""
        key = self._key(module)
        if key not in self._parents:
            package = self._part(key)
            self._parents[key] = _parents(package.names if package is not None else ())
        return module in self._parents[key] or self._part(key) is NAMESPACE

    def knows(self, name: str) -> bool:
        """Whether the package of a dotted name is catalogued."""
        return self._package(name) is not None

    def in_use(self, module: str) -> bool:
        return False

    def is_catalogued(self, module: str) -> bool:
        """Whether every version that is required lies between the first and the last catalogued one."""
        key = self._key(module)
        chosen = self._chosen.get(key) if self._part(key) is not None else None
        if chosen is None or not chosen.requirement:
            return False
        asked, (first, last) = specifier(chosen.requirement), ranges(key)[chosen.distribution]
        lowest, highest = asked.exact or asked.lower, asked.exact or asked.upper
        return lowest is not None and highest is not None and first <= lowest and highest <= last

    def real_name(self, module: str) -> str:
        """The name of a module in the package that its own only stands for."""
        return renamed(self, module)

    def modules_of(self, name: str) -> tuple[str, ...]:
        """The catalogued modules of that name and below it, sorted; migrations are not among them."""
        package = self._package(name)
        found = package.names if package is not None else frozenset[str]()
        return tuple(
            sorted(m for m in found if (m == name or m.startswith(name + ".")) and MIGRATIONS not in f"{m}.")
        )

    def migrations(self, app: str) -> tuple[str, ...]:
        """The names of an app package's migrations, sorted; empty where there are none or none known."""
        package = self._package(app)
        head = app + MIGRATIONS
        found = package.names if package is not None else frozenset[str]()
        return tuple(sorted(m.removeprefix(head) for m in found if m.startswith(head)))

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        """The packages that were opened, each with its version and why that one, sorted."""
        return tuple(sorted(self._chosen.values()))

    def doubt(self, module: str, name: str) -> str:
        """Why a class may be another one in the version that is required; "" where it is not."""
        key = self._key(module)
        around = self._around.get(key)
        if around is None or around.alike(module, name):
            return ""
        if key not in self._doubts:
            self._doubts[key] = self._doubted(self._chosen[key])
        return self._doubts[key].why

    def _doubted(self, chosen: Chosen) -> Doubt:
        requirement = Requirement(chosen.distribution, chosen.requirement, chosen.file)
        line = self._requirements.line(requirement)
        what = f"{chosen.distribution} {chosen.requirement} is required, {chosen.version} is read"
        return Doubt(chosen.file, line, chosen.package, f"{what}: its models may differ")

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """The packages of which a class in doubt was asked about, sorted."""
        return tuple(sorted(self._doubts.values()))

    def _package(self, name: str) -> Contents | None:
        return self._part(self._key(name))

    def _key(self, name: str) -> str:
        """The package of a dotted name: its top-level one, or the one below where that is a namespace."""
        top, _, rest = name.partition(".")
        return ".".join(name.split(".", 2)[:2]) if rest and self._part(top) is NAMESPACE else top

    def _part(self, key: str) -> Contents | None:
        if key not in self._packages:
            bundle = _bundle(key)
            self._packages[key] = self._opened(key, bundle) if bundle is not None else None
        return self._packages[key]

    def _opened(self, key: str, bundle: Bundle) -> Contents:
        if not bundle.variants:
            return NAMESPACE
        variant, self._chosen[key] = choose(key, bundle.variants, self._requirements, self._in_use)
        if not self._chosen[key].fits:
            self._around[key] = _around(bundle, self._chosen[key])
        return contents(bundle, variant, shared())


def choose(
    package: str,
    variants: tuple[Variant, ...],
    requirements: Requirements,
    in_use: Mapping[str, tuple[int, ...]] | None = None,
) -> tuple[Variant, Chosen]:
    """The variant that is nearest to what a project uses or requires, and why it is that one.

    Where several distributions bring the package, it is the one that is required, else the usual one.
    """
    usual = variants[0].distribution
    names = dict.fromkeys(variant.distribution for variant in variants)
    asked = {name: asks for name in names if (asks := requirements.of(name)) is not None}
    distribution = min(asked, key=lambda name: not asked[name].specifier, default=usual)
    known = {_version(variant): variant for variant in variants if variant.distribution == distribution}
    requirement = asked.get(distribution)
    wanted = requirement.range if requirement is not None else Range()
    found = nearest(known, wanted)
    why = _why(requirement, found)
    used = (in_use or {}).get(normalised(distribution))
    if used is not None and not found.within(used):
        found = nearest(known, Range(exact=Version(used)))
        why = "the nearest known to the version in use"
    chosen = Chosen(package, distribution, known[found].version, why)
    if requirement is None:
        return known[found], chosen
    return known[found], replace(chosen, requirement=requirement.specifier, file=requirement.file)


def _why(requirement: Requirement | None, found: Version) -> str:
    if requirement is None:
        return "the newest known, since nothing requires it"
    if not requirement.specifier:
        return "the newest known, since any version is allowed"
    wanted = requirement.range
    if not wanted.allows(found):
        return "the nearest known of the series that is required" if same_series(found, wanted) else NEAREST
    return "the required version" if wanted.exact is not None else "the newest known that is allowed"


def ranges(package: str) -> dict[str, tuple[Version, Version]]:
    """The first and the last catalogued version of a package, by the distributions that bring it."""
    bundle = _bundle(package)
    found: dict[str, list[Version]] = {}
    for variant in bundle.variants if bundle is not None else ():
        found.setdefault(variant.distribution, []).append(_version(variant))
    return {distribution: (min(versions), max(versions)) for distribution, versions in found.items()}


def _around(bundle: Bundle, chosen: Chosen) -> Around:
    known = {_version(v): v for v in bundle.variants if v.distribution == chosen.distribution}
    found = around(known, specifier(chosen.requirement))
    return Around(
        [_facts_of(contents(bundle, known[at], shared())) if at is not None else None for at in found]
    )


def _facts_of(found: Contents) -> Callable[[str], FileFacts | None]:
    def facts(module: str) -> FileFacts | None:
        encoded = found.module(module)
        return _decode_facts(encoded) if encoded is not None else None

    return facts


def _version(variant: Variant) -> Version:
    return version(variant.version) or Version((0,))


class _Known(Protocol):
    def facts(self, module: str) -> FileFacts | None: ...


def renamed(packages: _Known, module: str) -> str:
    """A module's name with its package's new name, where that package is known."""
    for former, new in RENAMED.items():
        if f"{module}.".startswith(f"{former}.") and packages.facts(new) is not None:
            return new + module.removeprefix(former)
    return module


def _parents(modules: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for module in modules:
        while (module := module.rpartition(".")[0]) and module not in found:
            found.add(module)
    return frozenset(found)


@cache
def shared() -> bytes:
    """The dictionary that the files of the catalogue are compressed with."""
    return zlib.decompress((_DATA / DICTIONARY).read_bytes())


def _bundle(key: str) -> Bundle | None:
    path = _DATA / f"{key}.z"
    if not all(map(str.isidentifier, key.split("."))) or not isfile(path):
        return None
    bundle = open_bundle(path.read_bytes())
    if bundle.facts_version != FACTS_VERSION:
        raise RuntimeError(f"the catalogue of {key} is of another version; run `make catalogue`")
    return bundle
