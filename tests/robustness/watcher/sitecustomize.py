"""Found on PYTHONPATH, Python imports this first: it watches what the process, and its children, do.

Writes down, and forbids, what migscan promises never to do: import Django or the project, compile or
run the project's code, open a connection or a database, start a program that is not a drawing one,
write anywhere but where it may.  `WATCH_PROJECT`, `WATCH_LOG` and `WATCH_MAY_WRITE` say where.
"""

import os
import sys
from typing import Any

PROJECT = os.path.realpath(os.environ["WATCH_PROJECT"]) + os.sep
MAY_WRITE = tuple(os.path.realpath(path) for path in os.environ["WATCH_MAY_WRITE"].split(os.pathsep) if path)
LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
DRAWING = ("dot", "graphviz-pure")
NEVER = ("socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect", "os.system", "os.exec")
CHANGES = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.truncate",
)


class Forbidden(BaseException):
    """Not an Exception, so that no handler takes it for bad input."""


def forbid(what: str) -> None:
    """Write it down and end the run."""
    os.write(LOG, (what + "\n").encode("utf-8", "backslashreplace"))
    raise Forbidden(what)


def of_project(path: object) -> bool:
    """Is it a file of the project?  Code from nowhere is named like `<string>`."""
    return isinstance(path, str) and not path.startswith("<") and os.path.realpath(path).startswith(PROJECT)


def may_write(path: str) -> bool:
    """The allowed places, and the system's own null device and the like."""
    real = os.path.realpath(path)
    return real.startswith("/dev/") or any(
        real == place or real.startswith(place + os.sep) for place in MAY_WRITE
    )


def on_import(arguments: tuple[Any, ...]) -> None:
    """(module, …): no Django."""
    if arguments[0].partition(".")[0] == "django":
        forbid(f"import {arguments[0]}")


def on_exec(arguments: tuple[Any, ...]) -> None:
    """(code,): nothing of the project."""
    if of_project(arguments[0].co_filename):
        forbid(f"exec {arguments[0].co_filename}")


def on_compile(arguments: tuple[Any, ...]) -> None:
    """(source, file name): nothing of the project."""
    if of_project(arguments[1]):
        forbid(f"compile {arguments[1]}")


def on_open(arguments: tuple[Any, ...]) -> None:
    """(path, mode, flags): for writing only where it may."""
    path, _mode, flags = arguments
    writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    if writes and isinstance(path, str | bytes) and not may_write(os.fsdecode(path)):
        forbid(f"write {os.fsdecode(path)}")


def on_change(arguments: tuple[Any, ...]) -> None:
    """(path, …): only where it may."""
    if isinstance(arguments[0], str) and not may_write(arguments[0]):
        forbid(f"change {arguments[0]}")


def on_start(arguments: tuple[Any, ...]) -> None:
    """(executable, arguments, …): only a drawing program."""
    program = os.path.basename(os.fsdecode(arguments[0] or arguments[1][0]))
    if program.removesuffix(".exe") not in DRAWING:
        forbid(f"start {program}")


WATCHED = {
    "import": on_import,
    "exec": on_exec,
    "compile": on_compile,
    "open": on_open,
    "subprocess.Popen": on_start,
    **dict.fromkeys(CHANGES, on_change),
}


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Called by Python for each audited event: https://docs.python.org/3/library/audit_events.html"""
    if event in WATCHED:
        WATCHED[event](arguments)
    elif event in NEVER:
        forbid(event)


sys.addaudithook(watch)
