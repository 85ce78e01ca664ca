"""What `makemigrations` would still write, and how far that is decided."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from analyzer.states.values import ModelKey

Version = tuple[int, int]
Place = tuple[str, int]
NOWHERE: Place = ("", 0)


class Difference(Struct, frozen=True, order=True):
    """An operation that `makemigrations` would write.

    `operation` is Django's class name, `model` in lower case.  `file` and `line` are where the models
    say it, `other_file` and `other_line` where the migrations do; where only one side says anything,
    it is the first.  `certain` is False where source does not decide it; `why` then says why, else it
    says what differs.  `arguments` are those of an altered field that differ or may differ.
    """

    app: str
    model: str
    operation: str
    field: str | None
    certain: bool
    file: str
    line: int
    other_file: str = ""
    other_line: int = 0
    why: str = ""
    arguments: tuple[str, ...] = ()


class Undecided(Struct, frozen=True, order=True):
    """A field or option that is on both sides and of which source does not show whether it differs."""

    app: str
    model: str
    field: str
    file: str
    line: int
    why: str


class Drift(Struct, frozen=True):
    """The differences, and the proof of the rest.

    `fields` are compared on both sides, `equal` of them proved equal; those of the rest that no
    difference speaks of are among `undecided`.
    """

    differences: tuple[Difference, ...]
    fields: int
    equal: int
    undecided: tuple[Undecided, ...]

    @property
    def certain(self) -> tuple[Difference, ...]:
        return tuple(difference for difference in self.differences if difference.certain)


Need = Literal["create", "remove", "alter", "unset order", "alter together"]


class Dependency(Struct, frozen=True):
    """What an operation waits for (django.db.migrations.autodetector.OperationDependency).

    `swappable` names the setting that says which model it is; empty for one that is named itself.
    """

    app: str
    model: str
    field: str | None
    need: Need
    swappable: str = ""


class Step(Struct, frozen=True):
    """An operation as the autodetector generates it, before it is put in order and merged.

    `targets` are the models that it refers to beside its own; `names` the fields that come with it
    (of a new model), or that an option lists; `arguments` those of an altered field that may differ.
    `called` is the name of an index or a constraint; `taken` what was merged into a new model.
    """

    kind: str
    app: str
    model: str
    field: str | None = None
    certain: bool = True
    why: str = ""
    place: Place = NOWHERE
    other: Place = NOWHERE
    waits: tuple[Dependency, ...] = ()
    targets: frozenset[ModelKey] = frozenset()
    names: frozenset[str] = frozenset()
    first: bool = False
    arguments: tuple[str, ...] = ()
    called: str = ""
    taken: tuple[Step, ...] = ()

    @property
    def key(self) -> ModelKey:
        return (self.app, self.model)
