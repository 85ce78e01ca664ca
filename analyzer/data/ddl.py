"""Statements of SQL that make, alter or drop parts of a schema, told by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.routines import ROUTINES, arguments
from analyzer.data.sqltext import DECORATION, name_after, name_at, words
from analyzer.data.sqlwording import wording
from analyzer.data.values import Action

Deed = Literal["insert", "copy", "change", "schema", "restate", "nothing", "unknown"]
"""`insert` adds rows from constants, `copy` from other rows, `change` works on rows that exist;
`schema` makes what models do not express, `restate` what the models' state says anyway."""


class Object(Struct, frozen=True, order=True):
    """A part of a schema by its kind and name, and what is done to it.

    `arguments` are the types that a routine takes; None for anything else, or where SQL does not say.
    `replaces` tells of what is made that it takes the place of one that may be there.  `wording` is as in
    `SchemaObject`.
    """

    kind: str
    name: str
    table: str
    action: Action
    arguments: str | None = None
    replaces: bool = False
    wording: str = ""

    @property
    def family(self) -> tuple[str, str]:
        """By which it is found again, but for what a routine takes: what is bound to a table may have
        no name of its own there."""
        name = self.name.lower().rpartition(".")[2]
        bound = self.kind in ("default", "column", "trigger", "policy", "rule")
        table = self.table.lower().rpartition(".")[2]
        return (_FAMILIES.get(self.kind, self.kind), f"{table}.{name}" if bound else name)

    @property
    def bearer(self) -> tuple[str, str] | None:
        """What takes it along when it is dropped: its table, which keeps it when it is renamed."""
        if not self.table or self.kind in ("table", BEARER):
            return None
        return (BEARER, self.table.lower().rpartition(".")[2])

    @property
    def identity(self) -> tuple[str, str]:
        kind, name = self.family
        return (kind, name if self.arguments is None else f"{name}({self.arguments})")


def meant(dropped: str | None, known: str | None) -> bool:
    """Whether dropping what takes the one drops what takes the other; where it is not said, it may be any."""
    return dropped is None or known is None or dropped == known


BEARER = "partition"
"""The kind under which dropping a table is noted besides: it may be a partition, or bear other objects."""

_FAMILIES = {"unique index": "index", "procedure": "function"}


class Schema(Struct, frozen=True):
    """What a statement does to a schema; see `sql.Statement`."""

    deed: Deed
    why: str
    target: str = ""
    objects: tuple[Object, ...] = ()
    expressible: bool = False
    becomes: str = ""


_NAMED = re.compile(r"\w_[0-9a-f]{8}(?:_uniq|_fk|_fk_\w+|_like)?\Z")
_DJANGOS = "the name is Django's own, the models' state says it"

CREATABLE = words(
    """TABLE INDEX TRIGGER FUNCTION PROCEDURE VIEW EXTENSION TYPE DOMAIN COLLATION SEQUENCE SCHEMA
    RULE POLICY AGGREGATE OPERATOR CAST STATISTICS SERVER PUBLICATION SUBSCRIPTION ROLE USER LANGUAGE EVENT
    CONVERSION DICTIONARY CONFIGURATION PARSER TEMPLATE DATABASE"""
)
_ON_TABLE = words("INDEX TRIGGER POLICY RULE")
_SPECIAL_TABLES = words("PARTITION PARTITIONED INHERITS VIRTUAL")


def worded(found: Schema, tokens: Sequence[str]) -> Schema:
    """With the words in which the objects are made, where they are not known yet."""
    if all(one.action == "drop" or one.wording for one in found.objects):
        return found
    said = wording(tokens)
    objects = (
        one if one.action == "drop" or one.wording else replace(one, wording=said) for one in found.objects
    )
    return replace(found, objects=tuple(objects))


def create(tokens: Sequence[str], upper: Sequence[str]) -> Schema:
    kind, at = _object(upper)
    if not kind:
        return Schema("unknown", f"`{' '.join(tokens[:4])}`: CREATE of an unknown kind")
    name = name_at(tokens[at + 1 :])
    if kind == "INDEX" and tokens[at + 1 : at + 2] and upper[at + 1] == "ON":
        name = ""
    if kind == "TABLE":
        return _create_table(name, upper, at)
    on = name_after(tokens, upper, "TO" if kind == "RULE" else "ON") if kind in _ON_TABLE else ""
    takes, again = _takes(kind, tokens[at + 1 :]), "REPLACE" in upper[:at]
    made = Object(_described(kind, upper[:at]), name, on, "create", takes, again)
    if kind == "INDEX" and _is_djangos(name):
        return Schema("restate", f"CREATE INDEX {name}: {_DJANGOS}", on)
    return Schema("schema", f"CREATE {made.kind.upper()} {name}", on or name, (made,), kind == "INDEX")


def _is_djangos(name: str) -> bool:
    """Whether an index or constraint goes by a name that Django makes up for what a field says."""
    return _NAMED.search(name) is not None


def _takes(kind: str, tokens: Sequence[str]) -> str | None:
    """What an object takes, if it is a routine."""
    return arguments(tokens) if kind in ROUTINES else None


def _described(kind: str, before: Sequence[str]) -> str:
    """What SQL calls an object: `materialized view`, `text search dictionary`."""
    if kind == "VIEW" and "MATERIALIZED" in before:
        return "materialized view"
    if kind == "TRIGGER" and "EVENT" in before:
        return "event trigger"
    if kind == "OPERATOR" and ("CLASS" in before or "FAMILY" in before):
        return "operator class"
    return f"text search {kind.lower()}" if "SEARCH" in before else kind.lower()


def _create_table(name: str, upper: Sequence[str], at: int) -> Schema:
    if "TEMP" in upper[:at] or "TEMPORARY" in upper[:at]:
        return Schema("nothing", f"a temporary table {name}")
    special = not _SPECIAL_TABLES.isdisjoint(upper)
    what = "a partitioned or virtual table" if special else "table"
    made = Object("partition" if special else "table", name, name, "create")
    return Schema("schema", f"CREATE of {what} {name}", name, (made,), not special)


def _object(upper: Sequence[str]) -> tuple[str, int]:
    """The kind of object that a CREATE, DROP or ALTER is about, and where it stands."""
    defined = False
    for at, word in enumerate(upper[1:14], 1):
        following = upper[at + 1] if at + 1 < len(upper) else ""
        if word == "EVENT" and following == "TRIGGER":
            continue
        if word == "OPERATOR" and following in ("CLASS", "FAMILY"):
            return word, at + 1
        if (word in CREATABLE and word not in ("ROLE", "USER")) or (word in CREATABLE and at == 1):
            return word, at
        defined = defined or word == "DEFINER"
        if word not in DECORATION and not defined and word != "=":
            return "", at
    return "", 0


def drop(tokens: Sequence[str], upper: Sequence[str]) -> Schema:
    kind, at = _object(upper)
    if not kind:
        return Schema("unknown", f"`{' '.join(tokens[:4])}`: DROP of an unknown kind")
    on = name_after(tokens, upper, "ON") if kind in _ON_TABLE else ""
    described = _described(kind, upper[: at + 1])
    parts = [(name, part) for part in listed(tokens[at + 1 :]) if (name := name_at(part))]
    names = [name for name, _ in parts]
    if kind == "TABLE":
        gone = [Object(what, name, name, "drop") for name in names for what in ("table", BEARER)]
    else:
        gone = [Object(described, name, on, "drop", _takes(kind, part)) for name, part in parts]
    why = f"DROP {described.upper()} {', '.join(names)}: a fresh schema does not have it"
    return Schema("restate", why, on or (names or [""])[0], tuple(gone))


def rename(tokens: Sequence[str], upper: Sequence[str]) -> Schema:
    return _renamed(name_at(tokens[2:]), name_after(tokens, upper, "TO"), "RENAME of a table")


def _renamed(table: str, becomes: str, why: str) -> Schema:
    gone = (Object("table", table, table, "drop"),) if table and becomes else ()
    return Schema("restate", why, table, gone, becomes=becomes)


def alter(tokens: Sequence[str], upper: Sequence[str]) -> Schema:
    kind, at = _object(upper)
    name = name_at(tokens[at + 1 :])
    if kind == "TABLE":
        return _alter_table(name, tokens[at + 1 :])
    if "REFRESH" in upper and "VERSION" in upper:
        return Schema("change", f"ALTER {kind} REFRESH: a fresh one has the version of its server", name)
    if kind == "SEQUENCE" and "RESTART" in upper:
        return Schema("insert", f"ALTER SEQUENCE {name} … RESTART goes with rows of fixed keys", name)
    counts = kind == "SEQUENCE" and not _COUNTING.isdisjoint(upper)
    stored = kind == "INDEX" and not _PARAMETERS.isdisjoint(pairwise(upper))
    if (kind in ("INDEX", "SEQUENCE") and not counts and not stored) or "RENAME" in upper:
        return Schema("restate", f"ALTER {kind} {name}: the models' state says it", name)
    changed = Object(_described(kind or "".join(upper[1:2]), upper[:at]), name, "", "alter")
    return Schema("schema", f"ALTER {kind} {name}: no model says it", name, (changed,))


def grant(tokens: Sequence[str], upper: Sequence[str]) -> Schema:
    """What a COMMENT, GRANT or SECURITY LABEL speaks of: `ON TABLE name` or `ON name`."""
    at = upper.index("ON") + 1 if "ON" in upper else len(upper)
    known = at < len(upper) and (upper[at] in CREATABLE or upper[at] in ("COLUMN", "MATERIALIZED"))
    target = name_at(tokens[at + known :])
    kind = {"GRANT": "grant", "COMMENT": "comment"}.get(upper[0], upper[0].lower())
    made = Object(kind, "", target, "create")
    return Schema("schema", f"{upper[0]}: no model says it", target, (made,))


# ---------------------------------------------------------------- ALTER TABLE

_CONSTRAINTS = words("CHECK UNIQUE PRIMARY FOREIGN EXCLUDE")
_INDEXES = words("INDEX FULLTEXT SPATIAL KEY")
_COUNTING = words("INCREMENT MINVALUE MAXVALUE START CACHE CYCLE")
"""Words by which ALTER SEQUENCE changes how a column counts, which no field says."""

_STORAGE = words("STATISTICS STORAGE COMPRESSION")
_PARAMETERS = frozenset({("SET", "("), ("SET", "UNLOGGED"), ("SET", "SCHEMA"), ("SET", "TABLESPACE")})
"""Words by which ALTER TABLE or INDEX says how and where its rows are kept."""

_LASTING = words(
    """PARTITION ATTACH INHERIT OWNER CLUSTER TABLESPACE COLLATE CHARACTER CHARSET ENGINE RULE SECURITY
    REPLICA IDENTITY AUTO_INCREMENT ROW_FORMAT DEFERRABLE"""
)
"""Words by which ALTER TABLE makes what no field says."""


def _alter_table(name: str, rest: Sequence[str]) -> Schema:
    """ALTER TABLE does what its actions do: what no model says counts before what the state says."""
    found = [worded(_action(name, action), action) for action in listed(rest)]
    if len(found) == 1 and found[0].becomes:
        return found[0]
    made = [one for one in found if one.deed == "schema"]
    restated = [one for one in found if one.deed == "restate"]
    objects = tuple(part for one in found for part in one.objects)
    first = (made or restated or found or [Schema("restate", f"ALTER TABLE {name}")])[0]
    expressible = bool(made) and all(one.expressible for one in made)
    return Schema(first.deed, first.why, name, objects, expressible)


def _action(table: str, tokens: Sequence[str]) -> Schema:
    upper = [word.upper() for word in tokens]
    pairs = set(pairwise(upper))
    if "ADD" in upper:
        return _add(table, tokens, upper, upper.index("ADD") + 1)
    if ("SET", "DEFAULT") in pairs:
        column = _column(tokens, upper)
        if upper[-2:] == ["DEFAULT", "NULL"]:
            gone = Object("default", column, table, "drop")
            return Schema("restate", f"ALTER TABLE {table} SET DEFAULT NULL: no default", table, (gone,))
        made = Object("default", column, table, "create")
        return Schema("schema", f"ALTER TABLE {table} SET DEFAULT", table, (made,))
    storage = next((word for before, word in pairwise(upper) if before == "SET" and word in _STORAGE), "")
    if storage:
        made = Object("storage", _column(tokens, upper), table, "create")
        return Schema("schema", f"ALTER TABLE {table} SET {storage}", table, (made,))
    kept = [after for before, after in pairwise(upper) if (before, after) in _PARAMETERS]
    if kept:
        what = f"SET {kept[0]}" if kept[0] != "(" else "SET (…)"
        made = Object("table option", what, table, "create")
        return Schema("schema", f"ALTER TABLE {table} {what}: no model says it", table, (made,))
    if "DETACH" in upper or ("NO", "INHERIT") in pairs:
        return Schema("restate", f"ALTER TABLE {table}: a fresh schema does not have it", table)
    lasting = sorted(_LASTING & set(upper))
    if lasting:
        kind = "partition" if {"PARTITION", "ATTACH"} & set(lasting) else "table option"
        made = Object(kind, name_after(tokens, upper, "PARTITION"), table, "create")
        return Schema("schema", f"ALTER TABLE {table} … {lasting[0]}", table, (made,))
    why = f"ALTER TABLE {table}: the models' state says it"
    if ("RENAME", "TO") in pairs:
        return _renamed(table, name_after(tokens, upper, "TO"), why)
    if "RENAME" in upper and "TO" in upper:
        return Schema("restate", why, table, _old(table, tokens))
    if "TRIGGER" in upper:
        return Schema("nothing", f"ALTER TABLE {table}: triggers off and on again", table)
    return Schema("restate", why, table, _gone(table, tokens))


def _add(table: str, tokens: Sequence[str], upper: Sequence[str], at: int) -> Schema:
    word = upper[at] if at < len(upper) else ""
    if word == "CONSTRAINT":
        made = Object("constraint", name_at(tokens[at + 1 :]), table, "create")
        if _is_djangos(made.name):
            return Schema("restate", f"ALTER TABLE {table} ADD CONSTRAINT {made.name}: {_DJANGOS}", table)
    elif word in _CONSTRAINTS:
        made = Object("constraint", "", table, "create")
    elif word in _INDEXES:
        made = Object("index", name_after(tokens, upper, "INDEX"), table, "create")
    elif word == "GENERATED":
        return Schema("restate", f"ALTER TABLE {table}: the models' state says it", table)
    elif word == "PARTITION":
        return Schema("schema", f"ALTER TABLE {table} ADD PARTITION", table)
    else:
        column = name_at(tokens[at + (word == "COLUMN") :])
        made = Object("column", column, table, "create")
        return Schema("schema", f"ALTER TABLE {table} ADD COLUMN", table, (made,), True)
    return Schema("schema", f"ALTER TABLE {table} ADD {word}", table, (made,), True)


def _gone(table: str, tokens: Sequence[str]) -> tuple[Object, ...]:
    """What an action of ALTER TABLE drops: a constraint, an index, a column or a default."""
    upper = [word.upper() for word in tokens]
    if "DROP" not in upper:
        return ()
    at = upper.index("DROP") + 1
    word = upper[at] if at < len(upper) else ""
    if word == "DEFAULT":
        return (Object("default", _column(tokens, upper), table, "drop"),)
    if word in ("NOT", "IDENTITY", "EXPRESSION"):
        return ()
    kinds = {"CONSTRAINT": "constraint", "CHECK": "constraint", "INDEX": "index", "KEY": "index"}
    known = word in kinds or word == "COLUMN"
    name = name_at(tokens[at + known :])
    return (Object(kinds.get(word, "column"), name, table, "drop"),) if name else ()


def _old(table: str, tokens: Sequence[str]) -> tuple[Object, ...]:
    """What goes by another name from now on: a column, or a constraint that gets a name of Django's own."""
    upper = [word.upper() for word in tokens]
    at = upper.index("RENAME") + 1
    word = upper[at] if at < len(upper) else "TO"
    if word == "CONSTRAINT" and _is_djangos(name_after(tokens, upper, "TO")):
        return (Object("constraint", name_at(tokens[at + 1 :]), table, "drop"),)
    if word in ("TO", "CONSTRAINT", "INDEX", "KEY"):
        return ()
    return (Object("column", name_at(tokens[at + (word == "COLUMN") :]), table, "drop"),)


def _column(tokens: Sequence[str], upper: Sequence[str]) -> str:
    """The column of `ALTER [COLUMN] name …`."""
    if "COLUMN" in upper:
        return name_after(tokens, upper, "COLUMN")
    return name_after(tokens, upper, "ALTER")


def listed(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    """The parts between the commas that stand outside parentheses."""
    depth, start = 0, 0
    for at, word in enumerate(tokens):
        depth += (word == "(") - (word == ")")
        if word == "," and not depth:
            yield tokens[start:at]
            start = at + 1
    yield tokens[start:]
