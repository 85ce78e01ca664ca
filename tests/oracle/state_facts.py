"""What real Django makes of the migrations of a project: run with its folder and settings module.

Prints the final project state as JSON, and the states that some migrations find ("app.name" arguments).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def main(arguments: list[str]) -> int:
    with contextlib.redirect_stdout(sys.stderr):  # whatever the project prints is not ours
        answer = json.dumps(states(arguments), sort_keys=True)
    sys.stdout.write(answer + "\n")
    return 0


def states(arguments: list[str]) -> Json:
    folder, settings, *keys = arguments
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(folder).resolve()))
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    os.chdir(folder)
    import django

    django.setup()
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    # The final state last: on its way, RenameField changes the fields in the operations themselves.
    found = {key: models_of(loader.project_state(tuple(key.split(".", 1)), at_end=False)) for key in keys}
    return {**found, "final": models_of(loader.project_state())}


def models_of(state: Any) -> Json:
    return {f"{model.app_label}.{model.name}": one_model(model) for model in state.models.values()}


def one_model(model: Any) -> Json:
    return {
        "bases": [base if isinstance(base, str) else dotted(base) for base in model.bases],
        "managers": [[name, dotted(type(manager))] for name, manager in model.managers],
        "options": {name: option(name, value) for name, value in model.options.items()},
        "fields": {name: one_field(field, model) for name, field in model.fields.items()},
    }


def dotted(cls: Any) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def option(name: str, value: Any) -> Any:
    """An option as JSON: groups of names sorted, what has a name by it."""
    if name in ("unique_together", "index_together"):
        return sorted(list(group) for group in value or ())
    if name in ("indexes", "constraints"):
        return [[type(item).__name__, item.name] for item in value]
    return json.loads(json.dumps(value, default=str))


def one_field(field: Any, model: Any) -> Json:
    given = field.deconstruct()[3]
    through = getattr(field.remote_field, "through", None) if field.remote_field else None
    return {
        "class": type(field).__name__,
        "null": bool(field.null),
        "target": label(field.remote_field.model, model) if field.remote_field else None,
        "through": label(through, model) if through else None,
        "to_field": given.get("to_field"),
        "default": "default" in given,
    }


def label(target: Any, model: Any) -> str:
    text = str(target)
    if text == "self":
        text = f"{model.app_label}.{model.name}"
    return (text if "." in text else f"{model.app_label}.{text}").lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
