"""MS40x: what data operations mean for a reset, by the verdict on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analyzer.audits.operation_examples import FIRST, code, migration
from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.data.values import DataOperation, SchemaObject

_URL = "https://docs.djangoproject.com/en/stable/"
SURE = 0.6
"""The confidence from which on a verdict is told as one."""

_SEED = code('Post.objects.create(title="Welcome")')
_CHANGE = code("Post.objects.update(title='')")
_RUN = "migrations.RunPython(forward, migrations.RunPython.noop{})"

SEED = Rule(
    code="MS401",
    name="seed-in-history",
    severity=Severity.NOTE,
    title="A migration creates rows that a fresh database needs",
    why="Whoever replaces the migrations loses these rows in every new environment, and no check of Django's "
    "tells.",
    fix="List it among the seeds of the reset, or move it to a fixture, a command or a `post_migrate` "
    "receiver.",
    bad=FIRST + migration("0002_seed", _RUN.format(""), _SEED),
    good=FIRST + migration("0002_change", _RUN.format(", elidable=True"), _CHANGE),
    url=_URL + "howto/initial-data/",
)

HIDDEN = Rule(
    code="MS402",
    name="hidden-schema",
    severity=Severity.WARNING,
    title="A migration makes schema that no model expresses",
    why="`makemigrations` cannot write it again: a reset loses it, and Django's checks stay green.",
    fix="Express it in Meta (`indexes`, `constraints`, `db_default` …) where Django can; else carry the "
    "operation over.",
    bad=FIRST
    + migration(
        "0002_view",
        'migrations.RunSQL("CREATE VIEW titles AS SELECT title FROM blog_post", "DROP VIEW titles")',
    ),
    good=FIRST + migration("0002_change", _RUN.format(", elidable=True"), _CHANGE),
    url=_URL + "ref/migration-operations/#runsql",
)

UNDECIDED = Rule(
    code="MS403",
    name="undecided-operation",
    severity=Severity.NOTE,
    title="Source does not decide what a data operation does",
    why="It may create rows or schema that a reset would lose.",
    fix="Read what it runs, and keep it unless it surely does nothing on an empty database.",
    bad=FIRST
    + migration("0002_run", _RUN.format(""), code("run_it(apps)", "from blog.gone import run_it", "")),
    good=FIRST + migration("0002_change", _RUN.format(", elidable=True"), _CHANGE),
)

IRREVERSIBLE = Rule(
    code="MS404",
    name="irreversible-operation",
    severity=Severity.NOTE,
    title="A data operation cannot be reversed",
    why="`migrate` to any earlier migration raises IrreversibleError, also on a developer's machine and in a "
    "rollback.",
    fix="Give the way back, or `RunPython.noop` or `RunSQL.noop` where there is nothing to undo.",
    bad=FIRST + migration("0002_change", "migrations.RunPython(forward, elidable=True)", _CHANGE),
    good=FIRST + migration("0002_change", _RUN.format(", elidable=True"), _CHANGE),
    url=_URL + "ref/migration-operations/#django.db.migrations.operations.RunPython",
)

NOT_ELIDABLE = Rule(
    code="MS405",
    name="one-time-not-elidable",
    severity=Severity.NOTE,
    title="A one-time operation is not marked as elidable",
    why="`squashmigrations` keeps it for ever, and nobody records that a fresh database can do without it.",
    fix="Add `elidable=True`, or `elidable=False` to say that it must stay.",
    bad=FIRST + migration("0002_change", _RUN.format(""), _CHANGE),
    good=FIRST + migration("0002_change", _RUN.format(", elidable=True"), _CHANGE),
    url=_URL + "topics/migrations/#squashing-migrations",
)


def _said(operation: DataOperation) -> str:
    code = f" {operation.forward}" if operation.forward else ""
    return f"{operation.app}.{operation.migration}: {operation.operation}{code}"


def _touched(operation: DataOperation) -> str:
    shown = operation.tables_or_models[:3]
    more = "" if len(operation.tables_or_models) <= 3 else " and more"
    return ", ".join(shown) + more


NAMED = frozenset({"column", "function", "materialized view", "procedure", "trigger", "view"})
"""Parts of a schema that SQL cannot make without a name."""


def _operations(facts: Facts) -> list[DataOperation]:
    """Those that a fresh database runs, in that order."""
    from analyzer.data.alive import in_order

    return in_order(facts.data_operations, facts.history)


def _seeds(facts: Facts) -> Iterator[Hit]:
    for operation in _operations(facts):
        if operation.net == "seed" or (operation.net == "mixed" and operation.rows):
            rows = f"rows of {_touched(operation)}" if operation.tables_or_models else "rows"
            yield _hit(SEED, operation, f"creates {rows} that a fresh database needs")


def _hidden(facts: Facts) -> Iterator[Hit]:
    """Each operation whose objects are there at the end, at the place where it makes the first of them."""
    from analyzer.data.alive import alive

    by_operation: dict[DataOperation, list[SchemaObject]] = {}
    for one in alive(_operations(facts)):
        by_operation.setdefault(one.operation, []).append(one.made)
    for operation, objects in by_operation.items():
        shown = " and ".join(map(_object, objects[:2]))
        more = f" and {len(objects) - 2} more" if len(objects) > 2 else ""
        yield _hit(HIDDEN, operation, f"makes {shown}{more}, which no model says: a reset would lose it")


def _object(made: SchemaObject) -> str:
    if made.kind == "schema" and not made.name:
        return "schema"
    on = f" of {made.table}" if made.table and made.table != made.name else ""
    if not made.name and made.kind in NAMED:
        return f"a {made.kind}{on} whose name is computed"
    verb = "a change of the " if made.action == "alter" else "the "
    return f"{verb}{made.kind} {made.name}{on}".replace("  ", " ").rstrip()


def _undecided(facts: Facts) -> Iterator[Hit]:
    partly = {migration_.key for migration_ in facts.migrations if not migration_.complete}
    listed = {(one.file, one.line) for migration_ in facts.migrations for one in migration_.operations}
    for operation in _operations(facts):
        unlisted = (operation.file, operation.line) not in listed
        if unlisted and (operation.app, operation.migration) in partly:
            continue  # the list itself is what source does not decide: MS004 says so
        if operation.net == "unknown":
            why = operation.evidence[0].why if operation.evidence else "source does not decide"
            yield _hit(UNDECIDED, operation, f"whether a fresh database needs it is not decided: {why}")


def _irreversible(facts: Facts) -> Iterator[Hit]:
    for operation in _operations(facts):
        if operation.operation in ("RunPython", "RunSQL") and operation.reverse_kind == "none":
            given = "reverse_code" if operation.operation == "RunPython" else "reverse_sql"
            yield _hit(IRREVERSIBLE, operation, f"has no `{given}`, so `migrate` cannot go back behind it")


def _not_elidable(facts: Facts) -> Iterator[Hit]:
    for operation in _operations(facts):
        settled = operation.net == "one-time" and operation.confidence >= SURE
        if settled and operation.elidable is None and operation.operation in ("RunPython", "RunSQL"):
            yield _hit(NOT_ELIDABLE, operation, "does nothing on an empty database, but is not elidable")


def _hit(rule: Rule, operation: DataOperation, message: str) -> Hit:
    return Hit(rule, operation.file, operation.line, f"{_said(operation)} {message}")


_CHECKS: tuple[tuple[Rule, Callable[[Facts], Iterator[Hit]]], ...] = (
    (SEED, _seeds),
    (HIDDEN, _hidden),
    (UNDECIDED, _undecided),
    (IRREVERSIBLE, _irreversible),
    (NOT_ELIDABLE, _not_elidable),
)
AUDITS = _CHECKS
