"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.errors import UsageError

FINDINGS = "Which findings"
ADOPTING = "Adopting and mending"
READING = "Reading the project"
WRITING = "Writing"
SCREEN = "On the terminal"

Project = Annotated[
    Path,
    typer.Argument(
        metavar="PATH", help="The Django project: the folder that holds its source.", show_default=False
    ),
]
Settings = Annotated[
    str | None,
    typer.Option(
        "--settings", metavar="FILE|MODULE", rich_help_panel=READING, show_default=False,
        help="The settings to go by, as a file or a dotted module. Chosen by migscan if not given.",
    ),
]  # fmt: skip
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", metavar="PATTERN", rich_help_panel=READING, show_default=False,
        help="Leave out what matches, as in .gitignore. May be given several times.",
    ),
]  # fmt: skip
AllApps = Annotated[
    bool,
    typer.Option(
        "--all-apps",
        metavar="",
        rich_help_panel=READING,
        help="Count apps that the settings do not install, too.",
    ),
]
SitePackages = Annotated[
    Path | None,
    typer.Option(
        "--site-packages", metavar="FOLDER", rich_help_panel=READING, show_default=False,
        help="Read the packages installed there; by default a virtual environment in the project, "
        "else what migscan knows of well-known packages.",
    ),
]  # fmt: skip
DjangoVersion = Annotated[
    str | None,
    typer.Option(
        "--django-version", metavar="X.Y", rich_help_panel=READING, show_default=False,
        help="The Django that the project runs with, such as 4.2; by default what requirement and lock "
        "files, an installed Django or the migrations say.",
    ),
]  # fmt: skip
Jobs = Annotated[
    int | None,
    typer.Option(
        "-j", "--jobs", metavar="N", min=0, rich_help_panel=READING, show_default=False,
        help="Read with N processes. The result is the same for any number.",
    ),
]  # fmt: skip
NoCache = Annotated[
    bool,
    typer.Option(
        "--no-cache", metavar="", rich_help_panel=READING, help="Neither use nor write .migscan_cache."
    ),
]
Quiet = Annotated[
    bool, typer.Option("-q", "--quiet", metavar="", rich_help_panel=SCREEN, help="No summary, no progress.")
]
NoColor = Annotated[
    bool,
    typer.Option(
        "--no-color", metavar="", rich_help_panel=SCREEN, help="No colours; NO_COLOR does the same."
    ),
]
Timing = Annotated[
    bool, typer.Option("--timing", metavar="", rich_help_panel=SCREEN, help="Say how long each stage took.")
]
Dot = Annotated[
    str | None,
    typer.Option(
        "--dot", metavar="PROGRAM", rich_help_panel=WRITING, show_default=False,
        help="Draw with this Graphviz `dot` instead of the one that comes with migscan.",
    ),
]  # fmt: skip


def named_file(text: str) -> tuple[str, Path]:
    """What `--applied NAME=FILE` names: an environment and its export."""
    name, equals, file = text.partition("=")
    if not equals or not name.strip() or not file:
        raise UsageError(f"--applied {text}: expected NAME=FILE, such as prod=prod.csv")
    return name.strip(), Path(file)
