"""What real `makemigrations` would write for a project, asked again and again while its files change.

usage: python django_writes.py PROJECT_DIR SETTINGS_MODULE [state]

Answers every line on standard input with one line of JSON: the operations as
[app, operation, model, field], with `state` what the migrations add up to as {label: all of the model},
or {"error": why} where the project does not boot.  Each answer comes
from a process of its own, which begins where Django is imported and nothing of the project is.
"""

from __future__ import annotations

import compileall
import gc
import json
import os
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 3):
        sys.stderr.write(str(__doc__))
        return 2
    project, settings, *state = Path(arguments[0]).resolve(), *arguments[1:]
    os.chdir(project)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(project))
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    compileall.compile_dir(project, quiet=2)  # files as they are now; a changed one is newer
    serve(project, remembered if state else written)
    return 0


def serve(project: Path, ask: Callable[[Path], Any]) -> None:
    import django.db.migrations.autodetector
    import django.db.migrations.loader
    import django.db.models  # noqa: F401 - loaded once, for all the processes to come

    gc.disable()  # a process answers once; to look for garbage takes a fifth of its time
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever the project prints is not ours
    for _ in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            with os.fdopen(writer, "w", encoding="utf-8") as out:
                out.write(json.dumps(answer(project, ask)))
                out.flush()
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as said:
            text = said.read()
        os.waitpid(child, 0)
        answers.write((text or '{"error": "the process died"}') + "\n")
        answers.flush()


def answer(project: Path, ask: Callable[[Path], Any]) -> Any:
    try:
        import django

        django.setup()
        errors = faults()
        return {"error": "; ".join(errors)} if errors else ask(project)
    except BaseException as error:  # noqa: BLE001 - whatever a changed project raises is the answer
        last = traceback.format_exception_only(type(error), error)[-1].strip()
        return {"error": last[:300]}


def faults() -> list[str]:
    """The errors in models for which `makemigrations` stops before it writes anything."""
    from django.core import checks

    found = checks.run_checks(tags=[checks.Tags.models])
    return [str(error) for error in found if error.is_serious() and not error.is_silenced()]


def written(project: Path) -> list[list[str | None]]:
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import MigrationQuestioner
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None, ignore_no_migrations=True)
    detector = MigrationAutodetector(
        loader.project_state(), ProjectState.from_apps(apps), MigrationQuestioner(dry_run=True)
    )
    changes = detector.changes(graph=loader.graph)
    own = {
        config.label for config in apps.get_app_configs() if project in Path(config.path).resolve().parents
    }
    return [
        [app, type(operation).__name__, *place(operation)]
        for app, migrations in sorted(changes.items())
        if app in own
        for migration in migrations
        for operation in migration.operations
    ]


def remembered(project: Path) -> dict[str, str]:
    """The models of the final state by label, each with everything that Django takes apart of it."""
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader

    state = MigrationLoader(None, ignore_no_migrations=True).project_state()
    detector = MigrationAutodetector(state, state)
    told = {".".join(key): repr(_model(detector, model)) for key, model in state.models.items()}
    return {label: re.sub(r" at 0x[0-9a-f]+", "", text) for label, text in told.items()}


def _model(detector: Any, model: Any) -> list[Any]:
    said = model.options.items()  # no permissions at all is not the same as nothing said of them
    options = {name: one for name, one in said if one or one is False or name == "default_permissions"}
    fields = [(name, detector.deep_deconstruct(field)) for name, field in model.fields.items()]
    return [
        model.name, fields, sorted(detector.deep_deconstruct(options).items()),
        [str(base) for base in model.bases], [name for name, _ in model.managers],
    ]  # fmt: skip


def place(operation: Any) -> tuple[str, str | None]:
    """(model, field) of an operation; what is on a whole model, an index for one, has no field."""
    from django.db.migrations.operations.fields import FieldOperation

    model = getattr(operation, "model_name", None)
    if model is None:
        return str(operation.name).lower(), None
    return str(model).lower(), operation.name if isinstance(operation, FieldOperation) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
