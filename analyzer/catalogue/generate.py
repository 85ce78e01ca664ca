"""Makes the catalogue's data from wheels: `python -m analyzer.catalogue.generate`.

Reads `packages.toml` (distribution and version pairs), lets pip download the wheels, reads their
source as migscan reads a project, and keeps what models, relations and apps need.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
import zlib
from pathlib import Path

import msgspec

from analyzer.catalogue import PackageData
from analyzer.schema.fields import sets
from analyzer.source.cache import Cache
from analyzer.source.discover import discover
from analyzer.source.facts import (
    FACTS_VERSION,
    Assign,
    Call,
    ClassDef,
    Expr,
    FileFacts,
    FuncDef,
    If,
    Import,
    Items,
    Literal,
    Op,
    Ref,
    Stmt,
    Try,
)
from analyzer.source.loading import Files
from analyzer.source.scopes import flatten

HERE = Path(__file__).parent

KEPT_ARGUMENTS = frozenset(
    {
        "to", "null", "on_delete", "through", "through_fields", "related_name", "primary_key", "to_field",
        "db_constraint", "parent_link", "max_length", "unique", "symmetrical", "ct_field", "fk_field",
        "db_column",
    }
)  # fmt: skip
"""Field arguments that say something about the schema; texts, choices and validators are left out."""

NO_TESTS = ("tests", "test", "conftest.py", "docs", "examples", "testproject", "management", "templatetags")
NOT_A_PACKAGE = re.compile("(test|sample|example|demo|docs|settings)")
"""Folders that wheels ship at their top by mistake."""


def main() -> None:
    packages = tomllib.loads((HERE / "packages.toml").read_text(encoding="utf-8"))["packages"]
    target = HERE / "data"
    target.mkdir(exist_ok=True)
    for old in target.glob("*.z"):
        old.unlink()
    for distribution, version in sorted(packages.items()):
        with tempfile.TemporaryDirectory() as folder:
            _download(distribution, version, Path(folder))
            for package in _packages(Path(folder), distribution, version):
                name, data = package
                (target / f"{name}.z").write_bytes(zlib.compress(msgspec.msgpack.encode(data), 9))
                print(f"{distribution} {version}: {name}, {len(data.modules)} modules")


def _download(distribution: str, version: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*command, "--dest", str(folder), f"{distribution}=={version}"], check=True)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / "tree", [n for n in archive.namelist() if n.endswith(".py")])


def _packages(folder: Path, distribution: str, version: str) -> list[tuple[str, PackageData]]:
    files = Files(discover(folder / "tree", NO_TESTS), Cache(None))
    chosen = [f.path for f in files.tree.files if _may_matter(files, f.path)]
    modules: dict[str, dict[str, msgspec.Raw]] = {}
    migrations: dict[str, dict[str, list[str]]] = {}
    for path in chosen:
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        if "migrations" in parts[:-1]:
            app = ".".join(parts[: parts.index("migrations")])
            if not parts[-1].startswith("_"):
                migrations.setdefault(parts[0], {}).setdefault(app, []).append(parts[-1])
            continue
        facts = files.facts(path)
        reduced = FileFacts(_reduced(facts.body, top=True), (), True)
        if reduced.body or path.endswith("__init__.py"):
            encoded = msgspec.Raw(msgspec.msgpack.encode(reduced))
            modules.setdefault(parts[0], {})[".".join(parts)] = encoded
    return [
        (
            top,
            PackageData(
                FACTS_VERSION,
                distribution,
                version,
                found,
                {app: tuple(sorted(names)) for app, names in sorted(migrations.get(top, {}).items())},
            ),
        )
        for top, found in sorted(modules.items())
    ]


def _may_matter(files: Files, path: str) -> bool:
    """Every module with classes, since a project may inherit any of them, and what re-exports them."""
    return not NOT_A_PACKAGE.match(path) and (path.endswith("__init__.py") or b"class " in files.data(path))


def _reduced(body: tuple[Stmt, ...], top: bool) -> tuple[Stmt, ...]:
    out: list[Stmt] = []
    for stmt in body:
        match stmt:
            case Import():
                out.append(stmt)
            case ClassDef():
                inner = _reduced(stmt.body, top=False)
                out.append(ClassDef(stmt.name, stmt.bases, (), (), inner, stmt.line))
            case Assign(op="=") if _tells(stmt.value):
                out.append(Assign(stmt.targets, stmt.op, _without_texts(stmt.value), stmt.line))
            case FuncDef(name="__getattr__") if top:
                out.append(FuncDef(stmt.name, (), (), None, stmt.line))
            case FuncDef(name="__init__", body=tuple()) if not top:
                sets = tuple(inner for inner in flatten(stmt.body or ()) if _sets_keyword(inner))
                if sets:
                    out.append(FuncDef(stmt.name, (), (), sets, stmt.line))
            case If():
                kept = If(stmt.test, _reduced(stmt.body, top), _reduced(stmt.orelse, top), stmt.line)
                if kept.body or kept.orelse:
                    out.append(kept)
            case Try():
                inner = _reduced(stmt.body, top)
                if inner:
                    out.append(Try(inner, (), _reduced(stmt.orelse, top), (), stmt.line))
            case _:
                pass
    return tuple(out)


def _sets_keyword(stmt: Stmt) -> bool:
    """Whether a statement of a field's `__init__` fixes an argument that says something."""
    return any(sets(stmt, name) is not None for name in KEPT_ARGUMENTS)


def _tells(value: Expr) -> bool:
    match value:
        case Ref() | Call():
            return True
        case Literal(text):
            return not isinstance(text, str) or len(text) < 100
        case Items(items=items):
            return all(isinstance(item, (Literal, Ref)) for item in items)
        case _:
            return False


def _without_texts(value: Expr) -> Expr:
    if not isinstance(value, Call):
        return value
    args = tuple(a if isinstance(a, (Literal, Ref)) else Op("?", ()) for a in value.args)
    kwargs = tuple((name, v) for name, v in value.kwargs if name in KEPT_ARGUMENTS)
    return Call(value.func, args, kwargs, value.line)


if __name__ == "__main__":
    main()
