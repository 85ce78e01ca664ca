"""The group of commands: `report` where none is named, and every way in which a run may end."""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from typer.core import TyperGroup

from analyzer.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from typer._click import Context
    from typer._click.shell_completion import CompletionItem

DEFAULT = "report"


class Commands(TyperGroup):
    """`migscan ./project` is `migscan report ./project`."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [DEFAULT, *args] if self._means_default(ctx, args) else args)

    def _means_default(self, ctx: Context, args: list[str]) -> bool:
        if not args or args[0] in self.commands or args[0] in self._own_options(ctx):
            return False
        mistyped = get_close_matches(args[0], self.commands, n=1, cutoff=0.7)
        return not mistyped or Path(args[0]).exists()

    def _own_options(self, ctx: Context) -> set[str]:
        return {name for parameter in self.get_params(ctx) for name in parameter.opts}

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        """Options of the default command are options here, too."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            report = self.commands[DEFAULT]
            inner = report.make_context(DEFAULT, [], parent=ctx, resilient_parsing=True)
            known = {item.value for item in found}
            found += [item for item in report.shell_complete(inner, incomplete) if item.value not in known]
        return found

    def invoke(self, ctx: Context) -> object:
        try:
            result: object = super().invoke(ctx)
            sys.stdout.flush()
        except UsageError as error:
            sys.stderr.write(f"migscan: {error}\n")
            sys.exit(ExitCode.USAGE)
        except KeyboardInterrupt:
            sys.stderr.write("\n" if sys.stderr.isatty() else "")
            sys.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:
            _reader_left()
        else:
            return result


def _reader_left() -> NoReturn:
    """Whoever read standard output has seen enough (`| head`): end quietly, as `cat` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(ExitCode.CLEAN)
