"""`migscan graph`: one picture of a project, for documentation that a script keeps current."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli import arguments as args
from analyzer.cli.progress import watch
from analyzer.cli.reading import Request, reads_a_project
from analyzer.cli.run import analysed, options_for, say_bytes, say_timing
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.analysis import Analysis


class Subject(StrEnum):
    """What is drawn."""

    MODELS = "models"
    APPS = "apps"
    MIGRATIONS = "migrations"
    CYCLES = "cycles"


class Format(StrEnum):
    """How it is written."""

    SVG = "svg"
    PNG = "png"
    DOT = "dot"
    MERMAID = "mermaid"


SUFFIXES = {
    ".svg": Format.SVG,
    ".png": Format.PNG,
    ".dot": Format.DOT,
    ".gv": Format.DOT,
    ".mmd": Format.MERMAID,
}

Of = Annotated[
    Subject,
    typer.Option(
        "--of", rich_help_panel=args.WRITING,
        help="models: by level, or of one app in full. apps: who needs whom. migrations: the history. "
        "cycles: each with its cut.",
    ),
]  # fmt: skip
App = Annotated[
    str | None,
    typer.Option(
        "--app", metavar="LABEL", rich_help_panel=args.WRITING, show_default=False,
        help="Only this app.",
    ),
]  # fmt: skip
AsFormat = Annotated[
    Format | None,
    typer.Option(
        "--format", rich_help_panel=args.WRITING, show_default=False,
        help="Taken from the file's ending if not given; svg on standard output.",
    ),
]  # fmt: skip
File = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", rich_help_panel=args.WRITING, show_default=False,
        help="Where to write it; standard output if not given. Several pictures become FILE, FILE-2 …",
    ),
]  # fmt: skip


@reads_a_project
def graph(
    request: Request,
    of: Of = Subject.MODELS,
    app: App = None,
    format: AsFormat = None,  # noqa: A002 - the option's name
    output: File = None,
    dot: args.Dot = None,
) -> None:
    """Draw one picture of a project.

    The same source gives the same bytes: a picture in the documentation
    changes only when the project does. Findings do not change the exit code.

    [bold]Examples[/bold]

      migscan graph . --of models -o docs/models.svg
      migscan graph . --of models --app shop -o docs/shop.png
      migscan graph . --of migrations --format mermaid
      migscan graph . --of cycles --format dot | dot -Tpdf > cycles.pdf
    """
    kind = format or _kind(output)
    options = options_for(request.path, request.flags)
    with watch(request.quiet) as progress:
        analysis = analysed(request.path, options, progress)
        progress("pictures", 0, 0)
        drawn = _drawn(analysis, of, _known(analysis, app), kind, dot or options.dot)
    if not drawn:
        raise UsageError(f"{request.path}: there are no {of} to draw" + (f" in {app}" if app else ""))
    for name in _deliver(drawn, output, kind):
        if not request.quiet and name:
            sys.stderr.write(f"{name}\n")
    if request.timing:
        say_timing(progress.timing())


def _kind(output: Path | None) -> Format:
    """The format that a file's ending names."""
    if output is None:
        return Format.SVG
    if output.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{output}: no format has this ending; use {', '.join(SUFFIXES)}, or --format")
    return SUFFIXES[output.suffix.lower()]


def _known(analysis: Analysis, app: str | None) -> str | None:
    labels = sorted({own.label for own in analysis.apps if own.own})
    if app is not None and app not in labels:
        raise UsageError(f"no app '{app}' in the project; there are {', '.join(labels)}")
    return app


def _drawn(analysis: Analysis, of: Subject, app: str | None, kind: Format, dot: str | None) -> list[bytes]:
    from analyzer.render.pictures import graph as graphs
    from analyzer.render.pictures import mermaid

    if kind is Format.MERMAID:
        return [text.encode() for text in mermaid(analysis, of.value, app)]
    found = graphs(analysis, of.value, app)
    if kind is Format.DOT:
        return [picture.dot.encode() for picture in found]
    from analyzer.render.draw import NotDrawn, draw_all, engine

    results = draw_all(found, kind="png" if kind is Format.PNG else "svg", program=engine(dot))
    data = []
    for picture in found:
        result = results[picture.name]
        if isinstance(result, NotDrawn):
            raise UsageError(f"{picture.title}: not drawn, {result.reason}")
        data.append(result.data)
    return data


def _deliver(drawn: Sequence[bytes], output: Path | None, kind: Format) -> list[str]:
    """Write or print; the names of the files that changed."""
    if output is None:
        if len(drawn) > 1 and kind in (Format.SVG, Format.PNG):
            raise UsageError(f"{len(drawn)} pictures do not fit on standard output; name a file with -o")
        if kind is Format.PNG and sys.stdout.isatty():
            raise UsageError("a PNG is nothing for a terminal; name a file with -o")
        say_bytes(b"\n".join(drawn))
        return []
    from analyzer.render.folder import write_file

    names = [output, *(output.with_stem(f"{output.stem}-{number}") for number in range(2, len(drawn) + 1))]
    return [str(name) for name, data in zip(names, drawn, strict=True) if write_file(name, data)]
