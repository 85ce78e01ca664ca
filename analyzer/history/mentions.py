"""Where code, tests, scripts and papers name migrations: what breaks when a reset renames them.

Found by looking at bytes (see `source.namings`), and told which migration is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from analyzer.history.values import Key, Migration
from analyzer.schema.values import App
from analyzer.source.discover import parent
from analyzer.source.documents import Document
from analyzer.source.namings import Lines, Manner, Naming

Place = Literal["code", "script", "paper"]

_COMMAND = re.compile(rb"\bmigrate[ \t]+([^\n#;&|`<>\"')\]]+)")
_PATH = re.compile(rb"migrations/(\d{3,}_\w+)")
_HEAD = re.compile(rb"[\w./-]*\Z")
_LONGEST = 300
"""Of a path, how much is looked at."""
_SPOKEN = re.compile(rb"\b(\w+)\.(\d{3,}_\w+)\b")
_TAKING = frozenset({"--database", "--settings", "--pythonpath", "--verbosity", "-v", "--schema", "-s"})
"""Options of `migrate` that take a value after a space."""


class Mention(Struct, frozen=True, order=True):
    """A place that names a migration, and how: in an import, by its name, or as the target of `migrate`."""

    file: str
    line: int
    place: Place
    manner: Manner
    migration: Key


class Named:
    """The project's migrations by what people write for them."""

    def __init__(self, migrations: Iterable[Migration], apps: Iterable[App]) -> None:
        self.by_name: dict[str, list[Key]] = {}
        self.by_module: dict[str, Key] = {}
        self.by_app: dict[str, list[Key]] = {}
        self.folders: dict[Key, str] = {}
        for migration in migrations:
            self.by_name.setdefault(migration.name, []).append(migration.key)
            self.by_app.setdefault(migration.app, []).append(migration.key)
            self.by_module[migration.module] = migration.key
            self.folders[migration.key] = parent(migration.file)
        self.homes = {app.path: app.label for app in apps if app.own and app.path}
        self.shared: set[str] = set()
        """Names that files beside the migrations have, too: alone, they mean either."""

    def of(self, app: str, name: str) -> Key | None:
        return (app, name) if (app, name) in self.folders else None

    def alone(self, name: str, path: str) -> Key | None:
        """The migration of a name that stands without its app: the only one, or that of the app around."""
        found = self.by_name.get(name, []) if name not in self.shared else []
        if len(found) == 1:
            return found[0]
        around = [key for key in found if f"{path}/".startswith(f"{parent(self.folders[key])}/")]
        return around[0] if len(around) == 1 and parent(self.folders[around[0]]) else None

    def module(self, head: str, name: str) -> Key | None:
        """The migration of a module's name, of which the beginning may be missing."""
        tail = f"{head}migrations.{name}".lstrip(".")
        if tail in self.by_module:
            return self.by_module[tail]
        found = [key for key in self.by_name.get(name, ()) if self._ends(key, head.strip("."))]
        return found[0] if len(found) == 1 else None

    def _ends(self, key: Key, head: str) -> bool:
        return f"/{parent(self.folders[key])}".endswith(f"/{head.replace('.', '/')}".rstrip("/"))

    def path(self, head: str, name: str) -> Key | None:
        found = [key for key in self.by_name.get(name, ()) if self._in(key, head)]
        return found[0] if len(found) == 1 else None

    def _in(self, key: Key, head: str) -> bool:
        return f"/{self.folders[key]}".endswith(f"/{head.lstrip('./')}migrations")

    def target(self, app: str, name: str) -> Key | None:
        """What `migrate app name` means: a migration by the beginning of its name, if that tells it."""
        if (app, name) in self.folders:
            return app, name
        found = [key for key in self.by_app.get(app, ()) if key[1].startswith(name)]
        return found[0] if len(found) == 1 else None


def mentions(
    named: Named, sources: Iterable[tuple[str, Iterable[Naming]]], documents: Iterable[Document]
) -> tuple[Mention, ...]:
    """All mentions of migrations outside of them, sorted, one of each migration a line.

    `sources` are all Python files, with the names in them that may be those of migrations.
    """
    found: set[Mention] = set()
    folders = set(named.folders.values())
    beside = [(path, namings) for path, namings in sources if parent(path) not in folders]
    named.shared = {_stem(path) for path, _ in beside}
    for path, namings in beside:
        found.update(_of_source(named, path, namings))
    for document in documents:
        if document.kind != "list":
            found.update(_of_document(named, document))
    best: Mapping[tuple[str, int, Key], Mention] = {
        (one.file, one.line, one.migration): one for one in sorted(found, reverse=True)
    }
    return tuple(sorted(best.values()))


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _of_source(named: Named, path: str, namings: Iterable[Naming]) -> Iterator[Mention]:
    for naming in namings:
        key = _meant(named, path, naming)
        if key is not None:
            yield Mention(path, naming.line, "code", naming.manner, key)


def _meant(named: Named, path: str, naming: Naming) -> Key | None:
    head, name = naming.head, naming.name
    match naming.form:
        case "text":
            return named.module(head, name)
        case "module":
            return named.by_module.get(name)
        case "target":
            return named.target(head, name)
        case "number":
            if head in named.by_app:
                return named.of(head, name)
            return None if head and name.endswith("_initial") else named.alone(name, path)


def _of_document(named: Named, document: Document) -> Iterator[Mention]:
    data, lines = document.text, Lines(document.text)
    place: Place = "script" if document.kind == "script" else "paper"
    for match in _COMMAND.finditer(data):
        words = _arguments(match[1].decode("utf-8", "replace").split())
        key = named.target(words[0], words[1]) if len(words) > 1 and words[1] != "zero" else None
        if key is not None:
            yield Mention(document.path, lines.at(match.start()), place, "migrates", key)
    for match in _PATH.finditer(data):
        before = _HEAD.search(data[max(0, match.start() - _LONGEST) : match.start()])
        key = named.path(_text(before[0]) if before else "", _text(match[1]))
        if key is not None:
            yield Mention(document.path, lines.at(match.start()), place, "names", key)
    for match in _SPOKEN.finditer(data):
        key = named.of(_text(match[1]), _text(match[2]))
        if key is not None:
            yield Mention(document.path, lines.at(match.start()), place, "names", key)


def _arguments(words: list[str]) -> list[str]:
    """The words of a command that are no options, nor values of options."""
    out: list[str] = []
    skip = False
    for word in words:
        if not skip and not word.startswith("-"):
            out.append(word.strip("\"',"))
        skip = word in _TAKING
    return out


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
