"""Boots many small projects with real Django, each in a fork of one process that has Django loaded.

usage: python -m tests.oracle.generated.server

Reads lines `{"project": folder, "settings": module}`; answers each with a line of facts, or with
`{"refused": why}` where Django does not boot the project.
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

from tests.oracle import django_facts

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
        sys.stdout.write(answer_of_child(Path(request["project"]), request["settings"]) + "\n")
        sys.stdout.flush()
    return 0


def answer_of_child(project: Path, settings: str) -> str:
    """The answer of a forked process, so that no project sees what another one loaded."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        signal.alarm(SECONDS)
        with os.fdopen(send, "w") as pipe:
            json.dump(answer(project.resolve(), settings), pipe)
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text or json.dumps({"refused": "the process died"})


def answer(project: Path, settings: str) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            django_facts.boot(project, settings)
            return django_facts.schema_facts(project)
    except BaseException:  # noqa: BLE001 - whatever a project raises at import is its refusal
        return {"refused": traceback.format_exc()}


if __name__ == "__main__":
    sys.exit(main())
