"""`migscan explain CODE` and `migscan rules`: what the rules are."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from analyzer.cli import arguments as args
from analyzer.cli.run import colour, say, say_bytes
from analyzer.errors import UsageError


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

    [bold]Examples[/bold]

      migscan explain MS101
      migscan explain several-leaf-nodes MS3
    """
    from analyzer.audits.policy import hint, matching
    from analyzer.audits.registry import RULES
    from analyzer.render.rules import explanation

    wanted: set[str] = set()
    for selector in codes:
        found = matching(selector)
        if not found:
            raise UsageError(f"no rule '{selector}'; {hint(selector)}")
        wanted |= found
    say("\n".join(explanation(rule, colour(no_color)) for rule in RULES if rule.code in wanted))


def rules(format: AsFormat = Format.TEXT, no_color: args.NoColor = False) -> None:  # noqa: A002 - the option's name
    """List all rules.

    [bold]Examples[/bold]

      migscan rules
      migscan rules --format md > RULES.md
    """
    from analyzer.audits.registry import RULES
    from analyzer.render import rules as write

    if format is Format.TEXT:
        say(write.listing(RULES, colour(no_color)))
    else:
        say_bytes((write.document(RULES) if format is Format.JSON else write.page(RULES)).encode())
