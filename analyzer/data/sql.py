"""What a text of SQL does, statement by statement; no grammar of any one database is needed for that."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data import ddl
from analyzer.data.ddl import Deed, Object, Schema
from analyzer.data.sqltext import HOLE, literal, name_after, name_at, outer, split, tables, words

Key = tuple[tuple[str, str], ...]


class Statement(Struct, frozen=True):
    """One statement: what it does, to which table or objects, in plain words.

    `expressible` tells of a `schema` that a state operation beside it may express (an index, a
    table, a constraint).  `rows` are the constants of inserted or picked rows by column, None where
    the statement does not say how many there are.  `becomes` is what a table is called from here on.
    """

    deed: Deed
    why: str
    target: str = ""
    objects: tuple[Object, ...] = ()
    expressible: bool = False
    tables: tuple[str, ...] = ()
    rows: tuple[Key, ...] | None = None
    becomes: str = ""


_QUIET = words(
    """BEGIN COMMIT ROLLBACK START SAVEPOINT RELEASE SET RESET PRAGMA LOCK UNLOCK ANALYZE VACUUM CLUSTER
    REINDEX EXPLAIN SHOW USE CHECKPOINT DISCARD LISTEN NOTIFY UNLISTEN DESCRIBE FLUSH OPTIMIZE END REVOKE
    REFRESH DEALLOCATE PREPARE GO CLOSE FETCH DECLARE PRINT VALUES RAISE NULL RETURN"""
)
_LASTING = words("GRANT COMMENT SECURITY REASSIGN")
_ROUTINE_CALLS = words("CALL EXEC EXECUTE PERFORM")
_LASTING_FUNCTIONS = words(
    """CREATE_HYPERTABLE ADD_RETENTION_POLICY ADD_COMPRESSION_POLICY CREATE_DISTRIBUTED_TABLE
    CREATE_REFERENCE_TABLE ADD_CONTINUOUS_AGGREGATE_POLICY ADDGEOMETRYCOLUMN"""
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
    return tuple(found for tokens in split(text) for found in _classify(tokens))


def _classify(tokens: Sequence[str]) -> tuple[Statement, ...]:
    upper = [word.upper() for word in tokens]
    while upper and upper[0] == "(":
        tokens, upper = tokens[1:], upper[1:]
    first = upper[0] if upper else ""
    if first == "DO":
        return _block(tokens)
    read = _VERBS.get(first)
    if read is not None:
        return (read(tokens, upper),)
    about_schema = _SCHEMA_VERBS.get(first)
    if about_schema is not None:
        return (_of_schema(ddl.worded(about_schema(tokens, upper), tokens)),)
    if first in _ROUTINE_CALLS:
        return (Statement("unknown", f"{first} of a routine, whose body is not followed"),)
    if first in _QUIET:
        return (Statement("nothing", f"{first}: changes neither rows nor schema"),)
    if HOLE in tokens:
        return (Statement("unknown", "a statement that source does not decide"),)
    return (Statement("unknown", f"`{' '.join(tokens[:3])}`: a statement of unknown kind"),)


def _of_schema(found: Schema) -> Statement:
    return Statement(
        found.deed, found.why, found.target, found.objects, found.expressible, becomes=found.becomes
    )


# ---------------------------------------------------------------- rows


def _insert(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    verb = upper[0]
    table = name_after(tokens, upper, "INTO") if "INTO" in upper else name_at(tokens[1:])
    touched = tables(tokens, upper, table)
    top = outer(upper)
    if verb == "COPY":
        if "TO" in top and "FROM" not in top:
            return Statement("nothing", "COPY of rows to a file or stream", table)
        return Statement("insert", "COPY of rows from a file or stream", table, tables=(table,))
    if verb == "MERGE":
        return Statement("copy", "MERGE from existing rows", table, tables=touched)
    if "SELECT" in top and "FROM" in top[top.index("SELECT") :]:
        return Statement("copy", f"{verb} … SELECT from existing rows", table, tables=touched)
    if "TABLE" in top[2:]:
        return Statement("copy", f"{verb} … TABLE copies rows", table, tables=(table,))
    rows = _values(tokens, upper)
    return Statement("insert", f"{verb} of constant rows", table, tables=(table,), rows=rows)


def _values(tokens: Sequence[str], upper: Sequence[str]) -> tuple[Key, ...] | None:
    """The constants of each row of VALUES by column, None where there are no VALUES."""
    at = next((at for at, word in enumerate(upper) if word in ("VALUES", "VALUE")), len(upper))
    if at == len(upper):
        return ((),) if "SELECT" in upper else None
    columns = [name_at(part) for part in _groups(tokens[:at])[-1:] for part in ddl.listed(part)]
    rows = []
    for group in _groups(tokens[at + 1 :]):
        values = [_constant(part) for part in ddl.listed(group)]
        pairs = zip(columns, values, strict=False)
        rows.append(tuple((column, value) for column, value in pairs if column and value is not None))
    return tuple(rows)


def _groups(tokens: Sequence[str]) -> list[Sequence[str]]:
    """What stands in parentheses one after the other."""
    out: list[Sequence[str]] = []
    depth, start = 0, 0
    for at, word in enumerate(tokens):
        if word == "(":
            depth += 1
            start = at + 1 if depth == 1 else start
        elif word == ")":
            depth -= 1
            if not depth:
                out.append(tokens[start:at])
        elif not depth and word != "," and out:
            break
    return out


def _constant(tokens: Sequence[str]) -> str | None:
    """The constant that some words are, if they are one."""
    text = "".join(tokens[:3])
    if HOLE in text:
        return None
    if tokens and (said := literal(tokens[0])) is not None and (len(tokens) == 1 or tokens[1] == ":"):
        return said
    if re.fullmatch(r"-?\d+(\.\d+)?", text) or text.upper() in ("TRUE", "FALSE"):
        return text
    return None


_BEFORE_TABLE = words("FROM ONLY TABLE OR IGNORE ROLLBACK REPLACE")


def _change(tokens: Sequence[str], upper: Sequence[str]) -> Statement:
    at = 1
    while at < len(upper) and upper[at] in _BEFORE_TABLE:
        at += 1
    table = name_at(tokens[at:])
    verb = "deletes" if upper[0] in ("DELETE", "TRUNCATE") else "updates"
    return Statement(
        "change",
        f"{upper[0]} of existing rows",
        table,
        tables=tables(tokens, upper, table),
        rows=_picked(tokens, upper) if verb == "deletes" else None,
    )


def _picked(tokens: Sequence[str], upper: Sequence[str]) -> tuple[Key, ...] | None:
    """The constants by which WHERE picks rows, where it compares columns with constants alone."""
    if "WHERE" not in upper:
        return ((),)
    condition = tokens[upper.index("WHERE") + 1 :]
    match [name_at(condition[:1]), *condition[1:]]:
        case [column, "=", value]:
            known = _constant([value])
            return (((column, known),),) if known is not None else None
        case [column, word, "(", *values, ")"] if word.upper() == "IN":
            found = [_constant(part) for part in ddl.listed(values)]
            return tuple(((column, one),) for one in found if one is not None) if None not in found else None
        case _:
            return None


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


# ---------------------------------------------------------------- anonymous blocks

_OPENING = words("BEGIN THEN ELSE LOOP")


def _block(tokens: Sequence[str]) -> tuple[Statement, ...]:
    """An anonymous block does what the statements in its body do; loops in it go over rows."""
    text = next(filter(None, map(literal, tokens[1:])), "")
    found = [one for part in _parts(text) for one in _inside(*part)]
    if not found and text.strip():
        return (Statement("unknown", "a DO block whose statements are not understood"),)
    return tuple(found)


def _parts(text: str) -> list[tuple[list[str], list[str]]]:
    """The statements of a body, each with the tables over whose rows loops around it go."""
    out: list[tuple[list[str], list[str]]] = []
    loops: list[str] = []
    declared = False
    for tokens in split(text):
        current: list[str] = []
        cases, before = 0, ""
        for word in tokens:
            upper = word.upper()
            cases += (upper == "CASE" and before != "END") - (upper == "END" and cases > 0)
            if upper in _OPENING and before != "END" and not cases:
                if upper == "LOOP":
                    loops.append(_looped(current))
                elif upper == "BEGIN" and not declared:
                    out, declared = [], True
                current = []
            elif upper == "LOOP":
                del loops[-1:]
            else:
                current.append(word)
            before = upper
        if current:
            out.append((current, [table for table in loops if table]))
    return out


def _looped(head: Sequence[str]) -> str:
    """The table over whose rows a loop goes; those in which a database describes itself are none."""
    found = tables(head, [word.upper() for word in head])
    own = [table for table in found if not table.lower().startswith(("pg_", "information_schema"))]
    return own[0] if own else ""


def _inside(tokens: list[str], loops: list[str]) -> tuple[Statement, ...]:
    """What one statement of a body does."""
    upper = [word.upper() for word in tokens]
    if upper[0] == "EXECUTE" and len(tokens) > 1:
        text = next((said for said in map(literal, tokens[1:]) if said is not None), HOLE)
        found = statements(re.sub(r"%[ILs]", HOLE, text))
    elif ":" in tokens[:2] or upper[0] in _IGNORED or (upper[0] in ("SELECT", "WITH") and "INTO" in upper):
        return ()
    else:
        found = _classify(tokens)
    inside = (replace(one, why=f"{one.why} inside a DO block") for one in found if one.deed != "nothing")
    return tuple(_per_row(one, loops) for one in inside)


def _per_row(found: Statement, loops: list[str]) -> Statement:
    """What a statement does inside loops over rows."""
    if not loops or found.deed != "insert":
        return found
    return replace(found, deed="copy", tables=(found.target, *loops), rows=None)


_IGNORED = words(
    "END EXCEPTION WHEN IF ELSIF DECLARE RAISE RETURN NULL GET CONTINUE EXIT OPEN FETCH CLOSE ASSERT"
)

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
}
_SCHEMA_VERBS: dict[str, Callable[[Sequence[str], Sequence[str]], Schema]] = {
    "CREATE": ddl.create,
    "DROP": ddl.drop,
    "RENAME": ddl.rename,
    "ALTER": ddl.alter,
    **dict.fromkeys(_LASTING, ddl.grant),
}
