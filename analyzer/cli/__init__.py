"""The command line.  Nothing heavy is imported here: `migscan --version` must answer at once."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from analyzer.errors import ExitCode

PROGRAM = "migscan"


def main() -> None:
    """Run the command that `sys.argv` names and end the process with its exit code."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(version_line())
        return
    # One short run over data that stays: collecting cycles would take a third of its time.
    gc.disable()
    try:
        from analyzer.cli.app import app

        app(prog_name=PROGRAM)
    except KeyboardInterrupt:
        _leave(ExitCode.INTERRUPTED)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        _leave(end.code or 0)


def _leave(code: int) -> NoReturn:
    """End the process at once: handing memory back piece by piece would take a tenth of a run."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or ExitCode.USAGE  # what was written did not all arrive
    os._exit(code)


def version_line() -> str:
    from analyzer.version import __version__

    return f"{PROGRAM} {__version__}\n"
