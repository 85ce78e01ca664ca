"""What a text of SQL does, statement by statement.

A light tokenizer that respects quotes, comments, `$$` bodies and the `BEGIN … END` of triggers; no
grammar of any one database.  Parts of the text that source does not decide are `HOLE`s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

HOLE = "__undecided__"
"""Stands in a text for a value that source does not decide."""

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


_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|(?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"""
    r"""|(?P<text>[eEbBxXnN]?'(?:[^'\\]|''|\\.)*')|"(?:[^"]|"")*"|`[^`]*`|\[\w[^\]]*\]"""
    r"""|[\w$]+|[^\s]""",
    re.DOTALL,
)
_ROUTINES = frozenset({"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"})
_CREATABLE = frozenset(
    [
        "TABLE",
        "INDEX",
        "TRIGGER",
        "FUNCTION",
        "PROCEDURE",
        "VIEW",
        "EXTENSION",
        "TYPE",
        "DOMAIN",
        "COLLATION",
        "SEQUENCE",
        "SCHEMA",
        "RULE",
        "POLICY",
        "AGGREGATE",
        "OPERATOR",
        "CAST",
        "STATISTICS",
        "SERVER",
        "PUBLICATION",
        "SUBSCRIPTION",
        "ROLE",
        "USER",
        "LANGUAGE",
        "EVENT",
        "CONVERSION",
        "DICTIONARY",
        "CONFIGURATION",
        "PARSER",
        "TEMPLATE",
        "DATABASE",
    ]
)
_DECORATION = frozenset(
    [
        "OR",
        "REPLACE",
        "UNIQUE",
        "TEMP",
        "TEMPORARY",
        "GLOBAL",
        "LOCAL",
        "UNLOGGED",
        "MATERIALIZED",
        "RECURSIVE",
        "VIRTUAL",
        "CONSTRAINT",
        "CONCURRENTLY",
        "IF",
        "NOT",
        "EXISTS",
        "FULLTEXT",
        "SPATIAL",
        "FOREIGN",
        "DEFAULT",
        "TRUSTED",
        "TEXT",
        "SEARCH",
        "ONLY",
        "CLUSTERED",
        "NONCLUSTERED",
        "BITMAP",
        "EDITIONABLE",
        "NONEDITIONABLE",
        "FORCE",
        "CLASS",
        "FAMILY",
        "DEFINER",
        "ALGORITHM",
        "SQL",
        "SECURITY",
    ]
)
_QUIET = frozenset(
    [
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "START",
        "SAVEPOINT",
        "RELEASE",
        "SET",
        "RESET",
        "PRAGMA",
        "LOCK",
        "UNLOCK",
        "ANALYZE",
        "VACUUM",
        "CLUSTER",
        "REINDEX",
        "EXPLAIN",
        "SHOW",
        "USE",
        "CHECKPOINT",
        "DISCARD",
        "LISTEN",
        "NOTIFY",
        "UNLISTEN",
        "DESCRIBE",
        "FLUSH",
        "OPTIMIZE",
        "END",
        "DEALLOCATE",
        "PREPARE",
        "GO",
        "CLOSE",
        "FETCH",
        "DECLARE",
        "PRINT",
    ]
)
_LASTING = frozenset(
    [
        "GRANT",
        "REVOKE",
        "COMMENT",
        "REFRESH",
        "SECURITY",
        "REASSIGN",
        "CREATE_HYPERTABLE",
        "ADD_RETENTION_POLICY",
    ]
)
_HARMLESS_FUNCTIONS = frozenset(
    [
        "COUNT",
        "MAX",
        "MIN",
        "SUM",
        "AVG",
        "COALESCE",
        "NOW",
        "VERSION",
        "CURRENT_SETTING",
        "SET_CONFIG",
        "PG_SLEEP",
        "LOWER",
        "UPPER",
        "LENGTH",
        "PG_GET_SERIAL_SEQUENCE",
        "EXISTS",
        "DISTINCT",
        "FORMAT",
        "CONCAT",
        "TO_REGCLASS",
        "ROW_NUMBER",
        "ARRAY_AGG",
        "STRING_AGG",
        "ARRAY",
        "UNNEST",
        "JSONB_BUILD_OBJECT",
        "TO_CHAR",
        "CAST",
        "NULLIF",
        "IN",
        "ANY",
        "ALL",
        "VALUES",
        "OVER",
        "IF",
        "DATABASE",
        "SCHEMA",
        "CURRENT_SCHEMA",
        "CURRENT_DATABASE",
        "GROUP_CONCAT",
        "SUBSTRING",
        "SUBSTR",
        "TRIM",
        "REPLACE",
        "EXTRACT",
        "DATE",
        "ABS",
        "PG_ADVISORY_LOCK",
        "PG_ADVISORY_UNLOCK",
        "PG_ADVISORY_XACT_LOCK",
        "PG_RELATION_SIZE",
        "OBJECT_ID",
    ]
)


def statements(text: str) -> tuple[Statement, ...]:
    """What each statement of a text does."""
    return tuple(_classify(tokens) for tokens in split(text))


def split(text: str) -> list[list[str]]:
    """The words of each statement; string constants are `'`, bodies `$body$`."""
    out: list[list[str]] = []
    words: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word.startswith(("--", "/*")) and len(word) > 1:
            continue
        if match.group("dollar"):
            word = word if words[:1] and words[0].upper() == "DO" else "$body$"
        elif match.group("text"):
            word = "'"
        upper = word.upper()
        if _ROUTINES & {w.upper() for w in words[:6]} and words[0].upper() == "CREATE":
            ends_case = bool(words) and words[-1].upper() == "END"
            if upper in ("BEGIN", "CASE", "IF") and not (upper != "BEGIN" and ends_case) and depth >= 0:
                depth += upper == "BEGIN" or depth > 0
            elif upper == "END" and depth:
                depth -= 1
        if word == ";" and not depth:
            if words:
                out.append(words)
            words = []
        else:
            words.append(word)
    if words:
        out.append(words)
    return out


def _classify(words: Sequence[str]) -> Statement:
    upper = [word.upper() for word in words]
    while upper and upper[0] == "(":
        words, upper = words[1:], upper[1:]
    first = upper[0] if upper else ""
    if first == "WITH":
        return _with(words, upper)
    if first in ("INSERT", "REPLACE", "MERGE", "COPY", "UPSERT"):
        return _insert(words, upper)
    if first in ("UPDATE", "DELETE", "TRUNCATE"):
        return _change(words, upper)
    if first == "SELECT":
        return _select(words, upper)
    if first == "CREATE":
        return _create(words, upper)
    if first == "DROP":
        return _drop(words, upper)
    if first == "ALTER":
        return _alter(words, upper)
    if first == "RENAME":
        return Statement("restate", "RENAME of a table", _name(words[2:3]))
    if first in _LASTING:
        target = _last_name(words, upper, "ON") or _last_name(words, upper, "VIEW")
        deed: Deed = "nothing" if first in ("REVOKE", "REFRESH") else "schema"
        return Statement(deed, f"{first}: no model says it", target)
    if first == "DO":
        return _block(words)
    if first in ("CALL", "EXEC", "EXECUTE", "PERFORM"):
        return Statement("unknown", f"{first} of a routine, whose body is not followed")
    if first in _QUIET:
        return Statement("nothing", f"{first}: changes neither rows nor schema")
    if HOLE in words:
        return Statement("unknown", "a statement that source does not decide")
    return Statement("unknown", f"`{' '.join(words[:3])}`: a statement of unknown kind")


def _insert(words: Sequence[str], upper: Sequence[str]) -> Statement:
    verb = upper[0]
    table = _last_name(words, upper, "INTO") or _name(words[1:])
    if verb == "COPY":
        return Statement("insert", "COPY of rows from a file or stream", table, tables=(table,))
    if verb == "MERGE":
        return Statement("copy", "MERGE from existing rows", table, tables=_tables(words, upper, table))
    top = _outer(upper)
    if "SELECT" in top and "FROM" in top[top.index("SELECT") :]:
        return Statement(
            "copy", f"{verb} … SELECT from existing rows", table, tables=_tables(words, upper, table)
        )
    if "TABLE" in top[2:]:
        return Statement("copy", f"{verb} … TABLE copies rows", table, tables=(table,))
    return Statement("insert", f"{verb} of constant rows", table, tables=(table,))


def _change(words: Sequence[str], upper: Sequence[str]) -> Statement:
    skip = {"FROM", "ONLY", "TABLE", "OR", "IGNORE", "ROLLBACK", "REPLACE"}
    rest = [w for w, u in zip(words[1:6], upper[1:6], strict=True) if u not in skip]
    table = _name(list(rest) + list(words[6:9]))
    return Statement("change", f"{upper[0]} of existing rows", table, tables=_tables(words, upper, table))


def _with(words: Sequence[str], upper: Sequence[str]) -> Statement:
    """A common table expression stands for what its last part does; data may change inside one, too."""
    depth = 0
    for at, word in enumerate(upper):
        depth += (word == "(") - (word == ")")
        verb = word in ("INSERT", "UPDATE", "DELETE", "MERGE")
        if at and verb and upper[at - 1] not in ("FOR", "DO", "ON"):
            if word == "INSERT":
                return Statement(
                    "copy",
                    "INSERT from a query",
                    _last_name(words, upper, "INTO"),
                    tables=_tables(words, upper),
                )
            return _change(words[at:], upper[at:])
    return Statement("nothing", "a query", tables=_tables(words, upper))


def _select(words: Sequence[str], upper: Sequence[str]) -> Statement:
    if "SETVAL" in upper:
        return Statement("change", "SETVAL puts a sequence where existing rows left it")
    if "INTO" in _outer(upper):
        return Statement("copy", "SELECT … INTO copies rows", _last_name(words, upper, "INTO"))
    called = [
        word
        for word, after in zip(upper, upper[1:], strict=False)
        if after == "(" and re.fullmatch(r"\w+", word) and word not in _HARMLESS_FUNCTIONS
    ]
    asking = {
        "SELECT",
        "FROM",
        "WHERE",
        "AND",
        "OR",
        "NOT",
        "AS",
        "ON",
        "BY",
        "UNION",
        "EXCEPT",
        "JOIN",
        "LIKE",
    }
    called = [word for word in called if word not in asking]
    if called and "FROM" not in _outer(upper):
        deed: Deed = "schema" if called[0] in _LASTING else "unknown"
        return Statement(deed, f"calls the database function {called[0].lower()}()")
    return Statement("nothing", "a query")


def _create(words: Sequence[str], upper: Sequence[str]) -> Statement:
    kind, at = _object(upper)
    if kind == "":
        return Statement("unknown", f"`{' '.join(words[:4])}`: CREATE of an unknown kind")
    name = _name([w for w, u in zip(words[at + 1 :], upper[at + 1 :], strict=True) if u not in _DECORATION])
    thing = (kind, name.lower())
    table = _last_name(words, upper, "ON") if kind in ("INDEX", "TRIGGER", "POLICY", "RULE") else name
    described = "MATERIALIZED VIEW" if "MATERIALIZED" in upper[:at] else kind
    if kind == "TABLE":
        if "TEMP" in upper[:at] or "TEMPORARY" in upper[:at]:
            return Statement("nothing", "a temporary table", name)
        special = {"PARTITION", "INHERITS", "VIRTUAL", "PARTITIONED"} & set(upper)
        if not special and "SELECT" in _outer(upper):
            return Statement("copy", "CREATE TABLE … AS SELECT copies rows", name, thing, drops=None)
        words_ = "a partitioned or virtual TABLE" if special else "TABLE"
        return Statement("schema", f"CREATE {words_}: {name}", table, thing, expressible=not special)
    if kind == "INDEX" and not name:
        name = table
    return Statement(
        "schema", f"CREATE {described} {name}", table or name, thing, expressible=kind == "INDEX"
    )


def _object(upper: Sequence[str]) -> tuple[str, int]:
    for at, word in enumerate(upper[1:12], 1):
        if word in ("MATERIALIZED", "CONSTRAINT") or word in _DECORATION:
            continue
        if word in _CREATABLE:
            return word, at
        if (
            word not in ("=", "'", "`", "@")
            and not word.startswith(("`", '"'))
            and "DEFINER" not in upper[:at]
        ):
            return "", at
    return "", 0


def _drop(words: Sequence[str], upper: Sequence[str]) -> Statement:
    kind, at = _object(upper)
    if kind == "":
        return Statement("unknown", f"`{' '.join(words[:4])}`: DROP of an unknown kind")
    name = _name([w for w, u in zip(words[at + 1 :], upper[at + 1 :], strict=True) if u not in _DECORATION])
    table = _last_name(words, upper, "ON") or name
    why = f"DROP {kind} {name}: a fresh schema does not have it"
    return Statement("restate", why, table, drops=(kind, name.lower()))


def _alter(words: Sequence[str], upper: Sequence[str]) -> Statement:
    kind, at = _object(upper)
    skipped = [w for w, u in zip(words[at + 1 :], upper[at + 1 :], strict=True) if u not in _DECORATION]
    name = _name(skipped)
    if kind not in ("TABLE", "INDEX", "SEQUENCE"):
        deed: Deed = "restate" if "RENAME" in upper else "schema"
        return Statement(deed, f"ALTER {kind or upper[1] if len(upper) > 1 else ''}: no model says it", name)
    if kind != "TABLE":
        return Statement("restate", f"ALTER {kind} {name}", name)
    return _alter_table(name, words, upper, at)


_PAIRS = {
    ("ADD", "CONSTRAINT"): "schema",
    ("ADD", "CHECK"): "schema",
    ("ADD", "UNIQUE"): "schema",
    ("ADD", "PRIMARY"): "schema",
    ("ADD", "FOREIGN"): "schema",
    ("ADD", "INDEX"): "schema",
    ("ADD", "FULLTEXT"): "schema",
    ("ADD", "KEY"): "schema",
    ("ADD", "EXCLUDE"): "schema",
    ("SET", "DEFAULT"): "schema",
    ("SET", "STATISTICS"): "schema",
    ("SET", "STORAGE"): "schema",
    ("SET", "COMPRESSION"): "schema",
    ("ADD", "COLUMN"): "add",
    ("DROP", "DEFAULT"): "restate",
    ("SET", "NOT"): "restate",
    ("DROP", "NOT"): "restate",
}
_LASTING_ALTERATIONS = frozenset(
    [
        "PARTITION",
        "ATTACH",
        "INHERIT",
        "OWNER",
        "ENABLE",
        "CLUSTER",
        "TABLESPACE",
        "COLLATE",
        "CHARACTER",
        "CHARSET",
        "ENGINE",
        "TRIGGER",
        "RULE",
        "REPLICA",
        "IDENTITY",
        "FORCE",
        "AUTO_INCREMENT",
        "ROW_FORMAT",
        "DEFERRABLE",
    ]
)


def _alter_table(name: str, words: Sequence[str], upper: Sequence[str], at: int) -> Statement:
    pairs = list(zip(upper[at:], upper[at + 1 :], strict=False))
    made = [pair for pair in pairs if _PAIRS.get(pair) == "schema"]
    if made:
        thing = None
        if ("ADD", "CONSTRAINT") in made:
            named = _last_name(words, upper, "CONSTRAINT")
            thing = ("CONSTRAINT", named.lower())
        # A default stands in no model, unless it is taken away again in the same statement.
        why = f"ALTER TABLE {name} {' '.join(made[0])}"
        return Statement("schema", why, name, thing, expressible=made[0][0] == "ADD")
    lasting = sorted(_LASTING_ALTERATIONS & set(upper[at + 1 :]))
    if lasting and "ENABLE" not in lasting[:0]:
        quiet = {"TRIGGER", "ENABLE"} >= set(lasting) or set(lasting) <= {"TRIGGER"}
        if quiet:
            return Statement("nothing", f"ALTER TABLE {name}: triggers off and on again", name)
        return Statement("schema", f"ALTER TABLE {name} … {lasting[0]}", name)
    if ("ADD", "COLUMN") in pairs or "ADD" in upper[at:]:
        return Statement("schema", f"ALTER TABLE {name} ADD COLUMN", name, expressible=True)
    drops = None
    if ("DROP", "CONSTRAINT") in pairs:
        drops = ("CONSTRAINT", _last_name(words, upper, "CONSTRAINT").lower())
    return Statement("restate", f"ALTER TABLE {name}: the models' state says it", name, drops=drops)


def _block(words: Sequence[str]) -> Statement:
    """An anonymous block does what the statements in its body do."""
    body = next((word for word in words[1:] if word.startswith("$")), "")
    inner = re.sub(r"^\$\w*\$|\$\w*\$$", "", body)
    verbs = [word.upper() for word in re.findall(r"\b[A-Za-z_]+\b", re.sub(r"'(?:[^']|'')*'", "'", inner))]
    if "INSERT" in verbs and "SELECT" not in verbs[verbs.index("INSERT") :] and "FOR" not in verbs:
        return Statement("insert", "INSERT inside a DO block")
    if "CREATE" in verbs:
        return Statement("schema", "CREATE inside a DO block")
    if {"INSERT", "UPDATE", "DELETE"} & set(verbs):
        return Statement("change", "changes rows inside a DO block")
    if {"ALTER", "DROP"} & set(verbs):
        return Statement("restate", "ALTER or DROP inside a DO block")
    return Statement("unknown", "a DO block whose statements are not understood")


def _outer(upper: Sequence[str]) -> list[str]:
    """The words outside parentheses, but for a query that is a parenthesis as a whole."""
    out: list[str] = []
    depth = 0
    for word in upper:
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
        elif not depth:
            out.append(word)
    return out


def _name(words: Sequence[str]) -> str:
    """A possibly quoted and qualified name at the beginning of some words."""
    parts: list[str] = []
    for at, word in enumerate(words[:7]):
        if at % 2 == 0:
            if not re.match(r"[\w\"`\[]", word):
                break
            parts.append(word.strip('"`[]'))
        elif word != ".":
            break
    name = ".".join(parts)
    return "" if HOLE in name else name.removeprefix("public.")


def _last_name(words: Sequence[str], upper: Sequence[str], after: str) -> str:
    """The name that follows a keyword, decoration left out."""
    if after not in upper:
        return ""
    rest = list(words[upper.index(after) + 1 :])
    while rest and rest[0].upper() in _DECORATION:
        rest = rest[1:]
    return _name(rest)


def _tables(words: Sequence[str], upper: Sequence[str], first: str = "") -> tuple[str, ...]:
    found = [first] if first else []
    for at, word in enumerate(upper[:-1]):
        if word in ("FROM", "JOIN", "INTO", "UPDATE", "USING"):
            found.append(_name(words[at + 1 :]))
    return tuple(dict.fromkeys(name for name in found if name and name.upper() not in ("SELECT", "SET")))
