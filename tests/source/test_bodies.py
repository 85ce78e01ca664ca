"""A function read from its own lines is the function that its whole file holds, or is not read so at all."""

from __future__ import annotations

import argparse
import contextlib
import tarfile
import typing
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from analyzer.source import bodies
from analyzer.source.extract import extract
from analyzer.source.facts import FuncDef, Stmt
from analyzer.source.scopes import flatten
from tests.projects import source


def functions(body: tuple[Stmt, ...]) -> list[FuncDef]:
    """Functions outside of functions whose bodies were not read."""
    found = [stmt for stmt in bodies.outside(body) if isinstance(stmt, FuncDef) and stmt.body is None]
    return sorted(found, key=lambda function: function.line)


def read_alone(text: str) -> list[FuncDef | None]:
    data = dedent(text).encode()
    outline = extract(data, full=False)
    full = extract(data, full=True)
    found = [bodies.alone(data, outline, function) for function in functions(outline.body)]
    for function in found:
        assert function is None or function == bodies.at(full.body, function.line)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    return 1\n",
        "def f(): return 1",
        "x = 1\n\ndef f(a,\n      b=2,\n):\n    return a\n\n# the end\n",
        "class A:\n    x = 1\n\n    def f(self):\n        return 1\n\n\ny = 2\n",
        "class A:\n\tdef f(self):\n\t\treturn 1\n\n\t@property\n\tdef deconstruct(self):\n\t\treturn 2\n",
        "def f():\n    return 1\n\n\n@wraps(\n    'it'\n)\n@other\nclass B: pass\n",
        "@decorated\ndef f():\n    return 1\n",
        "async def f():\n    await g()\n",
        "def f():\n    return '''\ntext at the margin\n'''\n\nx = 1\n",
        "def f():\n    def g():\n        return 1\n    return g\n",
        "if True:\n    def f():\n        return 1\nelse:\n    f = None\n",
    ],
)
def test_a_function_is_read_alone(text: str) -> None:
    (function,) = read_alone(text)
    assert function is None or function.body


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    def f():\n        return 1\nexcept ImportError:\n    pass\n",
        "def f():\n    return '''\n@text at the margin\n'''\n",
        "def f():\n    return 1\n\nx = = 2\n",
        "# coding: nonsense\ndef f():\n    return 1\n",
    ],
)
def test_what_does_not_stand_alone_is_left_to_the_whole_file(text: str) -> None:
    assert read_alone(text) == [None]


@pytest.mark.parametrize("module", [argparse, contextlib, tarfile, typing], ids=lambda m: m.__name__)
def test_large_files_give_the_same_functions(module: ModuleType) -> None:
    found = read_alone(Path(module.__file__ or "").read_text(encoding="utf-8"))
    assert len(found) > 20
    assert found.count(None) <= len(found) // 20


def test_files_give_functions_either_way() -> None:
    files = source("""
        # a.py
        def plain():
            return 1
        try:
            def guarded():
                return 2
        except ImportError:
            pass
    """).files
    outlines = [stmt for stmt in flatten(files.facts("a.py").body) if isinstance(stmt, FuncDef)]
    found = [files.function("a.py", outline) for outline in outlines]
    assert [function.name for function in found if function is not None and function.body] == [
        "plain",
        "guarded",
    ]
    assert found[0] is files.function("a.py", outlines[0])
