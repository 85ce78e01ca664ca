"""What becomes of models and fields behind a point of the history, as far as names are written down."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import count

from msgspec import Struct

from analyzer.history.order import full_plan
from analyzer.history.values import History, Key, Migration, WrittenOperation
from analyzer.source.facts import Literal
from analyzer.source.values import Made

ARGUMENTS = {
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AddField": ("model_name", "name"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
}


class Event(Struct, frozen=True):
    """An operation on a model or a field, with the names that it is given.

    `at` is the place of its migration in the order, `turn` its own among all events.
    """

    at: int
    turn: int
    key: Key
    kind: str
    names: tuple[str, ...]
    made: Made

    @property
    def by(self) -> str:
        return ".".join(self.key)


class Fate(Struct, frozen=True):
    """What something is called in the end, and which migration made it so; no `name` where it is gone."""

    name: str
    by: str = ""


class Evolution:
    """The operations on models and fields, by model."""

    def __init__(self, migrations: Iterable[Migration], history: History) -> None:
        self.place = {key: at for at, key in enumerate(full_plan(history))}
        self._about: dict[tuple[str, str], list[Event]] = {}
        turns = count()
        known = sorted(
            (one for one in migrations if one.key in self.place), key=lambda one: self.place[one.key]
        )
        for migration in known:
            for event in _events(migration, self.place[migration.key], turns):
                self._about.setdefault((migration.app, event.names[0].lower()), []).append(event)

    def model(self, app: str, model: str, since: Key) -> Fate:
        """What a model that a migration knows is called in the end."""
        name, by = model, ""
        for event in self._model_events(app, model, since):
            by = event.by
            if event.kind == "DeleteModel":
                return Fate("", by)
            name = event.names[1]
        return Fate(name, by)

    def field(self, app: str, model: str, field: str, since: Key) -> Fate:
        """What a field of a model that a migration knows is called in the end."""
        name, by = field, ""
        for event in self._events_of(app, model, since):
            if event.kind in ("RemoveField", "RenameField") and event.names[1] == name:
                by = event.by
                if event.kind == "RemoveField":
                    name = ""
                    break
                name = event.names[2]
        return Fate(name, by)

    def added(self, app: str, model: str, since: Key) -> dict[str, Event]:
        """The fields that a model gets behind a migration, by the names that they have in the end."""
        out: dict[str, Event] = {}
        for event in self._events_of(app, model, since):
            match event.kind:
                case "AddField":
                    out[event.names[1]] = event
                case "RemoveField":
                    out.pop(event.names[1], None)
                case "RenameField" if event.names[1] in out:
                    out[event.names[2]] = out.pop(event.names[1])
        return out

    def _model_events(self, app: str, model: str, since: Key) -> Iterator[Event]:
        """What renames a model in turn, and deletes it in the end."""
        name, at, turn = model.lower(), self.place.get(since, -1), -1
        while True:
            ends = (event for event in self._about.get((app, name), ()) if event.kind.endswith("Model"))
            found = next((event for event in ends if event.at > at and event.turn > turn), None)
            if found is None:
                return
            yield found
            if found.kind == "DeleteModel":
                return
            name, turn = found.names[1].lower(), found.turn

    def _events_of(self, app: str, model: str, since: Key) -> Iterator[Event]:
        """The events of a model's fields, under whatever name it goes meanwhile."""
        name, at, turn = model.lower(), self.place.get(since, -1), -1
        renamed = [event for event in self._model_events(app, model, since) if event.kind == "RenameModel"]
        for until, after in [*((event.turn, event.names[1].lower()) for event in renamed), (sys.maxsize, "")]:
            for event in self._about.get((app, name), ()):
                if event.at > at and turn < event.turn <= until and event.kind.endswith("Field"):
                    yield event
            name, turn = after, until


def _events(migration: Migration, at: int, turns: Iterator[int]) -> Iterator[Event]:
    for operation in migration.operations:
        if operation.inside == "database_operations" or not isinstance(operation, WrittenOperation):
            continue
        wanted = ARGUMENTS.get(operation.django, ())
        names = [_text(operation.made, name, place) for place, name in enumerate(wanted)]
        if names and all(names):
            yield Event(at, next(turns), migration.key, operation.django, tuple(names), operation.made)


def _text(made: Made, name: str, place: int) -> str:
    value = made.call.argument(name, place)
    return value.value if isinstance(value, Literal) and isinstance(value.value, str) else ""
