"""Makes a project that shows a difference as small as it stays one: statement by statement."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import replace

from tests.oracle.generated.agreement import differences
from tests.oracle.generated.generate import Generated
from tests.oracle.generated.truth import Django, Refused


def reduced(project: Generated, django: Django, line: str) -> Generated:
    """The smallest project found that still has this difference; settings stay as they are."""
    improved = True
    while improved:
        improved = False
        for path in sorted(path for path in project.files if "settings" not in path):
            start = 0
            while (found := _step(project, django, line, path, start)) is not None:
                project, start = found
                improved = True
    return project


def _step(
    project: Generated, django: Django, line: str, path: str, start: int
) -> tuple[Generated, int] | None:
    for number, text in enumerate(smaller(project.files[path])):
        if number >= start:
            candidate = replace(project, files={**project.files, path: text})
            if line in _found(candidate, django):
                return candidate, number
    return None


def _found(project: Generated, django: Django) -> list[str]:
    try:
        return differences(project.files, project.root, project.settings, django)
    except Refused:
        return []


def smaller(text: str) -> Iterator[str]:
    """The module without one of its statements, largest first; a block keeps a `pass`."""
    tree = ast.parse(text)
    blocks = [
        block
        for node in ast.walk(tree)
        for name in ("body", "orelse", "handlers")
        if (block := getattr(node, name, None)) and isinstance(block, list)
    ]
    for block in blocks:
        for index, node in enumerate(list(block)):
            if isinstance(node, ast.Pass):
                continue
            kept = list(block)
            del block[index]
            if not block and block is not tree.body:
                block.append(ast.Pass())
            with contextlib.suppress(SyntaxError):
                text = ast.unparse(tree)
                ast.parse(text)
                yield f"{text}\n" if text else ""
            block[:] = kept
