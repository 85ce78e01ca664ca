"""Operations of migrations that stay: they find the models of the reset apps as these are in the end."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct

from analyzer.data.values import DataOperation
from analyzer.history.values import Key, Migration
from analyzer.pipeline import Examined
from analyzer.reset.drafts.module import Source
from analyzer.reset.drafts.rewriting import Rewriter

OWN = ("runs once", "the name of the old module")
"""How remarks begin that hold for copies alone."""


class Staying(Struct, frozen=True, order=True):
    """A line of a migration that stays, and what is other there once it runs behind the new files."""

    file: str
    line: int
    migration: Key
    why: str


def staying(examined: Examined, rewriter: Rewriter, apps: Collection[str]) -> tuple[Staying, ...]:
    """What an operation of an app that is not reset says of models of apps that are."""
    migrations = {migration.key: migration for migration in examined.migrations}
    found: set[Staying] = set()
    for one in examined.analysis.data_operations:
        key = (one.app, one.migration)
        if one.app not in apps and one.in_graph and key in migrations and _works_with(one, apps):
            found.update(_said(examined, rewriter, migrations[key]))
    return tuple(sorted(found))


def _works_with(operation: DataOperation, apps: Collection[str]) -> bool:
    labels = {*operation.needs, *operation.tables_or_models, *(row.target for row in operation.rows)}
    return any(label.partition(".")[0] in apps for label in labels)


def _said(examined: Examined, rewriter: Rewriter, migration: Migration) -> Iterator[Staying]:
    files = examined.schema.classes.names.modules.files
    try:
        source = Source(migration.file, migration.module, files.data(migration.file))
    except ValueError as error:
        yield Staying(migration.file, migration.line, migration.key, f"not looked at: {error}")
        return
    for line, why in rewriter.of(source, migration.key).said:
        if not why.startswith(OWN):
            yield Staying(migration.file, line, migration.key, why)
