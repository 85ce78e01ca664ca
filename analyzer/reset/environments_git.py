"""What a project's Git history knows about migrations whose files are gone.

Git is asked, never told: nothing is fetched, no program that a repository's configuration names is run,
every question has an end.  Without Git, or without an answer, there is simply less to say.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.source.git import run

MOST_BYTES = 50_000_000
MOST = 200
"""Commits and branches that are looked at; apps, and migrations of each, that are asked about."""

_FORMAT = "--format=%x01%H%x00%ct%x00%s"
_ENTRY = re.compile(r"\x01(?=[0-9a-f]{40,64}\0-?\d+\0)")
_REPLACES = re.compile(r"\breplaces\s*(?::[^=\n]*)?=\s*[\[(](.*?)[\])]\s*\n\s*(?:\w|$)", re.DOTALL)
_PAIR = re.compile(r"""[(\[]\s*["'](\w+)["']\s*,\s*["']([\w-]+)["']\s*,?\s*[)\]]""")


class Commit(Struct, frozen=True):
    """A commit: the beginning of its name, its date and what it says it does."""

    name: str
    date: datetime
    subject: str

    def __str__(self) -> str:
        return f"{self.name[:10]} ({self.date:%Y-%m-%d}, {self.subject})"


class Fate(Struct, frozen=True):
    """What became of a migration's file.

    `kind` is "deleted", "replaced" (deleted where a squash named it), "reset" (deleted together with all
    migrations of its app), "renamed" (`path` is the new one), "branch" (it exists only on `branches`) or
    "never"; `path` is the file's otherwise.
    """

    kind: str
    path: str = ""
    commit: Commit | None = None
    branches: tuple[str, ...] = ()
    squash: str = ""


class Past(Struct, frozen=True):
    """What Git knows: fates by key, and when paths were added, and added anew after they had been gone.

    `silence` says why it knows nothing, `limits` why there may be more than it knows.
    """

    fates: dict[Key, Fate]
    added: dict[str, datetime]
    readded: dict[str, datetime]
    silence: str = ""
    limits: str = ""


SHALLOW = "the repository is a shallow clone: older commits are missing"
NO_GIT = Past({}, {}, {}, "the project is not in a Git repository, or Git is not installed")


class _Event(Struct, frozen=True):
    commit: Commit
    status: str
    path: str
    target: str


class _Silent(Exception):  # noqa: N818 - an answer that did not come is no error of ours
    """Git gave no answer."""


def past(root: Path, wanted: Mapping[str, Iterable[str]], folders: Mapping[str, str]) -> Past:
    """The fates of migrations: `wanted` are names by app label, `folders` where apps' migrations are now."""
    if not wanted:
        return NO_GIT
    wanted = dict(islice(wanted.items(), MOST))
    git = _Git(root)
    try:
        prefix = git.lines("rev-parse", "--show-prefix")[0]
        shallow = git.lines("rev-parse", "--is-shallow-repository") == ["true"]
        here = _by_path(git.events("HEAD", wanted, folders))
        elsewhere = _by_path(git.events("--all", wanted, folders, "--not", "HEAD"))
        reader = _Fates(git, prefix, here, elsewhere)
        fates = {
            (app, name): reader.fate(app, name, folders.get(app))
            for app in wanted
            for name in islice(wanted[app], MOST)
        }
    except (_Silent, IndexError):
        return NO_GIT
    inside = {path.removeprefix(prefix): events for path, events in here.items() if path.startswith(prefix)}
    added = {path: events[-1].commit.date for path, events in inside.items() if events[-1].status == "A"}
    readded = {
        path: events[0].commit.date
        for path, events in inside.items()
        if events[0].status == "A" and any(event.status != "A" for event in events)
    }
    return Past(fates, added, readded, limits=SHALLOW if shallow else "")


class _Git:
    """Asks a repository."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def ask(self, *arguments: str) -> str:
        """What Git prints; raises _Silent where it fails, takes too long or says too much."""
        try:
            done = run(self.root, *arguments)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _Silent from error
        if done.returncode or len(done.stdout) > MOST_BYTES:
            raise _Silent
        return done.stdout.decode(errors="replace")

    def lines(self, *arguments: str) -> list[str]:
        return self.ask(*arguments).split("\n")[:-1]

    def events(
        self, start: str, wanted: Iterable[str], folders: Mapping[str, str], *more: str
    ) -> Iterator[_Event]:
        """The files that commits added, deleted or renamed in the apps' migrations, newest first."""
        places = [f":(glob,top)**/{app}/*migrations/*.py" for app in wanted if app.isidentifier()]
        places += [f":(glob){folders[app]}/*.py" for app in wanted if folders.get(app)]
        if not places:
            return
        out = self.ask(
            "log", start, *more, "--topo-order", "-M50", "--diff-filter=ADR", "--name-status",
            "--no-ext-diff", "--no-textconv", "-z", _FORMAT, "--", *places,
        )  # fmt: skip
        for entry in _ENTRY.split(out)[1:]:
            yield from _events(entry)

    def text(self, name: str) -> str:
        try:
            return self.ask("cat-file", "blob", name)
        except _Silent:
            return ""


def _events(entry: str) -> Iterator[_Event]:
    name, date, rest = entry.split("\0", 2)
    subject, *fields = rest.split("\0")
    commit = Commit(name, _date(int(date)), subject.strip("\n"))
    parts = iter(field.strip("\n") for field in fields)
    for status in parts:
        if status[:1] in "AD" and status:
            yield _Event(commit, status[0], next(parts, ""), "")
        elif status[:1] == "R":
            yield _Event(commit, "R", next(parts, ""), next(parts, ""))


def _date(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)


def _by_path(events: Iterable[_Event]) -> dict[str, list[_Event]]:
    """The events of each path, newest first; a renaming is one of both paths."""
    out: dict[str, list[_Event]] = {}
    for event in events:
        out.setdefault(event.path, []).append(event)
        if event.target:
            out.setdefault(event.target, []).append(_Event(event.commit, "A", event.target, ""))
    return out


class _Fates:
    def __init__(
        self, git: _Git, prefix: str, here: dict[str, list[_Event]], elsewhere: dict[str, list[_Event]]
    ) -> None:
        self.git = git
        self.prefix = prefix
        self.here = here
        self.elsewhere = elsewhere
        self.resets: dict[tuple[str, str], bool] = {}
        self.squashes: dict[tuple[str, str], dict[Key, str]] = {}

    def fate(self, app: str, name: str, folder: str | None) -> Fate:
        paths = sorted(self._paths(self.here, app, name, folder))
        gone = [self.here[path][0] for path in paths if self.here[path][0].status in "DR"]
        if gone:
            event = max(gone, key=lambda one: one.commit.date)
            if event.status == "R":
                return Fate("renamed", event.target.removeprefix(self.prefix), event.commit)
            return self._deleted(app, name, event)
        for path in sorted(self._paths(self.elsewhere, app, name, folder)):
            event = self.elsewhere[path][0]
            if event.status == "A":
                return Fate("branch", path.removeprefix(self.prefix), event.commit, self._branches(event))
        return Fate("never")

    def _paths(
        self, events: Mapping[str, list[_Event]], app: str, name: str, folder: str | None
    ) -> Iterator[str]:
        inside = f"{self.prefix}{folder}" if folder else ""
        for path in events:
            home, _, file = path.rpartition("/")
            if file == f"{name}.py" and (home == inside or _is_of(home, app)):
                yield path

    def _deleted(self, app: str, name: str, event: _Event) -> Fate:
        path = event.path.removeprefix(self.prefix)
        home = event.path.rpartition("/")[0]
        place = (event.commit.name, home)
        if place not in self.squashes and len(self.squashes) < MOST:
            self.squashes[place] = self._squashed(event.commit, home)
            self.resets[place] = self._all_changed(event.commit, home)
        squash = self.squashes.get(place, {}).get((app, name), "")
        if squash:
            return Fate("replaced", path, event.commit, squash=squash)
        return Fate("reset" if self.resets.get(place) else "deleted", path, event.commit)

    def _squashed(self, commit: Commit, home: str) -> dict[Key, str]:
        """What the files of a folder replaced before a commit, with the name of the squash."""
        before = f"{commit.name}^"
        try:
            names = self.git.lines("grep", "-l", "-F", "replaces", before, "--", f":(top,literal){home}")
        except _Silent:
            return {}
        found: dict[Key, str] = {}
        for name in names[:MOST]:
            for listed in _REPLACES.findall(self.git.text(name)):
                stem = name.rpartition("/")[2].removesuffix(".py")
                found.update(dict.fromkeys(_PAIR.findall(listed), stem))
        return found

    def _all_changed(self, commit: Commit, home: str) -> bool:
        """Whether no migration of a folder came through a commit as it was."""
        try:
            changed = self.git.lines(
                "diff-tree", "-r", "--no-commit-id", "--name-only", "--no-renames", f"{commit.name}^",
                commit.name, "--", f":(top,literal){home}",
            )  # fmt: skip
            before = self.git.lines("ls-tree", "--name-only", "--full-tree", f"{commit.name}^", f"{home}/")
        except _Silent:
            return False
        kept = {path for path in before if path.endswith(".py") and not path.endswith("/__init__.py")}
        return not kept - set(changed)

    def _branches(self, event: _Event) -> tuple[str, ...]:
        try:
            found = self.git.lines(
                "for-each-ref", f"--count={MOST}", "--contains", event.commit.name,
                "--format=%(refname:short)", "refs/heads", "refs/remotes",
            )  # fmt: skip
        except _Silent:
            return ()
        return tuple(sorted(found))


def _is_of(home: str, app: str) -> bool:
    """Whether a folder is the usual place of an app's migrations."""
    parts = home.split("/")
    return len(parts) >= 2 and parts[-2] == app and parts[-1].endswith("migrations")
