"""`migscan explain-op`: the whole reasoning about one data operation."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli import arguments as args
from analyzer.cli.progress import watch
from analyzer.cli.reading import Request, reads_a_project
from analyzer.cli.run import analysed, colour, options_for, say, say_timing
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.render.operation_text import Lines

Name = Annotated[
    str,
    typer.Argument(
        metavar="OPERATION",
        help="`app.0042`, `app.0042_name`, `app.0042:2` for its second one, or `file.py:line`.",
        show_default=False,
    ),
]

STYLES = {"head": "1", "place": "36", "good": "32", "bad": "33", "faint": "2"}
MAX_BYTES = 2_000_000


@reads_a_project
def explain_op(request: Request, name: Name, no_color: args.NoColor = False) -> None:
    """Say all about one operation that runs code or SQL, as for a review.

    Its source, what it does step by step, what that means on an empty database, what later
    migrations made of it, and what to do with it in a reset.

    [bold]Examples[/bold]

      migscan explain-op . blog.0042
      migscan explain-op . blog.0042_backfill:2
      migscan explain-op . blog/migrations/0042_backfill.py:31
    """
    from analyzer.render.operation_text import operation_text, plain
    from analyzer.reset.finding import Missing, find_operations

    options = options_for(request.path, request.flags)
    with watch(request.quiet) as progress:
        analysis = analysed(request.path, options, progress)
    found = find_operations(analysis, name)
    if isinstance(found, Missing):
        near = f"; did you mean {', '.join(found.near)}?" if found.near else ""
        raise UsageError(f"{found.why}{near}")
    mark = _marked if colour(no_color) else plain
    lines = _reader(request.path)
    say(f"\n{'─' * 78}\n\n".join(operation_text(analysis, one, lines, mark) for one in found))
    if request.timing:
        say_timing(progress.timing())


def _marked(kind: str, text: str) -> str:
    return f"\x1b[{STYLES[kind]}m{text}\x1b[0m"


def _reader(root: Path) -> Lines:
    @cache
    def lines(file: str) -> tuple[str, ...]:
        path = root / file
        try:
            if not path.is_file() or path.stat().st_size > MAX_BYTES:
                return ()
            return tuple(path.read_text(encoding="utf-8", errors="replace").split("\n"))
        except OSError:
            return ()

    return lines
