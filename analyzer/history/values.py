"""What migration files say, resolved: migrations, their operations and their graph."""

from __future__ import annotations

from msgspec import Struct

from analyzer.source.facts import Expr

Key = tuple[str, str]
"""(app label, migration name): Django's identity of a migration."""


class Operation(Struct, frozen=True):
    """One operation in order; `cls` is the class name, `path` its dotted path as far as resolved.

    `call` is the source expression (None where the operation came from outside the file's source).
    `inside` names the operation that holds this one (`SeparateDatabaseAndState`), with the
    argument: "database_operations" or "state_operations".
    """

    cls: str
    path: str
    call: Expr | None
    module: str
    file: str
    line: int
    inside: str | None = None


class Migration(Struct, frozen=True):
    """One migration file.

    `dependencies` are as written (`__first__` and swappable settings included), `parents` the
    resolved ones.  `complete` is False where a part of dependencies or operations could not be
    evaluated; `why` says which.
    """

    app: str
    name: str
    module: str
    file: str
    line: int
    dependencies: tuple[Key, ...]
    parents: tuple[Key, ...]
    run_before: tuple[Key, ...]
    replaces: tuple[Key, ...]
    initial: bool | None
    atomic: bool
    operations: tuple[Operation, ...]
    lines: dict[Key, int]
    complete: bool
    why: str = ""

    @property
    def key(self) -> Key:
        return (self.app, self.name)


class History(Struct, frozen=True):
    """The migration graph as Django's loader builds it for a fresh database.

    `nodes` are the migrations that stay after squashes replaced others; `edges` go from child to
    parent, external parents included; `missing` holds (child, parent that does not exist).
    """

    nodes: frozenset[Key]
    edges: dict[Key, tuple[Key, ...]]
    leaves: tuple[Key, ...]
    roots: tuple[Key, ...]
    missing: tuple[tuple[Key, Key], ...]
    cycles: tuple[tuple[Key, ...], ...]
    replaced: dict[Key, Key]
