"""Boots many small projects with real Django, each in a fork of one process that has Django loaded.

usage: python -m tests.oracle.generated.server

Reads lines `{"ask": what, "project": folder, "settings": module}`, and a `seed` where migrations are to
be written; answers each with a line of facts, or with `{"refused": why}` where Django refuses the project.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from tests.oracle import django_facts, state_facts
from tests.oracle.generated import writing
from tests.oracle.layout import django_layout
from tests.oracle.mutations import django_writes

PRELOADED = (
    "django.apps",
    "django.contrib.auth.apps",
    "django.contrib.auth.hashers",
    "django.contrib.contenttypes.apps",
    "django.contrib.sessions.apps",
    "django.contrib.sites.apps",
    "django.core.checks",
    "django.core.mail",
    "django.core.validators",
    "django.db.backends.dummy.base",
    "django.db.migrations.state",
    "django.db.models",
    "django.db.models.sql.compiler",
    "django.forms",
    "django.template",
    "django.urls",
)
"""Everything costly that a boot imports and that needs no settings."""

SECONDS = 30
"""After so many a project counts as refused."""


def main() -> int:
    for name in PRELOADED:
        importlib.import_module(name)
    here = os.getcwd()
    sys.path[:] = [path for path in sys.path if path not in ("", here)]
    for line in sys.stdin:
        request = json.loads(line)
        sys.stdout.write(answer_of_child(request) + "\n")
        sys.stdout.flush()
    return 0


def answer_of_child(request: dict[str, Any]) -> str:
    """The answer of a forked process, so that no project sees what another one loaded."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        signal.alarm(SECONDS)
        with os.fdopen(send, "w") as pipe:
            json.dump(answer(request), pipe)
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text or json.dumps({"refused": "the process died"})


def answer(request: dict[str, Any]) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    project = Path(request["project"]).resolve()
    try:
        with contextlib.redirect_stdout(sys.stderr):
            django_facts.boot(project, request["settings"])
            match request["ask"]:
                case "schema":
                    return django_facts.schema_facts(project)
                case "history":
                    return history_facts(project)
                case "layout":
                    return {"migrations": django_layout.written(project)}
                case _:
                    return {"labels": writing.write_history(project, request["seed"])}
    except BaseException:  # noqa: BLE001 - whatever a project raises at import is its refusal
        return {"refused": traceback.format_exc()}


def history_facts(project: Path) -> dict[str, Any]:
    """The graph of the migrations, what they add up to, and what Django would still write."""
    from django.db.migrations.loader import MigrationLoader

    written = django_writes.written(project)
    own = django_facts.apps_in_tree(project)
    loader = MigrationLoader(None, ignore_no_migrations=True)
    graph = {
        ".".join(key): sorted(".".join(parent.key) for parent in node.parents)
        for key, node in loader.graph.node_map.items()
        if key[0] in own
    }
    leaves = sorted(".".join(key) for key in loader.graph.leaf_nodes() if key[0] in own)
    models = state_facts.models_of(loader.project_state())
    state = {label: model for label, model in models.items() if label.partition(".")[0] in own}
    return {"graph": graph, "leaves": leaves, "state": state, "drift": written}


if __name__ == "__main__":
    sys.exit(main())
