"""What every command that reads a project may be told, written once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Any

from msgspec import Struct

from analyzer.cli import arguments as args
from analyzer.options import Flags

PANELS = (None, args.FINDINGS, args.ADOPTING, args.WRITING, args.READING, args.SCREEN)
"""The order of the options in `--help`: a command's own come first, how it reads and shows last."""


class Request(Struct, frozen=True):
    """The project and how to read it; `flags` holds what was said, to which a command may add."""

    path: Path
    flags: Flags
    quiet: bool
    timing: bool


def _request(
    path: args.Project,
    settings: args.Settings = None,
    exclude: args.Exclude = None,
    all_apps: args.AllApps = False,
    site_packages: args.SitePackages = None,
    django_version: args.DjangoVersion = None,
    jobs: args.Jobs = None,
    no_cache: args.NoCache = False,
    quiet: args.Quiet = False,
    timing: args.Timing = False,
) -> Request:
    """A switch that was not given says nothing, so that the project's own configuration decides."""
    flags = Flags(
        settings=settings,
        exclude=tuple(exclude or ()),
        all_apps=True if all_apps else None,
        jobs=jobs,
        cache=False if no_cache else None,
        site_packages=site_packages,
        django_version=django_version,
        quiet=True if quiet else None,
    )
    return Request(path, flags, quiet, timing)


def reads_a_project(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command, whose first parameter is a `Request`, the options that fill it."""
    return _with(command, signature(_request, eval_str=True).parameters)


def reads_paths(command: Callable[..., None]) -> Callable[..., None]:
    """The same for a command that finds out itself which project is meant: its request says `.`."""
    shared = dict(signature(_request, eval_str=True).parameters)
    del shared["path"]
    return _with(command, shared, path=Path())


def _with(command: Callable[..., None], shared: Mapping[str, Parameter], **fixed: Any) -> Callable[..., None]:
    _, *own = signature(command, eval_str=True).parameters.values()

    @wraps(command)
    def run(**given: Any) -> None:
        request = _request(**{name: given.pop(name) for name in shared}, **fixed)
        command(request, **given)

    path, *options = shared.values()
    parameters = _in_order([path, *own, *options])
    run.__dict__["__signature__"] = Signature(parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _in_order(parameters: Sequence[Parameter]) -> list[Parameter]:
    keywords = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in parameters]
    return sorted(keywords, key=lambda parameter: PANELS.index(_panel(parameter)))


def _panel(parameter: Parameter) -> str | None:
    """Under which head `--help` lists an option; an argument has none."""
    (info,) = parameter.annotation.__metadata__
    return getattr(info, "rich_help_panel", None)
