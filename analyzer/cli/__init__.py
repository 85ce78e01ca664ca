"""The command line.  Nothing heavy is imported here: `migscan --version` must answer at once."""

from __future__ import annotations

import gc
import sys

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
        sys.exit(ExitCode.INTERRUPTED)


def version_line() -> str:
    from analyzer.version import __version__

    return f"{PROGRAM} {__version__}\n"
