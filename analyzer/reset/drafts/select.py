"""What old migrations did beside their state, and which new file it is carried over to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.alive import in_order
from analyzer.data.values import DataOperation, SchemaObject
from analyzer.graphs.levels import components
from analyzer.pipeline import Examined
from analyzer.reset.bonds import Brought
from analyzer.reset.drafts.evolution import Evolution
from analyzer.reset.filled import Filled, filled
from analyzer.reset.filling import Filling
from analyzer.reset.ledgers import ledgers
from analyzer.reset.seeds import has_seed
from analyzer.reset.values import HiddenObject, Seed

SEEDS = "seeds"
OBJECTS = "db_objects"
FIRST = "first_operations"
FILLS = "fillings"
"""Seeds that a file written by `makemigrations` needs before it adds a field."""

EARLY = frozenset({"extension", "collation", "type", "domain"})
"""Kinds of hidden schema that tables may need."""


SHARED = frozenset(
    {
        "function",
        "procedure",
        "aggregate",
        "view",
        "materialized view",
        "sequence",
        "text search configuration",
    }
)
"""Kinds of hidden schema that others can be made with."""

_Place = tuple[str, str, str, int, str]


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
    a person can decide about; `after` holds by (app, word) the apps whose file of that kind comes first."""

    carried: tuple[Carried, ...]
    questions: tuple[tuple[DataOperation, str], ...]
    after: dict[tuple[str, str], tuple[str, ...]]

    @property
    def operations(self) -> tuple[DataOperation, ...]:
        return (*(one.operation for one in self.carried), *(one for one, _ in self.questions))

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The files that are to be written beside those of `makemigrations`, by app."""
        out: dict[str, set[str]] = {}
        for one in self.carried:
            if one.word not in (FIRST, FILLS):
                out.setdefault(one.app, set()).add(one.word)
        return {app: tuple(sorted(words)) for app, words in sorted(out.items())}


def select(examined: Examined, apps: Collection[str]) -> Selection:
    """What the apps' old migrations did and a fresh database needs."""
    analysis = examined.analysis
    found = ledgers(analysis)
    seeds = {_place(one.operation): one for one in found.seeds}
    hidden: dict[_Place, list[HiddenObject]] = {}
    for thing in found.hidden:
        hidden.setdefault(_place(thing.operation), []).append(thing)
    every = (*analysis.data_operations, *filled(examined, apps))
    ordered = in_order(every, analysis.history)
    for earlier, thing in _rested_on(examined, ordered, found.hidden):
        hidden.setdefault(_place(earlier), []).append(thing)
    open_ = {_place(one.operation): one.question for one in found.undecided}
    rows = _Rows(Evolution(examined.migrations, analysis.history))
    carried: list[Carried] = []
    questions: list[tuple[DataOperation, str]] = []
    for one in ordered:
        if one.app not in apps:
            continue
        place = _place(one)
        things = tuple(hidden.get(place, ()))
        if has_seed(one) or (place in open_ and one.rows):
            carried.append(Carried(one, one.app, SEEDS, seeds.get(place), things))
            rows.made(one)
        elif things:
            early = all(thing.made.kind in EARLY for thing in things)
            carried.append(Carried(one, one.app, FIRST if early else OBJECTS, None, things))
        elif one.net == "schema" and one.hints and not one.rows:
            carried.append(Carried(one, one.app, OBJECTS))  # what another kind of database gets instead
        elif rows.touched(one) and (place in open_ or one.net in ("one-time", "mixed")):
            carried.append(Carried(one, one.app, SEEDS))
        elif place in open_:
            questions.append((one, open_[place]))
    bonds = {SEEDS: rows.bonds(carried), OBJECTS: _bonds(examined, carried)}
    after: dict[tuple[str, str], tuple[str, ...]] = {}
    for word, edges in bonds.items():
        carried, behind = _untied(carried, word, edges)
        after |= {(app, word): others for app, others in behind.items()}
    return Selection(tuple(carried), tuple(questions), after)


def before_fields(selection: Selection, found: Iterable[Filling]) -> Selection:
    """The selection whose seeds go before the fields that their rows are looked up for; what filling these
    makes itself is not among them any more."""
    listed = tuple(found)
    asked = {label.lower() for filling in listed for label in filling.asks}
    filling = {one.function for one in listed}
    moved = tuple(
        replace(one, word=FILLS)
        if one.word == SEEDS and any(row.target.lower() in asked for row in one.operation.rows)
        else one
        for one in selection.carried
        if not (isinstance(one.operation, Filled) and one.operation.forward in filling)
    )
    return replace(selection, carried=moved)


def _rested_on(
    examined: Examined, ordered: Sequence[DataOperation], hidden: Iterable[HiddenObject]
) -> Iterator[tuple[DataOperation, HiddenObject]]:
    """Operations whose routine or view a later one replaces, with what was made in between resting on it."""
    files = examined.schema.classes.names.modules.files
    at = {_place(one): place for place, one in enumerate(ordered)}
    words = {
        place: set(re.findall(rb"\w+", files.data(ordered[place].file)))
        for place in sorted({at[_place(thing.operation)] for thing in hidden})
    }
    makers: dict[tuple[str, str, str | None], list[int]] = {}
    for place, one in enumerate(ordered):
        for made in one.objects:
            if made.action == "create" and made.kind in SHARED and made.name:
                makers.setdefault(_shared(made), []).append(place)
    for thing in hidden:
        known, name = makers.get(_shared(thing.made), [])[:-1], thing.made.name.rpartition(".")[2].encode()
        last = at[_place(thing.operation)]
        users = [place for place, said in words.items() if place < last and name in said]
        needed = {max(before) for user in users if (before := [place for place in known if place < user])}
        yield from ((ordered[place], thing) for place in sorted(needed))


def _shared(made: SchemaObject) -> tuple[str, str, str | None]:
    return made.kind, made.name.lower(), made.arguments


def worked_with(one: Carried, tables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The apps whose tables an operation works with, and why; `tables` are models by the tables they have."""
    operation = one.operation
    labels = {*operation.needs, *(row.target for row in operation.rows), *operation.tables_or_models}
    labels |= {label for thing in one.objects for label in thing.behind}
    labels |= {thing.made.table for thing in one.objects}
    for label in sorted(labels):
        said = label if "." in label else tables.get(label, "")
        if "." in said:
            yield said.partition(".")[0], said
    yield operation.app, ""


def brought(examined: Examined, selection: Selection, apps: Collection[str]) -> dict[str, Brought]:
    """By app what its seeds and hidden schema need, where they stand in its last new file."""
    tables = {model.db_table: model.label for model in examined.schema.models if model.db_table}
    permissions = "auth" in {app.label for app in examined.schema.apps.apps}
    first = {one.app for one in selection.carried if one.word == FIRST}
    needed: dict[str, set[str]] = {}
    after: dict[str, set[str]] = {}
    for one in selection.carried:
        if one.word != FIRST:
            wanted = needed.setdefault(one.app, set())
            wanted |= first | {app for app, _ in worked_with(one, tables)}
            if permissions and one.seed is not None and one.seed.fails:
                wanted |= {"auth", "contenttypes", *apps}
    for (app, _), others in selection.after.items():
        after.setdefault(app, set()).update(others)
    return {
        app: Brought(tuple(sorted(wanted - {app})), tuple(sorted(after.get(app, ()))))
        for app, wanted in needed.items()
    }


class _Rows:
    """Which apps made rows of which models, under the names that they have in the end."""

    def __init__(self, evolution: Evolution) -> None:
        self.evolution = evolution
        self.makers: dict[str, set[str]] = {}

    def _labels(self, one: DataOperation, labels: Iterable[str]) -> Iterator[str]:
        for label in labels:
            app, dot, model = label.partition(".")
            if dot:
                name = self.evolution.model(app, model, (one.app, one.migration)).name
                yield f"{app}.{name}".lower() if name else label.lower()
            else:
                yield label.lower()

    def made(self, one: DataOperation) -> None:
        for label in self._labels(one, (row.target for row in one.rows)):
            self.makers.setdefault(label, set()).add(one.app)

    def touched(self, one: DataOperation) -> bool:
        """Whether it works on rows of which earlier operations made some."""
        return any(label in self.makers for label in self._labels(one, one.tables_or_models))

    def bonds(self, carried: Iterable[Carried]) -> dict[str, set[str]]:
        """By app with seeds: those whose seeds it works on."""
        out: dict[str, set[str]] = {}
        made: dict[str, set[str]] = {}
        for one in carried:
            if one.word == SEEDS:
                wanted = {label for label, _ in one.seed.after} if one.seed is not None else set()
                wanted |= {*one.operation.tables_or_models} if one.seed is None else set()
                for label in self._labels(one.operation, wanted):
                    out.setdefault(one.app, set()).update(made.get(label, ()))
                for label in self._labels(one.operation, (row.target for row in one.operation.rows)):
                    made.setdefault(label, set()).add(one.app)
        return out


def _bonds(examined: Examined, carried: Iterable[Carried]) -> dict[str, set[str]]:
    """By app with hidden schema: those whose functions, types and views its migrations name."""
    files = examined.schema.classes.names.modules.files
    out: dict[str, set[str]] = {}
    made: dict[bytes, str] = {}
    for one in carried:
        if one.word == OBJECTS:
            words = set(re.findall(rb"\w+", files.data(one.operation.file)))
            out.setdefault(one.app, set()).update(made[name] for name in words & made.keys())
            for thing in one.objects:
                if thing.made.kind in SHARED and thing.made.name:
                    made.setdefault(thing.made.name.rpartition(".")[2].encode(), one.app)
    return out


def _untied(
    carried: list[Carried], word: str, bonds: Mapping[str, Collection[str]]
) -> tuple[list[Carried], dict[str, tuple[str, ...]]]:
    """What apps that need each other carry over goes into one file, in the order in which it ran."""
    apps = sorted({one.app for one in carried if one.word == word})
    edges = {app: {*bonds.get(app, ())} & {*apps} - {app} for app in apps}
    home = {app: app for app in apps}
    for members in components(apps, edges):
        last = [one.app for one in carried if one.word == word and one.app in members][-1]
        home |= dict.fromkeys(members, last)
    moved = [replace(one, app=home[one.app]) if one.word == word else one for one in carried]
    after: dict[str, set[str]] = {}
    for app, others in edges.items():
        behind = {home[other] for other in others if home[other] != home[app]}
        after.setdefault(home[app], set()).update(behind)
    return moved, {app: tuple(sorted(others)) for app, others in after.items() if others}


def _place(one: DataOperation) -> _Place:
    return (one.app, one.migration, one.file, one.line, f"{one.operation} {one.forward}")
