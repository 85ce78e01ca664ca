"""The JSON document as types: the published schema is made from them, so they are the promise.

Keys may be added; those that are here stay.  Paths are relative to the project with `/`, lines are
1-based, every list is sorted unless its order means something (operations, levels, evidence).
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

SCHEMA_VERSION = 1

Line = Annotated[int, Meta(ge=0, description="1-based; 0 where no line is known")]
Label = Annotated[str, Meta(description="app_label.ModelName")]
Path = Annotated[str, Meta(description="relative to the project, with /")]
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
    """A relation to postpone."""

    source: Label
    field: str


class CycleEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Members, what depends on them, and a cheapest set of relations to postpone."""

    members: tuple[str, ...]
    behind: tuple[str, ...]
    cut: tuple[CutEntry, ...]


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


class EvidenceEntry(Struct, frozen=True, forbid_unknown_fields=True):
    file: Path
    line: Line
    why: str


class DataOperationEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that runs code or SQL, and a candidate verdict with its evidence."""

    app: str
    migration: str
    file: Path
    line: Line
    operation: str
    forward: str | None
    reverse: str | None
    elidable: bool | None
    verdict: str
    confidence: Annotated[float, Meta(ge=0, le=1)]
    runs_on_empty: str
    evidence: tuple[EvidenceEntry, ...]
    tables_or_models: tuple[str, ...]
    superseded_by: str | None


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


class ReadingEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """How the project was read."""

    settings: str | None
    settings_reason: str
    settings_candidates: tuple[str, ...]
    auth_user_model: str
    source_roots: tuple[str, ...]
    site_packages: str | None
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
    data_operations: tuple[DataOperationEntry, ...]
    findings: tuple[FindingEntry, ...]
    unknown: tuple[UnknownEntry, ...]
    counts: dict[str, int | dict[str, int]]
    timing: dict[str, float] | UnsetType = UNSET
