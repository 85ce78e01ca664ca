"""Draw DOT text with a Graphviz program: the one that comes with migscan, or a `dot` that the user names."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Literal

from msgspec import Struct

from analyzer.render.pictures.chart import Picture
from analyzer.render.svg import restyled

Format = Literal["svg", "png"]

TIMEOUT = 20.0
"""Seconds that one picture may take."""

BUNDLED = "graphviz-pure"

BY_HAND = "draw the .dot file with any Graphviz: dot -Tsvg FILE.dot -o FILE.svg"


class Drawn(Struct, frozen=True):
    """A picture's bytes."""

    data: bytes


class NotDrawn(Struct, frozen=True):
    """Why there is no picture; the DOT text is still good."""

    reason: str


class Engine(Struct, frozen=True):
    """A program that reads DOT on standard input."""

    path: str
    name: str


def engine(dot: str | None = None) -> Engine | NotDrawn:
    """The program to draw with: the named `dot`, else the bundled one, else `dot` on PATH."""
    if dot is not None:
        found = shutil.which(dot)
        return Engine(found, "dot") if found else NotDrawn(f"{dot} is no program that can be run")
    suffix = ".exe" if os.name == "nt" else ""
    for folder in _script_folders():
        candidate = folder / f"{BUNDLED}{suffix}"
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return Engine(str(candidate), BUNDLED)
    for name in (BUNDLED, "dot"):
        if found := shutil.which(name):
            return Engine(found, name)
    return NotDrawn(f"neither {BUNDLED} nor dot is installed; {BY_HAND}")


def _script_folders() -> Iterable[Path]:
    """Where pip puts a package's programs for this interpreter."""
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sys.executable).parent
    yield Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))


def draw(
    dot: str,
    kind: Format = "svg",
    timeout: float = TIMEOUT,
    *,
    title: str = "",
    program: Engine | NotDrawn | None = None,
) -> Drawn | NotDrawn:
    """Draw one graph; a picture that takes too long is ended and not drawn."""
    program = program or engine()
    if isinstance(program, NotDrawn):
        return program
    result = _run(program, dot, kind, timeout)
    if isinstance(result, NotDrawn) or kind != "svg":
        return result
    return Drawn(restyled(result.data.decode("utf-8", "replace"), title).encode())


def draw_all(
    pictures: Iterable[Picture],
    timeout: float = TIMEOUT,
    *,
    kind: Format = "svg",
    program: Engine | NotDrawn | None = None,
    jobs: int | None = None,
) -> dict[str, Drawn | NotDrawn]:
    """Draw several pictures at once, by name, in the order given."""
    every = tuple(pictures)
    found = program or engine()
    with ThreadPoolExecutor(max_workers=jobs or min(8, os.cpu_count() or 1)) as pool:
        tasks = [
            pool.submit(draw, picture.dot, kind, timeout, title=picture.title, program=found)
            for picture in every
        ]
        return {picture.name: task.result() for picture, task in zip(every, tasks, strict=True)}


def _run(program: Engine, dot: str, kind: Format, timeout: float) -> Drawn | NotDrawn:
    try:
        process = subprocess.Popen(
            [program.path, f"-T{kind}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return NotDrawn(f"{program.name} cannot be started: {error.strerror}; {BY_HAND}")
    try:
        out, err = process.communicate(dot.encode(), timeout)
    except subprocess.TimeoutExpired:
        return NotDrawn(f"{program.name} needed more than {timeout:g} s; {BY_HAND}")
    finally:
        if process.poll() is None:
            _end(process)
    if process.returncode != 0 or not out:
        said = err.decode("utf-8", "replace").strip().splitlines()
        return NotDrawn(f"{program.name} failed ({process.returncode}): {said[-1] if said else 'no message'}")
    return Drawn(out)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the program with everything it started, and collect it."""
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
