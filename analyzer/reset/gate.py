"""What exports of `django_migrations` say to a reset: per environment, whether it may begin there."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from analyzer.reset.environments_values import Comparison, Situation, Verdict


class Gate(Struct, frozen=True):
    """One database beside the files, before the reset of some apps.

    `behind` counts migrations of these apps that it lacks, `ghosts` rows of theirs that no file explains.
    `blockers` must be gone before the reset begins, `advice` should be looked at; `unchecked` are apps
    that could not be compared, with the reason.
    """

    label: str
    file: str
    partial: bool
    behind: int
    ghosts: int
    blockers: tuple[Situation, ...]
    advice: tuple[Situation, ...]
    unchecked: tuple[tuple[str, str], ...]

    @property
    def open(self) -> bool:
        return not self.blockers


def gates(comparison: Comparison, apps: Collection[str], own: Collection[str]) -> tuple[Gate, ...]:
    """The answer of each database; what is wrong with an own app that is not reset blocks nothing."""
    out = []
    for one in comparison.environments:
        found = [
            situation
            for situation in comparison.situations
            if situation.environment in (one.label, one.name, "") and situation.verdict is not Verdict.OK
        ]
        blockers = tuple(
            situation
            for situation in found
            if situation.verdict is Verdict.BLOCKER and (situation.app in apps or situation.app not in own)
        )
        cells = [cell for cell in one.cells if cell.app in apps]
        out.append(
            Gate(
                label=one.label,
                file=one.file,
                partial=one.partial,
                behind=sum(cell.behind for cell in cells),
                ghosts=sum(cell.ghosts for cell in cells),
                blockers=blockers,
                advice=tuple(situation for situation in found if situation not in blockers),
                unchecked=tuple((cell.app, cell.why) for cell in cells if not cell.checked),
            )
        )
    return tuple(out)
