"""The shape of the code: the layout, small files, heavy packages in one place each, a light start."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
ANALYZER = REPOSITORY / "analyzer"
MODULES = sorted(ANALYZER.rglob("*.py"))
MAX_LINES = 400

LAYOUT = ("cli", "source", "schema", "history", "data", "graphs", "catalogue", "audits", "render")

HOMES = {
    "ast_grep_py": ("source/syntax/statements.py", "source/syntax/expressions.py"),
    "graphviz": ("render/",),
    "networkx": (),
    "pathspec": ("source/discover.py",),
    "rich": ("render/terminal.py", "cli/"),
    "typer": ("cli/",),
    "django": (),
}
"""Where a package may be imported: files, and folders with a `/` at the end."""

HEAVY = (
    "ast_grep_py",
    "asyncio",
    "graphviz",
    "multiprocessing",
    "networkx",
    "pathspec",
    "rich",
)
"""What no start may load; each costs tens of milliseconds, and `--version` needs none."""


def imports(module: Path) -> Iterator[tuple[int, str]]:
    """Top-level packages that a module imports anywhere in it, with the line."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.partition(".")[0]


@pytest.mark.parametrize("name", LAYOUT)
def test_the_layout_stands(name: str) -> None:
    assert (ANALYZER / name / "__init__.py").is_file()


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {str(path.relative_to(REPOSITORY)): len(path.read_bytes().splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_heavy_packages_have_one_home_each() -> None:
    astray = [
        f"{path.relative_to(REPOSITORY)}:{line} imports {package}"
        for path in MODULES
        for line, package in imports(path)
        if package in HOMES
        and not path.relative_to(ANALYZER).as_posix().startswith(tuple(HOMES[package]) or "-")
    ]
    assert astray == []


def test_every_module_says_what_it_is() -> None:
    """But empty `__init__` modules, which say nothing at all."""
    silent = [
        str(path.relative_to(REPOSITORY))
        for path in MODULES
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(ast.parse(path.read_bytes()))
    ]
    assert silent == []


def test_importing_the_package_is_light() -> None:
    """A script that wants one name does not pay for graphs and pictures."""
    code = f"import sys, analyzer; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]", done.stderr
