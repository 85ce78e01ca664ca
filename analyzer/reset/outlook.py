"""What a reset would come to, as far as an analysis alone tells: the plan's summary, without its layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from analyzer.data.values import DataOperation
from analyzer.outcome import Analysis
from analyzer.reset.decide import WORTH, Block, standing
from analyzer.reset.values import Ledgers

Prospect = Literal["reset", "leave", "blocked"]
INBOUND = ("MS501", "MS502", "MS503", "MS504")
"""Rules about what names migrations from outside, or stands in for others' migrations."""


class AppOutlook(Struct, frozen=True):
    """What would become of an app; `why` is empty where it can be reset.

    `files` and `operations` count its migrations, `seeds`, `hidden` and `undecided` what of them is to be
    carried over or decided about.
    """

    app: str
    prospect: Prospect
    why: str
    file: str
    line: int
    files: int
    operations: int
    seeds: int
    hidden: int
    undecided: int


class Outlook(Struct, frozen=True):
    """All apps with migrations, and what the plan would recommend.

    `procedure` is "placeholder" or "replaces"; `least` is how few files can be left of those that can be
    reset: the layout that `migscan plan` predicts has one file an app, and more where apps need each other.
    """

    apps: tuple[AppOutlook, ...]
    procedure: Literal["placeholder", "replaces"]
    worthwhile: bool
    named: int

    @property
    def files(self) -> int:
        return sum(one.files for one in self.apps if one.prospect == "reset")

    @property
    def least(self) -> int:
        return sum(1 for one in self.apps if one.prospect == "reset")


def outlook(analysis: Analysis, found: Ledgers) -> Outlook:
    """The outlook of an analysis with its ledgers."""
    blocked: dict[str, Block] = {}
    for app, block in standing(analysis):
        blocked.setdefault(app, block)
    apps = tuple(_apps(analysis, found, blocked))
    return Outlook(
        apps=apps,
        procedure="placeholder" if analysis.reading.settings is not None else "replaces",
        worthwhile=sum(one.files for one in apps if one.prospect == "reset") >= WORTH,
        named=sum(1 for finding in analysis.findings if finding.code in INBOUND and not finding.suppressed),
    )


def _apps(analysis: Analysis, found: Ledgers, blocked: dict[str, Block]) -> Iterator[AppOutlook]:
    files = Counter(migration.app for migration in analysis.migrations)
    operations = Counter[str]()
    for migration in analysis.migrations:
        operations[migration.app] += len(migration.operations)
    seeds = _counted(one.operation for one in found.seeds)
    hidden = _counted(one.operation for one in found.hidden)
    undecided = _counted(one.operation for one in found.undecided)
    modelled = {model.app for model in analysis.models if model.own}
    left = {app.label for app in analysis.apps if app.installed is False}
    for app in sorted(files):
        prospect, why = _prospect(app, files[app], modelled, left, blocked)
        block = blocked.get(app, Block("")) if prospect == "blocked" else Block("")
        yield AppOutlook(
            app, prospect, why, block.file, block.line, files[app], operations[app],
            seeds[app], hidden[app], undecided[app],
        )  # fmt: skip


def _counted(operations: Iterator[DataOperation]) -> Counter[str]:
    return Counter(one.app for one in operations)


def _prospect(
    app: str, files: int, modelled: set[str], left: set[str], blocked: dict[str, Block]
) -> tuple[Prospect, str]:
    if app in left:
        return "leave", "the settings do not install it"
    if app not in modelled:
        return "leave", "it has no models any more"
    if app in blocked:
        return "blocked", blocked[app].why
    return ("leave", "a new file would be as many") if files == 1 else ("reset", "")
