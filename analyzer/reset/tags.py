"""Where fields lead that are relations for Django and neither keys nor many-to-many fields: tags.

Follows taggit.managers.TaggableManager.deconstruct: the model in between is `through`, the target is
what its field `tag` points to.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from analyzer.schema.read import SchemaReading
from analyzer.states.builtin import TAGGIT
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.values import FieldState, ModelState, ProjectState

THROUGH, TAG = "taggit.TaggedItem", "taggit.Tag"
HELD_AS = "tag"


def with_tags(state: ProjectState, reading: SchemaReading, deconstructor: Deconstructor) -> ProjectState:
    """The state whose tag fields know their target and the model in between."""
    targets = {
        relation.source.lower(): relation.target
        for relation in reading.relations
        if relation.field == HELD_AS and relation.target is not None
    }
    models = {key: _with_tags(model, reading, deconstructor, targets) for key, model in state.models.items()}
    return ProjectState(models, state.doubts)


def _with_tags(
    model: ModelState, reading: SchemaReading, deconstructor: Deconstructor, targets: Mapping[str, str]
) -> ModelState:
    found = {
        name: _led(field, deconstructor, targets)
        for name, field in model.fields.items()
        if _is_tags(field, reading)
    }
    return replace(model, fields={**model.fields, **found}) if found else model


def _is_tags(field: FieldState, reading: SchemaReading) -> bool:
    cls = field.declared.field.cls
    if field.declared.field.kind is not None or field.target is not None:
        return False
    if cls is None:
        return field.declared.field.path.rpartition(".")[2] == TAGGIT.rpartition(".")[2]
    return TAGGIT in reading.classes.ancestry(cls).paths


def _led(field: FieldState, deconstructor: Deconstructor, targets: Mapping[str, str]) -> FieldState:
    through = deconstructor.arguments(field, cloned=True).arguments.get("through", THROUGH)
    if not isinstance(through, str) or "." not in through:
        return replace(field, through=THROUGH, target=None, why="the model between it and its tags is open")
    target = targets.get(through.lower(), TAG if through.lower() == THROUGH.lower() else None)
    return replace(field, through=through, target=target, why="" if target else f"the tags of {through}")
