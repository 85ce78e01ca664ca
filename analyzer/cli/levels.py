"""`migscan levels`: levels and cycles as text."""

from __future__ import annotations

from analyzer.cli.progress import watch
from analyzer.cli.reading import Request, reads_a_project
from analyzer.cli.run import analysed, options_for, say, say_timing


@reads_a_project
def levels(request: Request) -> None:
    """List the models by level, the cycles, and what to postpone.

    A model's level is one above the highest level of the models it needs:
    everything can be built from level 0 up. Findings do not change the exit code.

    [bold]Examples[/bold]

      migscan levels .
      migscan levels . --settings config/settings/production.py
      migscan levels . | less
    """
    from analyzer.render.levels_text import levels_text

    options = options_for(request.path, request.flags)
    with watch(request.quiet) as progress:
        analysis = analysed(request.path, options, progress)
    say(levels_text(analysis))
    if request.timing:
        say_timing(progress.timing())
