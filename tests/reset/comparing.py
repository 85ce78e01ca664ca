"""Environments compared, as text: a project with exports in, the comparison out."""

from __future__ import annotations

import re
import tempfile
import textwrap
from pathlib import Path

from analyzer.analysis import analyse
from analyzer.options import Options
from analyzer.reset.environments_reading import compare_exports
from analyzer.reset.environments_values import Comparison, Verdict

HEADER = re.compile(r"# ([\w./-]+\.\w+)")
EXPORTS = (".csv", ".txt", ".sql")


def files_of(text: str) -> dict[str, str]:
    """The contents by path."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in textwrap.dedent(text).splitlines(keepends=True):
        header = HEADER.fullmatch(line.rstrip())
        if header is not None:
            lines = found[header[1]] = []
        else:
            lines.append(line)
    return {path: "".join(content) for path, content in found.items()}


def write(root: Path, text: str) -> list[tuple[str, Path]]:
    """Write project and exports; the exports by the name of their environment."""
    exports = []
    for path, content in files_of(text).items():
        target = root / path
        if path.endswith(EXPORTS) and path != "requirements.txt":
            target = root.parent / path
            exports.append((path.partition(".")[0], target))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
    return exports


def of_folder(
    root: Path,
    exports: list[tuple[str, Path]],
    *,
    git: bool = False,
    expect_new: bool = False,
    site: Path | None = None,
) -> Comparison:
    """The comparison of a project on disk."""
    options = Options(jobs=1, cache=False, site_packages=site)
    analysis = analyse(root, options)
    return compare_exports(root, options, analysis, exports, expect_new, git)


def compared(text: str, *, expect_new: bool = False) -> Comparison:
    """The comparison of a project and exports that are text."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        root.mkdir()
        return of_folder(root, write(root, text), expect_new=expect_new)


def codes(comparison: Comparison) -> list[str]:
    """Code and verdict of all situations, in order of codes."""
    return sorted(f"{one.code} {one.verdict.value}" for one in comparison.situations)


def blockers(comparison: Comparison) -> set[str]:
    return {one.code for one in comparison.situations if one.verdict is Verdict.BLOCKER}
