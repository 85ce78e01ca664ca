"""What a project comes to: everything that reports tell."""

from __future__ import annotations

from msgspec import Struct

from analyzer.audits.rules import Finding
from analyzer.catalogue import Chosen
from analyzer.data.lookups.values import Lookups, Standing
from analyzer.data.values import DataOperation, Receiver
from analyzer.graphs.values import Cycle, Levels
from analyzer.history.drift.values import Drift
from analyzer.history.values import History, Key, Migration
from analyzer.options import Options
from analyzer.schema.values import App, Model, Relation, Unknown
from analyzer.schema.version import DjangoVersions
from analyzer.states.summary import StateSummary


class Reading(Struct, frozen=True):
    """How the project was read: what the report must say about its own ground."""

    django: DjangoVersions
    settings: str | None
    settings_reason: str
    settings_candidates: tuple[str, ...]
    all_apps: bool
    auth_user_model: str
    source_roots: tuple[str, ...]
    site_packages: str | None
    packages: tuple[Chosen, ...]
    files_seen: int
    files_read: int


class Analysis(Struct, frozen=True):
    """Everything the report says.  Labels are `app.Model`; every tuple is sorted.

    `models` holds own and external concrete models (`own` tells), `abstract_models` the
    project's abstract ones.  `levels` counts own models only, `levels_all` external ones too.
    `unloaded_operations` are those of migration files that Django does not load, `receivers` those of
    `post_migrate` that make rows.  `state` is what all migrations add up to, `drift` where it and the
    models disagree; `ended` says what became of models and fields that were taken away or renamed.
    `commented` are the Python files that speak to migscan in comments.
    """

    project: str
    reading: Reading
    apps: tuple[App, ...]
    models: tuple[Model, ...]
    abstract_models: tuple[Model, ...]
    relations: tuple[Relation, ...]
    levels: Levels
    levels_all: Levels
    model_cycles: tuple[Cycle, ...]
    app_cycles: tuple[Cycle, ...]
    migrations: tuple[Migration, ...]
    history: History
    state: StateSummary
    drift: Drift
    data_operations: tuple[DataOperation, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]
    unloaded_operations: tuple[DataOperation, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    lookups: Lookups = Lookups()
    standings: tuple[Standing, ...] = ()
    ended: dict[str, str] = {}
    commented: tuple[str, ...] = ()

    def model(self, label: str) -> Model | None:
        return next((model for model in self.models if model.label == label), None)

    def migration(self, key: Key) -> Migration | None:
        return next((migration for migration in self.migrations if migration.key == key), None)


class Outline(Struct, frozen=True):
    """The part of an analysis that the migration graph alone decides, with the findings about it."""

    project: str
    apps: tuple[App, ...]
    migrations: tuple[Migration, ...]
    history: History
    findings: tuple[Finding, ...]


def counts(model: Model, options: Options) -> bool:
    """Whether a model takes part in levels and cycles: what Django would not load does not."""
    return model.installed is not False or options.all_apps
