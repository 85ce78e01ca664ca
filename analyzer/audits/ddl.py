"""MS42x: schema that data operations and packages' operations change, and when they may."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analyzer.audits.operation_examples import FIRST, code, migration
from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.data.values import DataOperation
from analyzer.history.values import Key, Migration, Operation, WrittenOperation
from analyzer.source.facts import Items, Literal

_URL = "https://docs.djangoproject.com/en/stable/ref/"
_RUN = "migrations.RunPython(forward, migrations.RunPython.noop, elidable=True)"
_CHANGE = code("Post.objects.update(title='')")
_LONGER = 'migrations.AlterField("post", "title", models.CharField(max_length=90))'
_BACK = 'migrations.AlterField("post", "title", models.CharField(max_length=80))'

ALTERING = frozenset(
    {
        "AddField", "AlterField", "RemoveField", "RenameField", "AlterUniqueTogether", "AlterIndexTogether",
        "AddIndex", "RemoveIndex", "AddConstraint", "RemoveConstraint", "AlterModelTable", "DeleteModel",
        "AlterOrderWithRespectTo",
    }
)  # fmt: skip

MIXED = Rule(
    code="MS421",
    name="schema-and-data",
    severity=Severity.NOTE,
    title="One transaction changes rows of a table and then the table itself",
    why="PostgreSQL refuses to alter a table that has pending trigger events, as rows with foreign keys "
    "leave them; MySQL and Oracle cannot roll the first half back.",
    fix="Move the data operation into a migration of its own.",
    bad=FIRST + migration("0002_both", f"{_RUN},\n{_LONGER},\n{_BACK}", _CHANGE),
    good=FIRST
    + migration("0002_change", _RUN, _CHANGE)
    + migration("0003_title", f"{_LONGER},\n{_BACK}", parents='("blog", "0002_change")'),
    url=_URL + "migration-operations/#django.db.migrations.operations.RunPython",
)

_CONCURRENT = 'migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS old_index", migrations.RunSQL.noop)'

CONCURRENT = Rule(
    code="MS422",
    name="concurrently-in-transaction",
    severity=Severity.ERROR,
    title="An index is built or dropped concurrently inside a transaction",
    why="PostgreSQL cannot do that in a transaction block, and Django raises NotSupportedError for its own "
    "operations: the migration fails wherever it runs.",
    fix="Set `atomic = False` on the migration, and put nothing else into it.",
    bad=FIRST + migration("0002_index", _CONCURRENT),
    good=FIRST + migration("0002_index", _CONCURRENT, more="atomic = False\n"),
    url=_URL + "contrib/postgres/operations/#concurrent-index-operations",
)

_SQL_CONCURRENT = re.compile(
    r"\b(?:CREATE\s+(?:UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX\s+\w+)\s+CONCURRENTLY\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)
_ENDS = re.compile(r"\b(?:COMMIT|END\s+TRANSACTION)\b", re.IGNORECASE)
LONGEST = 10_000
"""Letters of SQL that are looked through."""


_FIELD = "from django.contrib.postgres.fields import hstore\n"
_ADD = 'migrations.AddField("post", "more", hstore.HStoreField(default=dict))'
_REMOVE = 'migrations.RemoveField("post", "more")'
_MAKE = 'migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS hstore", migrations.RunSQL.noop, elidable=False)'

_DROP = 'migrations.RunSQL("DROP EXTENSION hstore", migrations.RunSQL.noop, elidable=False)'

EXTENSION = Rule(
    code="MS423",
    name="extension-too-late",
    severity=Severity.ERROR,
    title="A column or index needs an extension that a later migration creates",
    why="A fresh PostgreSQL database cannot be migrated: the type or operator class does not exist yet.",
    fix="Move the operation that creates the extension before what needs it, or depend on its migration.",
    bad=FIRST
    + migration("0002_more", f"{_ADD},\n{_REMOVE}", _FIELD)
    + migration("0003_hstore", f"{_MAKE},\n{_DROP}", parents='("blog", "0002_more")'),
    good=FIRST + migration("0002_more", f"{_ADD},\n{_REMOVE}", _FIELD),
    url=_URL + "contrib/postgres/operations/#createextension",
)


def _mixed(facts: Facts) -> Iterator[Hit]:
    by_place = {(op.file, op.line): op for op in facts.data_operations if _changes_rows(op)}
    tables = {model.label.lower(): model.db_table.lower() for model in facts.models}
    for migration_ in facts.migrations:
        if not migration_.atomic or migration_.key not in facts.history.nodes:
            continue
        changed: dict[str, DataOperation] = {}
        for operation in migration_.operations:
            if operation.inside == "state_operations":
                continue
            found = by_place.get((operation.file, operation.line))
            if found is not None and found.migration == migration_.name:
                changed.update(dict.fromkeys(map(str.lower, found.tables_or_models), found))
            label = _altered(migration_, operation)
            if label:
                first = changed.get(label) or changed.get(tables.get(label, ""))
                if first is not None:
                    yield _both(migration_, first, operation, label)
                    break


def _changes_rows(operation: DataOperation) -> bool:
    return operation.verdict in ("seed", "one-time", "mixed")


def _altered(migration_: Migration, operation: Operation) -> str:
    """The model whose table an operation alters."""
    if operation.django not in ALTERING or not isinstance(operation, WrittenOperation):
        return ""
    word = "name" if operation.django in ("DeleteModel", "AlterModelTable") else "model_name"
    words = [operation.made.call.argument(name, 0) for name in (word, "name")]
    named = next((value for value in words if isinstance(value, Literal)), None)
    return f"{migration_.app}.{named.value}".lower() if named is not None else ""


def _both(migration_: Migration, first: DataOperation, operation: Operation, label: str) -> Hit:
    key = f"{migration_.app}.{migration_.name}"
    what = f"{first.operation} {first.forward}" if first.forward else first.operation
    message = (
        f"{key} changes rows of {label} ({what}) and then its table ({operation.cls}) in one transaction"
    )
    return Hit(MIXED, operation.file, operation.line, message)


def _concurrent(facts: Facts) -> Iterator[Hit]:
    for migration_ in facts.migrations:
        if migration_.atomic is False or migration_.key not in facts.history.nodes:
            continue
        for operation in migration_.operations:
            what = _concurrently(operation)
            if what and operation.inside != "state_operations" and not operation.maybe:
                key = f"{migration_.app}.{migration_.name}"
                message = f"{key}: {what} cannot run in a transaction; the migration needs `atomic = False`"
                yield Hit(CONCURRENT, operation.file, operation.line, message)


def _concurrently(operation: Operation) -> str:
    if operation.path.startswith("django.contrib.postgres.") and operation.cls.endswith("Concurrently"):
        return operation.cls
    if operation.cls != "RunSQL" or not isinstance(operation, WrittenOperation):
        return ""
    sql = operation.made.call.argument("sql", 0)
    for text in sql.items if isinstance(sql, Items) else (sql,):
        if isinstance(text, Literal) and isinstance(text.value, str) and len(text.value) < LONGEST:
            plain = _ASIDE.sub(" ", text.value) if "concurrently" in text.value.lower() else ""
            found = _SQL_CONCURRENT.search(plain)
            if _ENDS.search(plain):
                return ""
            if found is not None:
                return " ".join(found[0].upper().split())
    return ""


def _too_late(facts: Facts) -> Iterator[Hit]:
    """An extension that is first made behind what needs it; nothing where no migration makes it."""
    from analyzer.data.extensions import needed
    from analyzer.history.order import full_plan

    made: dict[str, list[DataOperation]] = {}
    for one in facts.data_operations:
        for part in one.objects:
            if part.kind == "extension" and part.action == "create" and part.name:
                made.setdefault(part.name.lower(), []).append(one)
    if not made or facts.history.cycles:
        return
    place = {key: at for at, key in enumerate(full_plan(facts.history))}
    for migration_ in facts.migrations:
        at = place.get(migration_.key)
        for operation in migration_.operations if at is not None else ():
            if operation.inside == "database_operations" or not isinstance(operation, WrittenOperation):
                continue
            for extension, what in sorted({*needed(operation.made.call)}):
                makers = [one for one in made.get(extension, ()) if (one.app, one.migration) in place]
                before = [one for one in makers if _runs_before(one, migration_, operation, place)]
                if makers and not before:
                    maker = f"{makers[0].app}.{makers[0].migration}"
                    key = f"{migration_.app}.{migration_.name}"
                    message = (
                        f"{key}: {what} needs the extension {extension}, which only {maker} creates, later"
                    )
                    yield Hit(EXTENSION, operation.file, operation.line, message)


def _runs_before(
    one: DataOperation, migration_: Migration, operation: Operation, place: Mapping[Key, int]
) -> bool:
    key = (one.app, one.migration)
    if key != migration_.key:
        return place[key] < place[migration_.key]
    listed = [(other.file, other.line) for other in migration_.operations]
    made = (one.file, one.line)
    return made not in listed or listed.index(made) < listed.index((operation.file, operation.line))


AUDITS = ((MIXED, _mixed), (CONCURRENT, _concurrent), (EXTENSION, _too_late))
