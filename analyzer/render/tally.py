"""The numbers of an analysis, each beside the number of what could not be decided."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from analyzer.audits.rules import Finding, Severity
from analyzer.data.values import VERDICTS
from analyzer.graphs.levels import unplaceable_models
from analyzer.schema.values import App, Model, Relation

if TYPE_CHECKING:
    from analyzer.analysis import Analysis


class Tally(Struct, frozen=True):
    """Counts only; names say what is counted.  `relations` holds FK, O2O and M2M of own models."""

    apps: int
    apps_not_installed: int
    apps_undecided: int
    apps_external: int
    models: int
    models_abstract: int
    models_not_installed: int
    models_external: int
    models_uncertain: int
    relations: int
    relations_by_kind: dict[str, int]
    relations_uncertain: int
    migrations: int
    migrations_incomplete: int
    migrated_apps: int
    squashes: int
    levels: int
    model_cycles: int
    app_cycles: int
    data_operations: int
    data_operations_by_verdict: dict[str, int]
    findings: int
    findings_by_severity: dict[str, int]
    findings_suppressed: int
    unknown: int


def tally(analysis: Analysis) -> Tally:
    apps, models, relations = own_apps(analysis), own_models(analysis), own_relations(analysis)
    kinds = Counter(relation.kind for relation in relations)
    verdicts = Counter(operation.verdict for operation in analysis.data_operations)
    open_findings = unsuppressed(analysis)
    severities = Counter(finding.severity for finding in open_findings)
    return Tally(
        apps=len(apps),
        apps_not_installed=sum(app.installed is False for app in apps),
        apps_undecided=sum(app.installed is None for app in apps),
        apps_external=sum(not app.own for app in analysis.apps),
        models=len(models),
        models_abstract=len(analysis.abstract_models),
        models_not_installed=sum(model.own and not model.auto_created for model in analysis.models)
        - len(models),
        models_external=sum(not model.own for model in analysis.models),
        models_uncertain=sum(not model.certain for model in (*models, *analysis.abstract_models)),
        relations=sum(kinds[kind] for kind in ("FK", "O2O", "M2M")),
        relations_by_kind={kind: kinds[kind] for kind in ("FK", "O2O", "M2M", "GFK")},
        relations_uncertain=sum(is_uncertain(relation) for relation in relations),
        migrations=len(analysis.migrations),
        migrations_incomplete=sum(not migration.complete for migration in analysis.migrations),
        migrated_apps=len({migration.app for migration in analysis.migrations}),
        squashes=sum(bool(migration.replaces) for migration in analysis.migrations),
        levels=len(analysis.levels_all.rows),
        model_cycles=len(analysis.model_cycles),
        app_cycles=len(analysis.app_cycles),
        data_operations=len(analysis.data_operations),
        data_operations_by_verdict={verdict: verdicts[verdict] for verdict in VERDICTS},
        findings=len(open_findings),
        findings_by_severity={severity.value: severities[severity] for severity in Severity},
        findings_suppressed=len(analysis.findings) - len(open_findings),
        unknown=len(analysis.unknown),
    )


def own_apps(analysis: Analysis) -> list[App]:
    return [app for app in analysis.apps if app.own]


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


def is_uncertain(relation: Relation) -> bool:
    """No target, or not for certain; a generic foreign key never has one."""
    return not relation.certain or (relation.target is None and relation.kind != "GFK")


def unsuppressed(analysis: Analysis) -> list[Finding]:
    return [finding for finding in analysis.findings if not finding.suppressed]


def must_act(analysis: Analysis) -> bool:
    """Whether a run ends with exit code 1."""
    return any(finding.severity is not Severity.NOTE for finding in unsuppressed(analysis))
