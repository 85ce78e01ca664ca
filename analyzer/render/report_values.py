"""The JSON document as types: the published schema is made from them, so they are the promise.

Keys may be added; those that are here stay.  Paths are relative to the project with `/`, lines are
1-based, every list is sorted unless its order means something (operations, levels, evidence).
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

from analyzer.render.report_ledgers import LedgersEntry
from analyzer.render.report_operations import DataOperationEntry, Label, Line, Path, ReceiverEntry
from analyzer.render.report_reset import ResetEntry

SCHEMA_VERSION = 1

Key = tuple[str, str]


class AppEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An app of the project; `installed` is null where the settings do not decide."""

    label: str
    name: str
    path: Path
    installed: bool | None


class FieldEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A concrete field of a model, inherited ones included."""

    name: str
    cls: str = field(name="class")
    null: bool
    target: Label | None
    line: Line
    declared_in: str


class ModelEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A model of the project; abstract ones have no level.  `cycle` is an index into `cycles.models`."""

    label: Label
    name: Annotated[str, Meta(description="dotted path of the class")]
    file: Path
    line: Line
    installed: bool | None
    abstract: bool
    proxy: bool
    managed: bool
    swappable: str | None
    auto_created: bool
    db_table: str
    abstract_ancestors: tuple[str, ...]
    parents: tuple[Label, ...]
    level: Annotated[int | None, Meta(description="counting the project's own models only")]
    level_all: Annotated[int | None, Meta(description="counting models of installed packages too")]
    cycle: int | None
    fields: tuple[FieldEntry, ...]


class RelationEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """From the model that has the field to its target; `through` is null where Django makes the model."""

    source: Label
    field: str
    kind: str
    target: Label | None
    null: bool
    parent_link: bool
    through: Label | None
    on_delete: str | None
    swappable_setting: str | None
    file: Path
    line: Line
    certain: bool


class CutEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A relation to postpone; `cost` says what that means."""

    source: Label
    field: str
    target: Label
    cost: str
    file: Path
    line: Line


class StepEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """All relations of the cut from one member to another, most helpful steps first."""

    source: str
    target: str
    left: Annotated[
        tuple[int, ...] | None,
        Meta(description="sizes of the cycles that are left after this step; null where that was not tried"),
    ]


class CycleEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Members, what depends on them, and a cheapest set of relations to postpone."""

    members: tuple[str, ...]
    behind: tuple[str, ...]
    cut: tuple[CutEntry, ...]
    weight: Annotated[int, Meta(description="of the cut")]
    bound: Annotated[int, Meta(description="no cut weighs less")]
    exact: Annotated[bool, Meta(description="whether the cut is proved to be a cheapest one")]
    steps: tuple[StepEntry, ...]
    order: Annotated[tuple[tuple[str, ...], ...], Meta(description="of the members, once the cut is made")]
    core: Annotated[tuple[str, ...], Meta(description="every circle runs through one of these")]
    circles: Annotated[tuple[tuple[str, ...], ...], Meta(description="the shortest ones")]


class CyclesEntry(Struct, frozen=True, forbid_unknown_fields=True):
    models: tuple[CycleEntry, ...]
    apps: tuple[CycleEntry, ...]


class MigrationEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A migration file; `dependencies` are resolved, `in_graph` is false for one that a squash replaced."""

    app: str
    name: str
    file: Path
    dependencies: tuple[Key, ...]
    run_before: tuple[Key, ...]
    replaces: tuple[Key, ...]
    initial: bool | None
    atomic: bool
    in_graph: bool
    operations: Annotated[tuple[str, ...], Meta(description="class names, in order")]


class StateFieldEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A field as the operations of the migrations leave it."""

    name: str
    cls: str = field(name="class")
    null: bool
    target: Label | None


class StateEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A model as the operations of the migrations leave it; many-to-many fields are among its fields."""

    label: Label
    bases: Annotated[tuple[str, ...], Meta(description="labels of models, dotted paths of other classes")]
    options: Annotated[
        dict[str, Any],
        Meta(description='of Meta; an object is {"call", "args", "kwargs"}, what is not decided {"unknown"}'),
    ]
    fields: tuple[StateFieldEntry, ...]


class DifferenceEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that makemigrations would still write."""

    app: str
    operation: Annotated[str, Meta(description="class name of Django's")]
    model: Annotated[str, Meta(description="in lower case")]
    field: str | None
    certain: Annotated[bool, Meta(description="false where source does not decide it; `why` then says why")]
    file: Path
    line: Line
    other_file: Annotated[str, Meta(description="where the migrations say it, if the models say it too")]
    other_line: int
    why: str


class ProofEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """How far the rest is proved: fields that models and migrations both have."""

    fields: int
    equal: Annotated[int, Meta(description="proved equal")]
    undecided: tuple[UndecidedEntry, ...]


class UndecidedEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A field, or the managers of a model, of which source does not show whether it differs."""

    app: str
    model: str
    field: str
    file: Path
    line: Line
    why: str


class ObstacleEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an app cannot be squashed into one migration."""

    app: str
    path: Annotated[
        tuple[Key, ...],
        Meta(description="out of the app and back into it: each depends on the next"),
    ]
    parts: Annotated[
        tuple[tuple[Key, Key], ...],
        Meta(description="first and last of the fewest runs that can become one each; empty where not told"),
    ]


class OpenSquashEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An app of which source does not decide whether it can become one migration."""

    app: str
    why: str


class SquashedEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A squashed migration: which of those that it replaces still have files, and who still names them."""

    migration: Key
    present: tuple[Key, ...]
    gone: tuple[Key, ...]
    named: Annotated[
        tuple[tuple[Key, Key], ...], Meta(description="(migration, replaced one that it depends on)")
    ]


class SquashEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Squashes that can be made, and those that are there.

    Apps with more than one migration that are neither in `obstacles` nor in `undecided` can become one
    each, while the others stay as they are.  Where migrations go in a circle nothing is told of any.
    """

    obstacles: tuple[ObstacleEntry, ...]
    undecided: tuple[OpenSquashEntry, ...]
    turns: Annotated[
        tuple[tuple[str, ...], ...],
        Meta(description="apps that need each other by turns: not all of them can become one each"),
    ]
    squashes: tuple[SquashedEntry, ...]


class FindingEntry(Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    severity: str
    file: Path
    line: Line
    column: int
    message: str
    fingerprint: Annotated[str, Meta(description="survives line moves")]
    suppressed: bool


class UnknownEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that source does not decide."""

    file: Path
    line: Line
    what: str
    why: str


class PackageEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A package that migscan's catalogue knows: the version that was taken, and why that one.

    `requirement` is what the project asks for, as written in `file`; both are empty where it asks
    for nothing.
    """

    package: str
    distribution: str
    version: str
    requirement: str
    file: str
    why: str


class DjangoEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """The versions of Django that the project may run with, each as `X.Y`; `why` is seen in `file`."""

    oldest: str
    newest: str
    taken: Annotated[str, Meta(description="the one to go by where only one can be")]
    why: str
    file: Annotated[str, Meta(description="relative to the project, with /; empty where it is no file")]
    line: Line


class ReadingEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """How the project was read."""

    django: DjangoEntry
    settings: str | None
    settings_reason: str
    settings_candidates: tuple[str, ...]
    all_apps: Annotated[bool, Meta(description="whether apps that are not installed count, too")]
    auth_user_model: str
    source_roots: tuple[str, ...]
    site_packages: str | None
    packages: tuple[PackageEntry, ...]
    files_seen: int
    files_read: int


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that migscan knows about a project."""

    schema_version: int
    project: str
    reading: ReadingEntry
    apps: tuple[AppEntry, ...]
    models: tuple[ModelEntry, ...]
    relations: tuple[RelationEntry, ...]
    levels: tuple[tuple[Label, ...], ...]
    levels_all: tuple[tuple[Label, ...], ...]
    cycles: CyclesEntry
    migrations: tuple[MigrationEntry, ...]
    leaf_nodes: tuple[Key, ...]
    state: tuple[StateEntry, ...]
    drift: tuple[DifferenceEntry, ...]
    drift_proof: ProofEntry
    squash: SquashEntry
    data_operations: tuple[DataOperationEntry, ...]
    receivers: tuple[ReceiverEntry, ...]
    ledgers: LedgersEntry
    reset: ResetEntry
    findings: tuple[FindingEntry, ...]
    unknown: tuple[UnknownEntry, ...]
    counts: dict[str, int | dict[str, int]]
    timing: dict[str, float] | UnsetType = UNSET
