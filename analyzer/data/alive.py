"""Which parts of the schema that operations make by themselves are there at the end of history."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.ddl import BEARER, meant
from analyzer.data.values import DataOperation, SchemaObject
from analyzer.history.order import full_plan
from analyzer.history.values import History

Identity = tuple[str, str, str, str | None]
"""(kind, name, table, what a routine takes)."""

ONCE = ("extension", "collation", "type", "domain", "sequence")
"""What is made once: whoever makes it again does so in case it is not there."""


class Alive(Struct, frozen=True):
    """An object with the operation that it is by; `remade` counts the others that make it, too."""

    made: SchemaObject
    operation: DataOperation
    remade: int = 0


def in_order(operations: Iterable[DataOperation], history: History) -> list[DataOperation]:
    """The operations that a fresh database runs, in the order of their migrations."""
    place = {key: at for at, key in enumerate(full_plan(history))}
    inside = [one for one in operations if (one.app, one.migration) in place]
    return sorted(inside, key=lambda one: (place[one.app, one.migration], one.file, one.line))


def alive(ordered: Iterable[DataOperation]) -> tuple[Alive, ...]:
    """What operations in the order in which they run make and no later one certainly drops again.

    An object is by the last operation that makes it, since that replaces what was there before; one
    that is made once, as an extension is, by the first; and by all that alter it besides.  Operations
    of one migration, or with hints, that make the same are alternatives, each for a database of its
    own: all of them count.  What the verdict keeps is never left out.
    """
    found: dict[Identity, list[Alive]] = {}
    listed = tuple(ordered)
    for operation in listed:
        for made in operation.objects:
            if made.action == "drop" and made.certain:
                _drop(found, _identity(operation, made))
        for made in _made(operation):
            _make(found, _identity(operation, made), Alive(made, operation))
    for operation in listed:
        kept = _made(operation) if operation.net == "schema" else ()
        if kept and not any(_identity(operation, made) in found for made in kept):
            found.update((_identity(operation, made), [Alive(made, operation)]) for made in kept)
    return tuple(one for ways in found.values() for one in ways)


def _made(operation: DataOperation) -> tuple[SchemaObject, ...]:
    """What an operation leaves behind: of what it drops itself, only what it makes anew."""
    if operation.net not in ("schema", "mixed"):
        return ()
    made = tuple(one for one in operation.objects if one.action != "drop")
    if made or operation.net == "mixed":
        return made
    return (SchemaObject("schema", "", "", "create", operation.file, operation.line),)


def _drop(found: dict[Identity, list[Alive]], dropped: Identity) -> None:
    for known in [one for one in found if _meant(dropped, one)]:
        del found[known]


def _make(found: dict[Identity, list[Alive]], identity: Identity, new: Alive) -> None:
    if new.made.action == "alter":
        ways = found.setdefault(identity, [])
        ways += [new] if all(one.operation is not new.operation for one in ways) else []
        return
    before = found.pop(identity, [])
    if before and new.made.kind in ONCE:
        found[identity] = [replace(one, remade=one.remade + 1) for one in before]
        return
    others = [
        one for one in before if one.made.action == "alter" or _alternative(one.operation, new.operation)
    ]
    remade = max((one.remade + 1 for one in before if one not in others), default=0)
    found[identity] = [*others, replace(new, remade=remade)]


def _alternative(one: DataOperation, other: DataOperation) -> bool:
    """Whether a router, or code, is likely to let only one of them run on a database."""
    here = (one.app, one.migration) == (other.app, other.migration)
    return one is not other and (here or (one.hints and other.hints))


def _identity(operation: DataOperation, made: SchemaObject) -> Identity:
    named = made.name.lower() or f"{operation.app}.{operation.migration}:{made.file}:{made.line}"
    return made.kind, named, made.table.lower(), made.arguments


def _meant(dropped: Identity, known: Identity) -> bool:
    """Whether dropping the one drops the other; a table that is not said may be any."""
    if dropped[0] == BEARER and dropped[1] == known[2]:
        return True
    same_table = dropped[2] == known[2] or not dropped[2] or not known[2]
    return dropped[:2] == known[:2] and same_table and meant(dropped[3], known[3])
