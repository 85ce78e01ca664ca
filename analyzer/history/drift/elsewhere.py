"""Files that may give a field to a model from outside, or make a model, by their text.

`Model.add_to_class("name", field)` and `field.contribute_to_class(Model, "name")`; what stands in the
`contribute_to_class` of a field's class is `adding`'s to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.schema.classes import Class, Classes
from analyzer.schema.given import CONTRIBUTES
from analyzer.source.names import Defined, External

_GIVES = re.compile(
    rb"(?P<super>super\([^()]*\))?\.(?:add_to_class|contribute_to_class)\(\s*(?P<model>[\w.]+\s*,\s*)?"
    rb"(?:(?P<quote>[\"'])(?P<name>\w+)(?P=quote)\s*[,)])?"
)
_FUNCTION = re.compile(rb"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_MAKES = re.compile(
    rb"\b(?:type|ModelBase)\(\s*(?![\"']\w+[\"']\s*,)(?:[^()\n]|\([^()\n]*\)|\n){1,200}?,\s*\([^()]{1,200}\)\s*,"
)
_INDENT = re.compile(rb"[ \t]*")


def makes_unnamed(data: bytes) -> bool:
    """Whether a text calls `type` to make a class, with a name that is computed."""
    return _MAKES.search(data) is not None


class Elsewhere:
    """Looks for calls that give fields."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._giving: dict[str, frozenset[bytes | None]] | None = None
        self._spoken: dict[tuple[str, str], bool] = {}

    def of_model(self, model: Class, label: str, wanted: str) -> str:
        """The file that may give a model a field of a name; "" where none does."""
        if self._giving is None:
            files = self.classes.names.modules.files
            found = ((file.path, frozenset(_names(files.data(file.path)))) for file in files.tree.files)
            self._giving = {path: names for path, names in found if names}
        for path, names in self._giving.items():
            if names.isdisjoint((None, wanted.encode())):
                continue
            if None in names and wanted.encode() not in names and self._writes(path, wanted):
                return path
            if (path, label) not in self._spoken:
                self._spoken[path, label] = self._speaks_of(path, model, label.rpartition(".")[2])
            if self._spoken[path, label]:
                return path
        return ""

    def _writes(self, path: str, name: str) -> bool:
        """Whether a file that gives fields by computed names has a name as a text."""
        data = self.classes.names.modules.files.data(path)
        return f'"{name}"'.encode() in data or f"'{name}'".encode() in data

    def _speaks_of(self, path: str, model: Class, name: str) -> bool:
        """Whether a file names a model, in a text or by what its name means there."""
        modules = self.classes.names.modules
        data = modules.files.data(path)
        word = re.escape(name.encode())
        if not re.search(rb"\b" + word + rb"\b", data):
            return False
        module = modules.find(modules.name_of(path), path)
        meant = self.classes.names.resolve(module, name) if module is not None else None
        if isinstance(meant, (Defined, External)) and meant.path != model.path:
            return re.search(rb"[\"'.]" + word + rb"\b", data) is not None
        return True


def _names(data: bytes) -> Iterator[bytes | None]:
    """The names of the fields that calls in a text give; None for one that is not written there."""
    calls = list(_GIVES.finditer(data))
    found = sorted((*calls, *_FUNCTION.finditer(data)), key=re.Match.start) if calls else ()
    around: list[tuple[int, bytes]] = []
    for match in found:
        line = data.rfind(b"\n", 0, match.start() + 1) + 1
        indent = len(_INDENT.match(data, line)[0])  # type: ignore[index]
        while around and around[-1][0] >= indent:
            around.pop()
        if match.re is _FUNCTION:
            around.append((indent, match[1]))
        elif match["super"] is None and (not around or around[-1][1] != CONTRIBUTES.encode()):
            yield match["name"]
