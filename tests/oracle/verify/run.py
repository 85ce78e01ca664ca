"""Projects whose migrations lose or change one thing: does `migscan verify` notice, and where?

    python -m tests.oracle.verify.run [--store DIR] [--count N] [--seed N] [-v N] [NAME ...]

NAME is a project of `tests/oracle/real/projects.toml` that can be booted, or `marketplace`.  Real Django
says what the migrations add up to with and without the change: a model that differs for Django must be
among the differences, and one that does not must not be.  A data operation that a fresh database needs
and that is gone must be told as missing.

Exit code: 0 everything noticed and nothing else, 1 not so, 2 a project could not be booted.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from analyzer.analysis import worked_out
from analyzer.pipeline import Examined
from analyzer.reset.accounts import FATES
from analyzer.reset.verify import Verified, verify
from analyzer.sources import sources
from tests.oracle.mutations.changes import Change
from tests.oracle.mutations.run import MARKETPLACE, SELDOM, Django, Project, applied, prepared
from tests.oracle.options import options
from tests.oracle.real.projects import Refused
from tests.oracle.verify.edits import Edit, edits

USUAL = (MARKETPLACE, "mezzanine", "bakerydemo", "kiwitcms", "allianceauth")
TRIES = 6
State = dict[str, str]
Place = tuple[str, int]


@dataclass
class Score:
    noticed: int = 0
    same: int = 0
    undecided: list[str] = field(default_factory=list)
    overlooked: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        lists = (self.undecided, self.overlooked, self.invented)
        return self.noticed + self.same + sum(map(len, lists))


def _state(django: Django) -> State | str:
    """What the migrations add up to as the files are now; else why that cannot be told."""
    django.ask()
    said: State = django.said()
    return said["error"] if set(said) == {"error"} else said


def judged(project: Project, count: int, seed: int) -> Score:
    """The score of one project.  Raises Refused where it does not boot."""
    django, score = Django(project, "state"), Score()
    try:
        usual = _state(django)
        if isinstance(usual, str):
            raise Refused(usual)
        old = _examined(project)
        for edit in islice(edits(project.root, old.analysis, seed), TRIES * count):
            if score.total >= count:
                break
            with applied(project.root, Change(edit.file, edit.text, edit.said)):
                after = _state(django)
                if not isinstance(after, str):
                    judge(edit, _differing(usual, after), verify(old, _examined(project)), score)
        return score
    finally:
        django.close()


def judge(edit: Edit, truth: set[str], found: Verified, score: Score) -> None:
    """Compare what Django says of one change with what migscan does."""
    own = {label for label in truth if label.partition(".")[0] in found.apps}
    said = {one.model.lower() for one in found.differences if one.kind != "undecided"}
    open_ = {(one.model or one.app).lower() for one in found.differences if one.kind == "undecided"}
    fates: dict[str, set[Place]] = {fate: set() for fate in FATES}
    for one in found.accounts:
        fates[one.fate].add((one.file, one.line))
    lost = {(o.file, o.line) for o in edit.lost if o.net != "unknown"} - fates["missing"]
    other = {(o.file, o.line) for o in edit.changed} - fates["changed"]
    # A word in which a constant begins may be the very name of the object: then it is lost.
    other -= fates["missing"]
    told = fates["changed"] if not edit.changed and not edit.lost else set()
    left = f"{edit.said}: {sorted(own - said)} {sorted(lost | other)}"
    if own - said - open_ or (lost | other) - fates["undecided"]:
        score.overlooked.append(left)
    elif said - own or told:
        score.invented.append(f"{edit.said}: {sorted(said - own)} {sorted(told)}")
    elif (own - said) or lost or other:
        score.undecided.append(left)
    elif own or edit.changed or any(o.net != "unknown" for o in edit.lost):
        score.noticed += 1
    else:
        score.same += 1


def _differing(one: State, other: State) -> set[str]:
    return {label for label in {*one, *other} if one.get(label) != other.get(label)}


def _examined(project: Project) -> Examined:
    return worked_out(sources(project.root, project.options), project.options)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = options(__doc__, default=", ".join(USUAL), changes=True).parse_args(arguments)
    gc.set_threshold(SELDOM)
    status = 0
    head = f"{'project':16} {'changes':>8} {'noticed':>8} {'no effect':>9}"
    _say(f"{head} {'undecided':>9} {'overlooked':>10} {'invented':>8}")
    for name in asked.names or USUAL:
        try:
            with prepared(name, asked.store) as project:
                score = judged(project, asked.count, asked.seed)
        except Refused as error:
            sys.stderr.write(f"{name}: {error}\n")
            status = 2
            continue
        numbers = (len(score.undecided), len(score.overlooked), len(score.invented))
        _say(
            f"{name:16} {score.total:>8} {score.noticed:>8} {score.same:>9} "
            f"{numbers[0]:>9} {numbers[1]:>10} {numbers[2]:>8}"
        )
        for word in ("overlooked", "invented", "undecided"):
            for line in getattr(score, word)[: asked.verbose]:
                _say(f"    {word}: {line}")
        status = status or int(bool(score.overlooked or score.invented))
    return status


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
