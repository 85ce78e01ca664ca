"""The state of migrations as entries of the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.render import report_values as out
from analyzer.render.tally import own_apps
from analyzer.states.summary import ModelSummary
from analyzer.states.values import Built, Dictionary, Form, Listing, Name, Unsure

if TYPE_CHECKING:
    from analyzer.analysis import Analysis


LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""


def state_entries(analysis: Analysis) -> tuple[out.StateEntry, ...]:
    """The models of the project's own apps, fields by name."""
    own = {app.label for app in own_apps(analysis)}
    models = sorted(
        (m for m in analysis.state.models.values() if m.app in own),
        key=lambda model: (model.label, model.file),
    )
    return tuple(_entry(model) for model in models)


def _entry(model: ModelSummary) -> out.StateEntry:
    return out.StateEntry(
        label=model.label,
        bases=model.bases,
        options={name: plain(form) for name, form in sorted(model.options.items())},
        fields=tuple(
            out.StateFieldEntry(field.name, field.cls, field.null, field.target)
            for _, field in sorted(model.fields.items())
        ),
    )


def plain(form: Form) -> object:
    """A value in the terms of JSON: objects by the call that makes them, sets in the order of their text."""
    match form:
        case Listing(kind, items):
            found = [plain(item) for item in items]
            return sorted(found, key=repr) if kind in ("set", "frozenset") else found
        case Dictionary(pairs):
            return {str(plain(key)): plain(value) for key, value in pairs}
        case Name(path):
            return path
        case Built(path, args, kwargs):
            named = {name: plain(value) for name, value in kwargs}
            return {"call": path, "args": [plain(arg) for arg in args], "kwargs": named}
        case Unsure(why):
            return {"unknown": why}
        case int() if abs(form) > LARGEST:
            return str(form)
        case _:
            return form
