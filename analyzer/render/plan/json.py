"""The plan of a reset as one JSON document: what PLAN.md says, for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from analyzer.data.values import DataOperation
from analyzer.history.values import Key
from analyzer.render.encoding import described, encoded
from analyzer.render.plan.artefacts import squash_commands
from analyzer.render.plan.commands import TAG, compared, manage
from analyzer.render.plan.obstacles import obstacles
from analyzer.render.report_operations import Line, Path
from analyzer.reset.drafts.compose import Drafts
from analyzer.reset.plan import Plan
from analyzer.reset.planned import PlannedMigration
from analyzer.schema.version import written

SCHEMA_VERSION = 1

Migration = Annotated[str, Meta(description="app_label.name")]
Count = Annotated[int, Meta(ge=0)]


class DecisionEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of an app, and why; `file` and `line` are where that is seen, if anywhere."""

    app: str
    decision: Literal["reset", "squash", "leave", "blocked"]
    why: str
    file: Path
    line: Line
    files: Annotated[int, Meta(ge=0, description="migration files that it has")]
    operations: Count
    files_after: Count


class PlannedOperationEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that `makemigrations` will write; `unsure` says why it is not certain."""

    kind: str
    model: str
    name: Annotated[str, Meta(description="of the field, index or constraint; empty for a model")]
    fields: tuple[str, ...]
    unsure: str


class PlannedFileEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that `makemigrations` will write; `waits_for` is what its app's next file is split off for."""

    app: str
    name: str
    file: Path
    dependencies: tuple[Migration, ...]
    operations: tuple[PlannedOperationEntry, ...]
    waits_for: str
    unsure: str


class LayoutEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """What `makemigrations` will write under one version of Django; `others` would write other files."""

    django: str
    others: tuple[str, ...]
    user_model: str
    user_model_in: Annotated[Migration | None, Meta(description="null where it is no own model")]
    user_model_first: Annotated[bool, Meta(description="whether it is in the first file of its app")]
    files: tuple[PlannedFileEntry, ...]


class PlaceholderEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An empty migration, and the predicted file that takes over its name."""

    app: str
    name: str
    file: Path
    dependencies: tuple[Migration, ...]
    stands_for: str


class GroupEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A new migration with `replaces`; `made_from` is what `makemigrations` calls it."""

    migration: Migration
    made_from: str
    replaces: tuple[Migration, ...]


class PartitionEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Each old migration in exactly one `replaces`; `order` proves that there is no circle."""

    possible: bool
    groups: tuple[GroupEntry, ...]
    order: tuple[Migration, ...]
    anchors: Annotated[tuple[Migration, ...], Meta(description="empty migrations of the release before")]
    circle: Annotated[
        tuple[tuple[Migration, Migration], ...], Meta(description="(child, parent): why it cannot be done")
    ]
    moves: Annotated[
        tuple[tuple[Migration, Migration], ...],
        Meta(description="(child, parent): dependencies without which it could be done"),
    ]


class OperationEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An operation of an old migration that runs code or SQL."""

    migration: Migration
    operation: str
    file: Path
    line: Line


class LeftEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that is not drafted, because …"""

    operation: OperationEntry
    why: str


class DraftEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that carries over what `makemigrations` does not write; `path` is below the plan's folder."""

    app: str
    path: str
    carries: tuple[OperationEntry, ...]


class StateOnlyEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """State operations without any for the database: a reset makes real what they say."""

    migration: Migration
    file: Path
    line: Line
    operations: tuple[str, ...]
    maybe: Annotated[str, Meta(description="why there is a counterpart for some databases; empty if none")]


class InboundEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A migration that stays and names one that goes; `package` where it is an installed package's."""

    migration: Migration
    names: Migration
    file: Path
    line: Line
    package: bool


class ReferenceEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A place outside of the migrations that names one that goes, and what to write instead."""

    file: Path
    line: Line
    names: Migration
    manner: str
    instead: str


class FreedEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Code that only deleted migrations use; `why` says why that may be otherwise."""

    module: str
    name: str
    file: Path
    line: Line
    why: str


class GateEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One environment that was compared: whether the reset may begin there."""

    environment: str
    file: str
    may_begin: bool
    behind: Count
    without_file: Annotated[int, Meta(ge=0, description="rows that no file explains")]
    blockers: tuple[str, ...]
    advice: tuple[str, ...]


class PlanDocument(Struct, frozen=True, forbid_unknown_fields=True):
    """A reset, planned.  Keys may be added, none goes."""

    schema_version: int
    project: str
    procedure: Literal["placeholder", "replaces", "sql", "squash"]
    reasons: tuple[str, ...]
    feasible: Annotated[bool, Meta(description="whether it can be done once every environment is ready")]
    ready: Annotated[bool, Meta(description="whether it may begin everywhere: exit code 0")]
    obstacles: Annotated[tuple[str, ...], Meta(description="why it cannot be done like this, as Markdown")]
    decisions: tuple[DecisionEntry, ...]
    layout: LayoutEntry
    delete: tuple[Path, ...]
    state_only: tuple[StateOnlyEntry, ...]
    placeholders: tuple[PlaceholderEntry, ...]
    partition: PartitionEntry | None
    sql: Annotated[tuple[str, ...], Meta(description="the dialects that SQL is written for")]
    rows: Annotated[tuple[Migration, ...], Meta(description="rows of django_migrations after the reset")]
    squashes: Annotated[tuple[str, ...], Meta(description="the calls of squashmigrations, in order")]
    drafts: tuple[DraftEntry, ...]
    not_drafted: tuple[LeftEntry, ...]
    inbound: tuple[InboundEntry, ...]
    references: tuple[ReferenceEntry, ...]
    freed: tuple[FreedEntry, ...]
    gates: tuple[GateEntry, ...]
    checks: Annotated[
        dict[str, str], Meta(description="the calls that answer whether to go on, each with exit code 0")
    ]
    written: Annotated[tuple[str, ...], Meta(description="files of the plan, below its folder")]


def plan_json(plan: Plan, brought: Drafts, files: Iterable[str]) -> str:
    """The document; `files` are those that were written."""
    procedure, replaces = plan.procedure, plan.procedure == "replaces"
    return encoded(
        PlanDocument(
            schema_version=SCHEMA_VERSION,
            project=plan.project,
            procedure=procedure,
            reasons=plan.reasons,
            feasible=plan.feasible,
            ready=plan.ready,
            obstacles=() if plan.feasible else tuple(obstacles(plan)),
            decisions=tuple(
                DecisionEntry(
                    one.app, one.verdict, one.why, one.file, one.line, one.before, one.operations,
                    one.after if one.verdict in ("reset", "squash") else one.before,
                )
                for one in plan.decisions
            ),
            layout=_layout(plan),
            delete=plan.delete,
            state_only=tuple(
                StateOnlyEntry(f"{one.app}.{one.migration}", one.file, one.line, one.said, one.maybe)
                for one in plan.state_only
            ),
            placeholders=tuple(
                PlaceholderEntry(one.app, one.name, one.path, _dotted(one.parents), one.stands_for)
                for one in plan.placeholders
            )
            if procedure == "placeholder"
            else (),
            partition=_partition(plan) if replaces else None,
            sql=plan.dialects if procedure == "sql" else (),
            rows=_dotted(plan.rows.new) if procedure == "sql" else (),
            squashes=tuple(squash_commands(plan)) if procedure == "squash" else (),
            drafts=tuple(
                DraftEntry(one.app, f"drafts/files/{one.path}", tuple(map(_operation, one.operations)))
                for one in brought.files
            ),
            not_drafted=tuple(LeftEntry(_operation(one.operation), one.why) for one in brought.left),
            inbound=tuple(
                InboundEntry(_name(one.child), _name(one.parent), one.file, one.line, one.package)
                for one in plan.inbound
            ),
            references=tuple(
                ReferenceEntry(one.file, one.line, _name(one.migration), one.manner, one.instead)
                for one in brought.references
            ),
            freed=tuple(
                FreedEntry(one.module, one.name, one.file, one.line, one.why) for one in brought.freed
            ),
            gates=tuple(
                GateEntry(
                    one.label, one.file, one.open, one.behind, one.ghosts,
                    tuple(f"{each.code}: {each.message}" for each in one.blockers),
                    tuple(f"{each.code}: {each.message}" for each in one.advice),
                )
                for one in plan.gates
            ),
            checks={
                "models": manage(plan, "makemigrations", "--check", "--dry-run"),
                "databases": manage(plan, "migrate", "--check"),
                "environments": compared(plan),
                "new_files": f"migscan verify . --base {TAG}",
                "deployed": compared(plan, "--expect", "new"),
            },
            written=tuple(sorted(files)),
        )
    )  # fmt: skip


def schema() -> str:
    """The JSON Schema of the document, as it is published in `plan.schema.json`."""
    return described(PlanDocument, "migscan plan")


def _layout(plan: Plan) -> LayoutEntry:
    layout, user = plan.layout, plan.layout.user
    shown = layout.migrations if plan.procedure != "squash" else ()
    return LayoutEntry(
        written(layout.django),
        tuple(map(written, layout.others)),
        user.label,
        _name(user.migration) if user.migration is not None else None,
        user.first,
        tuple(_file(plan, one) for one in shown),
    )


def _file(plan: Plan, one: PlannedMigration) -> PlannedFileEntry:
    package = plan.packages.get(one.app)
    operations = (
        PlannedOperationEntry(each.kind, each.model, each.name, each.fields, each.why)
        for each in one.operations
    )
    return PlannedFileEntry(
        one.app,
        one.name,
        f"{package.folder}/{one.name}.py" if package is not None else "",
        _dotted(one.dependencies),
        tuple(operations),
        one.held,
        one.why,
    )


def _partition(plan: Plan) -> PartitionEntry:
    shared = plan.partition
    return PartitionEntry(
        shared.possible,
        tuple(
            GroupEntry(f"{one.new[0]}.{plan.remade[one.new]}", one.new[1], _dotted(one.replaces))
            for one in shared.groups
        ),
        tuple(f"{app}.{plan.remade[app, name]}" for app, name in shared.order),
        _dotted(plan.anchors),
        tuple((_name(bond.child), _name(bond.parent)) for bond in shared.circle),
        tuple((_name(child), _name(parent)) for child, parent in shared.moves),
    )


def _operation(one: DataOperation) -> OperationEntry:
    return OperationEntry(f"{one.app}.{one.migration}", one.operation, one.file, one.line)


def _dotted(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(map(_name, keys))


def _name(key: Key) -> str:
    return ".".join(key)
