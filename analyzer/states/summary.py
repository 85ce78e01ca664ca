"""A state as reports tell it: nothing of it leads back to the source that it was read from."""

from __future__ import annotations

from msgspec import Struct

from analyzer.states.values import FieldState, Form, ModelKey, ModelState, ProjectState


class FieldSummary(Struct, frozen=True):
    """`cls` is the name of the field's class; the rest as in `FieldState`."""

    name: str
    cls: str
    null: bool
    target: str | None
    file: str
    line: int


class ModelSummary(Struct, frozen=True):
    """As `ModelState`."""

    app: str
    name: str
    fields: dict[str, FieldSummary]
    options: dict[str, Form]
    bases: tuple[str, ...]
    file: str
    line: int

    @property
    def label(self) -> str:
        return f"{self.app}.{self.name}"


class StateSummary(Struct, frozen=True):
    """As `ProjectState`."""

    models: dict[ModelKey, ModelSummary]


def summary(state: ProjectState) -> StateSummary:
    return StateSummary({key: _model(model) for key, model in state.models.items()})


def _model(state: ModelState) -> ModelSummary:
    fields = {name: _field(field) for name, field in state.fields.items()}
    return ModelSummary(state.app, state.name, fields, state.options, state.bases, state.file, state.line)


def _field(state: FieldState) -> FieldSummary:
    cls = state.declared.field.name.rpartition(".")[2]
    return FieldSummary(state.name, cls, state.null, state.target, state.file, state.line)
