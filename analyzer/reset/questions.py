"""What a person must find out about an operation that source does not decide."""

from __future__ import annotations

from analyzer.data.values import DataOperation


def question(operation: DataOperation) -> str:
    """One question, with the reason why source does not answer it."""
    because = f" ({operation.evidence[0].why})" if operation.evidence else ""
    if operation.net in ("one-time", "noop") and operation.elidable is False:
        return f"The author says `elidable=False`: what of it does a fresh database need?{because}"
    if operation.net == "unknown":
        return f"Does it create rows or schema on an empty database?{because}"
    if operation.net in ("seed", "mixed"):
        return f"Does it surely create rows on an empty database, and which?{because}"
    if operation.net == "schema":
        return f"Does it make schema that is still in use?{because}"
    return f"Does it surely do nothing on an empty database?{because}"
