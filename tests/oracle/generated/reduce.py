"""Makes a project that shows a difference as small as it stays one: statement by statement."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from tests.oracle.generated.generate import Generated
from tests.oracle.generated.truth import Refused

Differing = Callable[[Generated], Collection[str]]
"""The differences that a project shows; raises Refused where Django does not boot it."""


def reduced(project: Generated, line: str, differing: Differing) -> Generated:
    """The smallest project found that still has this difference; settings stay as they are."""
    improved = True
    while improved:
        project, improved = _without_files(project, line, differing)
        for path in sorted(path for path in project.files if path.endswith(".py") and "settings" not in path):
            start = 0
            while (found := _step(project, line, path, start, differing)) is not None:
                project, start = found
                improved = True
    return project


def _without_files(project: Generated, line: str, differing: Differing) -> tuple[Generated, bool]:
    """Without the files that do not matter at all, and whether there were any."""
    improved = False
    for path in sorted(project.files, reverse=True):
        if path.endswith(".py") and "settings" not in path and project.files[path]:
            files = {known: text for known, text in project.files.items() if known != path}
            if path.endswith("__init__.py"):
                files[path] = ""
            candidate = replace(project, files=files)
            if line in _found(candidate, differing):
                project, improved = candidate, True
    return project, improved


def _step(
    project: Generated, line: str, path: str, start: int, differing: Differing
) -> tuple[Generated, int] | None:
    for number, text in enumerate(smaller(project.files[path])):
        if number >= start:
            candidate = replace(project, files={**project.files, path: text})
            if line in _found(candidate, differing):
                return candidate, number
    return None


def _found(project: Generated, differing: Differing) -> Collection[str]:
    try:
        return differing(project)
    except Refused:
        return ()


def smaller(text: str) -> Iterator[str]:
    """The module without a statement, an item or an argument, largest first; a block keeps a `pass`."""
    tree = ast.parse(text)
    blocks = [
        block
        for node in ast.walk(tree)
        for name in ("body", "orelse", "handlers", "elts", "keywords")
        if (block := getattr(node, name, None)) and isinstance(block, list)
    ]
    for block in blocks:
        for index, node in enumerate(list(block)):
            if isinstance(node, ast.Pass):
                continue
            kept = list(block)
            del block[index]
            if not block and block is not tree.body and isinstance(node, ast.stmt | ast.excepthandler):
                block.append(ast.Pass())
            with contextlib.suppress(SyntaxError):
                text = ast.unparse(tree)
                ast.parse(text)
                yield f"{text}\n" if text else ""
            block[:] = kept
