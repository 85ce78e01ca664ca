"""Projects whose models are changed one at a time: what real `makemigrations` says, and what migscan says.

    python -m tests.oracle.mutations.run [--store DIR] [--count N] [--seed N] [--catalogue] [--all] [-v N]
                                         [--blocks] [NAME ...]

NAME is a project of `tests/oracle/real/projects.toml` that can be booted, or `marketplace`, the
showcase; without one those of `USUAL` are run.  Prints a line a project: changes that boot, those for
which Django writes something, those where migscan's answers are all certain and right, those that it
leaves undecided, and those where it is wrong.  A project is read with the packages of its
environment, with `--catalogue` without them.  With `--blocks` the blocks of stream fields are changed.

Exit code: 0 no certain answer is wrong, 1 some are, 2 a project could not be booted.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from analyzer.analysis import Analysis, analyse
from analyzer.options import Options
from tests.oracle.mutations.block_changes import block_changes
from tests.oracle.mutations.changes import Change, changes
from tests.oracle.options import options
from tests.oracle.real.projects import REPOSITORY, SETTINGS, Refused, install, lay_out, read_projects

SERVER = Path(__file__).with_name("django_writes.py")
MARKETPLACE = "marketplace"
SHOWCASE_SETTINGS = "config.settings.dev"
USUAL = (
    MARKETPLACE, "mezzanine", "bakerydemo", "kiwitcms", "allianceauth", "edx-enterprise", "richie",
    "safe-transaction-service",
)  # fmt: skip
"""Projects unlike each other that install and boot in little time."""

TRIES = 8
"""So many changes are tried for each that is wanted: some do not boot."""

SELDOM = 200_000
"""An analysis makes many objects that last: to look for garbage at the usual times takes a fifth of it."""

FAMILIES = {"RemoveIndex": "AddIndex", "RenameIndex": "AddIndex"}
FAMILIES |= {"RemoveConstraint": "AddConstraint", "AlterConstraint": "AddConstraint"}
"""Operations of which migscan names the first where it does not know the items on one side."""

Written = tuple[str, str, str, str | None]
"""(app, operation, model, field): an operation that a migration would hold."""


@dataclass(frozen=True)
class Project:
    """A copy of a project that may be changed.

    `root` is what migscan reads, with `options`, and `home` the folder of it that stands on `sys.path`.
    """

    name: str
    root: Path
    home: Path
    python: Path
    settings: str
    options: Options


@dataclass
class Score:
    """How the changes of one project were judged; for `writes` of them Django writes something more."""

    most: int = 0
    right: int = 0
    writes: int = 0
    undecided: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.right + len(self.undecided) + len(self.wrong)

    def add(self, kind: str, said: str) -> None:
        known = self.wrong if kind == "wrong" else self.undecided
        known.append(said)
        if len(known) <= self.most:
            _say(f"    {kind}: {said}")


@dataclass(frozen=True)
class Answer:
    """What migscan says: operations that are certain, and places that it leaves open, each with why."""

    certain: frozenset[Written]
    why: Mapping[Written, str]

    @staticmethod
    def of(found: Analysis) -> Answer:
        differences = found.drift.differences
        why = {(d.app, d.operation, d.model, d.field): d.why for d in differences if not d.certain}
        for u in found.drift.undecided:
            operation = "AlterField" if u.field else "AlterModelManagers"
            why.setdefault((u.app, operation, u.model, u.field or None), u.why)
        certain = {(d.app, d.operation, d.model, d.field) for d in differences if d.certain}
        return Answer(frozenset(certain), why)

    @property
    def open(self) -> frozenset[Written]:
        return frozenset(self.why)

    def leaves_open(self, row: Written) -> bool:
        """Whether an operation lies just where source is said not to decide: its field, its model's
        existence, or that option of its model."""
        app, operation, model, name = row
        here = [(kind, place) for known, kind, owner, place in self.open if (known, owner) == (app, model)]
        if any(kind in ("CreateModel", "DeleteModel") for kind, _ in here):
            return True
        if operation == "AddField" and ("AlterModelManagers", None) in here:
            return True  # not all of the model is known
        if name is not None:
            return any(place == name for _, place in here)
        family = FAMILIES.get(operation, operation)
        return any(FAMILIES.get(kind, kind) == family for kind, _ in here)


class Django:
    """Asks real Django, in a process that stays, what it would write for the tree as it is now.

    `mode` is what the server is told beside the project (see `django_writes`).
    """

    def __init__(self, project: Project, *mode: str) -> None:
        self.process = subprocess.Popen(
            [str(project.python), str(SERVER), str(project.home), project.settings, *mode],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.error = ""

    def ask(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("?\n")
        self.process.stdin.flush()

    def answer(self) -> frozenset[Written] | None:
        """The operations; None where the project does not boot."""
        said = self.said()
        self.error = said["error"] if isinstance(said, dict) else ""
        return None if isinstance(said, dict) else frozenset((a, o, m, f) for a, o, m, f in said)

    def said(self) -> Any:
        """The answer as it was told."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline() or '{"error": "no answer"}')

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def judged(project: Project, count: int, seed: int, most: int = 0, blocks: bool = False) -> Score:
    """The score of one project after so many changes that boot.  Raises Refused where it does not itself.

    What is wrong without any change counts once, as a change of its own; up to `most` changes of each
    kind are told at once.
    """
    django = Django(project)
    try:
        django.ask()
        analysis = analyse(project.root, project.options)
        usual = django.answer()
        if usual is None:
            raise Refused(django.error)
        before = Answer.of(analysis)
        score = Score(most)
        known = _wrong(usual, before)
        if known:
            score.add("wrong", f"no change: {_said(usual, before, known)}")
        made = block_changes(project.root, seed) if blocks else changes(project.root, analysis, seed)
        for change in islice(made, TRIES * count):
            if score.total >= count:
                break
            with applied(project.root, change):
                django.ask()
                after = Answer.of(analyse(project.root, project.options))
                truth = django.answer()
            if truth is not None:
                judge(change, truth, usual, before, after, known, score)
        return score
    finally:
        django.close()


@contextmanager
def applied(root: Path, change: Change) -> Iterator[None]:
    """The tree with a change, for as long as the block."""
    path = root / change.file
    before, times = path.read_bytes(), path.stat()
    path.write_bytes(change.text.encode())
    try:
        yield
    finally:
        path.write_bytes(before)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def judge(
    change: Change,
    truth: frozenset[Written],
    usual: frozenset[Written],
    before: Answer,
    after: Answer,
    known: frozenset[Written],
    score: Score,
) -> None:
    """Certain answers must be Django's; what Django writes beyond them must be listed as not decided.

    `usual` is what Django writes without the change, `before` what migscan says then, `known` what is
    wrong of that.  What is not decided without the change either is nothing that the change leaves open.
    """
    score.writes += truth != usual
    wrong = _wrong(truth, after) - known
    left = (truth - after.certain) - (usual - before.certain)
    open_ = (left - known) | (after.open - before.open)
    if wrong:
        score.add("wrong", f"{change.said}: {_said(truth, after, wrong)}")
    elif open_:
        score.add("open", f"{change.said}: {_rows(open_)} {_reasons(open_, after)}")
    else:
        score.right += 1


def _wrong(truth: frozenset[Written], answer: Answer) -> frozenset[Written]:
    missing = (row for row in truth - answer.certain if not answer.leaves_open(row))
    return frozenset((*(answer.certain - truth), *missing))


def _said(truth: frozenset[Written], answer: Answer, rows: frozenset[Written]) -> str:
    extra, missing = rows & answer.certain, rows & truth
    return f"extra {_rows(extra - truth)}, missing {_rows(missing - answer.certain)}"


def _reasons(rows: Collection[Written], answer: Answer) -> str:
    """Why an answer leaves operations open: what it says of them, or else of their models."""
    models = {(app, model) for app, _, model, _ in rows}
    here = {why for (app, _, model, _), why in answer.why.items() if (app, model) in models}
    return "; ".join(sorted({answer.why[row] for row in rows if row in answer.why} or here))


def _rows(rows: frozenset[Written]) -> str:
    return "[" + ", ".join(sorted(" ".join(map(str, row)) for row in rows)) + "]"


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    gc.set_threshold(SELDOM)
    known = {project.name: project for project in read_projects() if project.booted}
    status = 0
    _say(f"{'project':24}  {'changes':>7}  {'written':>7}  {'right':>6}  {'undecided':>15}  {'wrong':>5}")
    total = Score()
    for name in asked.names or ([MARKETPLACE, *known] if asked.all else USUAL):
        try:
            with prepared(name, asked.store, packages=not asked.catalogue) as project:
                score = judged(project, asked.count, asked.seed, asked.verbose, asked.blocks)
        except Refused as error:
            sys.stderr.write(f"{name}: {error}\n")
            status = 2
            continue
        _print(name, score)
        status = status or int(bool(score.wrong))
        total.right += score.right
        total.writes += score.writes
        total.undecided += score.undecided
        total.wrong += score.wrong
    _print("all", total)
    return status


def _print(name: str, score: Score) -> None:
    numbers = f"{score.total:>7}  {score.writes:>7}  {score.right:>6}"
    undecided = f"{len(score.undecided)} ({len(score.undecided) / max(score.total, 1):.1%})"
    _say(f"{name:24}  {numbers}  {undecided:>15}  {len(score.wrong):>5}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def prepared(name: str, store: Path, *, packages: bool = True) -> Iterator[Project]:
    """A project that may be changed, for as long as the block.  Raises Refused where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, name)
        if name == MARKETPLACE:
            shutil.copytree(REPOSITORY / "fixtures" / name, root)
            yield Project(name, root, root, Path(sys.executable), SHOWCASE_SETTINGS, Options(jobs=1))
            return
        entry = next((entry for entry in read_projects() if entry.name == name and entry.booted), None)
        if entry is None:
            raise Refused("there is no such project that can be booted")
        home = store / name
        home.mkdir(parents=True, exist_ok=True)
        site = install(entry, home)
        shutil.copytree(lay_out(entry, home, site), root)
        settings = str(PurePosixPath(entry.root, f"{SETTINGS}.py"))
        options = Options(jobs=1, settings=settings, site_packages=site if packages else None)
        yield Project(name, root, root / entry.root, home / "venv/bin/python", SETTINGS, options)


def _parser() -> argparse.ArgumentParser:
    parser = options(__doc__, default=", ".join(USUAL), changes=True)
    parser.add_argument("--all", action="store_true", help="every project that can be booted")
    parser.add_argument("--blocks", action="store_true", help="change the blocks of stream fields")
    parser.add_argument("--catalogue", action="store_true", help="read without the installed packages")
    return parser


if __name__ == "__main__":
    sys.exit(main())
