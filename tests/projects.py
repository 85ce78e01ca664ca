"""A project as text: a line `# path.py` begins a file, as in the `bad` and `good` of a rule.

    analysed('''
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Post(models.Model): ...
    ''')

Lines count from the one after the header; indentation that all lines share is not part of the text.
"""

from __future__ import annotations

import re
import tempfile
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from analyzer.analysis import Analysis, analyse
from analyzer.catalogue import Catalogue
from analyzer.options import load
from analyzer.source.cache import Cache
from analyzer.source.discover import discover
from analyzer.source.evaluate import Evaluator
from analyzer.source.loading import Files
from analyzer.source.modules import Module, Modules
from analyzer.source.names import Names

HEADER = re.compile(
    r"# (\S*\.(?:py|gitignore|cfg|toml|txt|sh|yml|yaml|md|rst)|\S*(?:Dockerfile|Procfile|Makefile)\S*)"
)


def files_of(text: str) -> dict[str, str]:
    """The contents by path."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in textwrap.dedent(text).splitlines(keepends=True):
        header = HEADER.fullmatch(line.rstrip())
        if header is not None:
            lines = found[header.group(1)] = []
        else:
            lines.append(line)
    return {path: "".join(content) for path, content in found.items()}


def write(root: Path, files: str | Mapping[str, str]) -> Path:
    """Write the files of a project below `root`, and return it."""
    for path, content in (files_of(files) if isinstance(files, str) else files).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode())
    return root


@contextmanager
def project(files: str | Mapping[str, str]) -> Iterator[Path]:
    """The root of a project that lives as long as the block; always called `project`."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        root.mkdir()
        yield write(root, files)


def analysed(files: str | Mapping[str, str], **options: Any) -> Analysis:
    """What migscan says about a project."""
    with project(files) as root:
        return analyse(root, replace(load(root), **{"jobs": 1, "cache": False, **options}))


class Source:
    """The names and values of a project, the stage below models."""

    def __init__(self, root: Path) -> None:
        self.files = Files(discover(root), Cache(None))
        for path in self.files.paths:
            self.files.data(path)
        self.files.find_roots()
        self.modules = Modules(self.files, Catalogue())
        self.names = Names(self.modules)
        self.evaluator = Evaluator(self.names)

    def module(self, name: str) -> Module:
        found = self.modules.find(name)
        assert found is not None, f"no module {name}"
        return found


def source(files: str | Mapping[str, str]) -> Source:
    """A project whose files have been read, so that it need not stay on disk."""
    with project(files) as root:
        return Source(root)


def marked(text: str, mark: str) -> set[tuple[str, int]]:
    """(file, line) of every line that ends with the comment `# mark`."""
    return {
        (path, number)
        for path, content in files_of(text).items()
        for number, line in enumerate(content.splitlines(), 1)
        if line.rstrip().endswith(f"# {mark}")
    }
