"""What git knows of a project's migrations, gathered for the rules that compare with a revision."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analyzer.history.recorded import Change, Earlier, Recorded
from analyzer.source import git
from analyzer.source.discover import parent
from analyzer.source.extract import MAX_BYTES
from analyzer.source.inside import read_inside

MAX_CHANGES = 1_000
"""Changed migrations that are looked at; a branch that changes more has replaced them all."""


def recorded(root: Path, revision: str, folders: Iterable[str]) -> Recorded:
    """The migrations in `folders` as they were when the branch left `revision`, and as they are.

    Raises UsageError where there is no git, no repository or no such revision.
    """
    homes = frozenset(folders)
    commit = git.parted(root, revision)
    since = git.since(root, commit)
    paths = sorted(path for path in since.changed | since.deleted if _is_migration(path, homes))[:MAX_CHANGES]
    before = git.contents(root, ((commit, path) for path in paths))
    changes = tuple(
        Change(path, before.get((commit, path)), read_inside(root, path, MAX_BYTES)) for path in paths
    )
    new = [change.path for change in changes if change.before is None and change.after is not None]
    gone = git.deletions(root, commit, new)
    held = git.contents(root, ((f"{deleted}^", path) for path, deleted in gone.items()))
    earlier = tuple(
        Earlier(path, deleted, held[f"{deleted}^", path])
        for path, deleted in sorted(gone.items())
        if (f"{deleted}^", path) in held
    )
    lost = {parent(change.path) for change in changes if change.after is None}
    return Recorded(revision, changes, earlier, git.listing(root, commit, lost))


def _is_migration(path: str, folders: frozenset[str]) -> bool:
    folder, _, name = path.rpartition("/")
    return folder in folders and name.endswith(".py") and name[0] not in "_~"
