"""A state that migscan replayed, in the form of `state_facts`."""

from __future__ import annotations

from typing import Any

from analyzer.render.state import plain
from analyzer.states.values import Absent, Built, FieldState, Form, Listing, ModelState, ProjectState

Facts = dict[str, Any]

UNREAD = "?"
"""An argument of which the call alone does not tell whether it is given."""


def migscan(state: ProjectState) -> Facts:
    return {model.label: one_model(model) for model in state.models.values()}


def one_model(model: ModelState) -> Facts:
    return {
        "bases": [base_of(base) for base in model.bases],
        "managers": [[name, form.path if isinstance(form, Built) else "?"] for name, form in model.managers],
        "options": {name: option(name, form) for name, form in model.options.items()},
        "fields": {name: one_field(field) for name, field in model.fields.items()},
    }


def base_of(base: str) -> str:
    return "django.db.models.base.Model" if base == "django.db.models.Model" else base


def option(name: str, form: Form) -> Any:
    items = form.items if isinstance(form, Listing) else ()
    if name in ("indexes", "constraints"):
        built = [item for item in items if isinstance(item, Built)]
        return [[item.path.rpartition(".")[2], item.keyword("name")] for item in built]
    return plain(form)


def one_field(field: FieldState) -> Facts:
    return {
        "class": field.declared.field.name,
        "null": field.null,
        "target": field.target.lower() if field.target else None,
        "through": field.through.lower() if field.through else None,
        "to_field": argument(field, "to_field"),
        "default": found if (found := argument(field, "default")) == UNREAD else found is not None,
    }


def argument(field: FieldState, name: str) -> Any:
    for known, form in field.changed:
        if known == name:
            return None if isinstance(form, Absent) else form
    call = field.declared.made.call
    found = dict(call.kwargs).get(name)
    return UNREAD if found is None and call.unpacks else getattr(found, "value", found)


def lowered(facts: Facts) -> Facts:
    """Bases as Django compares them: labels in lower case."""
    return {
        label: {**model, "bases": [base.lower() if base.count(".") == 1 else base for base in model["bases"]]}
        for label, model in facts.items()
    }
