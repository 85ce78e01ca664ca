"""New columns whose default looks rows up: real tables have none when a new file adds the column."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from analyzer.data.calls import called
from analyzer.data.effects import FREE
from analyzer.data.given import name_of
from analyzer.data.labels import Labels
from analyzer.data.machine import Machine
from analyzer.data.world import Bound, Code, Frame, Lambda, Partial, needs_of
from analyzer.history.values import Key
from analyzer.pipeline import Examined
from analyzer.reset.planned import Layout
from analyzer.source.facts import Literal
from analyzer.source.values import Made

ADDING = "AddField"


class Filling(Struct, frozen=True):
    """An AddField of a new file that fills its column by calling a function.

    `asks` are the models whose rows the function works with, `file` and `line` where the field is.
    """

    migration: Key
    model: str
    field: str
    function: str
    asks: tuple[str, ...]
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.migration[0]}.{self.model}.{self.field}"


def fillings(examined: Examined, layout: Layout) -> tuple[Filling, ...]:
    """The fields that new files add and fill by functions that work with rows.

    BaseDatabaseSchemaEditor.add_field asks for the default even of a table without rows.
    """
    labels = Labels(examined.migrations, examined.schema.models, {})
    return tuple(
        filling
        for migration in layout.migrations
        for operation in migration.operations
        if operation.kind == ADDING
        and (filling := _filling(examined, labels, migration.key, operation.model, operation.name))
        is not None
    )


def _filling(examined: Examined, labels: Labels, key: Key, model: str, name: str) -> Filling | None:
    state = examined.state.models.get((key[0], model))
    field = state.fields.get(name) if state is not None else None
    made = field.declared.made if field is not None else None
    if field is None or made is None:
        return None
    machine = Machine(examined.schema.classes.names, labels, field.file, field.line)
    function = default_of(machine, made)
    if function is None:
        return None
    asks = tuple(sorted(_asked(machine, called(machine, function, [], {}))))
    return Filling(key, model, name, name_of(function) or "?", asks, field.file, field.line) if asks else None


def default_of(machine: Machine, field: Made) -> Code | Lambda | Partial | Bound | None:
    """The function that fills a field, if one does."""
    default = field.call.argument("default")
    if default is None or isinstance(default, Literal):
        return None
    function = machine.evaluate(default, Frame(field.module))
    return function if isinstance(function, Code | Lambda | Partial | Bound) else None


def _asked(machine: Machine, found: object) -> Iterator[str]:
    """The models whose rows a function worked with."""
    needs = needs_of(found) | (machine.raised or FREE)  # type: ignore[arg-type]
    targets = {origin.label for origin in needs} | {effect.target for effect in machine.effects}
    yield from {*machine.labels.models({*targets, *machine.queried, *machine.touched})}
