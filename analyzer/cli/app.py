"""The commands of migscan, assembled."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.cli import version_line
from analyzer.cli.check import check
from analyzer.cli.compare import compare
from analyzer.cli.explain import explain, rules
from analyzer.cli.explain_op import explain_op
from analyzer.cli.graph import graph
from analyzer.cli.group import Commands
from analyzer.cli.levels import levels
from analyzer.cli.plan import plan
from analyzer.cli.report import report
from analyzer.cli.verify import verify

HELP = """
Read a Django project as source: what depends on what, in which order it can be rebuilt, what a
migration reset would lose.

No Django, no database; nothing of the project is imported or run.
Without a command, [bold]report[/bold] is meant.

[bold]Examples[/bold]

  migscan ./project
  migscan check .
  migscan levels ./project
  migscan graph ./project --of models -o docs/models.svg
  migscan plan ./project -o docs/reset
  migscan ./project --format json | jq .counts
"""

app = typer.Typer(
    name="migscan",
    cls=Commands,
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command()(report)
app.command()(check)
app.command()(levels)
app.command()(graph)
app.command()(explain)
app.command()(rules)
app.command("explain-op")(explain_op)
app.command()(verify)
app.command()(compare)
app.command()(plan)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version_line(), nl=False)
        raise typer.Exit


@app.callback()
def migscan(
    version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_show_version, is_eager=True, help="Say which version this is."
        ),
    ] = False,
) -> None:
    """Options that stand before a command."""
