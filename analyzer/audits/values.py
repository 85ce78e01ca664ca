"""What the audits may look at: everything the earlier stages found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from analyzer.data.lookups.values import Lookups
from analyzer.history.order import reached

if TYPE_CHECKING:
    from analyzer.data.lookups.values import Standing
    from analyzer.data.values import DataOperation
    from analyzer.graphs.values import Cycle
    from analyzer.history.drift.values import Difference
    from analyzer.history.mentions import Mention
    from analyzer.history.migrations import MigrationFiles
    from analyzer.history.outside import Outside
    from analyzer.history.values import History, Key, Migration
    from analyzer.schema.places import Places
    from analyzer.schema.settings import Settings
    from analyzer.schema.values import App, Model, Relation, Unknown
    from analyzer.source.discover import Tree
    from analyzer.source.documents import Document
    from analyzer.source.facts import Problem


class Facts(Struct, frozen=True):
    """The ground of all findings; `problems` are (file, problem) of the files that were read.

    `places` tells where settings are written.  `documents` are files that are no Python, `mentions` the
    places outside of migrations that name them, `outside` what installed packages have to do with them.
    What has a default is empty where only the rules about the migration graph are asked (`outline`).
    `not_imported` are those of `unknown` that speak of models in modules which Django does not import.
    """

    tree: Tree
    apps: tuple[App, ...]
    files: MigrationFiles
    migrations: tuple[Migration, ...]
    history: History
    settings: Settings
    places: Places
    documents: tuple[Document, ...]
    outside: Outside
    problems: tuple[tuple[str, Problem], ...] = ()
    models: tuple[Model, ...] = ()
    abstract_models: tuple[Model, ...] = ()
    relations: tuple[Relation, ...] = ()
    model_cycles: tuple[Cycle, ...] = ()
    app_cycles: tuple[Cycle, ...] = ()
    data_operations: tuple[DataOperation, ...] = ()
    drift: tuple[Difference, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    mentions: tuple[Mention, ...] = ()
    not_imported: frozenset[Unknown] = frozenset()
    lookups: Lookups = Lookups()
    standings: tuple[Standing, ...] = ()

    def place(self, setting: str) -> tuple[str, int]:
        """The file and the line of a setting."""
        return self.places.get(setting, (self.settings.path or "", 1))

    def loaded(self) -> dict[Key, Migration]:
        """The migrations that Django would load, by key."""
        out = {app.label for app in self.apps if app.installed is False}
        out.update(app.label for app, _ in self.files.namespace)
        return {m.key: m for m in self.migrations if m.app not in out}

    def above(self, key: Key) -> set[Key]:
        """The migrations that run before one, by its dependencies and theirs."""
        return reached([key], self.history.edges)

    def stopped(self, key: Key) -> bool:
        """Whether Django does not get as far as a migration: one before it is missing, or in a circle."""
        broken = {child for child, _ in self.history.missing}.union(*self.history.cycles)
        return not broken.isdisjoint({key, *self.above(key)})
