"""The analysis as one JSON document, and the schema that describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from analyzer.graphs.values import Cycle
from analyzer.history.squash import parts, squashes
from analyzer.render import report_values as out
from analyzer.render.encoding import described, encoded
from analyzer.render.report_ledgers import ledgers_entry
from analyzer.render.report_operations import DataOperationEntry, ReceiverEntry
from analyzer.render.report_reset import reset_entry
from analyzer.render.squashing import squashings, turns
from analyzer.render.state import state_entries
from analyzer.render.tally import own_apps, tally
from analyzer.schema.values import Field, Model
from analyzer.schema.version import written

if TYPE_CHECKING:
    from analyzer.analysis import Analysis, Reading

Timing = dict[str, float]
Entry = TypeVar("Entry", bound=msgspec.Struct)


def document(analysis: Analysis, timing: Timing | None = None) -> str:
    """The report as JSON text, one value a line, with a newline at the end."""
    return encoded(report(analysis, timing))


def schema() -> str:
    """The JSON Schema of the document, as it is published in `report.schema.json`."""
    return described(out.Report, "migscan report")


def report(analysis: Analysis, timing: Timing | None = None) -> out.Report:
    return out.Report(
        schema_version=out.SCHEMA_VERSION,
        project=analysis.project,
        reading=_reading(analysis.reading),
        apps=tuple(
            sorted((_copy(app, out.AppEntry) for app in own_apps(analysis)), key=lambda a: (a.label, a.path))
        ),
        models=_models(analysis),
        relations=_relations(analysis),
        levels=analysis.levels.rows,
        levels_all=analysis.levels_all.rows,
        cycles=out.CyclesEntry(models=_cycles(analysis.model_cycles), apps=_cycles(analysis.app_cycles)),
        migrations=_migrations(analysis),
        leaf_nodes=_leaves(analysis),
        state=state_entries(analysis),
        drift=tuple(_copy(difference, out.DifferenceEntry) for difference in analysis.drift.differences),
        drift_proof=_copy(analysis.drift, out.ProofEntry),
        squash=_squash(analysis),
        data_operations=_data_operations(analysis),
        receivers=tuple(_copy(receiver, ReceiverEntry) for receiver in analysis.receivers),
        ledgers=ledgers_entry(analysis),
        reset=reset_entry(analysis),
        findings=_findings(analysis),
        unknown=tuple(_copy(unknown, out.UnknownEntry) for unknown in sorted(analysis.unknown)),
        counts=msgspec.to_builtins(tally(analysis)),
        timing=msgspec.UNSET if timing is None else timing,
    )


def _reading(how: Reading) -> out.ReadingEntry:
    django = how.django
    said = out.DjangoEntry(
        oldest=written(django.oldest),
        newest=written(django.newest),
        taken=written(django.taken),
        why=django.why,
        file=django.file,
        line=django.line,
    )
    values = {name: getattr(how, name) for name in how.__struct_fields__}
    return msgspec.convert({**values, "django": said}, out.ReadingEntry, from_attributes=True)


def _copy(value: msgspec.Struct, kind: type[Entry]) -> Entry:
    """The attributes of a value that the entry asks for."""
    return msgspec.convert(value, kind, from_attributes=True)


def _models(analysis: Analysis) -> tuple[out.ModelEntry, ...]:
    cycle_of = {label: index for index, cycle in enumerate(analysis.model_cycles) for label in cycle.members}
    own = [model for model in (*analysis.models, *analysis.abstract_models) if model.own]
    return tuple(
        out.ModelEntry(
            label=model.label,
            name=model.name,
            file=model.file,
            line=model.line,
            installed=model.installed,
            abstract=model.abstract,
            proxy=model.proxy,
            managed=model.managed,
            swappable=model.swappable,
            auto_created=model.auto_created,
            db_table=model.db_table,
            abstract_ancestors=tuple(sorted(model.abstract_ancestors)),
            parents=tuple(sorted(model.parents)),
            level=None if model.abstract else analysis.levels.of.get(model.label),
            level_all=None if model.abstract else analysis.levels_all.of.get(model.label),
            cycle=None if model.abstract else cycle_of.get(model.label),
            fields=_fields(model),
        )
        for model in sorted(own, key=lambda model: (model.label, model.abstract, model.name, model.file))
    )


def _fields(model: Model) -> tuple[out.FieldEntry, ...]:
    """Concrete fields; a generic foreign key is no column and stands among the relations."""
    columns = sorted((field for field in model.fields if field.kind != "GFK"), key=lambda field: field.name)
    return tuple(_field(field) for field in columns)


def _field(field: Field) -> out.FieldEntry:
    return out.FieldEntry(
        name=field.name,
        cls=field.cls.rpartition(".")[2],
        null=field.null,
        target=field.target,
        line=field.line,
        declared_in=field.declared_in,
    )


def _relations(analysis: Analysis) -> tuple[out.RelationEntry, ...]:
    """What the project declares: not what packages do, nor the through models that Django makes."""
    others = {model.label for model in analysis.models if not model.own or model.auto_created}
    own = [relation for relation in analysis.relations if relation.source not in others]
    own.sort(key=lambda r: (r.source, r.field, r.kind, r.target or ""))
    return tuple(_copy(relation, out.RelationEntry) for relation in own)


def _cycles(cycles: tuple[Cycle, ...]) -> tuple[out.CycleEntry, ...]:
    return tuple(_copy(cycle, out.CycleEntry) for cycle in cycles)


def _migrations(analysis: Analysis) -> tuple[out.MigrationEntry, ...]:
    return tuple(
        out.MigrationEntry(
            app=migration.app,
            name=migration.name,
            file=migration.file,
            dependencies=tuple(sorted(migration.parents)),
            run_before=tuple(sorted(migration.run_before)),
            replaces=tuple(sorted(migration.replaces)),
            initial=migration.initial,
            atomic=migration.atomic,
            in_graph=migration.key in analysis.history.nodes,
            operations=tuple(operation.cls for operation in migration.operations if operation.inside is None),
        )
        for migration in sorted(analysis.migrations, key=lambda migration: (*migration.key, migration.file))
    )


def _leaves(analysis: Analysis) -> tuple[out.Key, ...]:
    own = {migration.app for migration in analysis.migrations}
    return tuple(sorted(key for key in analysis.history.leaves if key[0] in own))


def _squash(analysis: Analysis) -> out.SquashEntry:
    found = squashings(analysis)
    return out.SquashEntry(
        obstacles=tuple(
            out.ObstacleEntry(
                one.app,
                one.obstacle.path,
                tuple((part[0], part[-1]) for part in parts(analysis.history, one.app)),
            )
            for one in found
            if one.obstacle is not None
        ),
        undecided=tuple(out.OpenSquashEntry(one.app, one.why) for one in found if one.why),
        turns=turns(analysis.history),
        squashes=tuple(_copy(squash, out.SquashedEntry) for squash in squashes(analysis.migrations)),
    )


def _data_operations(analysis: Analysis) -> tuple[DataOperationEntry, ...]:
    every = (*analysis.data_operations, *analysis.unloaded_operations)
    found = (_copy(operation, DataOperationEntry) for operation in every)
    return tuple(
        sorted(found, key=lambda o: (o.app, o.migration, o.file, o.line, o.operation, o.forward or ""))
    )


def _findings(analysis: Analysis) -> tuple[out.FindingEntry, ...]:
    found = (
        out.FindingEntry(
            code=finding.code,
            severity=finding.severity.value,
            file=finding.file,
            line=finding.line,
            column=finding.column,
            message=finding.message,
            fingerprint=finding.fingerprint,
            suppressed=finding.suppressed,
        )
        for finding in analysis.findings
    )
    return tuple(sorted(found, key=lambda f: (f.file, f.line, f.column, f.code, f.message)))
