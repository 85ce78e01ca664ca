"""`migscan levels`: levels and cycles as text."""

from __future__ import annotations

from analyzer.cli import arguments as args
from analyzer.cli.progress import watch
from analyzer.cli.run import analysed, flags, options_for, say, say_timing


def levels(
    path: args.Project,
    settings: args.Settings = None,
    exclude: args.Exclude = None,
    all_apps: args.AllApps = False,
    site_packages: args.SitePackages = None,
    jobs: args.Jobs = None,
    no_cache: args.NoCache = False,
    quiet: args.Quiet = False,
    timing: args.Timing = False,
) -> None:
    """List the models by level, the cycles, and what to postpone.

    A model's level is one above the highest level of the models it needs:
    everything can be built from level 0 up. Findings do not change the exit code.

    [bold]Examples[/bold]

      migscan levels .
      migscan levels . --settings config/settings/production.py
      migscan levels . | less
    """
    from analyzer.render.levels_text import levels_text

    options = options_for(path, flags(settings, exclude, all_apps, jobs, no_cache, site_packages))
    with watch(quiet) as progress:
        analysis = analysed(path, options, progress)
    say(levels_text(analysis))
    if timing:
        say_timing(progress.timing())
