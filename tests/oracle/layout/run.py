"""The predicted layout beside what real `makemigrations` writes once the migrations are deleted.

    python -m tests.oracle.layout.run [--store DIR] [--catalogue] [--planned] [-v N] [NAME ...]

NAME is a project of `tests/oracle/real/projects.toml` that can be booted, one of
`tests/oracle/verdicts/projects.toml`, or `marketplace`, the showcase; all if none is given.  Prints a line
a project: files, operations and dependencies that Django writes, how many of them migscan says otherwise,
and how many it marks as not certain.

Exit code: 0 all agree and at most two in a hundred are not certain, 1 some differ, 2 one did not boot.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from analyzer.analysis import worked_out
from analyzer.options import Options
from analyzer.reset.layout import ground, layout
from analyzer.reset.packages import resettable
from analyzer.reset.plan import Wishes, plan
from analyzer.reset.planned import Layout
from analyzer.sources import sources
from tests.oracle.options import options
from tests.oracle.real.projects import (
    REPOSITORY,
    SETTINGS,
    Project,
    Refused,
    install,
    lay_out,
    read_projects,
)
from tests.oracle.verdicts.subjects import subject

TRUTH = Path(__file__).with_name("django_layout.py")
MARKETPLACE = "marketplace"
MORE = ("taiga-back", "pulpcore", "label-studio", "care")
"""Projects of the verdicts that none of the others stand for: with circles of apps, or of other kinds."""

SHOWCASE_SETTINGS = "config.settings.dev"
UNSURE = 2
"""So many of a hundred facts may be not certain."""

Fact = tuple[str, ...]


@dataclass
class Outcome:
    """Facts that Django has, those that migscan says otherwise for certain, those it marks."""

    facts: int
    wrong: list[str]
    unsure: int
    files: int
    split: int
    apps: int


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    known = {project.name: project for project in read_projects() if project.booted}
    names = asked.names or [MARKETPLACE, *known, *MORE]
    total, failed = Counter[str](), False
    for name in names:
        try:
            found = _of(name, asked.store, asked.catalogue, asked.planned)
        except (Refused, OSError) as error:
            sys.stdout.write(f"{name:24} {error}\n")
            failed = True
            continue
        total.update(facts=found.facts, wrong=len(found.wrong), unsure=found.unsure)
        sys.stdout.write(
            f"{name:24} apps {found.apps:>3}  files {found.files:>4}, split {found.split:>3}"
            f"  facts {found.facts:>5}  wrong {len(found.wrong):>4}  not certain {found.unsure:>4}\n"
        )
        for line in found.wrong[: asked.verbose]:
            sys.stdout.write(f"  {line}\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"{'all':24} facts {total['facts']}  wrong {total['wrong']}  not certain {total['unsure']}\n"
    )
    if failed:
        return 2
    return int(bool(total["wrong"]) or total["unsure"] * 100 > UNSURE * total["facts"])


def _parser() -> argparse.ArgumentParser:
    parser = options(__doc__)
    parser.add_argument("--planned", action="store_true", help="only the apps that a plan would reset")
    parser.add_argument("--catalogue", action="store_true", help="read without the installed packages")
    return parser


def _of(name: str, store: Path, catalogue: bool, planned: bool) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        if name == MARKETPLACE:
            source = Path(folder, "src")
            shutil.copytree(REPOSITORY / "fixtures/marketplace", source)
            options = Options(**COMMON)
            return compare(source, source, SHOWCASE_SETTINGS, Path(sys.executable), options, planned)
        project, laid, python = _laid_out(name, store)
        site = next(python.parent.parent.glob("lib/python3*/site-packages"))
        source = Path(folder, "src")
        shutil.copytree(laid, source)
        options = Options(
            **COMMON,
            settings=str(PurePosixPath(project.root, f"{SETTINGS}.py")),
            site_packages=None if catalogue else site,
        )
        return compare(source, source / project.root, SETTINGS, python, options, planned)


def _laid_out(name: str, store: Path) -> tuple[Project, Path, Path]:
    """A project, its tree, and the interpreter that runs it.  Raises Refused where there is none."""
    if name in MORE:
        found = subject(name, store)
        return found.project, found.source, found.python
    project = next(one for one in read_projects() if one.name == name)
    home = store / name
    return project, lay_out(project, home, install(project, home)), home / "venv/bin/python"


COMMON: Mapping[str, Any] = {"jobs": 1, "cache": False}


def compare(
    source: Path, root: Path, settings: str, python: Path, options: Options, planned: bool = False
) -> Outcome:
    """Predict, delete what the prediction says is deleted, and ask Django."""
    predicted = predict(source, options, planned)
    done = subprocess.run([python, TRUTH, root, settings], capture_output=True, text=True, check=False)
    if not done.stdout:
        raise Refused(f"makemigrations: {done.stderr[-300:]}")
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise Refused("makemigrations: " + answer["error"].strip()[-600:])
    return outcome(answer["migrations"], predicted)


def predict(source: Path, options: Options, planned: bool = False) -> Layout:
    """The layout, of all apps or of those that a plan would reset; the files of their migrations, and
    helpers beside them, are deleted from the tree."""
    examined = worked_out(sources(source, options), options, lambda *_: None)
    on = ground(examined, plan(examined, Wishes()).apps if planned else resettable(examined))
    found = layout(on)
    for label in on.apps:
        for path in (*on.packages[label].delete, *on.packages[label].helpers):
            (source / path).unlink()
    return found


def outcome(truth: Sequence[Mapping[str, Any]], predicted: Layout) -> Outcome:
    """What both say; operations that are not certain are left out on both sides, wherever they stand."""
    doubted, open_ = set(_doubted(predicted)), {one.app for one in predicted.migrations if one.why}
    wanted, found = list(_django(truth, doubted, open_)), list(_migscan(predicted, open_))
    wrong = [f"Django {one}" for one in _only(wanted, found)]
    wrong += [f"migscan {one}" for one in _only(found, wanted)]
    facts = list(_django(truth, set(), set()))
    split = sum(1 for one in truth if not one["name"].startswith("0001_"))
    return Outcome(
        len(facts), wrong, len(facts) - len(wanted), len(truth), split, len({one["app"] for one in truth})
    )


def _only(one: list[Fact], other: list[Fact]) -> list[Fact]:
    there = set(other)
    return [fact for fact in one if fact not in there]


def _django(truth: Sequence[Mapping[str, Any]], doubted: set[Fact], open_: set[str]) -> Iterator[Fact]:
    for one in truth:
        if one["app"] in open_:
            continue
        key = (one["app"], one["name"])
        kept = [
            (kind, model, name)
            for kind, model, name in one["operations"]
            if not {(one["app"], kind, model, name), (one["app"], kind, model, "")} & doubted
        ]
        yield (*key, "file")
        yield from ((*key, f"{n:04d}", *operation) for n, operation in enumerate(kept))
        yield from ((*key, "needs", *dependency) for dependency in one["dependencies"])


def _migscan(predicted: Layout, open_: set[str]) -> Iterator[Fact]:
    for one in predicted.migrations:
        if one.app in open_:
            continue
        yield (*one.key, "file")
        for n, operation in enumerate(operation for operation in one.operations if not operation.why):
            yield (*one.key, f"{n:04d}", operation.kind, operation.model, operation.name)
        yield from ((*one.key, "needs", *dependency) for dependency in one.dependencies)


def _doubted(predicted: Layout) -> Iterator[Fact]:
    """Operations that are not certain, and all that may be written for a model of which only the name is."""
    for one in predicted.migrations:
        for operation in one.operations:
            if operation.why:
                yield (one.app, operation.kind, operation.model, operation.name)
            if operation.why and operation.kind == "CreateModel":
                for kind in ("AddField", "AddIndex", "AddConstraint", "AlterUniqueTogether"):
                    yield (one.app, kind, operation.model, "")


if __name__ == "__main__":
    sys.exit(main())
