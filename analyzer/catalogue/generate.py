"""Makes the catalogue's data from wheels: `python -m analyzer.catalogue.generate`.

Reads `packages.toml` (the versions of each distribution, the first the usual one), lets pip fetch
the wheels, reads their source as migscan reads a project, and keeps what `reduce` says.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec

from analyzer.catalogue import DICTIONARY
from analyzer.catalogue.dictionary import dictionary
from analyzer.catalogue.reduce import reduced, reduced_migration, speaks_of_models
from analyzer.catalogue.requirements import normalised
from analyzer.catalogue.store import pack, samples
from analyzer.source.cache import Cache
from analyzer.source.discover import discover
from analyzer.source.facts import FACTS_VERSION
from analyzer.source.loading import Files

HERE = Path(__file__).parent

NO_TESTS = (
    "tests", "test", "tests.py", "test_*.py", "*_tests.py", "conftest.py", "testproject",
    "docs", "examples", "management", "templatetags",
)  # fmt: skip
NOT_A_PACKAGE = re.compile(
    r"__init__|test|sample|example|demo|docs|settings|(?:features|playground|scripts|tutorial)(?=[/.])"
    r"|\w+_(?:demo|project)(?=/)|\w*(?:tests|tests_shared)(?=[/.])"
)
"""Folders that wheels ship at their top by mistake."""

KEPT_WORDS = (b"class ", b" import *")
"""What a module has one of that is kept: classes, or those of another module under its own name."""

LARGE = 60_000
"""Bytes of the largest module that is kept: what is larger lists data."""

Modules = dict[str, bytes]
Variants = list[tuple[str, str, Modules]]


def main() -> None:
    listed = tomllib.loads((HERE / "packages.toml").read_text(encoding="utf-8"))["packages"]
    wanted = {name: [said] if isinstance(said, str) else said for name, said in listed.items()}
    pairs = [(name, version) for name, versions in wanted.items() for version in versions]
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor() as processes:
        for place in range(max(map(len, wanted.values()))):
            _fetch([f"{name}=={vs[place]}" for name, vs in wanted.items() if place < len(vs)], Path(folder))
        wheels = _wheels(Path(folder))
        paths = [wheels[normalised(name), version] for name, version in pairs]
        found = list(processes.map(_packages, paths))
    bundles: dict[str, Variants] = {}
    for (name, version), packages in zip(pairs, found, strict=True):
        for top, modules in packages.items():
            bundles.setdefault(top, []).append((name, version, modules))
    _write(HERE / "data", _by_package(bundles))


def _fetch(requirements: list[str], folder: Path) -> None:
    """Let pip fetch one version of each distribution, and build what its index has as source alone."""
    _pip("download", "--dest", str(folder), *requirements)
    sources = [path for path in folder.iterdir() if path.suffix != ".whl"]
    if sources:
        _pip("wheel", "--wheel-dir", str(folder), *map(str, sources))
    for path in sources:
        path.unlink()


def _pip(command: str, *arguments: str) -> None:
    """Run pip whatever Python the distributions are for: they are read, never run."""
    options = ["--quiet", "--no-deps", "--ignore-requires-python"]
    subprocess.run([sys.executable, "-m", "pip", command, *options, *arguments], check=True)


def _wheels(folder: Path) -> dict[tuple[str, str], Path]:
    """Wheels by normalised name and version, both of which stand in a wheel's file name."""
    parts = [(path.name.split("-"), path) for path in sorted(folder.glob("*.whl"))]
    return {(normalised(name), version): path for (name, version, *_), path in parts}


def _packages(wheel: Path) -> dict[str, Modules]:
    """The reduced modules of a wheel by top-level package."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if name.endswith(".py")])
        files = Files(discover(Path(folder), NO_TESTS), Cache(None))
        found: dict[str, Modules] = {}
        for file in files.tree.files:
            top, name, data = _module(files, file.path)
            if data is not None:
                found.setdefault(top, {})[name] = data
    return {top: modules for top, modules in found.items() if _matters(modules)}


def _module(files: Files, path: str) -> tuple[str, str, bytes | None]:
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    name = ".".join(parts)
    if NOT_A_PACKAGE.match(path):
        return parts[0], name, None
    if "migrations" in parts[:-1]:
        kept = None if parts[-1].startswith("_") else reduced_migration(files.facts(path))
    elif path.endswith("__init__.py") or any(word in files.data(path) for word in KEPT_WORDS):
        kept = reduced(files.facts(path, full=b"state_forwards" in files.data(path)), name)
        if not kept.body and not path.endswith("__init__.py"):
            kept = None
    else:
        kept = None
    data = msgspec.msgpack.encode(kept) if kept is not None else None
    return parts[0], name, data if data is not None and len(data) <= LARGE else None


def _matters(modules: Modules) -> bool:
    return any(not name.rpartition(".")[0].endswith("migrations") for name in modules)


def _write(target: Path, bundles: Mapping[str, Variants]) -> None:
    target.mkdir(exist_ok=True)
    for old in target.glob("*.z"):
        old.unlink()
    shared = dictionary([samples(variants[0][2]) for _, variants in sorted(bundles.items()) if variants])
    (target / DICTIONARY).write_bytes(zlib.compress(shared, 9))
    for top, variants in sorted(bundles.items()):
        data = pack(FACTS_VERSION, _alike(variants), shared)
        (target / f"{top}.z").write_bytes(data)
        names = ", ".join(f"{name} {version}" for name, version, _ in variants)
        print(f"{top}: {names}: {len(data):,} bytes")


def _by_package(bundles: Mapping[str, Variants]) -> dict[str, Variants]:
    """The packages with those below namespaces, which several distributions share, by their own names."""
    found: dict[str, Variants] = {}
    for top, variants in bundles.items():
        bringing = {name for name, _, _ in variants}
        if len(bringing) == 1 or bringing == {name for name, _, modules in variants if top in modules}:
            found[top] = variants
            continue
        found[top] = []
        for name, version, modules in variants:
            for package, part in _below(top, modules).items():
                found.setdefault(package, []).append((name, version, part))
    return found


def _below(top: str, modules: Modules) -> dict[str, Modules]:
    found: dict[str, Modules] = {}
    for name, data in modules.items():
        if name != top:
            found.setdefault(".".join(name.split(".", 2)[:2]), {})[name] = data
    return found


def _alike(variants: Variants) -> Variants:
    """Variants as they are kept: of modules without models it is enough to know those of the usual one."""
    usual = {name: data for *_, modules in variants[:1] for name, data in modules.items()}
    usual = {name: data for name, data in usual.items() if not speaks_of_models(name)}
    return [
        *variants[:1],
        *((name, version, _like(usual, modules)) for name, version, modules in variants[1:]),
    ]


def _like(usual: Modules, modules: Modules) -> Modules:
    return usual | {name: data for name, data in modules.items() if speaks_of_models(name)}


if __name__ == "__main__":
    main()
