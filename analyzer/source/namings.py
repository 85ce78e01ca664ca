"""Where a file's bytes name migrations, whichever ones these may be.

Read without parsing: in imports, as dotted names in texts, by their numbered names, and as targets of
`call_command("migrate", …)`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from analyzer.source.marks import MIGRAT, MIGRATION

Manner = Literal["imports", "names", "migrates"]
Form = Literal["text", "module", "number", "target"]

_DOTTED = re.compile(rb"""["']([\w.]*)\bmigrations\.(\w+)""")
_IMPORTING = re.compile(rb"(?:import_module|__import__|import_string|load_module|patch)\(\s*\Z")
_COMMENT = re.compile(rb"[ \t]*#")
_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]*migrations)[ \t]+import[ \t]+\(?([^\n)]*)"
    rb"|import[ \t]+([\w.]+migrations\.\w+))",
    re.MULTILINE,
)
_IMPORTED = re.compile(rb"(\w+)(?:[ \t]+as[ \t]+\w+)?")
_LITERAL = re.compile(rb"""(?:["'](\w+)["']\s*,\s*(?:name\s*=\s*)?)?["'](\d{3,}_\w+)["']""")
_CALLED = re.compile(rb"""call_command\(\s*["']migrate["']\s*,\s*["'](\w+)["']\s*,\s*["'](\w+)["']""")
_LONGEST = 300
"""Of what stands before a name, how much is looked at."""


class Naming(Struct, frozen=True, array_like=True):
    """A name that may be that of a migration, and what stands before it.

    `form` tells what the two are: "text" the end of a dotted name and what of it comes before
    `migrations`; "module" a dotted name; "number" a name and the text before it, which may be its app;
    "target" the beginning of a name, and its app.
    """

    manner: Manner
    form: Form
    line: int
    head: str
    name: str


class Lines:
    """The numbers of lines by places in bytes."""

    def __init__(self, data: bytes) -> None:
        self.ends = [match.start() for match in re.finditer(b"\n", data)]

    def at(self, place: int) -> int:
        return bisect_right(self.ends, place) + 1


def namings(data: bytes) -> tuple[Naming, ...]:
    """All names outside of comments, form by form; none where nothing is about migrations, or all is one."""
    if MIGRAT not in data or MIGRATION in data:
        return ()
    lines = Lines(data)
    return tuple(
        Naming(manner, form, lines.at(place), head, name)
        for manner, form, place, head, name in _found(data)
        if not _COMMENT.match(data, data.rfind(b"\n", 0, place + 1) + 1)
    )


def _found(data: bytes) -> Iterator[tuple[Manner, Form, int, str, str]]:
    if b"migrations" in data:
        for match in _DOTTED.finditer(data):
            before = data[max(0, match.start() - _LONGEST) : match.start()]
            manner: Manner = "imports" if _IMPORTING.search(before) else "names"
            yield manner, "text", match.start(), _text(match[1]), _text(match[2])
        for match in _IMPORT.finditer(data):
            module = _text(match[1] or match[3])
            names = _IMPORTED.findall(match[2] or b"")
            for one in [f"{module}.{_text(name)}" for name in names] if match[1] else [module]:
                yield "imports", "module", match.start(), "", one
    for match in _LITERAL.finditer(data):
        yield "names", "number", match.start(2), _text(match[1] or b""), _text(match[2])
    for match in _CALLED.finditer(data):
        yield "migrates", "target", match.start(), _text(match[1]), _text(match[2])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
