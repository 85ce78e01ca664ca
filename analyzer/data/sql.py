"""What a text of SQL does, statement by statement; no grammar of any one database is needed for that."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from analyzer.data.sqltext import DECORATION, HOLE, name_after, name_at, outer, split, tables, words

Deed = Literal["insert", "copy", "change", "schema", "restate", "nothing", "unknown"]
"""`insert` adds rows from constants, `copy` from other rows, `change` works on rows that exist;
`schema` makes what models do not express, `restate` what the models' state says anyway."""

Thing = tuple[str, str]
"""(kind, name) of a database object: ("TRIGGER", "order_event")."""


class Statement(Struct, frozen=True):
    """One statement: what it does, to which table or object, in plain words.

    `expressible` tells of a `schema` that a state operation beside it may express (an index, a
    table, a constraint), `drops` which object a `restate` takes away.
    """

    deed: Deed
    why: str
    target: str = ""
    thing: Thing | None = None
    expressible: bool = False
    drops: Thing | None = None
    tables: tuple[str, ...] = ()


_CREATABLE = words(
    """TABLE INDEX TRIGGER FUNCTION PROCEDURE VIEW EXTENSION TYPE DOMAIN COLLATION SEQUENCE SCHEMA
    RULE POLICY AGGREGATE OPERATOR CAST STATISTICS SERVER PUBLICATION SUBSCRIPTION ROLE USER LANGUAGE EVENT
    CONVERSION DICTIONARY CONFIGURATION PARSER TEMPLATE DATABASE"""
)
_QUIET = words(
    """BEGIN COMMIT ROLLBACK START SAVEPOINT RELEASE SET RESET PRAGMA LOCK UNLOCK ANALYZE VACUUM CLUSTER
    REINDEX EXPLAIN SHOW USE CHECKPOINT DISCARD LISTEN NOTIFY UNLISTEN DESCRIBE FLUSH OPTIMIZE END REVOKE
    REFRESH DEALLOCATE PREPARE GO CLOSE FETCH DECLARE PRINT VALUES"""
)
_LASTING = words("GRANT COMMENT SECURITY REASSIGN")
_ROUTINE_CALLS = words("CALL EXEC EXECUTE PERFORM")
_LASTING_FUNCTIONS = words(
    "CREATE_HYPERTABLE ADD_RETENTION_POLICY ADD_COMPRESSION_POLICY CREATE_DISTRIBUTED_TABLE"
)
_PLAIN_FUNCTIONS = words(
    """COUNT MAX MIN SUM AVG COALESCE NOW VERSION CURRENT_SETTING SET_CONFIG PG_SLEEP LOWER UPPER LENGTH
    PG_GET_SERIAL_SEQUENCE EXISTS DISTINCT FORMAT CONCAT TO_REGCLASS ROW_NUMBER ARRAY_AGG STRING_AGG
    ARRAY UNNEST JSONB_BUILD_OBJECT TO_CHAR CAST NULLIF IN ANY ALL VALUES OVER IF DATABASE SCHEMA
    CURRENT_SCHEMA CURRENT_DATABASE GROUP_CONCAT SUBSTRING SUBSTR TRIM REPLACE EXTRACT DATE ABS
    LEAST GREATEST ROUND FLOOR CEIL MD5 RANDOM GENERATE_SERIES TO_TIMESTAMP DATE_TRUNC CONVERT IFNULL
    PG_ADVISORY_LOCK PG_ADVISORY_UNLOCK PG_ADVISORY_XACT_LOCK PG_TRY_ADVISORY_LOCK PG_RELATION_SIZE
    OBJECT_ID SELECT FROM WHERE AND OR NOT AS ON BY UNION EXCEPT JOIN LIKE"""
)


def statements(text: str) -> tuple[Statement, ...]:
    """What each statement of a text does."""
    return tuple(_classify(tokens) for tokens in split(text))


def _classify(tokens: Sequence[str]) -> Statement:
    upper = [word.upper() for word in tokens]
    while upper and upper[0] == "(":
        tokens, upper = tokens[1:], upper[1:]
    first = upper[0] if upper else ""
    read = _VERBS.get(first)
    if read is not None:
        return read(tokens, upper)
    if first in _LASTING:
        return Statement("schema", f"{first}: no model says it", _commented(tokens, upper))
    if first in _ROUTINE_CALLS:
        return Statement("unknown", f"{first} of a routine, whose body is not followed")
    if first in _QUIET:
        return Statement("nothing", f"{first}: changes neither rows nor schema")
    if HOLE in tokens:
        return Statement("unknown", "a statement that source does not decide")
    return Statement("unknown", f"`{' '.join(tokens[:3])}`: a statement of unknown kind")


def _commented(tokens: Sequence[str], upper: Sequence[str]) -> str:
    """What a COMMENT or GRANT speaks of: `ON TABLE name` or `ON name`."""
    at = upper.index("ON") + 1 if "ON" in upper else len(upper)
    known = at < len(upper) and (upper[at] in _CREATABLE or upper[at] == "COLUMN")
    return name_at(tokens[at + known :])


# ---------------------------------------------------------------- rows


def _insert(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    verb = upper[0]
    table = name_after(tokens, upper, "INTO") if "INTO" in upper else name_at(tokens[1:])
    touched = tables(tokens, upper, table)
    top = outer(upper)
    if verb == "COPY":
        return Statement("insert", "COPY of rows from a file or stream", table, tables=(table,))
    if verb == "MERGE":
        return Statement("copy", "MERGE from existing rows", table, tables=touched)
    if "SELECT" in top and "FROM" in top[top.index("SELECT") :]:
        return Statement("copy", f"{verb} … SELECT from existing rows", table, tables=touched)
    if "TABLE" in top[2:]:
        return Statement("copy", f"{verb} … TABLE copies rows", table, tables=(table,))
    return Statement("insert", f"{verb} of constant rows", table, tables=(table,))


_BEFORE_TABLE = words("FROM ONLY TABLE OR IGNORE ROLLBACK REPLACE")


def _change(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    at = 1
    while at < len(upper) and upper[at] in _BEFORE_TABLE:
        at += 1
    table = name_at(tokens[at:])
    return Statement("change", f"{upper[0]} of existing rows", table, tables=tables(tokens, upper, table))


def _with(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    """A common table expression does what the first verb in it does that is no query."""
    for at, (before, word) in enumerate(pairwise(upper), 1):
        if before in ("FOR", "DO", "ON"):
            continue
        if word == "INSERT":
            table = name_after(tokens[at:], upper[at:], "INTO")
            return Statement("copy", "INSERT from a query", table, tables=tables(tokens, upper, table))
        if word in ("UPDATE", "DELETE", "MERGE"):
            return _change(tokens[at:], upper[at:])
    return Statement("nothing", "a query", tables=tables(tokens, upper))


def _select(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    if "SETVAL" in upper:
        return Statement("change", "SETVAL puts a sequence where existing rows left it")
    top = outer(upper)
    touched = tables(tokens, upper)
    if "INTO" in top:
        return Statement(
            "copy", "SELECT … INTO copies rows", name_after(tokens, upper, "INTO"), tables=touched
        )
    if "FROM" not in top:
        for word, after in pairwise(upper):
            if after == "(" and re.fullmatch(r"\w+", word) and word not in _PLAIN_FUNCTIONS:
                deed: Deed = "schema" if word in _LASTING_FUNCTIONS else "unknown"
                return Statement(deed, f"calls the database function {word.lower()}()")
    return Statement("nothing", "a query", tables=touched)


_BODY_WORD = re.compile(r"\b[A-Za-z_]+\b")
_BODY_TEXT = re.compile(r"'(?:[^']|'')*'")


def _block(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    """An anonymous block does what the statements in its body do."""
    body = next((word for word in tokens[1:] if word.startswith("$")), "")
    verbs = [word.upper() for word in _BODY_WORD.findall(_BODY_TEXT.sub("'", body))]
    if "INSERT" in verbs and not {"SELECT", "FOR"} & set(verbs):
        return Statement("insert", "INSERT inside a DO block")
    if "CREATE" in verbs:
        return Statement("schema", "CREATE inside a DO block")
    if {"INSERT", "UPDATE", "DELETE"} & set(verbs):
        return Statement("change", "changes rows inside a DO block")
    if {"ALTER", "DROP"} & set(verbs):
        return Statement("restate", "ALTER or DROP inside a DO block")
    return Statement("unknown", "a DO block whose statements are not understood")


# ---------------------------------------------------------------- schema

_SPECIAL_TABLES = words("PARTITION PARTITIONED INHERITS VIRTUAL")


def _create(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    kind, at = _object(upper)
    if not kind:
        return Statement("unknown", f"`{' '.join(tokens[:4])}`: CREATE of an unknown kind")
    name = name_at(tokens[at + 1 :])
    if kind == "TABLE":
        return _create_table(name, upper, at)
    on = name_after(tokens, upper, "ON") if kind in ("INDEX", "TRIGGER", "POLICY", "RULE") else ""
    described = "MATERIALIZED VIEW" if "MATERIALIZED" in upper[:at] else kind
    thing = (kind, name.lower()) if name else None
    return Statement("schema", f"CREATE {described} {name}", on or name, thing, expressible=kind == "INDEX")


def _create_table(name: str, upper: Sequence[str], at: int) -> Statement:
    if "TEMP" in upper[:at] or "TEMPORARY" in upper[:at]:
        return Statement("nothing", f"a temporary table {name}")
    thing = ("TABLE", name.lower()) if name else None
    special = not _SPECIAL_TABLES.isdisjoint(upper)
    what = "a partitioned or virtual table" if special else "table"
    return Statement("schema", f"CREATE of {what} {name}", name, thing, expressible=not special)


def _object(upper: Sequence[str]) -> tuple[str, int]:
    """The kind of object that a CREATE, DROP or ALTER is about, and where it stands."""
    defined = False
    for at, word in enumerate(upper[1:14], 1):
        if (word in _CREATABLE and word not in ("ROLE", "USER")) or (word in _CREATABLE and at == 1):
            return word, at
        defined = defined or word == "DEFINER"
        if word not in DECORATION and not defined and word != "=":
            return "", at
    return "", 0


def _drop(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    kind, at = _object(upper)
    if not kind:
        return Statement("unknown", f"`{' '.join(tokens[:4])}`: DROP of an unknown kind")
    name = name_at(tokens[at + 1 :])
    why = f"DROP {kind} {name}: a fresh schema does not have it"
    table = name_after(tokens, upper, "ON") or name
    return Statement("restate", why, table, drops=(kind, name.lower()) if name else None)


def _rename(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    return Statement("restate", "RENAME of a table", name_at(tokens[2:]))


def _alter(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    kind, at = _object(upper)
    name = name_at(tokens[at + 1 :])
    if kind == "TABLE":
        return _alter_table(name, tokens[at:], upper[at:])
    if kind == "SEQUENCE" and "RESTART" in upper:
        return Statement("insert", f"ALTER SEQUENCE {name} … RESTART goes with rows of fixed keys", name)
    if kind in ("INDEX", "SEQUENCE") or "RENAME" in upper:
        return Statement("restate", f"ALTER {kind} {name}: the models' state says it", name)
    return Statement("schema", f"ALTER {kind} {name}: no model says it", name)


_MADE = frozenset(
    pair
    for verb, objects in (
        ("ADD", "CONSTRAINT CHECK UNIQUE PRIMARY FOREIGN INDEX FULLTEXT SPATIAL KEY EXCLUDE"),
        ("SET", "DEFAULT STATISTICS STORAGE COMPRESSION"),
    )
    for pair in ((verb, word) for word in words(objects))
)
"""Pairs of words by which ALTER TABLE makes what no field says."""

_LASTING_ALTERATIONS = words(
    """PARTITION ATTACH INHERIT OWNER CLUSTER TABLESPACE COLLATE CHARACTER CHARSET ENGINE RULE SECURITY
    REPLICA IDENTITY AUTO_INCREMENT ROW_FORMAT DEFERRABLE"""
)


def _alter_table(name: str, tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    pairs = set(pairwise(upper))
    made = sorted(pairs & _MADE)
    constraint = ("CONSTRAINT", name_after(tokens, upper, "CONSTRAINT").lower())
    if made:
        verb, what = made[0]
        named = constraint if ("ADD", "CONSTRAINT") in pairs else None
        expressible = verb == "ADD"
        return Statement("schema", f"ALTER TABLE {name} {verb} {what}", name, named, expressible)
    lasting = sorted(_LASTING_ALTERATIONS & set(upper[1:]))
    if lasting:
        return Statement("schema", f"ALTER TABLE {name} … {lasting[0]}", name)
    if "TRIGGER" in upper:
        return Statement("nothing", f"ALTER TABLE {name}: triggers off and on again", name)
    if "ADD" in upper:
        return Statement("schema", f"ALTER TABLE {name} ADD COLUMN", name, expressible=True)
    drops = constraint if ("DROP", "CONSTRAINT") in pairs else None
    return Statement("restate", f"ALTER TABLE {name}: the models' state says it", name, drops=drops)


_VERBS: dict[str, Callable[[Sequence[str], Sequence[str]], Statement]] = {
    "WITH": _with,
    "INSERT": _insert,
    "REPLACE": _insert,
    "MERGE": _insert,
    "COPY": _insert,
    "UPSERT": _insert,
    "UPDATE": _change,
    "DELETE": _change,
    "TRUNCATE": _change,
    "SELECT": _select,
    "CREATE": _create,
    "DROP": _drop,
    "RENAME": _rename,
    "ALTER": _alter,
    "DO": _block,
}
