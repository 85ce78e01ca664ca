"""What can go wrong by the user's doing, and the exit codes that say so."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to a script: part of the promise, never renumbered."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    INTERRUPTED = 130


class UsageError(Exception):
    """A mistake in how migscan was called: one line for the reader, exit code 2."""
