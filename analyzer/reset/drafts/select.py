"""What old migrations did beside their state, and which new file it is carried over to."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from analyzer.data.alive import in_order
from analyzer.data.values import DataOperation
from analyzer.graphs.levels import components
from analyzer.outcome import Analysis
from analyzer.reset.ledgers import ledgers
from analyzer.reset.seeds import has_seed
from analyzer.reset.values import HiddenObject, Seed

SEEDS = "seeds"
OBJECTS = "db_objects"
FIRST = "first_operations"
EARLY = frozenset({"extension", "collation", "type", "domain"})
"""Kinds of hidden schema that tables may need."""


class Carried(Struct, frozen=True):
    """An operation that is carried over: into which file of which app, and what is known about it.

    `app` is another one than the operation's where the seeds of several apps need each other.
    """

    operation: DataOperation
    app: str
    word: str
    seed: Seed | None = None
    objects: tuple[HiddenObject, ...] = ()


class Selection(Struct, frozen=True):
    """What is carried over, in the order in which it ran; `questions` are (operation, question) that only
    a person can decide about; `after` holds by app with seeds the apps whose seeds must be there first."""

    carried: tuple[Carried, ...]
    questions: tuple[tuple[DataOperation, str], ...]
    after: dict[str, tuple[str, ...]]

    @property
    def operations(self) -> tuple[DataOperation, ...]:
        return (*(one.operation for one in self.carried), *(one for one, _ in self.questions))

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The files that are to be written beside those of `makemigrations`, by app."""
        out: dict[str, set[str]] = {}
        for one in self.carried:
            if one.word != FIRST:
                out.setdefault(one.app, set()).add(one.word)
        return {app: tuple(sorted(words)) for app, words in sorted(out.items())}


def select(analysis: Analysis, apps: Collection[str]) -> Selection:
    """What the apps' old migrations did and a fresh database needs."""
    found = ledgers(analysis)
    ordered = in_order(analysis.data_operations, analysis.history)
    seeds = {_place(one.operation): one for one in found.seeds}
    hidden: dict[tuple[str, str, str, int, str], list[HiddenObject]] = {}
    for thing in found.hidden:
        hidden.setdefault(_place(thing.operation), []).append(thing)
    open_ = {_place(one.operation): one.question for one in found.undecided}
    later = {key: seed for seed in found.seeds for key in seed.later}
    made: set[str] = set()
    carried: list[Carried] = []
    questions: list[tuple[DataOperation, str]] = []
    for one in ordered:
        if one.app not in apps:
            continue
        place = _place(one)
        things = tuple(hidden.get(place, ()))
        if has_seed(one) or (place in open_ and one.rows):
            carried.append(Carried(one, one.app, SEEDS, seeds.get(place), things))
            made.update(row.target for row in one.rows)
        elif things:
            early = all(thing.made.kind in EARLY for thing in things)
            carried.append(Carried(one, one.app, FIRST if early else OBJECTS, None, things))
        elif one.net == "schema" and one.hints and not one.rows:
            carried.append(Carried(one, one.app, OBJECTS))  # what another database gets instead
        elif place in open_ and made & {*one.tables_or_models}:
            carried.append(Carried(one, one.app, SEEDS))
        elif place in open_:
            questions.append((one, open_[place]))
        elif (one.app, one.migration) in later and one.net in ("one-time", "mixed"):
            carried.append(Carried(one, one.app, SEEDS))
    return _untied(carried, questions, {(key[0], seed.operation.app) for key, seed in later.items()})


def _untied(
    carried: list[Carried], questions: list[tuple[DataOperation, str]], later: Iterable[tuple[str, str]]
) -> Selection:
    """Seeds of apps that need each other's go into one file, in the order in which they ran."""
    from msgspec.structs import replace

    apps = sorted({one.app for one in carried if one.word == SEEDS})
    edges: dict[str, set[str]] = {app: set() for app in apps}
    for one in carried:
        for _label, key in one.seed.after if one.seed is not None else ():
            edges[one.app].add(key[0])
    for app, first in later:
        if app in edges:
            edges[app].add(first)
    edges = {
        app: {other for other in others if other in edges and other != app} for app, others in edges.items()
    }
    home = {app: app for app in apps}
    for members in components(edges, edges):
        last = [one.app for one in carried if one.word == SEEDS and one.app in members][-1]
        home |= dict.fromkeys(members, last)
    moved = tuple(replace(one, app=home[one.app]) if one.word == SEEDS else one for one in carried)
    after: dict[str, set[str]] = {}
    for app, others in edges.items():
        after.setdefault(home[app], set()).update(home[other] for other in others if home[other] != home[app])
    return Selection(moved, tuple(questions), {app: tuple(sorted(others)) for app, others in after.items()})


def _place(one: DataOperation) -> tuple[str, str, str, int, str]:
    return (one.app, one.migration, one.file, one.line, f"{one.operation} {one.forward}")
