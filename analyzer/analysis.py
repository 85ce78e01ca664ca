"""The pipeline, readable aloud: a project's source in, everything known about it out."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from analyzer.audits.rules import Finding
from analyzer.data.values import DataOperation
from analyzer.graphs.values import Cycle, Levels
from analyzer.history.values import History, Key, Migration
from analyzer.schema.values import App, Model, Relation, Unknown

Progress = Callable[[str, int, int], None]
"""Told (stage, done, total); total is 0 where it is not known."""


class Reading(Struct, frozen=True):
    """How the project was read: what the report must say about its own ground."""

    settings: str | None
    settings_reason: str
    settings_candidates: tuple[str, ...]
    auth_user_model: str
    source_roots: tuple[str, ...]
    files_seen: int
    files_read: int


class Analysis(Struct, frozen=True):
    """Everything the report says.  Labels are `app.Model`; every tuple is sorted.

    `models` holds own and external concrete models (`own` tells), `abstract_models` the
    project's abstract ones.  `levels` counts own models only, `levels_all` external ones too.
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
    data_operations: tuple[DataOperation, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]

    def model(self, label: str) -> Model | None:
        return next((model for model in self.models if model.label == label), None)

    def migration(self, key: Key) -> Migration | None:
        return next((migration for migration in self.migrations if migration.key == key), None)
