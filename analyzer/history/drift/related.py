"""Fields as a model of an older Django has them: names of the way back filled in, keys not serialized.

Until Django 4.0 the autodetector bound the fields of both states to models, which makes a primary key
`serialize=False`; and `RelatedField.deconstruct` told the name that `contribute_to_class` had made of
`related_name`.
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.states.deconstruct import Deconstructor
from analyzer.states.values import FieldState, ModelState

SELF = "self"
KEPT = "serialize"
PLACES = ("related_name", "related_query_name")


def bound(field: FieldState, model: ModelState, deconstructor: Deconstructor) -> FieldState:
    """A field with the names that it has once it belongs to the model."""
    written = deconstructor.arguments(field).arguments
    if written.get("primary_key") is True:
        field = replace(field, changed=(*(pair for pair in field.changed if pair[0] != KEPT), (KEPT, False)))
    if field.declared.field.kind is None:
        return field
    words = {"class": model.name.lower(), "model_name": model.name.lower(), "app_label": model.app.lower()}
    names = {place: written[place] for place in PLACES if isinstance(written.get(place), str)}
    if field.declared.field.kind == "M2M" and _is_hidden(field, str(names.get(PLACES[0], "")), deconstructor):
        names[PLACES[0]] = f"_{model.app}_{model.name.lower()}_{field.name}_+"
    default = model.options.get("default_related_name")
    if PLACES[0] not in written and isinstance(default, str):
        names.setdefault(PLACES[0], default)
    filled = {place: _filled(str(name), words) for place, name in names.items()}
    kept = tuple(pair for pair in field.changed if pair[0] not in filled)
    through = field.through.lower() if field.through is not None else None
    return replace(field, through=through, changed=(*kept, *sorted(filled.items())))


def _is_hidden(field: FieldState, name: str, deconstructor: Deconstructor) -> bool:
    """Whether nothing leads back: the name ends with `+`, or the relation is its own way back."""
    if name.endswith("+"):
        return True
    to_itself = deconstructor.fields.target(field.declared).text == SELF
    return to_itself and deconstructor.fields.argument(field.declared, "symmetrical") is not False


def _filled(name: str, words: dict[str, str]) -> str:
    try:
        return name % words
    except (KeyError, ValueError, TypeError):
        return name
