"""`migscan plan`: the reset as a plan that can be carried out, with everything it needs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from analyzer.cli import arguments as args
from analyzer.cli.progress import watch
from analyzer.cli.reading import Request, reads_a_project
from analyzer.cli.run import examined, options_for, say, say_bytes, say_timing, width
from analyzer.errors import ExitCode

DEFAULT = "migscan-plan"


class Procedure(StrEnum):
    """How old migrations give way to new ones."""

    PLACEHOLDER = "placeholder"
    REPLACES = "replaces"
    SQL = "sql"
    SQUASH = "squash"


class Dialect(StrEnum):
    """The database that SQL is written for."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLITE = "sqlite"
    ORACLE = "oracle"


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


Apps = Annotated[
    list[str] | None,
    typer.Option(
        "--app", metavar="LABEL", show_default=False,
        help="Reset only this app. May be given several times; all apps by default.",
    ),
]  # fmt: skip
How = Annotated[
    Procedure | None,
    typer.Option(
        "--procedure", show_default=False,
        help="placeholder: two releases, no SQL. replaces: old files stay for a release. sql: one release, "
        "guarded SQL. squash: squashmigrations. Recommended by migscan if not given.",
    ),
]  # fmt: skip
Dialects = Annotated[
    list[Dialect] | None,
    typer.Option(
        "--dialect", show_default=False,
        help="Write SQL for this database. May be given several times; by default what the settings say.",
    ),
]  # fmt: skip
Applied = Annotated[
    list[str] | None,
    typer.Option(
        "--applied", metavar="NAME=FILE", show_default=False,
        help="An environment's export of django_migrations: the plan says whether the reset may begin there. "
        "May be given several times.",
    ),
]  # fmt: skip
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FOLDER", rich_help_panel=args.WRITING, show_default=False,
        help="The folder of the plan. \\[default: migscan-plan]",
    ),
]  # fmt: skip
AsFormat = Annotated[
    Format,
    typer.Option(
        "--format", rich_help_panel=args.WRITING,
        help="What is told on standard output: text for people, json with all of PLAN.md for programs.",
    ),
]  # fmt: skip
Force = Annotated[
    bool,
    typer.Option(
        "--force", metavar="", rich_help_panel=args.WRITING,
        help="Write into a folder that is not migscan's, or over a plan that was edited.",
    ),
]  # fmt: skip


@reads_a_project
def plan(
    request: Request,
    app: Apps = None,
    procedure: How = None,
    dialect: Dialects = None,
    applied: Applied = None,
    output: Output = None,
    format: AsFormat = Format.TEXT,  # noqa: A002 - the option's name
    force: Force = False,
) -> None:
    """Plan a migration reset: what becomes of each app, which files will be written, what to run when.

    Writes PLAN.md, the predicted layout as a review sheet, and the artefacts of
    the procedure: placeholder migrations, the `replaces` of new ones, guarded SQL,
    or the calls of `squashmigrations`. Nothing of the project is changed.
    Tells on standard output what becomes of each app, and what was written.

    Exit codes: 0 it can be carried out, 1 something is in the way, or an environment is not
    ready, 2 a mistake in the call or an export that cannot be read.

    [bold]Examples[/bold]

      migscan plan . -o docs/reset
      migscan plan . --procedure replaces --app shop --app orders
      migscan plan . --procedure sql --dialect postgresql
      migscan plan . --applied prod=prod.csv --applied staging=staging.csv
      migscan plan . --format json | jq '.decisions[] | select(.decision == "blocked")'
    """
    from analyzer.render import folder as on_disk
    from analyzer.render.plan import plan_files
    from analyzer.render.plan.json import plan_json
    from analyzer.render.plan.summary import summary
    from analyzer.reset.drafts.compose import drafts
    from analyzer.reset.plan import Wishes
    from analyzer.reset.plan import plan as planned

    options = options_for(request.path, replace(request.flags, force=force or None))
    wishes = Wishes(
        tuple(dict.fromkeys(app or ())),
        procedure.value if procedure is not None else None,
        tuple(one.value for one in dict.fromkeys(dialect or ())),
        tuple((name, str(file)) for name, file in map(args.named_file, applied or ())),
    )
    target = output or Path(DEFAULT)
    on_disk.check(target, options.force)
    with watch(request.quiet) as progress:
        found = examined(request.path, options, progress)
        on_disk.check_place(target, request.path, [one.path for one in found.analysis.apps if one.own])
        if wishes.environments:
            from analyzer.reset.environments_reading import compare_exports

            progress("environments", 0, 0)
            named = [(name, Path(file)) for name, file in wishes.environments]
            compared = compare_exports(request.path, options, found.analysis, named)
            wishes = replace(wishes, comparison=compared)
        progress("plan", 0, 0)
        made = planned(found, wishes)
        brought = drafts(found, made)
        files = plan_files(made, brought)
        on_disk.write(target, files, options.force)
        progress.finish()
    if format is Format.JSON:
        say_bytes(plan_json(made, brought, files).encode())
    elif not options.quiet:
        say(summary(made, str(target), files, width()))
    if request.timing:
        say_timing(progress.timing())
    raise typer.Exit(ExitCode.CLEAN if made.ready else ExitCode.FINDINGS)
