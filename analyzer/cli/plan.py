"""`migscan plan`: the reset as a plan that can be carried out, with everything it needs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from analyzer.cli import arguments as args
from analyzer.cli.progress import watch
from analyzer.cli.reading import Request, reads_a_project
from analyzer.cli.run import examined, options_for, say_timing
from analyzer.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from analyzer.reset.plan import Plan

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
    force: Force = False,
) -> None:
    """Plan a migration reset: what becomes of each app, which files will be written, what to run when.

    Writes PLAN.md, the predicted layout as a review sheet, and the artefacts of
    the procedure: placeholder migrations, the `replaces` of new ones, guarded SQL,
    or the calls of `squashmigrations`. Nothing of the project is changed.

    Exit codes: 0 it can be carried out, 1 something is in the way, or an environment is not
    ready, 2 a mistake in the call or an export that cannot be read.

    [bold]Examples[/bold]

      migscan plan . -o docs/reset
      migscan plan . --procedure replaces --app shop --app orders
      migscan plan . --procedure sql --dialect postgresql
      migscan plan . --applied prod=prod.csv --applied staging=staging.csv
    """
    from analyzer.render import folder as on_disk
    from analyzer.render.plan import plan_files
    from analyzer.reset.drafts.compose import drafts
    from analyzer.reset.plan import Wishes
    from analyzer.reset.plan import plan as planned

    options = options_for(request.path, replace(request.flags, force=force or None))
    wishes = Wishes(
        tuple(dict.fromkeys(app or ())),
        procedure.value if procedure is not None else None,
        tuple(one.value for one in dict.fromkeys(dialect or ())),
        tuple(_environment(one) for one in applied or ()),
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
        on_disk.write(target, plan_files(made, drafts(found, made)), options.force)
        progress.finish()
    if not options.quiet:
        sys.stderr.write(_told(made, target))
    if request.timing:
        say_timing(progress.timing())
    ready = made.feasible and not made.blocked and not made.waiting
    raise typer.Exit(ExitCode.CLEAN if ready else ExitCode.FINDINGS)


def _environment(said: str) -> tuple[str, str]:
    name, equals, file = said.partition("=")
    if not equals or not name.strip() or not file:
        raise UsageError(f"--applied {said}: write NAME=FILE, such as prod=prod.csv")
    return name.strip(), file


def _told(made: Plan, target: Path) -> str:
    from analyzer.render.plan.gated import gate_answer
    from analyzer.render.words import count, printable

    files = count(len(made.delete), "migration file")
    head = f"{made.procedure}: {files} of {count(len(made.apps), 'app')} "
    head += f"become {len([one for one in made.layout.migrations if one.app in made.apps])}"
    if not made.feasible:
        head = "it cannot be done like this"
    blocked = [f"blocked: {one.app}, {one.why}" for one in made.blocked]
    gates = [f"{gate.label}: {gate_answer(gate)}" for gate in made.gates]
    lines = [head, *map(printable, (*blocked, *gates)), f"written to {target / 'PLAN.md'}"]
    return "".join(f"{line}\n" for line in lines)
