"""Drift: what `makemigrations` would still write, and how far the rest is proved."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from analyzer.history.drift.values import Difference, Undecided
from analyzer.render.drifting import Tables, proof
from analyzer.render.links import Link
from analyzer.render.markdown.text import FOLD_FROM, code, codes, folded, section, short, table, text, where
from analyzer.render.tally import counted, own_apps
from analyzer.render.words import count, number

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

SIDES = ["models say", "migrations say"]
CERTAIN = ["model or field", "`makemigrations` would write", *SIDES, "because", "table"]
OPEN = ["model or field", "`makemigrations` might write", *SIDES, "not decided, because"]

INTRO = (
    "Compared are the models and what the operations of all migrations add up to; a difference is what "
    "`makemigrations` would still write."
)
CHECK = "Where the project runs, `python manage.py makemigrations --check --dry-run` decides them."


def drift(analysis: Analysis, link: Link) -> list[str]:
    if not analysis.migrations and not analysis.drift.differences:
        return []
    pages = _Pages(analysis, link)
    found = analysis.drift
    return section(
        "Drift",
        [f"**{proof(found)}** {INTRO} {_versions(analysis)}"],
        pages.certain(found.certain),
        pages.open(
            [difference for difference in found.differences if not difference.certain], found.undecided
        ),
        _left_out(analysis),
    )


def _versions(analysis: Analysis) -> str:
    """Which Django's `makemigrations` is meant."""
    found = analysis.reading.django
    if found.oldest == found.newest:
        return f"That of Django {found} is meant ([why](#how-it-was-read))."
    return (
        f"The project may run with Django {found} ([why](#how-it-was-read)): certain is what both the oldest "
        "and the newest would write."
    )


def _left_out(analysis: Analysis) -> list[str]:
    """Apps whose models no migration speaks of: `makemigrations` passes them over."""
    told = {migration.app for migration in analysis.migrations}
    told |= {difference.app for difference in analysis.drift.differences}
    tables = [m for m in counted(analysis) if m.own and m.managed and not (m.proxy or m.swapped)]
    apps = sorted({model.app for model in tables} & {app.label for app in own_apps(analysis)} - told)
    return [f"Not compared, since they have models and no migrations: {codes(apps)}."] if apps else []


class _Pages:
    def __init__(self, analysis: Analysis, link: Link) -> None:
        self.link = link
        self.tables = Tables(analysis)
        self.files = {migration.file for migration in analysis.migrations}
        self.states = analysis.state.models
        self.labels = {state.label.lower(): state.label for state in self.states.values()}
        self.there = {model.label.lower(): model.label for model in analysis.models}
        self.labels.update(self.there)

    def certain(self, differences: tuple[Difference, ...]) -> list[str]:
        if not differences:
            return []
        touching = sum(map(self.tables.touched, differences))
        blocks = list(self._by_app(differences))
        lines = [line for block in blocks for line in ("", *block)]
        return [f"**Certain:** {_meaning(len(differences), touching)}", *lines]

    def _by_app(self, differences: tuple[Difference, ...]) -> Iterator[list[str]]:
        apart = len(differences) >= FOLD_FROM
        for app, group in groupby(differences, key=lambda difference: difference.app):
            rows = [self._certain(difference) for difference in group]
            lines = table(CERTAIN, rows)
            yield (
                folded(f"{text(app)}: {count(len(rows), 'operation')}", lines)
                if apart
                else [
                    f"App {code(app)}:",
                    "",
                    *lines,
                ]
            )

    def _certain(self, difference: Difference) -> list[str]:
        changed = "can change" if self.tables.touched(difference) else "stays"
        return [*self._row(difference), text(short(difference.why)), changed]

    def open(self, differences: list[Difference], undecided: tuple[Undecided, ...]) -> list[str]:
        total = len(differences) + len(undecided)
        if not total:
            return []
        rows = sorted(
            [(d.app, d.model, d.field or "", [*self._row(d), text(short(d.why))]) for d in differences]
            + [(u.app, u.model, u.field, self._undecided(u)) for u in undecided]
        )
        lines = table(OPEN, [row for *_, row in rows])
        what = f"{count(total, 'place')} of which source does not show whether they differ"
        intro = f"**Not decided:** {what}. {CHECK}"
        return [intro, "", *(lines if total < FOLD_FROM else folded(f"{number(total)} places", lines))]

    def _row(self, difference: Difference) -> list[str]:
        models, migrations = self._sides(difference)
        return [
            self._name(difference.app, difference.model, difference.field),
            code(difference.operation),
            models,
            migrations,
        ]

    def _undecided(self, undecided: Undecided) -> list[str]:
        name = self._name(undecided.app, undecided.model, undecided.field)
        place = where(self.link, undecided.file, undecided.line)
        state = self.states.get((undecided.app, undecided.model))
        said = state.fields.get(undecided.field, state) if state is not None else None
        other = where(self.link, said.file, said.line) if said is not None else ""
        return [name, "", place, other, text(short(undecided.why))]

    def _name(self, app: str, model: str, field: str | None) -> str:
        label = self.labels.get(f"{app}.{model}", f"{app}.{model}")
        return code(f"{label}.{field}" if field else label)

    def _sides(self, difference: Difference) -> tuple[str, str]:
        """Where models and migrations say it; where only one of them does, where the other has the model."""
        first = where(self.link, difference.file, difference.line)
        other = where(self.link, difference.other_file, difference.other_line)
        if not other:
            gone = difference.file in self.files or f"{difference.app}.{difference.model}" not in self.there
            return ("not there", first) if gone else (first, "not there")
        if difference.operation == "AddField":
            return first, f"not in the model ({other})"
        if difference.operation == "RemoveField":
            return f"not in the model ({first})", other
        return first, other


def _meaning(operations: int, touching: int) -> str:
    """What a reset would do to the differences."""
    if not touching:
        none = "it changes" if operations == 1 else "none of them changes"
        return (
            f"{count(operations, 'operation')}; {none} a table, only what Django remembers (options, "
            "choices, texts). A reset takes the models' side."
        )
    some = "" if operations == 1 else "all of " if operations == touching else f"{number(touching)} of "
    return (
        f"{count(operations, 'operation')}, {some}which can change a table. A reset takes "
        "the models' side for fresh databases, leaves existing ones as the migrations made them, and no "
        "check of Django's tells. Make models and migrations agree first: run `makemigrations`, "
        "or correct the models."
    )
