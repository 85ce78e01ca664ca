"""Files that are no Python and may say something about migrations: scripts, pipelines, images, papers.

Which of a tree's files are read is decided by their names, and bounded in size and number; what is
left out is what lies deepest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Kind = Literal["list", "script", "paper"]

MAX_BYTES = 200_000
MAX_FILES = 300
"""Of scripts and papers each; lists are a line long, and an app has one at most."""

LIST = "max_migration.txt"
"""The file in which django-linear-migrations keeps an app's last migration."""

HIDDEN = frozenset({".github", ".gitlab", ".circleci", ".ci", ".docker", ".devcontainer"})
"""Hidden folders that hold scripts."""

_SCRIPT = re.compile(
    r"(?:(?:[Dd]ocker|[Cc]ontainer)file(?:[.-].*)?|Procfile.*|(?:GNU)?[Mm]akefile|[Jj]ustfile|.*\.mk"
    r"|.*\.(?:sh|bash|ya?ml)|.*entrypoint[^.]*|tox\.ini|setup\.cfg|pyproject\.toml)"
)
_PAPER = re.compile(r".*\.(?:md|rst)")
_DATA = frozenset({"fixtures", "locale", "locales", "cassettes", "node_modules", "static", "templates"})


class Document(Struct, frozen=True, order=True):
    """A file by its relative path, with what is read of it."""

    path: str
    kind: Kind
    text: bytes


_ENDINGS = frozenset({"sh", "bash", "yml", "yaml", "md", "rst", "mk", "ini", "cfg", "toml", "txt"})


def named(name: str) -> bool:
    """Whether a file of that name may be read, at a glance."""
    _, dot, ending = name.rpartition(".")
    return not dot or ending in _ENDINGS or name.startswith(("Docker", "docker", "Container", "Proc"))


def kind(path: str) -> Kind | None:
    """What a file is by its path; None where it is not read."""
    folder, _, name = path.rpartition("/")
    if name == LIST:
        return "list"
    if name.endswith(".py") or not _DATA.isdisjoint(folder.split("/")):
        return None
    if _SCRIPT.fullmatch(name):
        return "script"
    return "paper" if _PAPER.fullmatch(name) else None


def chosen(paths: Iterable[str]) -> tuple[str, ...]:
    """The files to read, sorted: of each kind as many as are read, those nearest to the root first."""
    found: dict[Kind, list[str]] = {"list": [], "script": [], "paper": []}
    for path in paths:
        one = kind(path)
        if one is not None:
            found[one].append(path)
    nearest = (sorted(paths, key=lambda path: (path.count("/"), path)) for paths in found.values())
    kept = zip((10 * MAX_FILES, MAX_FILES, MAX_FILES), nearest, strict=True)
    return tuple(sorted(path for number, paths in kept for path in paths[:number]))
