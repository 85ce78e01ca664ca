"""The options that the comparisons with real Django share."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.oracle.real.projects import REPOSITORY

STORE = REPOSITORY / ".oracle"


def options(
    doc: str | None, *, name: str = "NAME", default: str = "all", shown: int = 0, changes: bool = False
) -> argparse.ArgumentParser:
    """A parser of `names`, `--store` and `-v`, with `changes` of `--count` and `--seed`, too.

    `doc` is the text of the module, `default` says what is compared without names, `shown` how many
    differences are told unless asked.
    """
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar=name, help=f"what to compare (default: {default})")
    parser.add_argument("--store", type=_folder, default=STORE, metavar="DIR", help="where environments are")
    parser.add_argument(
        "-v", type=int, default=shown, dest="verbose", metavar="N", help="show N differences of each kind"
    )
    if changes:
        parser.add_argument("--count", type=int, default=100, metavar="N", help="changes a project")
        parser.add_argument(
            "--seed", type=int, default=1, metavar="N", help="the same seed, the same changes"
        )
    return parser


def _folder(text: str) -> Path:
    return Path(text).resolve()
