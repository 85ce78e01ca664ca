"""`migscan verify`: do the new migrations add up to the same schema as the old ones?"""

from __future__ import annotations

from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analyzer.cli import arguments as args
from analyzer.cli.progress import watch
from analyzer.cli.reading import Request, reads_a_project
from analyzer.cli.run import examined, options_for, say, say_bytes, say_timing
from analyzer.errors import ExitCode, UsageError


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


New = Annotated[
    Path | None,
    typer.Argument(
        metavar="[NEW]",
        show_default=False,
        help="The tree with the new migrations; PATH is then the old one.",
    ),
]
Base = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="REV", show_default=False,
        help="Compare PATH with its own state at this revision of git, instead of with a second tree.",
    ),
]  # fmt: skip
App = Annotated[
    list[str] | None,
    typer.Option(
        "--app", metavar="LABEL", show_default=False, help="Only this app. May be given several times."
    ),
]
AsFormat = Annotated[
    Format, typer.Option("--format", rich_help_panel=args.WRITING, help="text for people, json for programs.")
]


@reads_a_project
def verify(
    request: Request,
    new: New = None,
    base: Base = None,
    app: App = None,
    format: AsFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Compare two sets of migrations: what tables, rows and hidden schema a fresh database gets.

    Every difference is told with both places; what only differs in order or in Python stands apart.

    Exit codes: 0 the same and nothing lost, 1 a difference or something not decided,
    2 a mistake in the call.

    [bold]Examples[/bold]

      migscan verify ../before-the-reset .
      migscan verify . --base main
      migscan verify . --base v4.2 --app orders --format json
    """
    from analyzer.render.verified import verified_json, verified_text
    from analyzer.reset.verify import verify as compare

    if (new is None) == (base is None):
        raise UsageError("name two trees, `verify OLD NEW`, or one and --base REV")
    with ExitStack() as stack, watch(request.quiet) as progress:
        if new is not None:
            old, after, names = request.path, new, (str(request.path), str(new))
        else:
            old, after = _at(request.path, str(base), stack), request.path
            names = (str(base), str(request.path))
        before, now = (
            examined(folder, options_for(folder, request.flags), progress, name)
            for folder, name in zip((old, after), names, strict=True)
        )
        found = compare(before, now, app or ())
    if app and (unknown := set(app) - set(found.apps)):
        raise UsageError(f"--app {', '.join(sorted(unknown))}: no such app with migrations on either side")
    if format is Format.JSON:
        say_bytes(verified_json(found).encode())
    else:
        say(verified_text(found, *names))
    if request.timing:
        say_timing(progress.timing())
    raise typer.Exit(ExitCode.CLEAN if found.equal and found.nothing_lost else ExitCode.FINDINGS)


def _at(root: Path, revision: str, stack: ExitStack) -> Path:
    """The project's folder as it was at a revision, for as long as the stack is open."""
    import tempfile

    from analyzer.source.git import write_tree

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="migscan-")))
    write_tree(root, revision, folder)
    return folder
