"""Changes of the SQL in migrations that makes functions, views, triggers and other hidden schema."""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from analyzer.data.values import DataOperation, SchemaObject

BY_NAME = ("extension", "schema")
"""Of these the name says all."""

_WORD = re.compile(r"[A-Za-z0-9_]+")
_COMMENT = re.compile(r"--|/\*|\\")


def remade(operations: Iterable[DataOperation]) -> set[str]:
    """Names of objects that several operations make: which of them counts is another question."""
    made = Counter(name for one in operations for name in {made.name.lower() for made in one.objects})
    return {name for name, times in made.items() if times > 1}


def bodies(
    tree: ast.AST, data: Sequence[DataOperation], shared: set[str]
) -> Iterator[tuple[ast.Constant, DataOperation]]:
    """The constants of a file that hold the SQL of one object alone, each with the operation that runs it."""
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and _is_sql(node.value)]
    for operation in data:
        for made in operation.objects:
            if operation.net in ("schema", "mixed") and _is_told(made) and made.name.lower() not in shared:
                holding = [node for node in constants if made.name.lower() in str(node.value).lower()]
                if len(holding) == 1:
                    yield holding[0], operation


def _is_told(made: SchemaObject) -> bool:
    return bool(made.name and made.wording and made.action == "create" and made.kind not in BY_NAME)


def _is_sql(value: object) -> bool:
    return isinstance(value, str) and re.match(r"\s*(CREATE|ALTER)\b", value, re.IGNORECASE) is not None


def another(source: str, chance: random.Random) -> str | None:
    """The source of a constant in which one word of the last half of its SQL is another one."""
    if _COMMENT.search(source):
        return None
    words = [found for found in _WORD.finditer(source) if found.start() > len(source) // 2]
    if not words:
        return None
    word = chance.choice(words)
    return f"{source[: word.end()]}7{source[word.end() :]}"


def reworded(source: str, chance: random.Random) -> str | None:
    """The source of a constant with space and a comment between two words of its SQL: no change."""
    gaps = [found.start() for found in re.finditer(r" (?=[A-Za-z(])", source)]
    if _COMMENT.search(source) or not gaps or "'" in source[1:-1]:
        return None
    at = chance.choice(gaps)
    return f"{source[:at]}  /* as before */ {source[at:]}"
