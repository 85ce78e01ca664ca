"""Runs management commands of made-up projects, each in a process of its own, at a date of its own.

A line of JSON in, `{"root", "database", "clock", "path", "args"}`; a line of JSON out, `[exit code, output]`.
Django is imported once and every command begins as a copy of this process: a tenth of the time of a new one.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import traceback
from datetime import datetime, timedelta
from typing import Any, NoReturn

import django.core.management
import django.utils.timezone


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        with tempfile.TemporaryFile() as said:
            child = os.fork()
            if not child:
                _command(request, said.fileno())
            _, status = os.waitpid(child, 0)
            said.seek(0)
            answer = [os.waitstatus_to_exitcode(status), said.read().decode(errors="replace")]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _command(request: dict[str, Any], said: int) -> NoReturn:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    code = 1
    try:
        _at(datetime.fromisoformat(request["clock"]))
        os.chdir(request["root"])
        os.environ.update(DATABASE=request["database"], DJANGO_SETTINGS_MODULE="config.settings", TZ="UTC")
        sys.path[:0] = [request["root"], *request["path"]]
        sys.dont_write_bytecode = True
        django.setup()
        if request["args"][0] == "record":
            _record(*request["args"][1:])
        else:
            django.core.management.execute_from_command_line(["manage.py", *request["args"]])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it is, it is the answer
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _at(clock: datetime) -> None:
    """Let Django's clock begin at a date."""
    start = time.perf_counter()

    def now() -> datetime:
        return clock + timedelta(seconds=time.perf_counter() - start)

    django.utils.timezone.now = now


def _record(app: str, name: str) -> None:
    """What the end of a migration writes, and nothing else."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder(connection).record_applied(app, name)


if __name__ == "__main__":
    main()
