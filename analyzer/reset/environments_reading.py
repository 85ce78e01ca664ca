"""Where the comparison touches the outside: the project's tree, its packages, exports and Git."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analyzer.catalogue.site import externals
from analyzer.options import Options
from analyzer.outcome import Analysis
from analyzer.reset.environments import compare, questions, read_applied, views
from analyzer.reset.environments_disk import Disk, disk
from analyzer.reset.environments_git import NO_GIT, past
from analyzer.reset.environments_values import Comparison
from analyzer.sources import sources


def read_disk(root: Path, options: Options, analysis: Analysis) -> Disk:
    """The migrations of a project that was analysed, and those of the packages that it installs."""
    found = sources(root, options)
    packages = externals(found.site, found.requirements, analysis.reading.django.taken)
    return disk(analysis, root, packages)


def compare_exports(
    root: Path,
    options: Options,
    analysis: Analysis,
    named: Iterable[tuple[str, Path]],
    expect_new: bool = False,
    git: bool = True,
) -> Comparison:
    """Compare exports, by the names of their environments, with a project's files and with each other.

    Raises ExportError where an export cannot be read or is another project's.
    """
    applied = read_applied(named)
    files = read_disk(root, options, analysis)
    seen = views(applied, files)
    known = past(root, questions(seen), files.folders) if git else NO_GIT
    return compare(seen, files, known, expect_new)
