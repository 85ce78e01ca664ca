"""`migscan explain CODE` and `migscan rules`: what the rules are."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli import arguments as args
from analyzer.cli.run import colour, say, say_bytes
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.audits.rules import Rule


class Format(StrEnum):
    """How the rules are listed."""

    TEXT = "text"
    JSON = "json"
    MD = "md"


Codes = Annotated[
    list[str],
    typer.Argument(
        metavar="RULE…", show_default=False, help="Codes (MS104), names (duplicate-number) or families (MS1)."
    ),
]  # fmt: skip
AsFormat = Annotated[
    Format, typer.Option("--format", rich_help_panel=args.WRITING, help="md has all that there is to say.")
]


def explain(codes: Codes, no_color: args.NoColor = False) -> None:
    """Explain a rule: what it finds, why that matters, what to do, an example of both.

    `migscan rules` lists them all; no project is read.

    [bold]Examples[/bold]

      migscan explain MS101
      migscan explain several-leaf-nodes MS3
    """
    from analyzer.audits.policy import hint, matching
    from analyzer.render.rules import explanation

    every = _every()
    wanted: set[str] = set()
    for selector in codes:
        found = matching(selector, every)
        if not found:
            raise UsageError(f"no rule '{selector}'; {hint(selector, every)}")
        wanted |= found
    say("\n".join(explanation(rule, colour(no_color)) for rule in every if rule.code in wanted))


def rules(format: AsFormat = Format.TEXT, no_color: args.NoColor = False) -> None:  # noqa: A002 - the option's name
    """List all rules, one a line: code, severity, name, title.

    Those of `check`, and from MS601 on those of `compare`; `migscan explain` says more about one.

    [bold]Examples[/bold]

      migscan rules
      migscan rules --format md > RULES.md
    """
    from analyzer.render import rules as write

    every = _every()

    if format is Format.TEXT:
        say(write.listing(every, colour(no_color)))
    else:
        say_bytes((write.document(every) if format is Format.JSON else write.page(every)).encode())


def _every() -> tuple[Rule, ...]:
    """The rules of `check`, and those of `compare`."""
    from analyzer.audits.registry import RULES
    from analyzer.reset.environments_rules import RULES as OF_ENVIRONMENTS

    return (*RULES, *OF_ENVIRONMENTS)
