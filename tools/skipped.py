"""Skipping files by the byte scan changes nothing: the claim, over any projects: `make skipped`.

Reads every project twice, once as always and once with every file parsed in full, and compares what
the two reports say.  Only how many files were read may differ.

    tools/skipped.py [PROJECT]…      (default: the fixtures, and what `make bench` has fetched)
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest import mock

from analyzer import analysis
from analyzer.options import Options
from analyzer.render.json import document
from analyzer.source import loading
from analyzer.source.loading import Files

REPOSITORY = Path(__file__).resolve().parents[1]
SHOWN = 5
"""Differences that are printed of one project."""

Report = dict[str, Any]


def main() -> None:
    """Compare the projects of the command line, and end with exit code 1 where one differs."""
    roots = [Path(argument) for argument in sys.argv[1:]] or sorted(_default())
    differing = [root for root in roots if not _same(root)]
    print(f"{len(roots) - len(differing)} of {len(roots)} projects: the same with every file parsed")
    sys.exit(1 if differing else 0)


def _default() -> Iterable[Path]:
    for folder in (REPOSITORY / "fixtures", REPOSITORY / ".bench"):
        yield from (path for path in folder.glob("*") if path.is_dir())


def _same(root: Path) -> bool:
    usual, parsed = _report(root)
    with mock.patch.object(loading, "select", _everything):
        full, every = _report(root)
    differences = list(_differences(usual, full, ""))
    verdict = "differs" if differences else "same"
    print(f"{verdict:8} {parsed:6} of {every:6} files parsed  {root}", flush=True)
    for difference in differences[:SHOWN]:
        print(f"         {difference}")
    return not differences


def _everything(files: Files) -> list[tuple[str, bool]]:
    return [(file.path, True) for file in files.tree.files]


def _report(root: Path) -> tuple[Report, int]:
    """What is said about a project, and how many files were read for it."""
    found = analysis.analyse(root.resolve(), Options(cache=False))
    said: Report = json.loads(document(found))
    del said["reading"]["files_read"]
    gc.collect()
    return said, found.reading.files_read


def _differences(one: object, other: object, place: str) -> Iterable[str]:
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from _differences(one.get(key), other.get(key), f"{place}.{key}" if place else key)
    elif isinstance(one, list) and isinstance(other, list):
        yield from (f"{place}: only as always: {_short(item)}" for item in one if item not in other)
        yield from (f"{place}: only with all: {_short(item)}" for item in other if item not in one)
        if sorted(map(repr, one)) == sorted(map(repr, other)):
            yield f"{place}: in another order"
    else:
        yield f"{place}: {_short(one)} with all: {_short(other)}"


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) < 160 else f"{text[:157]}…"


if __name__ == "__main__":
    main()
