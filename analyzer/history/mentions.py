"""Where code, tests, scripts and papers name migrations: what breaks when a reset renames them.

Found by looking at bytes; a file that does not hold the letters `migrat` is not looked at twice, nor
is one that defines a migration itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from analyzer.history.values import Key, Migration
from analyzer.schema.values import App
from analyzer.source.discover import parent
from analyzer.source.documents import Document

Manner = Literal["imports", "names", "migrates"]
Place = Literal["code", "script", "paper"]

WORD, CLASS = b"migrat", b"class Migration("

_DOTTED = re.compile(rb"""["']([\w.]*)\bmigrations\.(\w+)""")
_IMPORTING = re.compile(rb"(?:import_module|__import__|import_string|load_module|patch)\(\s*\Z")
_COMMENT = re.compile(rb"[ \t]*#")
_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]*migrations)[ \t]+import[ \t]+\(?([^\n)]*)"
    rb"|import[ \t]+([\w.]+migrations\.\w+))",
    re.MULTILINE,
)
_LITERAL = re.compile(rb"""(?:["'](\w+)["']\s*,\s*(?:name\s*=\s*)?)?["'](\d{3,}_\w+)["']""")
_CALLED = re.compile(rb"""call_command\(\s*["']migrate["']\s*,\s*["'](\w+)["']\s*,\s*["'](\w+)["']""")
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
    named: Named, sources: Iterable[tuple[str, bytes]], documents: Iterable[Document]
) -> tuple[Mention, ...]:
    """All mentions of migrations outside of them, sorted, one of each migration a line."""
    found: set[Mention] = set()
    folders = set(named.folders.values())
    listed = tuple(sources)
    named.shared = {_stem(path) for path, _ in listed if parent(path) not in folders}
    for path, data in listed:
        if WORD in data and parent(path) not in folders and CLASS not in data:
            found.update(_of_source(named, path, data))
    for document in documents:
        if document.kind != "list":
            found.update(_of_document(named, document))
    best: Mapping[tuple[str, int, Key], Mention] = {
        (one.file, one.line, one.migration): one for one in sorted(found, reverse=True)
    }
    return tuple(sorted(best.values()))


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


class _Lines:
    """The numbers of lines by places in bytes."""

    def __init__(self, data: bytes) -> None:
        self.ends = [match.start() for match in re.finditer(b"\n", data)]

    def at(self, place: int) -> int:
        return bisect_right(self.ends, place) + 1


def _of_source(named: Named, path: str, data: bytes) -> Iterator[Mention]:
    lines: _Lines | None = None
    for manner, place, key in _in_source(named, path, data):
        if key is not None and not _COMMENT.match(data, data.rfind(b"\n", 0, place + 1) + 1):
            lines = lines or _Lines(data)
            yield Mention(path, lines.at(place), "code", manner, key)


def _in_source(named: Named, path: str, data: bytes) -> Iterator[tuple[Manner, int, Key | None]]:
    if b"migrations" in data:
        for match in _DOTTED.finditer(data):
            before = data[max(0, match.start() - _LONGEST) : match.start()]
            manner: Manner = "imports" if _IMPORTING.search(before) else "names"
            yield manner, match.start(), named.module(_text(match[1]), _text(match[2]))
        for match in _IMPORT.finditer(data):
            module = _text(match[1] or match[3])
            names = re.findall(rb"(\w+)(?:[ \t]+as[ \t]+\w+)?", match[2] or b"")
            wanted = [f"{module}.{_text(name)}" for name in names] if match[1] else [module]
            for one in wanted:
                yield "imports", match.start(), named.by_module.get(one)
    for match in _LITERAL.finditer(data):
        app, name = match[1], _text(match[2])
        if app is not None and _text(app) in named.by_app:
            yield "names", match.start(2), named.of(_text(app), name)
        elif app is None or not name.endswith("_initial"):
            yield "names", match.start(2), named.alone(name, path)
    for match in _CALLED.finditer(data):
        yield "migrates", match.start(), named.target(_text(match[1]), _text(match[2]))


def _of_document(named: Named, document: Document) -> Iterator[Mention]:
    data, lines = document.text, _Lines(document.text)
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
