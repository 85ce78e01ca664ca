"""What settings learn of the command that they are read for: it is one that migrates, not a test run.

`"test" in sys.argv` and its like are false for `migrate` and `makemigrations`, whose answers are the
ones that count.  Words that may stand in the command line of these are not decided.
"""

from __future__ import annotations

import re

from analyzer.source.names import External
from analyzer.source.values import Named, Sequence, Value

ARGUMENTS, MODULES = "sys.argv", "sys.modules"

_OTHER = re.compile(
    r"(\w+[./_-])?(py\.?test|_pytest|nose\w*|tests?|runtests|jenkins|behave|lettuce|harvest)([._]\w+)?"
    r"|runserver(_plus)?|shell(_plus)?|collectstatic|compress|makemessages|compilemessages"
    r"|gunicorn|uvicorn|daphne|hypercorn|celery|sphinx-build"
).fullmatch
"""Commands and programs that never migrate."""

_LOADED = frozenset({"pytest", "_pytest", "nose"})
"""Modules that only a test run loads."""


def part_of(owner: Value, key: Value) -> Value | None:
    """`sys.argv[1]`, `sys.argv[1:]`; None for what is no command line."""
    if _path(owner) != ARGUMENTS:
        return None
    return Named(External(f"{ARGUMENTS}[{key}]")) if isinstance(key, int) else owner


def asked(op: str, one: Value, other: Value) -> bool | None:
    """What a comparison with the command line says where the project is migrated; None if it is none."""
    if op in ("==", "!=") and _is_argument(other):
        one, other = other, one
    match one, other:
        case str() as word, Named() if op in ("in", "not in"):
            path = _path(other)
            foreign = path.startswith(ARGUMENTS) and _OTHER(word) is not None
            foreign |= path == MODULES and word in _LOADED
        case Named(), str() as word if op in ("==", "!="):
            foreign = _is_argument(one) and _OTHER(word) is not None
        case Named(), Sequence(items=items, complete=True):
            words = [item for item in items if isinstance(item, str) and _OTHER(item)]
            within = op in ("in", "not in") and _is_argument(one) and len(words) == len(items)
            foreign = within or (op in ("==", "!=") and _path(one) == ARGUMENTS and bool(words))
        case _:
            return None
    return op in ("not in", "!=") if foreign else None


def _is_argument(value: Value) -> bool:
    return _path(value).startswith(f"{ARGUMENTS}[")


def _path(value: Value) -> str:
    return value.binding.path if isinstance(value, Named) and isinstance(value.binding, External) else ""
