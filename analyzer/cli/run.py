"""What every command does first: look at the path, read the options, analyse."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.errors import UsageError
from analyzer.options import Flags, Options, load

if TYPE_CHECKING:
    from analyzer.analysis import Analysis, Outline, Progress
    from analyzer.pipeline import Examined

PIPE_WIDTH = 100
NO_PROJECT = "{}: no Django project found (no app, no settings, no migrations, no manage.py)"


def options_for(path: Path, said: Flags) -> Options:
    return load(checked_folder(path), said)


def checked_folder(path: Path) -> Path:
    """The path, if it is a folder that can be read."""
    if not path.exists():
        raise UsageError(f"{path}: does not exist")
    if not path.is_dir():
        raise UsageError(f"{path}: is not a folder; name the folder that holds the project")
    if not os.access(path, os.R_OK | os.X_OK):
        raise UsageError(f"{path}: cannot be read")
    return path


def analysed(root: Path, options: Options, progress: Progress) -> Analysis:
    """Everything known about the project, if it is one."""
    from analyzer.analysis import analyse

    analysis = analyse(root, options, progress, unheard if options.quiet else note)
    if not _is_django(root, analysis):
        raise UsageError(NO_PROJECT.format(root))
    return analysis


def outlined(root: Path, options: Options, progress: Progress) -> Outline | None:
    """What the migration graph alone decides; None where that is not enough to see a project at all."""
    from analyzer.analysis import outlined as outline

    found = outline(root, options, progress)
    seen = any(app.own for app in found.apps) or found.migrations or (root / "manage.py").exists()
    return found if seen else None


def examined(root: Path, options: Options, progress: Progress, name: str = "") -> Examined:
    """The same with the readings that an analysis sums up, which are not remembered."""
    from analyzer.analysis import worked_out
    from analyzer.sources import sources

    progress("discover", 0, 0)
    found = worked_out(sources(root, options), options, progress)
    if not _is_django(root, found.analysis):
        raise UsageError(NO_PROJECT.format(name or root))
    return found


def note(text: str) -> None:
    """Something about the run itself, on standard error."""
    sys.stderr.write(f"migscan: {text}\n")


def unheard(text: str) -> None:
    """What `--quiet` makes of a note."""


def _is_django(root: Path, analysis: Analysis) -> bool:
    found = any(app.own for app in analysis.apps) or analysis.migrations or analysis.models
    return bool(found or analysis.reading.settings_candidates or (root / "manage.py").exists())


def colour(no_color: bool) -> bool:
    """Colour is for a terminal that can show it and a reader who wants it (https://no-color.org)."""
    wanted = not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def width() -> int:
    """Of the terminal; a pipe has always the same."""
    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns if sys.stdout.isatty() else PIPE_WIDTH


def say(text: str) -> None:
    """Print; a terminal that lacks a letter gets a question mark, not an error."""
    encoding = sys.stdout.encoding or "utf-8"
    with _told():
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()


@contextmanager
def _told() -> Iterator[None]:
    """Standard output that takes no more, as on a full disk, is told in one line."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"standard output: cannot be written ({error.strerror})") from error


def say_bytes(data: bytes) -> None:
    """Print a document as it is: UTF-8 whatever the terminal speaks."""
    with _told():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def say_timing(timing: dict[str, float]) -> None:
    """A line per stage on standard error: times are no part of any output."""
    for stage, seconds in (*timing.items(), ("total", sum(timing.values()))):
        sys.stderr.write(f"{seconds:8.3f} s  {stage}\n")
