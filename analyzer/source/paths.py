"""Folders that a project puts on `sys.path` itself, as far as its source spells them out.

Followed are calls such as `sys.path.insert(0, os.path.join(BASE_DIR, "apps"))` and
`sys.path.append(str(BASE_DIR / "apps"))`: the texts in one call, in their order, name a folder
below the file's own or below one of those above it.  A call without texts may name what has them:
`APPS_DIR` of the same file, `settings.APPS_DIR` of one that lists apps, or a name that a loop over
texts around the call binds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from posixpath import normpath

from analyzer.source.discover import Tree, parent
from analyzer.source.marks import INSTALLED_APPS, SYS_PATH

APART = frozenset(["doc", "docs", "test", "tests", "scripts", "tools"])
"""Folders whose files are started apart from the project."""

NEAR = 4_000
"""So many characters above a call are looked at for a loop around it."""

_ADDED = re.compile(rb"^[ \t]*sys\.path\.(?:insert|append|extend)\(([^\n#]*)", re.MULTILINE)
_TEXT = re.compile(rb"""["']([\w./-]+)["']""")
_NAME = re.compile(rb"(?:\d+,\s*)?(?:str\()?(?:(\w+)\.)?([A-Z]\w*)\s*\)")
_LOOP = re.compile(rb"^[ \t]*for[ \t]+(\w+)[ \t]+in[ \t]*[\[({]([^\])}]{1,2000})[\])}][ \t]*:", re.MULTILINE)
_LOCAL = re.compile(rb"^[ \t]+(\w+)[ \t]*=(?!=)([^\n#]*)", re.MULTILINE)
_WORD = re.compile(rb"\w+")
_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+(\w[\w.]*)", re.MULTILINE)


def added_roots(tree: Tree, data: Iterable[tuple[str, bytes]]) -> frozenset[str]:
    """The folders of the tree that its files add to `sys.path`."""
    folders = {place for folder in {parent(file.path) for file in tree.files} for place in _above(folder)}
    found: set[str] = set()
    lists: list[tuple[str, bytes]] = []
    asked: set[bytes] = set()
    for path, text in data:
        if INSTALLED_APPS in text:
            lists.append((path, text))
        if SYS_PATH in text and not APART & set(path.split("/")[:-1]) and not path.endswith("setup.py"):
            for call in _ADDED.finditer(text):
                owner, name = _name(call[1])
                if owner:
                    asked.add(name)
                written = _bound(name, text) if name and not owner else call[1]
                near = text[max(0, call.start() - NEAR) : call.start()]
                for each in ([] if owner else _gone_through(written, near)) or [b""]:
                    found.update(_named(parent(path), written + each, folders))
    for path, text in lists if asked else ():
        for name in asked:
            found.update(_named(parent(path), _bound(name, text), folders))
    return frozenset(found - {""})


def _name(given: bytes) -> tuple[bytes, bytes]:
    """The name that is given to a call, with its owner."""
    found = _NAME.match(given)
    return (found[1] or b"", found[2]) if found else (b"", b"")


def _bound(name: bytes, text: bytes) -> bytes:
    """What a file binds a name to at its top."""
    found = re.search(rb"^%s[ \t]*(?::[^=\n]*)?=([^\n#]*)" % name, text, re.MULTILINE)
    return found[1] if found else b""


def _gone_through(given: bytes, above: bytes) -> list[bytes]:
    """The texts that a loop above a call goes through, where the call is given the name that it binds."""
    loop = next(iter([*_LOOP.finditer(above)][-1:]), None)
    if loop is None:
        return []
    names = set(_WORD.findall(given))
    for bound, value in _LOCAL.findall(above, loop.end()):
        names |= set(_WORD.findall(value)) if bound in names else set()
    return [match[0] for match in _TEXT.finditer(loop[2])] if loop[1] in names else []


def _named(folder: str, written: bytes, folders: set[str]) -> Iterator[str]:
    words = [word.decode() for word in _TEXT.findall(written)]
    if not words or words[0].startswith("/"):
        return
    for above in _above(folder):
        place = normpath("/".join([above or ".", *words]))
        if place in folders:
            yield place
            return


def _above(folder: str) -> Iterator[str]:
    """The folder and all above it, deepest first, the root "" last."""
    while folder:
        yield folder
        folder = parent(folder)
    yield ""


def imported(data: bytes) -> list[bytes]:
    """The dotted names of modules that a file's imports begin with."""
    return _IMPORT.findall(data)


class Imports:
    """How often each module is imported by a name, in all files together."""

    def __init__(self, names: Mapping[bytes, int]) -> None:
        """`names` are those that stand in imports, with how often they do."""
        self._counts: Counter[bytes] = Counter()
        for name, times in names.items():
            above = name
            while above:
                self._counts[above] += times
                above = above.rpartition(b".")[0]

    def of(self, name: str) -> int:
        """Imports of a package or of what stands below it."""
        return self._counts[name.encode()]
