"""Where a project is read from."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from analyzer.catalogue.requirements import Requirements
from analyzer.catalogue.site import Installed, installed
from analyzer.options import Options
from analyzer.source.cache import Cache
from analyzer.source.discover import Tree, discover
from analyzer.source.loading import Files, Progress
from analyzer.source.stamps import Stamps


class Sources(Struct, frozen=True):
    """A project's files, what it requires, and where its packages are installed.

    `tree` is as it was found; that of `files` may have more source roots once they are read.
    """

    root: Path
    tree: Tree
    files: Files
    requirements: Requirements
    site: Installed | None


def sources(root: Path, options: Options) -> Sources:
    """Where everything is; nothing is parsed yet."""
    tree = discover(root, options.exclude)
    home = root if options.cache else None
    files = Files(tree, Cache(home), Stamps(home))
    requirements = Requirements(root, tree.source_roots)
    return Sources(root, tree, files, requirements, installed(root, options.site_packages))


def read(found: Sources, options: Options, progress: Progress, meanwhile: Callable[[], object]) -> None:
    """Read the files that are sure to matter; `meanwhile` may be done as long as other processes read."""
    survey(found, options, progress, meanwhile)
    found.files.load(found.files.selected, _jobs(options), progress)


def survey(found: Sources, options: Options, progress: Progress, meanwhile: Callable[[], object]) -> None:
    """Look at every file; what matters is read when it is asked for."""
    found.files.survey(_jobs(options), progress, meanwhile)


def _jobs(options: Options) -> int:
    return options.jobs or os.cpu_count() or 1
