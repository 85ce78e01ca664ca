"""`migscan check`: findings only, for hooks and continuous integration."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from analyzer.cli import arguments as args
from analyzer.cli.reading import Request, reads_paths
from analyzer.errors import ExitCode, UsageError


class Format(StrEnum):
    """text is for people; the others are what those programs read."""

    TEXT = "text"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JSON = "json"
    JUNIT = "junit"


class Severity(StrEnum):
    """From which severity on."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[PATH…]", show_default=False,
        help="The project's folder (the current one if not given), or files: then only findings that "
        "touch them are reported, and the project is the nearest folder above them with a configuration, "
        "else with manage.py, else the repository.",
    ),
]  # fmt: skip
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select", metavar="RULES", rich_help_panel=args.FINDINGS, show_default=False,
        help="Only these: codes (MS104), names, families (MS1), or graph for what the migration graph alone "
        "decides, which is fastest. With commas or several times.",
    ),
]  # fmt: skip
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", metavar="RULES", rich_help_panel=args.FINDINGS, show_default=False, help="All but these."
    ),
]
ExtendSelect = Annotated[
    list[str] | None,
    typer.Option(
        "--extend-select", metavar="RULES", rich_help_panel=args.FINDINGS, show_default=False,
        help="These, too, beside those that --select or the configuration names.",
    ),
]  # fmt: skip
Since = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="REV", rich_help_panel=args.FINDINGS, show_default=False,
        help="Only findings that touch files changed since the branch left REV, such as origin/main. "
        "Asks git; the whole project is still read.",
    ),
]  # fmt: skip
Staged = Annotated[
    bool,
    typer.Option(
        "--staged", metavar="", rich_help_panel=args.FINDINGS,
        help="Only findings that touch files of the next commit. Reads the files as they stand on disk.",
    ),
]  # fmt: skip
FailOn = Annotated[
    Severity | None,
    typer.Option(
        "--fail-on", rich_help_panel=args.FINDINGS, show_default=False,
        help="Exit code 1 from this severity on. \\[default: error, which is what breaks `migrate`]",
    ),
]  # fmt: skip
Show = Annotated[
    Severity | None,
    typer.Option(
        "--show", rich_help_panel=args.FINDINGS, show_default=False,
        help="Report findings from this severity on. \\[default: warning in text and github, else note]",
    ),
]  # fmt: skip
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline", metavar="FILE", rich_help_panel=args.ADOPTING, show_default=False,
        help="Leave out what this file says is known.",
    ),
]  # fmt: skip
WriteBaseline = Annotated[
    Path | None,
    typer.Option(
        "--write-baseline", metavar="FILE", rich_help_panel=args.ADOPTING, show_default=False,
        help="Write what is found now as known, and end with exit code 0.",
    ),
]  # fmt: skip
Fix = Annotated[
    bool,
    typer.Option(
        "--fix", metavar="", rich_help_panel=args.ADOPTING,
        help="Mend what can be mended without a decision, then check again.",
    ),
]  # fmt: skip
Diff = Annotated[
    bool,
    typer.Option(
        "--diff", metavar="", rich_help_panel=args.ADOPTING,
        help="Show what --fix would change, and change nothing; exit code 1 if there is anything.",
    ),
]  # fmt: skip
AsFormat = Annotated[Format, typer.Option("--format", rich_help_panel=args.WRITING, help="How to say it.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", rich_help_panel=args.WRITING, show_default=False,
        help="Where to write it; standard output if not given.",
    ),
]  # fmt: skip
Statistics = Annotated[
    bool,
    typer.Option(
        "--statistics", metavar="", rich_help_panel=args.WRITING, help="Only how often each rule was broken."
    ),
]


@reads_paths
def check(
    request: Request,
    paths: Paths = None,
    select: Select = None,
    ignore: Ignore = None,
    extend_select: ExtendSelect = None,
    since: Since = None,
    staged: Staged = False,
    fail_on: FailOn = None,
    show: Show = None,
    baseline: Baseline = None,
    write_baseline: WriteBaseline = None,
    fix: Fix = False,
    diff: Diff = False,
    format: AsFormat = Format.TEXT,  # noqa: A002 - the option's name
    output: Output = None,
    statistics: Statistics = False,
    no_color: args.NoColor = False,
) -> None:
    """Check a project against the rules: for commit hooks and continuous integration.

    Exit codes: 0 nothing from --fail-on upwards, 1 findings, 2 a mistake in the call.
    A comment `# migscan: ignore[MS104] reason` on a line suppresses what is found there.

    [bold]Examples[/bold]

      migscan check
      migscan check --since origin/main --format github
      migscan check --write-baseline .migscan-baseline.json
      migscan check --select MS1,MS304 --format sarif -o migscan.sarif
    """
    from analyzer.cli import checking

    if sum((since is not None, staged)) > 1:
        raise UsageError("--since and --staged exclude each other")
    if fix and diff:
        raise UsageError("--fix and --diff exclude each other: --diff shows what --fix would write")
    if statistics and format is not Format.TEXT:
        raise UsageError(f"--statistics is text; leave --format {format.value} out")
    said = replace(
        request.flags,
        select=_selectors(select) or None,
        ignore=_selectors(ignore),
        extend_select=_selectors(extend_select),
        fail_on=fail_on.value if fail_on is not None else None,
        baseline=baseline,
    )
    wish = checking.Wish(
        paths=tuple(paths or ()),
        since=since,
        staged=staged,
        show=show.value if show is not None else None,
        write_baseline=write_baseline,
        mend="fix" if fix else "diff" if diff else "",
        format=format.value,
        output=output,
        statistics=statistics,
        quiet=request.quiet,
        no_color=no_color,
        timing=request.timing,
    )
    if checking.check(wish, said):
        raise typer.Exit(ExitCode.FINDINGS)


def _selectors(said: list[str] | None) -> tuple[str, ...]:
    return tuple(part.strip() for words in said or () for part in words.split(",") if part.strip())
