"""Which data operation a person means by `app.0042`, `app.0042:2` or `path/to/file.py:31`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from msgspec import Struct

from analyzer.data.values import DataOperation
from analyzer.outcome import Analysis

MAX_NEAR = 5


class Missing(Struct, frozen=True):
    """Nothing is meant by a name: why, and the nearest names that would be something."""

    why: str
    near: tuple[str, ...]


def find_operations(analysis: Analysis, name: str) -> tuple[DataOperation, ...] | Missing:
    """The data operations of a migration, or the one that is named.

    A migration is `app.name`, where the name may end anywhere it is still that of one migration; `:n`
    is its n-th data operation.  `file:line` is the operation that begins there, or the last one above.
    """
    every = (*analysis.data_operations, *analysis.unloaded_operations)
    head, colon, tail = name.rpartition(":")
    place = int(tail) if colon and tail.isdecimal() and len(tail) < 8 else None
    wanted = head if place is not None else name
    if wanted.endswith(".py"):
        return _at(every, wanted.removeprefix("./"), place)
    migrations = _migrations(analysis, every, wanted)
    if len(migrations) != 1:
        return _unknown(analysis, every, wanted, migrations)
    key = migrations[0]
    found = tuple(one for one in every if (one.app, one.migration) == key)
    if not found:
        near = _with_operations(every, key[0])
        return Missing(f"{'.'.join(key)} has no operation that runs code or SQL", near)
    if place is None:
        return found
    if not 1 <= place <= len(found):
        numbered = tuple(f"{'.'.join(key)}:{at}" for at in range(1, min(len(found), MAX_NEAR) + 1))
        return Missing(f"{'.'.join(key)} has {len(found)} of them", numbered)
    return (found[place - 1],)


def _at(every: Sequence[DataOperation], file: str, line: int | None) -> tuple[DataOperation, ...] | Missing:
    files = sorted({one.file for one in every})
    meant = [one for one in files if one == file] or [one for one in files if one.endswith(f"/{file}")]
    if len(meant) != 1:
        near = tuple(meant[:MAX_NEAR] or get_close_matches(file, files, n=MAX_NEAR, cutoff=0.5))
        why = "is in several files" if meant else "is no file with an operation that runs code or SQL"
        return Missing(f"{file} {why}", near)
    inside = sorted((one for one in every if one.file == meant[0]), key=lambda one: one.line)
    if line is None:
        return tuple(inside)
    above = [one for one in inside if one.line <= line]
    if not above:
        return Missing(f"no operation begins at {meant[0]}:{line}", tuple(map(_place, inside[:MAX_NEAR])))
    return tuple(one for one in above if one.line == above[-1].line)


def _place(operation: DataOperation) -> str:
    return f"{operation.file}:{operation.line}"


def _migrations(analysis: Analysis, every: Sequence[DataOperation], name: str) -> list[tuple[str, str]]:
    """The migrations that a name may mean: the one of exactly that name, else all that begin so."""
    app, dot, start = name.partition(".")
    known = sorted(
        {migration.key for migration in analysis.migrations} | {(o.app, o.migration) for o in every}
    )
    if not dot or not start:
        return []
    exact = [key for key in known if key == (app, start)]
    begun = [key for key in known if key[0] == app and re.match(re.escape(start) + r"(?!\d)", key[1])]
    return exact or begun


def _unknown(
    analysis: Analysis, every: Sequence[DataOperation], name: str, migrations: Sequence[tuple[str, str]]
) -> Missing:
    if migrations:
        running = {(one.app, one.migration) for one in every}
        listed = sorted(migrations, key=lambda key: key not in running)
        return Missing(f"{name} may be several migrations", tuple(".".join(key) for key in listed[:MAX_NEAR]))
    app = name.partition(".")[0]
    apps = sorted({one.app for one in every})
    if app not in {migration.app for migration in analysis.migrations}:
        near = get_close_matches(app, apps, n=MAX_NEAR, cutoff=0.5) or apps[:MAX_NEAR]
        return Missing(f"no app '{app}' with migrations in the project", tuple(near))
    names = sorted({f"{one.app}.{one.migration}" for one in every if one.app == app})
    near = get_close_matches(name, names, n=MAX_NEAR, cutoff=0.5)
    return Missing(f"{app} has no such migration", tuple(near) or _with_operations(every, app))


def _with_operations(every: Sequence[DataOperation], app: str) -> tuple[str, ...]:
    return tuple(sorted({f"{one.app}.{one.migration}" for one in every if one.app == app}))[:MAX_NEAR]
