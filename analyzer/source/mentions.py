"""What a file's bytes name as modules: its imports, and texts that look like dotted names.

Read without parsing, so that an import may be seen where none runs, but none is overlooked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_IMPORT = re.compile(
    rb"(?:^|[:;])([ \t]*)(?:from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]*import\b[ \t]*(\(?)"
    rb"((?:\\\r?\n|[^\n;\\])*)|import[ \t]+((?:\\\r?\n|[^\n;\\])+))",
    re.MULTILINE,
)
_COMMENT = re.compile(rb"#[^\n]*")
_NAME = re.compile(rb"[\w.]+")
_LISTED = re.compile(rb"(?:^|,)[^\w.,]*([\w.]+)")
_TEXT = re.compile(rb"""["'](\w+\.[\w.]+)(?=["'])""")

MAX_LIST = 20_000
MAX_LISTS = 1_000_000
"""Bytes of names in brackets that are looked at for one import, and for all of a file."""


class Imported(Struct, frozen=True, array_like=True):
    """One import of a module; `margin` tells whether it stands at the margin of the file.

    `dots` are those of a relative import; `names` what is imported from the module, `("*",)` where
    that is not told, and nothing where the module itself is imported.
    """

    margin: bool
    dots: int
    source: str
    names: tuple[str, ...]


class Mentions(Struct, frozen=True, array_like=True):
    """The modules that a file names; `texts` are its strings that may be dotted names, each once."""

    imports: tuple[Imported, ...]
    texts: tuple[str, ...]


def mentions(data: bytes) -> Mentions:
    """What a look at the bytes of a file says."""
    texts = dict.fromkeys(map(_decoded, _TEXT.findall(data)))
    return Mentions(tuple(_imports(data)) if b"import" in data else (), tuple(texts))


def _imports(data: bytes) -> Iterator[Imported]:
    budget = MAX_LISTS
    for match in _IMPORT.finditer(data):
        indent, dots, source, bracket, listed, plain = match.groups()
        margin = not indent
        if plain:
            for word in plain.split(b","):
                first = _NAME.match(word.strip())
                if first is not None:
                    yield Imported(margin, 0, _decoded(first.group()), ())
            continue
        if bracket and budget > 0:
            listed = _bracketed(data, match.start(5))
            budget -= len(listed)
        words = _LISTED.findall(_COMMENT.sub(b"", listed) if b"#" in listed else listed)
        yield Imported(margin, len(dots), _decoded(source), tuple(map(_decoded, words)) or ("*",))


def _decoded(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _bracketed(data: bytes, start: int) -> bytes:
    """The names in the brackets that open before `start`, without comments."""
    kept: list[bytes] = []
    for line in data[start : start + MAX_LIST].split(b"\n"):
        code = line.partition(b"#")[0]
        inside, closed, _ = code.partition(b")")
        kept.append(inside)
        if closed:
            break
    return b"\n".join(kept)
