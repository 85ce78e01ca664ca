"""Rules that compare with a revision, on projects as text: as they are, as they were, as they once were."""

from __future__ import annotations

from analyzer.audits.recorded import Past
from analyzer.audits.registry import compared
from analyzer.audits.rules import Finding
from analyzer.history.recorded import Change, Earlier, Recorded
from analyzer.source.discover import parent
from tests.projects import analysed, files_of


def past(now: str, base: str, before: str = "") -> Past:
    """What git would know of a project that was committed as `before`, as `base`, and stands as `now`."""
    after, on_base, once = (
        {p: t.encode() for p, t in files_of(text).items()} for text in (now, base, before)
    )
    migrations = analysed(now).migrations
    folders = {parent(migration.file) for migration in migrations}
    paths = sorted(path for path in {*after, *on_base} if parent(path) in folders and "/_" not in path)
    changed = [path for path in paths if after.get(path) != on_base.get(path)]
    changes = tuple(Change(path, on_base.get(path), after.get(path)) for path in changed)
    earlier = tuple(
        Earlier(path, "c0ffee", once[path]) for path in changed if path in once and path not in on_base
    )
    lost = {parent(change.path) for change in changes if change.after is None}
    there = frozenset(path for path in on_base if parent(path) in lost)
    return Past(Recorded("main", changes, earlier, there), migrations)


def findings(now: str, base: str, before: str = "") -> tuple[Finding, ...]:
    return compared(past(now, base, before))
