"""What real `makemigrations` writes once migrations are deleted.

usage: python django_layout.py PROJECT_DIR SETTINGS_MODULE

Runs `makemigrations` for all apps at once, keeps it from writing files, and prints what they would hold,
as JSON: {"migrations": [{"app", "name", "operations": [[class, model,
name]], "dependencies": [[app, name]]}]}, or {"error": why} where Django refuses.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write(str(__doc__))
        return 2
    project = Path(arguments[0]).resolve()
    os.chdir(project)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(project))
    os.environ["DJANGO_SETTINGS_MODULE"] = arguments[1]
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever the project prints is not ours
    answers.write(json.dumps(answer(project)) + "\n")
    answers.flush()
    return 0


def answer(project: Path) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    try:
        import django

        django.setup()
        return {"migrations": written(project)}
    except BaseException:  # noqa: BLE001 - whatever a project raises is its refusal
        return {"error": traceback.format_exc()}


def written(project: Path) -> list[dict[str, Any]]:
    """The migrations of apps in the tree that `makemigrations` is about to write."""
    from django.apps import apps
    from django.core.management import call_command
    from django.core.management.commands import makemigrations

    own = {
        config.label for config in apps.get_app_configs() if project in Path(config.path).resolve().parents
    }
    found: dict[str, Any] = {}

    class Command(makemigrations.Command):  # type: ignore[misc]  # Django has no types here
        def write_migration_files(self, changes: dict[str, Any], *_: Any) -> None:
            found.update(changes)

    with contextlib.redirect_stdout(io.StringIO()):
        import_urls()
        call_command(Command(), interactive=False, skip_checks=True, verbosity=0)
    return [told(one) for app in sorted(found) if app in own for one in found[app]]


def import_urls() -> None:
    """Import what only URLs import, models among it: the checks do before `makemigrations` works."""
    from django.core import checks

    try:
        checks.run_checks()
    except Exception:  # noqa: BLE001 - the project may need what is not installed; it is told
        traceback.print_exc()


def told(migration: Any) -> dict[str, Any]:
    return {
        "app": migration.app_label,
        "name": migration.name,
        "operations": [[type(one).__name__, *place(one)] for one in migration.operations],
        "dependencies": sorted([str(app), str(name)] for app, name in migration.dependencies),
    }


def place(operation: Any) -> tuple[str, str]:
    """(model, name of the field, index or constraint) of an operation; of a new model its own as it is."""
    model = getattr(operation, "model_name", None)
    if model is None:
        return str(operation.name).lower(), operation.name if type(
            operation
        ).__name__ == "CreateModel" else ""
    named = (getattr(operation, word, None) for word in ("index", "constraint", "trigger"))
    item = next((one for one in named if one is not None), None)
    name = item.name if item is not None else getattr(operation, "name", "")
    return str(model).lower(), str(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
