"""`migscan report`, which is also `migscan PATH`: the audit."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from analyzer.cli import arguments as args
from analyzer.cli.progress import Watch, watch
from analyzer.cli.reading import Request, reads_a_project
from analyzer.cli.run import analysed, colour, options_for, say, say_bytes, say_timing, width
from analyzer.errors import ExitCode, UsageError
from analyzer.options import Options

if TYPE_CHECKING:
    from analyzer.analysis import Analysis


class Format(StrEnum):
    """`md` writes the report folder, `json` one document to standard output."""

    MD = "md"
    JSON = "json"


Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FOLDER", rich_help_panel=args.WRITING, show_default=False,
        help="The report folder. \\[default: migscan-report]",
    ),
]  # fmt: skip
Force = Annotated[
    bool,
    typer.Option(
        "--force", metavar="", rich_help_panel=args.WRITING,
        help="Write into a folder that is not migscan's, or over a report that was edited.",
    ),
]  # fmt: skip
NoGraphs = Annotated[
    bool, typer.Option("--no-graphs", metavar="", rich_help_panel=args.WRITING, help="Draw no pictures.")
]
AsFormat = Annotated[
    Format,
    typer.Option(
        "--format", rich_help_panel=args.WRITING,
        help="md writes the report folder; json goes to standard output and writes no folder.",
    ),
]  # fmt: skip


@reads_a_project
def report(
    request: Request,
    output: Output = None,
    force: Force = False,
    format: AsFormat = Format.MD,  # noqa: A002 - the option's name
    no_graphs: NoGraphs = False,
    dot: args.Dot = None,
    no_color: args.NoColor = False,
) -> None:
    """Audit a project: a summary on the terminal, a report folder on disk.

    Exit codes: 0 nothing to do, 1 warnings or errors, 2 a mistake in the call.

    [bold]Examples[/bold]

      migscan ./project
      migscan . --settings config.settings.production -o docs/migscan
      migscan . --format json | jq .counts
    """
    said = replace(
        request.flags,
        output=output,
        force=force or None,
        graphs=False if no_graphs else None,
        dot=dot,
    )
    options = options_for(request.path, said)
    if format is Format.JSON and output is not None:
        raise UsageError(
            "--format json writes to standard output; redirect it instead of naming an --output folder"
        )
    with watch(request.quiet) as progress:
        run = _json if format is Format.JSON else _folder
        analysis = run(request.path, options, progress, no_color, request.timing)
    if request.timing and format is not Format.JSON:
        say_timing(progress.timing())
    raise typer.Exit(_code(analysis))


def _code(analysis: Analysis) -> ExitCode:
    from analyzer.render.tally import must_act

    return ExitCode.FINDINGS if must_act(analysis) else ExitCode.CLEAN


def _json(root: Path, options: Options, progress: Watch, no_color: bool, timing: bool) -> Analysis:
    from analyzer.render.json import document

    analysis = analysed(root, options, progress)
    progress.finish()
    say_bytes(document(analysis, progress.timing() if timing else None).encode())
    return analysis


def _folder(root: Path, options: Options, progress: Watch, no_color: bool, timing: bool) -> Analysis:
    from analyzer.render import folder as on_disk
    from analyzer.render.report import report_files

    folder = options.output or Path(on_disk.DEFAULT)
    on_disk.check(folder, options.force)
    analysis = analysed(root, options, progress)
    on_disk.check_place(folder, root, [app.path for app in analysis.apps if app.own])
    files = report_files(analysis, folder, root, options, progress)
    on_disk.write(folder, files, options.force)
    progress.finish()
    if not options.quiet:
        from analyzer.render.terminal import summary

        say(summary(analysis, _wrote(folder, files), width(), colour(no_color)))
    return analysis


def _wrote(folder: Path, files: dict[str, str]) -> str:
    from analyzer.render.words import count

    pictures = sum(name.endswith(".svg") for name in files)
    missing = sum(name.endswith(".dot") for name in files)
    more = f", with {count(pictures, 'picture')}" if pictures else ""
    more += f"; {count(missing, 'picture')} not drawn, it says why" if missing else ""
    return f"{folder / 'report.md'}{more}"
