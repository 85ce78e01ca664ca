"""`migscan compare`: environments beside the migration files, before a reset and after it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli import arguments as args
from analyzer.cli.progress import watch
from analyzer.cli.reading import Request, reads_a_project
from analyzer.cli.run import analysed, options_for, say_bytes, say_timing
from analyzer.errors import ExitCode

if TYPE_CHECKING:
    from analyzer.reset.environments_values import Comparison


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


class Expected(StrEnum):
    """Which migrations the environments should have."""

    OLD = "old"
    NEW = "new"


AppliedTo = Annotated[
    list[str],
    typer.Option(
        "--applied", metavar="NAME=FILE", show_default=False,
        help="An export of django_migrations and the environment that it is of; the first is the one that "
        "the others are measured by. A name given twice has several databases.",
    ),
]  # fmt: skip
Expect = Annotated[
    Expected,
    typer.Option(
        "--expect", help="old: before a reset. new: after it was deployed, every new migration is recorded."
    ),
]
AsFormat = Annotated[Format, typer.Option("--format", rich_help_panel=args.WRITING)]
File = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", rich_help_panel=args.WRITING, show_default=False,
        help="Where to write it; standard output if not given.",
    ),
]  # fmt: skip
NoGit = Annotated[
    bool,
    typer.Option(
        "--no-git", metavar="", rich_help_panel=args.READING, help="Do not look into Git's history."
    ),
]


@reads_a_project
def compare(
    request: Request,
    applied: AppliedTo,
    expect: Expect = Expected.OLD,
    format: AsFormat = Format.TEXT,  # noqa: A002 - the option's name
    output: File = None,
    no_git: NoGit = False,
) -> None:
    """Compare environments with the migration files, and with each other.

    Reads exports of the table django_migrations: CSV or TSV of psql, mysql and
    sqlite3, dumps, a SQLite database, and what showmigrations prints (in part).

    Exit codes: 0 nothing in the way, 1 a blocker,
    2 a mistake in the call, or an export that cannot be read.

    [bold]Examples[/bold]

      psql "$URL" -c "\\copy django_migrations TO 'prod.csv' CSV HEADER"
      migscan compare . --applied prod=prod.csv --applied dev=db.sqlite3
      migscan compare . --applied prod=eu.csv --applied prod=us.csv --format md -o environments.md
      migscan compare . --applied prod=prod.csv --expect new
      migscan compare . --applied prod=prod.csv --format json | jq .verdict
    """
    from analyzer.reset.environments_reading import compare_exports

    options = options_for(request.path, request.flags)
    named = [args.named_file(one) for one in applied]
    with watch(request.quiet) as progress:
        analysis = analysed(request.path, options, progress)
        progress("environments", 0, 0)
        comparison = compare_exports(
            request.path, options, analysis, named, expect is Expected.NEW, git=not no_git
        )
    _deliver(_rendered(comparison, format, request.path, output).encode(errors="replace"), output)
    if request.timing:
        say_timing(progress.timing())
    from analyzer.reset.environments_values import Verdict

    raise typer.Exit(ExitCode.FINDINGS if comparison.verdict is Verdict.BLOCKER else ExitCode.CLEAN)


def _rendered(comparison: Comparison, kind: Format, root: Path, output: Path | None) -> str:
    if kind is Format.JSON:
        from analyzer.render.comparison_json import comparison_json

        return comparison_json(comparison)
    if kind is Format.MD:
        from analyzer.render.links import linker, no_link
        from analyzer.render.markdown.comparison import comparison_markdown

        return comparison_markdown(comparison, linker(output.parent, root) if output else no_link)
    from analyzer.render.comparison_text import comparison_text

    return comparison_text(comparison)


def _deliver(data: bytes, output: Path | None) -> None:
    if output is None:
        say_bytes(data)
        return
    from analyzer.render.folder import write_file

    write_file(output, data)
