"""What of a schema needs an extension of PostgreSQL to be there first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.source.facts import Call, Expr, Literal, Ref
from analyzer.source.scopes import children

FIELD_TYPES: Mapping[str, str] = {
    "CICharField": "citext",
    "CIEmailField": "citext",
    "CITextField": "citext",
    "HStoreField": "hstore",
    "VectorField": "vector",
    "HalfVectorField": "vector",
    "SparseVectorField": "vector",
}
"""Classes of fields whose columns are of a type that an extension makes."""

OPERATOR_CLASSES: Mapping[str, str] = {"gin_trgm_ops": "pg_trgm", "gist_trgm_ops": "pg_trgm"}
"""Operator classes of indexes that an extension brings."""

_HOMES = ("postgres", "pgvector", "citext", "hstore")


def needed(call: Call) -> Iterator[tuple[str, str]]:
    """(extension, what needs it) of what an operation's call makes."""
    pending: list[Expr] = [call]
    while pending:
        one = pending.pop()
        match one:
            case Call(Ref(name)):
                home, _, cls = name.rpartition(".")
                if cls in FIELD_TYPES and (not home or any(word in home for word in _HOMES)):
                    yield FIELD_TYPES[cls], cls
            case Literal(str() as text) if text in OPERATOR_CLASSES:
                yield OPERATOR_CLASSES[text], text
            case _:
                pass
        pending += children(one)
