"""The numbers of an analysis, each beside the number of what could not be decided."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from analyzer.audits.rules import Finding, Severity
from analyzer.data.values import VERDICTS, DataOperation
from analyzer.graphs.levels import unplaceable_models
from analyzer.render.drifting import touching
from analyzer.render.squashing import squashings
from analyzer.schema.values import App, Model, Relation

if TYPE_CHECKING:
    from analyzer.analysis import Analysis


class Tally(Struct, frozen=True):
    """Counts only; names say what is counted.  `apps_counted` are those that only `--all-apps` counts.
     `relations` holds FK, O2O and M2M of own models.

    A model is unknown where a base of it is not found, so that fields may be missing; a field where
    the source of its class is not, so that only a name tells that it is one; a relation where its
    target is not decided, or decided by what only looks like it.

    `unsquashable_apps` cannot become one migration.  `drift` counts the operations that
    `makemigrations` would certainly write, `drift_unknown` those that it might, `drift_in_tables` those
    of the certain ones that can change a table; `drift_fields` were compared, `drift_fields_equal` of
    them proved equal.
    """

    apps: int
    apps_not_installed: int
    apps_unknown: int
    apps_counted: int
    apps_external: int
    models: int
    models_abstract: int
    models_not_installed: int
    models_external: int
    models_unknown: int
    abstract_unknown: int
    fields: int
    fields_unknown: int
    relations: int
    relations_by_kind: dict[str, int]
    relations_unknown: int
    relations_left_out: int
    migrations: int
    migrations_incomplete: int
    migrated_apps: int
    squashes: int
    unsquashable_apps: int
    unsquashable_unknown: int
    drift: int
    drift_unknown: int
    drift_in_tables: int
    drift_fields: int
    drift_fields_equal: int
    levels: int
    model_cycles: int
    app_cycles: int
    data_operations: int
    data_operations_by_verdict: dict[str, int]
    data_operations_at_end: dict[str, int]
    findings: int
    findings_by_severity: dict[str, int]
    findings_suppressed: int
    unknown: int


def run_on_fresh(analysis: Analysis) -> list[DataOperation]:
    """The data operations that a fresh database runs: not those that squashes replace."""
    nodes = analysis.history.nodes
    return [one for one in analysis.data_operations if (one.app, one.migration) in nodes]


def tally(analysis: Analysis) -> Tally:
    apps, models, relations = own_apps(analysis), own_models(analysis), own_relations(analysis)
    kinds = Counter(relation.kind for relation in relations)
    verdicts = Counter(operation.verdict for operation in analysis.data_operations)
    lasting = Counter(operation.net for operation in run_on_fresh(analysis))
    open_findings = unsuppressed(analysis)
    severities = Counter(finding.severity for finding in open_findings)
    drift, squashable = analysis.drift, squashings(analysis)
    return Tally(
        apps=len(apps),
        apps_not_installed=sum(app.installed is False for app in apps),
        apps_unknown=0 if analysis.reading.all_apps else sum(app.installed is None for app in apps),
        apps_counted=sum(app.installed is None for app in apps) if analysis.reading.all_apps else 0,
        apps_external=sum(not app.own for app in analysis.apps),
        models=len(models),
        models_abstract=len(analysis.abstract_models),
        models_not_installed=sum(model.own and not model.auto_created for model in analysis.models)
        - len(models),
        models_external=sum(not model.own for model in analysis.models),
        models_unknown=sum(not model.certain for model in models),
        abstract_unknown=sum(not model.certain for model in analysis.abstract_models),
        fields=sum(len(model.fields) for model in models),
        fields_unknown=sum(bool(field.why) for model in models for field in model.fields),
        relations=sum(kinds[kind] for kind in ("FK", "O2O", "M2M")),
        relations_by_kind={kind: kinds[kind] for kind in ("FK", "O2O", "M2M", "GFK")},
        relations_unknown=sum(is_unknown(relation) for relation in relations),
        relations_left_out=sum(is_left_out(relation) for relation in relations),
        migrations=len(analysis.migrations),
        migrations_incomplete=sum(not migration.complete for migration in analysis.migrations),
        migrated_apps=len({migration.app for migration in analysis.migrations}),
        squashes=sum(bool(migration.replaces) for migration in analysis.migrations),
        unsquashable_apps=sum(one.obstacle is not None for one in squashable),
        unsquashable_unknown=sum(bool(one.why) for one in squashable),
        drift=len(drift.certain),
        drift_unknown=len(drift.differences) - len(drift.certain),
        drift_in_tables=len(touching(analysis)),
        drift_fields=drift.fields,
        drift_fields_equal=drift.equal,
        levels=len(analysis.levels_all.rows),
        model_cycles=len(analysis.model_cycles),
        app_cycles=len(analysis.app_cycles),
        data_operations=len(analysis.data_operations),
        data_operations_by_verdict={verdict: verdicts[verdict] for verdict in VERDICTS},
        data_operations_at_end={verdict: lasting[verdict] for verdict in VERDICTS},
        findings=len(open_findings),
        findings_by_severity={severity.value: severities[severity] for severity in Severity},
        findings_suppressed=len(analysis.findings) - len(open_findings),
        unknown=len(analysis.unknown),
    )


def own_apps(analysis: Analysis) -> list[App]:
    return [app for app in analysis.apps if app.own]


def other_settings(analysis: Analysis) -> list[str]:
    """Settings that could have been chosen."""
    return [name for name in analysis.reading.settings_candidates if name != analysis.reading.settings]


def other_roots(analysis: Analysis) -> list[str]:
    """The source roots with settings of their own, the one with the chosen settings left out."""
    roots = sorted(analysis.reading.source_roots, key=len, reverse=True)
    found = {_root(name, roots) for name in other_settings(analysis)}
    return sorted(found - {_root(analysis.reading.settings or "", roots), "."})


def _root(path: str, roots: list[str]) -> str:
    return next((root for root in roots if path.startswith(f"{root}/")), ".")


def counted(analysis: Analysis) -> list[Model]:
    """The models that take part in levels and cycles: of apps that are installed, or all if asked for."""
    placed = analysis.levels_all.of
    return [model for model in analysis.models if model.installed is not False or model.label in placed]


def own_models(analysis: Analysis) -> list[Model]:
    """The project's concrete models that count, without the through models that Django makes itself."""
    return [model for model in counted(analysis) if model.own and not model.auto_created]


def stuck(analysis: Analysis) -> tuple[str, ...]:
    """The models that a listing which stops where a cycle starts cannot place, proxies aside."""
    proxies = {model.label for model in analysis.models if model.proxy}
    labels = unplaceable_models(counted(analysis), analysis.relations)
    return tuple(label for label in labels if label not in proxies)


def own_relations(analysis: Analysis) -> list[Relation]:
    """The relations of the models that count."""
    mine = {model.label for model in own_models(analysis)}
    return [relation for relation in analysis.relations if relation.source in mine]


def is_unknown(relation: Relation) -> bool:
    """No target, or not for certain; a generic foreign key never has one."""
    return not relation.certain or is_left_out(relation)


def is_left_out(relation: Relation) -> bool:
    """Whether levels and cycles go without it, because nothing tells where it points."""
    return relation.target is None and relation.kind != "GFK"


def unsuppressed(analysis: Analysis) -> list[Finding]:
    return [finding for finding in analysis.findings if not finding.suppressed]


def must_act(analysis: Analysis) -> bool:
    """Whether a run ends with exit code 1."""
    return any(finding.severity is not Severity.NOTE for finding in unsuppressed(analysis))
