"""What a comparison of environments with migration files comes to."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from analyzer.history.values import Key


class Verdict(Enum):
    """What a situation means for a reset: a blocker must be gone first, advice should be looked at."""

    BLOCKER = "blocker"
    ADVICE = "advice"
    OK = "ok"


class Evidence(Struct, frozen=True):
    """A line that shows something, of an export or of a migration's file; `line` is 0 where there is none."""

    file: str
    line: int
    what: str


class Situation(Struct, frozen=True):
    """One situation in one environment; `environment` is empty where it is about all of them.

    `code` is that of a rule in `environments_rules`; `steps` say what to do, in order.
    """

    code: str
    verdict: Verdict
    environment: str
    app: str
    message: str
    evidence: tuple[Evidence, ...] = ()
    steps: tuple[str, ...] = ()


class Cell(Struct, frozen=True):
    """One app in one environment: how many of its migrations wait, and how many rows have no file.

    `checked` is False where the files of the app are not known well enough; `why` then says so.
    """

    app: str
    own: bool
    rows: int
    behind: int
    ghosts: int
    checked: bool = True
    why: str = ""


class Environment(Struct, frozen=True):
    """One export: its name (with the database where one name has several) and what is in it."""

    label: str
    name: str
    file: str
    kind: str
    rows: int
    partial: bool
    dated: bool
    cells: tuple[Cell, ...]
    verdict: Verdict


class Difference(Struct, frozen=True):
    """Rows of an app that some environments have and others have not."""

    app: str
    own: bool
    name: str
    present: tuple[str, ...]
    absent: tuple[str, ...]


class Comparison(Struct, frozen=True):
    """Everything that is said about the environments of a project; every tuple is sorted."""

    project: str
    expect_new: bool
    environments: tuple[Environment, ...]
    situations: tuple[Situation, ...]
    differences: tuple[Difference, ...]
    open: tuple[str, ...]
    """What could not be checked, and why."""

    @property
    def verdict(self) -> Verdict:
        return worst(self.situations)


def worst(situations: tuple[Situation, ...]) -> Verdict:
    """The worst verdict among situations; ok where there are none."""
    found = {situation.verdict for situation in situations}
    return next((verdict for verdict in Verdict if verdict in found), Verdict.OK)


def dotted(key: Key) -> str:
    return f"{key[0]}.{key[1]}"
