"""Where migrations that go are named, and what to write there instead; what they alone still use."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from analyzer.history.mentions import Mention, Named, mentions
from analyzer.history.values import Key
from analyzer.pipeline import Examined
from analyzer.source.loading import Files

MOST_NAMES = 5000
MAX_SIZE = 1_000_000


class Reference(Struct, frozen=True, order=True):
    """A place outside of the migrations that names one that goes, and what to do about it."""

    file: str
    line: int
    migration: Key
    manner: str
    instead: str


class Freed(Struct, frozen=True, order=True):
    """Code of the project that only deleted migrations import; `why` says why that may be otherwise."""

    module: str
    name: str
    file: str
    line: int
    why: str = ""


def references(examined: Examined, apps: Collection[str], last: Mapping[str, str]) -> tuple[Reference, ...]:
    """All places that name migrations of the apps; `last` are the names of their last new ones."""
    files = examined.schema.classes.names.modules.files
    named = Named(examined.migrations, examined.schema.apps.apps)
    found = (one for one in mentions(named, files.named, files.documents) if one.migration[0] in apps)
    told = [
        Reference(
            one.file, one.line, one.migration, one.manner, _instead(one, last.get(one.migration[0], ""))
        )
        for one in found
    ]
    folders = {named.folders[key]: key for key in named.folders if key[0] in apps}
    for document in files.documents:
        folder = document.path.rpartition("/")[0]
        if document.kind == "list" and folder in folders:
            key = folders[folder]
            written = last.get(key[0], "")
            told.append(Reference(document.path, 1, key, "lists", f"let it hold `{written}` alone"))
    return tuple(sorted(told))


def _instead(one: Mention, last: str) -> str:
    app, name = one.migration
    if one.manner == "imports":
        return f"`{app}.{name}` is deleted: move what this needs into a module of its own, or remove it"
    if one.manner == "migrates":
        return f"write `migrate {app}` without a name; where it must be one, `{last}`"
    if one.place == "paper":
        return f"leave the name out, or say `{last}`"
    return f"write `{last}`, its last new one; remove what tests the old migration itself"


# ---------------------------------------------------------------- freed code


def freed(examined: Examined, deleted: Collection[str]) -> tuple[Freed, ...]:
    """Functions and classes of the project that, of all files, only deleted ones and their own name."""
    modules = examined.schema.classes.names.modules
    files = modules.files
    used: dict[tuple[str, str], str] = {}
    for file in sorted(deleted):
        for module, name in _imported(files.data(file)):
            found = modules.find(module, file)
            if found is not None and found.own and found.path and found.path not in deleted:
                used.setdefault((found.path, name), found.name)
            if len(used) >= MOST_NAMES:
                break
    places = {
        (path, name): line
        for path in {path for path, _ in used}
        for name, line in _defined(files.data(path)).items()
        if (path, name) in used
    }
    return tuple(sorted(_freed(files, deleted, used, places)))


def _freed(
    files: Files,
    deleted: Collection[str],
    used: Mapping[tuple[str, str], str],
    places: Mapping[tuple[str, str], int],
) -> Iterator[Freed]:
    wanted = {name.encode() for _, name in places}
    if not wanted:
        return
    word = re.compile(rb"\b(?:" + b"|".join(map(re.escape, sorted(wanted))) + rb")\b")
    naming: dict[bytes, dict[str, int]] = {name: {} for name in wanted}
    for file in files.tree.files:
        if file.path not in deleted:
            for match in word.finditer(files.data(file.path)):
                counts = naming[match.group()]
                counts[file.path] = counts.get(file.path, 0) + 1
    for (path, name), line in places.items():
        counts = naming[name.encode()]
        elsewhere = sorted(other for other in counts if other != path)
        if counts.get(path, 0) > 1:
            continue
        if not elsewhere:
            yield Freed(used[path, name], name, path, line)
        elif not any(_takes(files.data(other), used[path, name], name) for other in elsewhere):
            yield Freed(used[path, name], name, path, line, f"{elsewhere[0]} has the same word")


def _takes(data: bytes, module: str, name: str) -> bool:
    """Whether a file may take a name out of a module: it speaks of the last part of the module's name."""
    return re.search(rb"\b%s\b" % re.escape(module.rpartition(".")[2].encode()), data) is not None


def _imported(data: bytes) -> Iterator[tuple[str, str]]:
    """(module, name) of what a file takes from other modules, by import or as `module.name`."""
    tree = _tree(data)
    if tree is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, one.name) for one in node.names)
        elif isinstance(node, ast.Attribute):
            dotted = _dotted(node)
            if dotted.count("."):
                module, _, name = dotted.rpartition(".")
                yield module, name


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _defined(data: bytes) -> dict[str, int]:
    tree = _tree(data)
    body: Iterable[ast.stmt] = tree.body if tree is not None else ()
    return {
        node.name: node.lineno
        for node in body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
    }


def _tree(data: bytes) -> ast.Module | None:
    if len(data) > MAX_SIZE:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
