"""Operations in the order and number in which `makemigrations` writes them.

Follows MigrationAutodetector._sort_migrations, _build_migration_list and _optimize_migrations
(django.db.migrations.autodetector) with the `reduce` methods of the operations: what a new model
takes up is written as one CreateModel, what belongs to a model that goes is not written at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct
from msgspec.structs import replace

from analyzer.history.drift.values import Dependency, Step, Version

MAX_WORK = 1_500_000
"""Looks at operations while they are merged; what is left then is merged more simply."""

FIELD_STEPS = ("AddField", "AlterField", "RemoveField", "RenameField")
TOGETHER = ("AlterUniqueTogether", "AlterIndexTogether")
OPTIONS = (
    *TOGETHER,
    "AlterOrderWithRespectTo",
    "AlterModelOptions",
    "AlterModelManagers",
    "AlterModelTable",
    "AlterModelTableComment",
)
BY_GRAPHLIB: Version = (5, 0)
"""Since then operations of equal rank stand in the order in which the standard library finds them."""

UNKNOWN = frozenset({("", None)})
"""What operations need that wait for each other in a circle."""

TAKES_INDEXES: Version = (4, 2)
TAKES_CONSTRAINTS: Version = (5, 1)


class Part(Struct, frozen=True):
    """The operations of one migration, and what its `dependencies` name.

    `needs` holds (app, place) for the migration at that place among those that are written for the
    app, and (app, None) for an app of which none was written before it; `settings` the swappable ones.
    `held` is what the first operation left for a later migration waits for; None where none is left.
    """

    app: str
    steps: tuple[Step, ...]
    needs: frozenset[tuple[str, int | None]] = frozenset()
    settings: frozenset[str] = frozenset()
    held: Dependency | None = None


class Unordered(Exception):  # noqa: N818 - a fact about the operations, no error of ours
    """Operations wait for each other, and Django writes none ("Cannot resolve operation dependencies")."""


def arranged(steps: Iterable[Step], django: Version) -> list[Step]:
    """The operations that remain, app by app."""
    return [step for part in _parts(steps, django) for step in part.steps]


def parted(steps: Iterable[Step], django: Version) -> list[Part]:
    """The migrations in the order in which they are made.

    Raises Unordered where operations wait for each other in a circle.
    """
    parts = _parts(steps, django)
    if any(part.needs is UNKNOWN for part in parts):
        raise Unordered(", ".join(sorted({part.app for part in parts if part.needs is UNKNOWN})))
    return parts


def _parts(steps: Iterable[Step], django: Version) -> list[Part]:
    by_app: dict[str, list[Step]] = {}
    for step in steps:
        known = by_app.setdefault(step.app, [])
        known.insert(0, step) if step.first else known.append(step)
    ordered = {app: _sorted(found, django) for app, found in by_app.items()}
    merger = _Merger(django)
    parts = _Cutter(ordered).cut()
    return [replace(part, steps=tuple(merger.merged(list(part.steps)))) for part in parts]


class _Providers:
    """Which operations of a list satisfy a dependency."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._by_need: dict[tuple[str, str, str | None], list[Step]] = {}
        self._unset: dict[str, list[Step]] = {}
        for step in steps:
            self.add(step)

    def add(self, step: Step) -> None:
        """Take note of what an operation provides."""
        for need in _provides(step):
            self._by_need.setdefault(need, []).append(step)
        if step.kind == "AlterOrderWithRespectTo":
            self._unset.setdefault(step.model, []).append(step)

    def of(self, wanted: Dependency) -> list[Step]:
        model = wanted.model.lower()
        if wanted.need == "unset order":
            return [step for step in self._unset.get(model, ()) if (wanted.field or "") not in step.names]
        field = None if wanted.need == "alter together" else wanted.field
        return self._by_need.get((wanted.need, model, field), [])


def _provides(step: Step) -> list[tuple[str, str, str | None]]:
    match step.kind:
        case "CreateModel":
            return [("create", step.model, None), *(("create", step.model, name) for name in step.names)]
        case "DeleteModel":
            return [("remove", step.model, None)]
        case "AddField":
            return [("create", step.model, step.field)]
        case "RemoveField":
            return [("remove", step.model, step.field)]
        case "AlterField":
            return [("alter", step.model, step.field)]
        case "AlterUniqueTogether" | "AlterIndexTogether":
            return [("alter together", step.model, None)]
        case _:
            return []


def _sorted(steps: list[Step], django: Version) -> list[Step]:
    """One app's operations, each after those of the app that it waits for."""
    providers = _Providers(steps)
    places = {id(step): place for place, step in enumerate(steps)}
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for place, step in enumerate(steps):
        sorter.add(place)
        for wanted in step.waits:
            if wanted.app == step.app:
                sorter.add(place, *(places[id(other)] for other in providers.of(wanted) if other is not step))
    out: list[Step] = []
    try:
        sorter.prepare()
    except CycleError:
        return steps
    while sorter.is_active():
        ready = sorter.get_ready()
        out += [steps[place] for place in (ready if django >= BY_GRAPHLIB else sorted(ready))]
        sorter.done(*ready)
    return out


class _Cutter:
    """Cuts the operations of all apps into migrations, so that none waits for one that comes later."""

    def __init__(self, left: dict[str, list[Step]]) -> None:
        self.left = left
        self.made: dict[str, int] = {}
        self._providers: dict[str, tuple[int, _Providers]] = {}

    def cut(self) -> list[Part]:
        """The migrations; what waits for itself comes last, with needs that are UNKNOWN."""
        out: list[Part] = []
        chop = False
        while any(self.left.values()):
            before = self._count()
            for app in sorted(self.left):
                ready, held = self._ready(app, chop)
                if ready and (held is None or chop):
                    out.append(self._part(app, self.left[app][:ready], held))
                    self.left[app] = self.left[app][ready:]
                    self.made[app] = self.made.get(app, 0) + 1
                    chop = False
            if self._count() == before:
                if chop:
                    rest = (Part(app, tuple(steps), UNKNOWN) for app, steps in self.left.items() if steps)
                    return [*out, *rest]
                chop = True
        return out

    def _part(self, app: str, steps: list[Step], held: Dependency | None) -> Part:
        waits = [wanted for step in steps for wanted in step.waits if wanted.app != app]
        settings = frozenset(wanted.swappable for wanted in waits if wanted.swappable)
        needs = {
            (w.app, self.made[w.app] - 1 if w.app in self.made else None) for w in waits if not w.swappable
        }
        return Part(app, tuple(steps), frozenset(needs), settings, held)

    def _count(self) -> int:
        return sum(map(len, self.left.values()))

    def _ready(self, app: str, chop: bool) -> tuple[int, Dependency | None]:
        """How many of an app's first operations wait for nothing that is still to come; what the next one
        waits for."""
        for place, step in enumerate(self.left[app]):
            for wanted in step.waits:
                if wanted.app != app and not self._is_met(wanted, chop):
                    return place, wanted
        return len(self.left[app]), None

    def _is_met(self, wanted: Dependency, chop: bool) -> bool:
        steps = self.left.get(wanted.app, [])
        known = self._providers.get(wanted.app)
        if known is None or known[0] != len(steps):
            known = self._providers[wanted.app] = (len(steps), _Providers(steps))
        return not known[1].of(wanted) and bool(wanted.swappable or wanted.app in self.made or chop)


class _Merger:
    """Merges the operations of migrations (django.db.migrations.optimizer)."""

    def __init__(self, django: Version) -> None:
        self.django = django
        self.left = MAX_WORK

    def merged(self, steps: list[Step]) -> list[Step]:
        """The operations of one migration that remain; merged more simply once there were too many."""
        while True:
            found = self._round(steps) if self.left > 0 else None
            if found is None:
                return _simply(steps)
            if len(found) == len(steps):
                return steps
            steps = found

    def _round(self, steps: list[Step]) -> list[Step] | None:
        """The operations after the first two that can be merged are; only those on one model can be."""
        self.left -= len(steps)
        places: dict[str, list[int]] = {}
        for place, step in enumerate(steps):
            places.setdefault(step.model, []).append(place)
        for place, step in enumerate(steps):
            for later in places[step.model]:
                result = self._absorbed(step, steps[later]) if later > place else None
                if result is None:
                    continue
                between = steps[place + 1 : later]
                self.left -= len(between)
                if all(_may_pass(step, inner) for inner in between):
                    return [*steps[:place], *between, *result, *steps[later + 1 :]]
                if all(_may_pass(inner, steps[later]) for inner in between):
                    return [*steps[:place], *result, *between, *steps[later + 1 :]]
                break
        return steps

    def _absorbed(self, step: Step, other: Step) -> list[Step] | None:
        """What is left of two operations on one model, None where both are."""
        match step.kind, other.kind:
            case "CreateModel", kind if self._taken_up(kind):
                return [_taking(step, other)]
            case (("RemoveField" | "AddField" | "AlterField"), "DeleteModel"):
                return [other] if step.kind == "RemoveField" else None
            case kind, "DeleteModel" if kind in OPTIONS:
                return [other]
            case kind, same if kind == same and kind in OPTIONS:
                return [other]
            case "AlterField", ("AlterField" | "RemoveField") if step.field == other.field:
                return [other]
            case "AddField", "RemoveField" if step.field == other.field:
                return []
            case _:
                return None

    def _taken_up(self, kind: str) -> bool:
        if kind == "AddIndex":
            return self.django >= TAKES_INDEXES
        if kind == "AddConstraint":
            return self.django >= TAKES_CONSTRAINTS
        return kind in ("AddField", "AlterField", *OPTIONS)


_UNMOVABLE = (
    "AddIndex",
    "RemoveIndex",
    "RenameIndex",
    "AddConstraint",
    "RemoveConstraint",
    "AlterConstraint",
)


def _taking(step: Step, other: Step) -> Step:
    """A new model with what an operation adds to it."""
    taken = (*step.taken, other)
    if other.kind == "AddField" and other.field:
        return replace(
            step, targets=step.targets | other.targets, names=step.names | {other.field}, taken=taken
        )
    return replace(step, targets=step.targets | other.targets, taken=taken)


def _may_pass(step: Step, other: Step) -> bool:
    """Whether an operation may change places with a later one."""
    return step.kind not in _UNMOVABLE and not _refers(other, step)


def _refers(step: Step, to: Step) -> bool:
    """Whether an operation refers to what another one, before it, is about."""
    if step.kind in (*_UNMOVABLE, "DeleteModel"):
        return True
    if to.kind in FIELD_STEPS:
        if step.kind in FIELD_STEPS:
            return (step.model == to.model and step.field == to.field) or to.key in step.targets
        if step.kind in (*TOGETHER, "AlterOrderWithRespectTo"):
            return step.model == to.model and (not step.names or to.field in step.names)
    if step.kind in TOGETHER and to.kind in TOGETHER and step.kind != to.kind:
        return False
    return step.model == to.model or to.key in step.targets


def _simply(steps: list[Step]) -> list[Step]:
    """New models with all that belongs to them, models that go without: for very many operations."""
    whole = {step.key for step in steps if step.kind in ("CreateModel", "DeleteModel")}
    return [step for step in steps if step.key not in whole or step.kind in ("CreateModel", "DeleteModel")]
