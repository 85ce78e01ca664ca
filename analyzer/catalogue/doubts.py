"""Whether a class of a package is in the required version what it is in the one that is read.

That is in doubt where the catalogue knows no version that a project may run with.  A version between
two known ones in which a class is written alike is taken to have it like that, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from analyzer.catalogue.reduce import unplaced
from analyzer.source.facts import ClassDef, FileFacts
from analyzer.source.scopes import flatten

FactsOf = Callable[[str], FileFacts | None]


class Doubt(Struct, frozen=True, order=True):
    """A package of which something is read that the required version may not have like that."""

    file: str
    line: int
    package: str
    why: str


class Around:
    """The known versions before and behind a required one that is not known."""

    def __init__(self, versions: Sequence[FactsOf | None]) -> None:
        self._versions = versions
        self._alike: dict[tuple[str, str], bool] = {}

    def alike(self, module: str, name: str) -> bool:
        """Whether both have a class of that name in that module, written alike."""
        key = (module, name.partition(".")[0])
        if key not in self._alike:
            found = [
                _written(facts(module), key[1]) if facts is not None else None for facts in self._versions
            ]
            self._alike[key] = None not in found and all(cls == found[0] for cls in found)
        return self._alike[key]


def _written(facts: FileFacts | None, name: str) -> tuple[ClassDef, ...] | None:
    body = facts.body if facts is not None else ()
    found = [stmt for stmt in flatten(body) if isinstance(stmt, ClassDef) and stmt.name == name]
    return tuple(unplaced(stmt) for stmt in found) or None
