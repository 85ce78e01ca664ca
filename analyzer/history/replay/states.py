"""The states of a project: what replaying its migrations adds up to, and what each migration saw."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from analyzer.history.kinds import Kinds
from analyzer.history.order import full_plan, unsquashed_plan
from analyzer.history.replay.fields import FieldReader, Labels
from analyzer.history.replay.run import run
from analyzer.history.replay.step import Readers
from analyzer.history.replay.working import Working
from analyzer.history.values import History, Key, Migration
from analyzer.schema.classes import Classes
from analyzer.schema.values import Model, Unknown
from analyzer.states.forms import Former
from analyzer.states.values import Doubt, ProjectState

Broken = tuple[str, str, str]
"""(app, file, why) of a migration file that could not be read."""


class States:
    """States along the plan that Django makes for a fresh database (MigrationLoader.project_state).

    Migrations that a squashed one replaced have their states along the plan from before that.
    """

    def __init__(
        self,
        migrations: tuple[Migration, ...],
        history: History,
        readers: Readers,
        broken: tuple[Broken, ...],
    ) -> None:
        self._migrations = {migration.key: migration for migration in migrations}
        self._history = history
        self._readers = readers
        self._broken = broken
        self._plan = full_plan(history)
        self._positions = {key: index for index, key in enumerate(self._plan, 1)}
        self._working = self._run(self._plan)

    def _run(self, plan: Iterable[Key]) -> Working:
        return run((self._migrations[key] for key in plan), self._readers, self._broken)

    @cached_property
    def final(self) -> ProjectState:
        """What all migrations add up to."""
        return self._working.at(len(self._plan) + 1)

    def at(self, key: Key, *, after: bool = False) -> ProjectState | None:
        """What a migration finds, or leaves; None for one that is not loaded."""
        if key in self._positions:
            return self._working.at(self._positions[key] + after)
        positions, working = self._unsquashed
        return working.at(positions[key] + after) if key in positions else None

    @cached_property
    def _unsquashed(self) -> tuple[dict[Key, int], Working]:
        loaded = {key[0] for key in self._history.nodes} | {key[0] for key in self._history.replaced}
        plan = unsquashed_plan(m for m in self._migrations.values() if m.app in loaded)
        return {key: index for index, key in enumerate(plan, 1)}, self._run(plan)

    @cached_property
    def unknown(self) -> tuple[Unknown, ...]:
        """What source leaves open about the final state, beside operations that could not be listed."""
        return tuple(
            Unknown(doubt.file, doubt.line, _place(doubt), doubt.why)
            for doubt in self.final.doubts
            if doubt.model
        )


def _place(doubt: Doubt) -> str:
    return ".".join(filter(None, (doubt.app, doubt.model, doubt.field)))


def replay(
    migrations: tuple[Migration, ...],
    history: History,
    classes: Classes,
    models: Iterable[Model],
    broken: tuple[Broken, ...] = (),
) -> States:
    """Carry out the operations of all migrations in the graph, in Django's order.

    `models` are those registered now: what names them in a state is spelt as they are.
    """
    known = list(models)
    labels = Labels(
        {model.label.lower(): model.label for model in known},
        {model.name: model.label for model in known if not model.auto_created},
    )
    readers = Readers(Kinds(classes), Former(classes.evaluator), FieldReader(classes, labels))
    return States(migrations, history, readers, broken)
