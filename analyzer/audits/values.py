"""What the audits may look at: everything the earlier stages found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from analyzer.data.values import DataOperation
    from analyzer.graphs.values import Cycle
    from analyzer.history.drift.values import Difference
    from analyzer.history.migrations import MigrationFiles
    from analyzer.history.values import History, Migration
    from analyzer.schema.values import App, Model, Relation, Unknown
    from analyzer.source.discover import Tree
    from analyzer.source.facts import Problem


class Facts(Struct, frozen=True):
    """The ground of all findings; `problems` are (file, problem) of the files that were read.

    `not_imported` are those of `unknown` that speak of models in modules which Django does not import.
    """

    tree: Tree
    problems: tuple[tuple[str, Problem], ...]
    apps: tuple[App, ...]
    models: tuple[Model, ...]
    abstract_models: tuple[Model, ...]
    relations: tuple[Relation, ...]
    model_cycles: tuple[Cycle, ...]
    app_cycles: tuple[Cycle, ...]
    files: MigrationFiles
    migrations: tuple[Migration, ...]
    history: History
    data_operations: tuple[DataOperation, ...]
    drift: tuple[Difference, ...]
    unknown: tuple[Unknown, ...]
    not_imported: frozenset[Unknown] = frozenset()
