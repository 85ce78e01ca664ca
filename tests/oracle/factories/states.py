"""Fields and options of models as a migration state would hold them: real Django's and migscan's.

`ASK` runs in the environment of a case: what `ModelState.from_model` and `deconstruct` make of each
model of the app `shop`.  Targets are compared elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from analyzer.analysis import analyse
from analyzer.history.drift.values import Drift
from analyzer.options import Options
from analyzer.schema.read import SchemaReading
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.localfields import LocalFields
from analyzer.states.models import model_states
from analyzer.states.values import FieldState, ModelState
from tests.oracle.versions.fields import _settled as settled
from tests.oracle.versions.fields import form

OPTIONS = (
    "ordering",
    "get_latest_by",
    "verbose_name",
    "verbose_name_plural",
    "default_permissions",
    "unique_together",
)

ASK = """\
import contextlib, json, pathlib, sys
sys.path.insert(0, {truth!r})
with contextlib.redirect_stdout(sys.stderr):
    import deconstructed, django_facts
    django_facts.boot(pathlib.Path({project!r}), "settings")
    import django
    from django.apps import apps
    from django.db.migrations.state import ModelState
    from django.utils import translation
    translation.deactivate_all()
    found = {{}}
    for model in apps.get_app_config("shop").get_models():
        if not model._meta.auto_created:
            state = ModelState.from_model(model)
            found[model._meta.object_name] = {{
                "fields": {{name: deconstructed.written(f) for name, f in dict(state.fields).items()}},
                "options": {{
                    key: deconstructed.form(v) for key, v in state.options.items() if key in {options!r}
                }},
            }}
print(json.dumps({{"django": django.VERSION[:2], "models": found}}, default=str))
"""

Row = tuple[str, object, object, bool]
"""(what, Django's, migscan's, whether migscan says that it is not decided)"""


def compared(truth: dict[str, Any], root: Path, site: Path | None) -> tuple[int, list[Row]]:
    """How many fields Django has, and what differs."""
    schema = _schema(root, site)
    version = (truth["django"][0], truth["django"][1])
    deconstructor = Deconstructor(schema.resolver.registry.fields)
    (state,) = model_states(schema, deconstructor.former, [version])
    deconstructor.primary_key = LocalFields(schema.resolver.registry, schema.resolver, version).key_of
    ours = {model.name: model for model in state.models.values() if model.app == "shop"}
    rows = [
        row
        for name, model in sorted(truth["models"].items())
        for row in _model(name, model, ours.get(name), deconstructor, version)
    ]
    return sum(len(model["fields"]) for model in truth["models"].values()), rows


def _schema(root: Path, site: Path | None) -> SchemaReading:
    kept: list[SchemaReading] = []

    def keep(schema: SchemaReading, *rest: object) -> Drift:
        kept.append(schema)
        return Drift((), 0, 0, ())

    with patch("analyzer.history.drift.project.project_drift", keep):
        analyse(root, Options(jobs=1, cache=False, site_packages=site))
    return kept[0]


def _model(
    name: str,
    truth: dict[str, Any],
    ours: ModelState | None,
    deconstructor: Deconstructor,
    version: tuple[int, int],
) -> Iterator[Row]:
    if ours is None or ours.why:
        why = ours.why if ours is not None else "no such model"
        yield from ((f"state {name}.{field}", "", why, ours is not None) for field in truth["fields"])
        return
    for field in sorted({*truth["fields"], *ours.fields}):
        django, found = truth["fields"].get(field), ours.fields.get(field)
        if django is None or found is None:
            yield f"state {name}.{field}", django is not None, found is not None, False
            continue
        written, why = _written(found, deconstructor)
        open_ = bool(why) or "unsure" in json.dumps(written)
        one, other = settled(django, version), json.loads(json.dumps(settled(written, version)))
        if open_ or one["kwargs"] != other["kwargs"]:
            yield f"state {name}.{field}", one["kwargs"], why or other["kwargs"], open_
    for key in OPTIONS:
        one, other = truth["options"].get(key), json.loads(json.dumps(form(ours.options.get(key))))
        if one != other:
            yield f"state {name} {key}", one, other, "unsure" in str(other)


def _written(state: FieldState, deconstructor: Deconstructor) -> tuple[dict[str, Any], str]:
    found = deconstructor.arguments(state, cloned=True)
    named = {key: form(value) for key, value in found.arguments.items()}
    return {"path": found.path, "kwargs": named, "args": ["list"]}, found.why
