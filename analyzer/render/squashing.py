"""Which apps can become one migration each, which cannot and why, and into how few they can be made.

`squashmigrations` (django.core.management.commands.squashmigrations) makes one migration of a run
of an app's; that run must not lead out to other apps and back into itself.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from analyzer.graphs.levels import components
from analyzer.history.squash import Obstacle, obstacles
from analyzer.history.values import History, Key

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

NAMES_NO_USER = frozenset({"auth", "contenttypes", "flatpages", "redirects", "sessions", "sites"})
"""Apps of django.contrib whose migrations do not depend on a swappable model."""

NOT_READ = ("MS001", "MS002")

GRAPH_PARTS = ("`dependencies`", "`run_before`", "`replaces`")


class Squashing(Struct, frozen=True):
    """Whether an app's migrations can become one while all other apps stay as they are.

    `count` are those that Django would load; `why` says why nothing is decided.
    """

    app: str
    count: int
    obstacle: Obstacle | None = None
    why: str = ""


def squashings(analysis: Analysis) -> tuple[Squashing, ...]:
    """Every app with more than one migration; none where the history has no order at all."""
    history = analysis.history
    if history.cycles:
        return ()
    found = {obstacle.app: obstacle for obstacle in obstacles(history)}
    counts = Counter(app for app, _ in history.nodes)
    doubts = _Doubts(analysis)
    out = []
    for app in sorted(app for app, count in counts.items() if count > 1):
        obstacle = found.get(app)
        if obstacle is None:
            out.append(Squashing(app, counts[app], why=doubts.about(app)))
        else:
            out.append(Squashing(app, counts[app], obstacle))
    return tuple(out)


class _Doubts:
    """What could still be in the way of an app though nothing was found."""

    def __init__(self, analysis: Analysis) -> None:
        self.history = analysis.history
        self.user = analysis.reading.auth_user_model
        self.swapped = {m.app for m in analysis.models if m.own and (m.swappable or m.label == self.user)}
        self.harmless = {
            app.label
            for app in analysis.apps
            if not app.own and app.name.startswith("django.contrib.") and app.label in NAMES_NO_USER
        }
        self.unread = {
            migration.key
            for migration in analysis.migrations
            if not migration.complete and GRAPH_PARTS[0] in migration.why
        }
        folders = {_folder(migration.file): migration.app for migration in analysis.migrations}
        self.broken = {
            folders[_folder(finding.file)]: finding.file
            for finding in analysis.findings
            if finding.code in NOT_READ and _folder(finding.file) in folders
        }
        self.anywhere = next(
            (
                ".".join(migration.key)
                for migration in analysis.migrations
                if any(part in migration.why for part in GRAPH_PARTS[1:])
            ),
            "",
        )

    def about(self, app: str) -> str:
        """Why it is not decided that an app can become one; "" where it is."""
        if self.anywhere:
            return f"what {self.anywhere} replaces or runs before is read in part"
        if not self.unread and not self.broken and app not in self.swapped:
            return ""
        needed = self._needed(app)
        for key in sorted(needed & self.unread):
            return f"what {'.'.join(key)} depends on is read in part"
        for other in sorted({key[0] for key in needed} & self.broken.keys()):
            return f"{self.broken[other]} cannot be read"
        if app not in self.swapped:
            return ""
        packages = sorted({key[0] for key in needed if key not in self.history.nodes} - self.harmless)
        if not packages:
            return ""
        what = f"{', '.join(packages[:3])}{' and others' if len(packages) > 3 else ''}"
        return (
            f"it needs migrations of packages ({what}), which may need a model of this app that is swapped in"
        )

    def _needed(self, app: str) -> set[Key]:
        seen = {key for key in self.history.nodes if key[0] == app}
        pending = list(seen)
        while pending:
            for parent in self.history.edges.get(pending.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        return seen


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def bonds(history: History) -> dict[tuple[str, str], int]:
    """How many dependencies lead from the migrations of one app of the project to another's."""
    found = Counter(
        (child[0], parent[0])
        for child, parents in history.edges.items()
        for parent in parents
        if parent in history.nodes and parent[0] != child[0]
    )
    return dict(sorted(found.items()))


def turns(history: History) -> tuple[tuple[str, ...], ...]:
    """Apps whose migrations need each other by turns: not all of them can become one migration each."""
    edges: dict[str, set[str]] = {app: set() for app, _ in sorted(history.nodes)}
    for source, target in bonds(history):
        edges[source].add(target)
    return components(edges, edges)
