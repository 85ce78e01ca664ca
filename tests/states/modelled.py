"""Projects whose models are read as a migration state, as tests look at them."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from analyzer.history.drift.values import Drift
from analyzer.schema.read import SchemaReading
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.models import model_states
from analyzer.states.options import Version
from analyzer.states.values import Absent, Form, Listing, ModelState, ProjectState
from tests.projects import analysed

SETTINGS = """
# settings.py
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "blog", "shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# shop/__init__.py
# blog/__init__.py
# blog/models.py
"""
HEAD = "from django.db import models\n"
NOTHING = Drift((), 0, 0, ())


def reading(text: str) -> SchemaReading:
    """What the schema stage says about a project given as text."""
    kept: list[SchemaReading] = []

    def keep(schema: SchemaReading, *rest: Any) -> Drift:
        kept.append(schema)
        return NOTHING

    with patch("analyzer.history.drift.project.project_drift", keep):
        analysed(text)
    return kept[0]


def models(body: str, more: str = "", django: Version = (5, 2), settings: str = "") -> ProjectState:
    """The state of the models in `blog/models.py`, with settings and other files added as text."""
    first, rest = SETTINGS.split("# shop/__init__.py")
    schema = reading(f"{first}{settings}\n# shop/__init__.py{rest}{HEAD}{body}\n{more}")
    (state,) = model_states(schema, Deconstructor(schema.resolver.registry.fields).former, [django])
    return state


def model(body: str, label: str = "blog.Post", more: str = "", django: Version = (5, 2)) -> ModelState:
    """One model of which nothing is left open."""
    state = models(body, more, django)
    assert state.doubts == ()
    found = state.model(label)
    assert found is not None, f"no model {label} among {list(state.models)}"
    return found


def classes(found: ModelState) -> dict[str, str]:
    """The class of each field by name, in order."""
    return {name: field.declared.field.name for name, field in found.fields.items()}


def changed(found: ModelState, field: str) -> dict[str, Form | Absent]:
    """What Django sets on a field beside the arguments of its call."""
    return dict(found.fields[field].changed)


def items(found: ModelState, option: str) -> tuple[Form, ...]:
    """The items of an option that is a list or a set."""
    form = found.options[option]
    assert isinstance(form, Listing)
    return form.items
