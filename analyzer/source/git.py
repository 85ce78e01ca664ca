"""What git says has changed: paths relative to a folder of its working tree.

Git is a program that is called with a list of arguments, never a shell; a revision is looked up before it
is used, and nothing that a repository's own configuration could have git start is switched on.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from analyzer.errors import UsageError

TIMEOUT = 60
_SAFE = (
    "--no-pager", "--no-replace-objects",
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false",
    "-c", "core.quotePath=false", "-c", "protocol.allow=never",
)  # fmt: skip
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "",
    "LC_ALL": "C", "TZ": "UTC",
}  # fmt: skip
_PLACES = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE")
_HASH = re.compile(r"[0-9a-f]{40,64}")
_NAMES = ("--name-status", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative")


class Changes(Struct, frozen=True):
    """Files that are new or other than before, and files that are gone."""

    changed: frozenset[str]
    deleted: frozenset[str] = frozenset()


def since(root: Path, revision: str) -> Changes:
    """What changed below `root` since it parted from `revision`: committed, not committed, not added.

    Raises UsageError where there is no git, no repository or no such revision.
    """
    base = parted(root, revision)
    found = _changes(_git(root, "diff", *_NAMES, base, "--"))
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    return Changes(found.changed | {path for path in new if path}, found.deleted)


def staged(root: Path) -> Changes:
    """What the next commit would change below `root`.  Raises UsageError as `since` does."""
    _git(root, "rev-parse", "--git-dir")  # outside of a repository `git diff` is another program
    return _changes(_git(root, "diff", "--cached", *_NAMES, "--"))


def parted(root: Path, revision: str) -> str:
    """The commit at which the working tree parted from `revision`.  Raises UsageError as `since` does."""
    commit = _commit(root, revision)
    return _git(root, "merge-base", commit, "HEAD", allowed=(0, 1)).strip() or commit


def contents(root: Path, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
    """What files held, by (commit, path); those that were not there are left out."""
    asked = [(commit, path) for commit, path in places if "\n" not in path]
    names = "".join(f"{commit}:./{path}\n" for commit, path in asked)
    said = os.fsencode(_git(root, "cat-file", "--batch", given=names)) if asked else b""
    found, at = {}, 0
    for place in asked:
        end = said.find(b"\n", at)
        head = said[at:end].rsplit(b" ", 2)
        at = end + 1
        if len(head) == 3 and head[1] == b"blob":
            size = int(head[2])
            found[place] = said[at : at + size]
            at += size + 1
    return found


def deletions(root: Path, commit: str, paths: Iterable[str]) -> dict[str, str]:
    """The last commit up to `commit` that deleted each of the files, for those that one did."""
    wanted = sorted(paths)
    if not wanted:
        return {}
    asked = ("--no-renames", "--diff-filter=D", "--name-only", "-z", "--relative", "--format=:%H")
    said = _git(root, "log", *asked, commit, "--", *(f":(literal){path}" for path in wanted))
    found: dict[str, str] = {}
    now = ""
    for word in (part.strip("\n") for part in said.split("\0")):
        if word.startswith(":"):
            now = word[1:]
        elif word in wanted:
            found.setdefault(word, now)
    return found


def listing(root: Path, commit: str, folders: Iterable[str]) -> frozenset[str]:
    """The files that folders held."""
    wanted = [f"{folder}/" for folder in sorted(folders) if folder]
    said = _git(root, "ls-tree", "-z", "--name-only", commit, "--", *wanted) if wanted else ""
    return frozenset(path for path in said.split("\0") if path)


def repository(folder: Path) -> Path | None:
    """The folder with `.git` at or above `folder`."""
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)


def _commit(root: Path, revision: str) -> str:
    if revision.startswith("-") or "\0" in revision:
        raise UsageError(f"{revision!r} is no revision of git")
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    found = _git(root, *asked, allowed=(0, 1, 128)).strip()
    if not _HASH.fullmatch(found):
        _git(root, "rev-parse", "--git-dir")  # says what is wrong if it is not the revision
        raise UsageError(f"git knows no revision {revision} here; in a shallow clone, fetch it first")
    return found


def _changes(said: str) -> Changes:
    words = said.split("\0")
    pairs = list(zip(words[::2], words[1::2], strict=False))
    return Changes(
        frozenset(path for status, path in pairs if not status.startswith("D")),
        frozenset(path for status, path in pairs if status.startswith("D")),
    )


def run(root: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Call git in a folder, so that it fetches nothing and starts nothing that a repository names.

    Raises OSError where there is no git, and subprocess.TimeoutExpired.
    """
    return subprocess.run(
        ["git", *_SAFE, *arguments],  # noqa: S607 - whichever git the user has
        cwd=root, env=_environment(), input=given, capture_output=True, timeout=TIMEOUT, check=False,
    )  # fmt: skip


def _git(root: Path, *arguments: str, allowed: tuple[int, ...] = (0,), given: str = "") -> str:
    try:
        done = run(root, *arguments, given=os.fsencode(given))
    except FileNotFoundError as error:
        raise UsageError("git is not installed; name files or a second tree instead of a revision") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"git did not answer ({error})") from error
    if done.returncode not in allowed:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise UsageError(f"git: {said[0].removeprefix('fatal: ')}")
    return os.fsdecode(done.stdout)


def _environment() -> dict[str, str]:
    """Git's own variables may be relative to where we stand, and we call it elsewhere."""
    places = {name: os.path.abspath(os.environ[name]) for name in _PLACES if os.environ.get(name)}
    return {**os.environ, **places, **_QUIET}


READ = (
    ".py",
    ".toml",
    ".cfg",
    ".ini",
    ".txt",
    ".in",
    ".lock",
    ".json",
    ".yaml",
    ".yml",
    ".sql",
    ".gitignore",
)
"""How the names of files end that a reading of a project looks at; a name without a dot counts, too."""

AT_ONCE = 500


def write_tree(root: Path, revision: str, folder: Path) -> None:
    """Write what `root` held at a revision into an empty folder: plain files that are no media.

    Raises UsageError as `since` does.
    """
    from analyzer.source.extract import MAX_BYTES

    commit = _commit(root, revision)
    listed = _git(root, "ls-tree", "-r", "-z", "-l", commit).split("\0")
    paths = [path for line in listed if line and (path := _plain(line, MAX_BYTES))]
    for start in range(0, len(paths), AT_ONCE):
        found = contents(root, ((commit, path) for path in paths[start : start + AT_ONCE]))
        for (_, path), content in found.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _plain(line: str, limit: int) -> str:
    """The path of a plain file that is worth reading, else nothing: links and other repositories are none."""
    said, _, path = line.partition("\t")
    mode, kind, _, size = said.split()
    plain = kind == "blob" and mode in ("100644", "100755") and int(size) <= limit
    name = path.rpartition("/")[2]
    inside = not path.startswith("/") and ".." not in path.split("/")
    return path if plain and inside and (name.endswith(READ) or "." not in name) else ""
