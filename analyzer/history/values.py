"""What migration files say, resolved: migrations, their operations and their graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from analyzer.source.values import Made

Key = tuple[str, str]
"""(app label, migration name): Django's identity of a migration."""


class Operation(Struct, frozen=True):
    """One operation in order; `cls` is the class name, `path` its dotted path as far as resolved.

    `inside` is the argument of the operation that holds this one (`SeparateDatabaseAndState`,
    `RunSQL`): "database_operations" or "state_operations".
    `maybe` says why it may not be there at all.

    `django` is the operation of Django's that it is for a migration state, by inheritance; it is empty
    for one that leaves the state alone.  `why` says why what it does to the state is not decided.
    """

    cls: str
    path: str
    module: str
    file: str
    line: int
    inside: str | None = None
    maybe: str = ""
    django: str = ""
    why: str = ""


class WrittenOperation(Operation, frozen=True, kw_only=True):
    """An operation with the call that makes it, and the local names that it is made with."""

    made: Made


class Migration(Struct, frozen=True):
    """One migration file.

    `dependencies` are as written (`__first__` and swappable settings included), `parents` the
    resolved ones.  `complete` is False where a part of dependencies or operations could not be
    evaluated; `why` says which.  `further` says why there may be operations beside those listed.
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
    further: str = ""

    @property
    def key(self) -> Key:
        return (self.app, self.name)


def told(migration: Migration) -> Migration:
    """The migration with its operations as reports tell them, without the calls that make them."""
    names = Operation.__struct_fields__
    operations = (Operation(*(getattr(one, name) for name in names)) for one in migration.operations)
    return replace(migration, operations=tuple(operations))


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
