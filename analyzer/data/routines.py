"""The types that functions, procedures and aggregates take: with their names they tell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.data.sqltext import HOLE, words

ROUTINES = words("FUNCTION PROCEDURE AGGREGATE")

_MODES = words("IN OUT INOUT VARIADIC")
_SAME = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "bool": "boolean",
    "decimal": "numeric",
    "char": "character",
    "bpchar": "character",
    "varchar": "character varying",
    "char varying": "character varying",
    "national character": "character",
    "national char": "character",
    "nchar": "character",
    "national character varying": "character varying",
    "varbit": "bit varying",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
}
"""What PostgreSQL calls types that have several names."""

_SEVERAL_WORDS = {name for pair in _SAME.items() for name in pair if " " in name}


def arguments(tokens: Sequence[str]) -> str | None:
    """The types of the list of arguments that some words hold first, as PostgreSQL tells routines apart.

    None where there is no such list, or source does not decide it.
    """
    inside = list(_first_list(tokens))
    if not inside or HOLE in inside or "=" in inside[:3]:
        return None
    types = [found for part in _parts(inside[1:-1]) if (found := _type(part)) is not None]
    return ",".join(types)


def _first_list(tokens: Sequence[str]) -> Iterator[str]:
    """What stands in the first parentheses, and they themselves; nothing where they never close."""
    start = tokens.index("(") if "(" in tokens else len(tokens)
    depth = 0
    for at, word in enumerate(tokens[start:], start):
        depth += (word == "(") - (word == ")")
        if not depth:
            yield from tokens[start : at + 1]
            return


def _parts(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    """What stands between commas; in an aggregate ORDER BY is one, too."""
    depth, start = 0, 0
    for at, word in enumerate(tokens):
        depth += (word == "(") - (word == ")")
        if word == "," and not depth:
            yield tokens[start:at]
            start = at + 1
    if tokens[start:]:
        yield tokens[start:]


def _type(part: Sequence[str]) -> str | None:
    """The type of one argument; None for what only comes out."""
    found = list(part)
    modes = []
    while found and found[0].upper() in _MODES:
        modes.append(found.pop(0).upper())
    if modes == ["OUT"]:
        return None
    plain, arrays, depth = [], 0, 0
    for word in found:
        upper = word.upper()
        if upper == "DEFAULT" or word in ("=", ":"):
            break
        depth += word == "("
        if not depth and (upper == "ARRAY" or word.startswith("[")):
            arrays += 1
        elif not depth and word != "]":
            plain.append(word.strip('"`').lower())
        depth -= word == ")"
    named = len(plain) > 1 and plain[1] != "." and " ".join(plain) not in _SEVERAL_WORDS
    return _plain(plain[1:] if named else plain) + "[]" * min(arrays, 1)


def _plain(named: Sequence[str]) -> str:
    """A type by the name that PostgreSQL has for it."""
    text = " ".join(named).replace(" . ", ".").removeprefix("pg_catalog.").removeprefix("public.")
    return _SAME.get(text, text)
