"""Operations of django-pgtrigger: with its app installed, `makemigrations` writes the triggers of `Meta`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from analyzer.reset.planned import PlannedMigration, PlannedOperation
from analyzer.schema.classes import Class
from analyzer.schema.meta import effective_meta
from analyzer.schema.models import Candidate
from analyzer.schema.read import SchemaReading
from analyzer.source.facts import Assign
from analyzer.states.forms import Former
from analyzer.states.values import Built, Listing, ModelKey

PACKAGE = "pgtrigger"
WHY = "django-pgtrigger writes it; where it stands among the others is not predicted"


def with_triggers(
    migrations: tuple[PlannedMigration, ...], reading: SchemaReading, former: Former
) -> tuple[PlannedMigration, ...]:
    """The migrations with the triggers of their models, each in the last file that works on its model.

    Follows pgtrigger.migrations.MigrationAutodetectorMixin, which leaves out models that are not managed.
    """
    if not any(app.name == PACKAGE for app in reading.apps.apps):
        return migrations
    found = {one.label.lower(): one for one in reading.candidates if one.managed and not one.abstract}
    last: dict[ModelKey, PlannedMigration] = {}
    for migration in migrations:
        last |= dict.fromkeys(((migration.app, one.model) for one in migration.operations), migration)
    return tuple(_with(one, last, found, reading, former) for one in migrations)


def _with(
    migration: PlannedMigration,
    last: Mapping[ModelKey, PlannedMigration],
    found: Mapping[str, Candidate],
    reading: SchemaReading,
    former: Former,
) -> PlannedMigration:
    made: list[PlannedOperation] = []
    for key, known in last.items():
        candidate = found.get(".".join(key)) if known is migration else None
        if candidate is not None:
            made += _triggers(candidate, key[1], reading, former)
    return replace(migration, operations=(*migration.operations, *made)) if made else migration


def _triggers(
    candidate: Candidate, model: str, reading: SchemaReading, former: Former
) -> Iterator[PlannedOperation]:
    """An operation for each trigger; one without a name where source does not tell them all."""
    meta = effective_meta(reading.classes, candidate.cls)
    known = reading.classes.lookup(meta, "triggers") if meta is not None else None
    match known:
        case (owner, Assign(value=value, line=line)) if value is not None:
            scope = reading.classes.scope(owner, value, line)
            form = former.expression(value, owner.module, scope)
        case _:
            return
    items = form.items if isinstance(form, Listing) else (None,)
    for item in items:
        name = item.keyword("name") if isinstance(item, Built) else None
        yield _operation(model, name if isinstance(name, str) else "", owner, line)


def _operation(model: str, name: str, owner: Class, line: int) -> PlannedOperation:
    return PlannedOperation("AddTrigger", model, name, (), owner.module.path, line, WHY)
