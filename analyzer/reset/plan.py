"""The plan of a reset: what becomes of each app, by which procedure, and all that it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.values import DataOperation
from analyzer.errors import UsageError
from analyzer.history.order import full_plan
from analyzer.history.squash import parts
from analyzer.history.values import Key, Migration
from analyzer.pipeline import Examined
from analyzer.reset.bonds import Partition
from analyzer.reset.circles import circle, closing
from analyzer.reset.decide import (
    WORTH,
    Block,
    Decision,
    blocks,
    decisions,
    standing_between,
    unfinished,
)
from analyzer.reset.drafts.select import Selection, brought, select
from analyzer.reset.environments_values import Comparison
from analyzer.reset.gate import Gate, gates
from analyzer.reset.guarded_sql import DIALECTS, Dialect, Rows
from analyzer.reset.layout import ground, layout
from analyzer.reset.naming import following, names_of
from analyzer.reset.outside import Outside
from analyzer.reset.packages import Package, resettable
from analyzer.reset.partition import partition
from analyzer.reset.placeholders import Placeholder, placeholders
from analyzer.reset.planned import FIRST, Layout
from analyzer.reset.state_only import StateOnly, state_only
from analyzer.schema.settings import NAMED, Settings

Procedure = Literal["placeholder", "replaces", "sql", "squash"]
PROCEDURES: tuple[Procedure, ...] = ("placeholder", "replaces", "sql", "squash")

VENDOR = "django.db.connection.vendor"
REMADE = "remade"


class Wishes(Struct, frozen=True):
    """What a plan was asked for; everything is open where it is empty."""

    apps: tuple[str, ...] = ()
    procedure: Procedure | None = None
    dialects: tuple[Dialect, ...] = ()
    environments: tuple[tuple[str, str], ...] = ()
    comparison: Comparison | None = None


class Inbound(Struct, frozen=True):
    """A migration that stays and names one that goes; `package` tells one of an installed package."""

    child: Key
    parent: Key
    file: str
    line: int
    package: bool


class SquashCall(Struct, frozen=True):
    """One call of `squashmigrations`, and the functions that must be carried over by hand."""

    app: str
    first: str
    last: str
    count: int
    functions: tuple[DataOperation, ...]


class Plan(Struct, frozen=True):
    """A reset, thought through.

    `delete` are the files that go, `data` the data operations of the apps that a fresh database may
    still need, `extras` what the files for them are called, by app.  `remade` are the names of new
    migrations where old ones stay beside them.  `state_only` are operations of theirs that changed no
    table.  `manage` is the path of the project's manage.py, `settings` that of the settings to name where
    there are others.
    """

    project: str
    procedure: Procedure
    reasons: tuple[str, ...]
    layout: Layout
    packages: dict[str, Package]
    decisions: tuple[Decision, ...]
    delete: tuple[str, ...]
    data: tuple[DataOperation, ...]
    selection: Selection
    extras: dict[str, tuple[str, ...]]
    placeholders: tuple[Placeholder, ...]
    partition: Partition
    remade: dict[Key, str]
    anchors: tuple[Key, ...]
    rows: Rows
    dialects: tuple[Dialect, ...]
    squashes: tuple[SquashCall, ...]
    inbound: tuple[Inbound, ...]
    unread: tuple[str, ...]
    environments: tuple[tuple[str, str], ...]
    gates: tuple[Gate, ...]
    leaves: tuple[Key, ...]
    manage: str
    settings: str
    state_only: tuple[StateOnly, ...] = ()

    @property
    def blocked(self) -> tuple[Decision, ...]:
        return tuple(one for one in self.decisions if one.verdict == "blocked")

    @property
    def apps(self) -> tuple[str, ...]:
        return self.layout.apps

    @property
    def waiting(self) -> tuple[str, ...]:
        """The environments that were compared and in which the reset must not begin yet."""
        return tuple(gate.label for gate in self.gates if not gate.open)

    @property
    def feasible(self) -> bool:
        """Whether it can be carried out, once every environment is ready."""
        if not self.apps or self.layout.why:
            return False
        return self.procedure != "replaces" or self.partition.possible

    @property
    def ready(self) -> bool:
        """Whether it can begin: nothing is in the way, here or in an environment that was compared."""
        return self.feasible and not self.blocked and not self.waiting


def plan(examined: Examined, wishes: Wishes) -> Plan:
    """Plan the reset of a project.  Raises UsageError where an app is asked for that there is none of."""
    found = ground(examined, ()).packages
    able = resettable(examined)
    unknown = sorted(set(wishes.apps) - able)
    if unknown:
        known = ", ".join(sorted(able)) or "none"
        raise UsageError(f"no app '{unknown[0]}' with migrations in the project; there are: {known}")
    blocked = blocks(examined, found.values())
    wanted = frozenset(wishes.apps or able) - blocked.keys()
    drawn = _with_models(examined, wanted)
    outside = Outside(examined)
    if not wishes.apps:
        drawn = _worthwhile(examined, drawn, outside)
    procedure, reasons = _procedure(examined, drawn, wishes)
    if procedure in ("replaces", "squash"):
        open_: dict[str, Block] = unfinished(examined, drawn.apps)
        if open_:
            blocked = {**open_, **blocked}
            drawn = _with_models(examined, frozenset(drawn.apps) - open_.keys())
    while True:
        selection = select(examined, frozenset(drawn.apps))
        between = standing_between(examined, frozenset(drawn.apps), selection.operations)
        if not between and procedure != "squash":
            between = closing(drawn, outside, found)
        if not between:
            break
        blocked = {**between, **blocked}
        drawn = _with_models(examined, frozenset(drawn.apps) - between.keys())
    history = examined.analysis.history
    apps = frozenset(drawn.apps)
    migrations = [one for one in examined.migrations if one.app in apps]
    known_keys = [migration.key for migration in examined.migrations]
    extras = selection.words
    shared = Partition((), ())
    if procedure == "replaces":
        shared = partition(drawn, outside, brought(examined, selection, apps))
    inbound = tuple(sorted(_inbound(examined, outside, apps), key=lambda one: (one.child, one.parent)))
    return Plan(
        project=examined.analysis.project,
        procedure=procedure,
        reasons=reasons,
        layout=drawn,
        packages={app: package for app, package in found.items() if app in apps},
        decisions=_decided(examined, drawn, found, blocked, wishes, procedure),
        delete=tuple(sorted(migration.file for migration in migrations)),
        data=selection.operations,
        selection=selection,
        extras=extras,
        placeholders=placeholders(
            drawn, history.leaves, known_keys, {app: found[app].folder for app in apps}, extras
        ),
        partition=shared,
        remade=_remade(drawn, shared, known_keys),
        anchors=tuple(sorted(shared.anchors)),
        rows=_rows(drawn, migrations, history.nodes, extras, inbound),
        dialects=wishes.dialects or _dialects(examined.schema.settings),
        squashes=tuple(_squashes(examined, apps)),
        inbound=inbound,
        unread=tuple(sorted(outside.unread)),
        environments=wishes.environments,
        gates=gates(wishes.comparison, apps, able) if wishes.comparison is not None else (),
        leaves=tuple(key for key in history.leaves if key[0] in apps),
        manage=_manage(examined),
        state_only=state_only(migrations, history, apps),
        settings=_settings(examined),
    )


def _manage(examined: Examined) -> str:
    """The path of manage.py: the one nearest above the settings, else the one nearest to the root."""
    files = examined.schema.classes.names.modules.files.tree.files
    found = [file.path for file in files if file.path.rpartition("/")[2] == "manage.py"]
    settings = examined.schema.settings.path or ""
    above = [path for path in found if settings.startswith(path.removesuffix("manage.py"))]
    if above:
        return max(above, key=len)
    return min(found, key=lambda path: (path.count("/"), path), default="manage.py")


def _settings(examined: Examined) -> str:
    """The settings that were named by hand; empty where there are none."""
    settings = examined.schema.settings
    return settings.path or "" if settings.reason == NAMED else ""


def _with_models(examined: Examined, apps: frozenset[str]) -> Layout:
    """The layout without the apps that would get no file."""
    drawn = layout(ground(examined, apps))
    bare = {app for app in apps if not drawn.of(app)}
    return layout(ground(examined, apps - bare)) if bare and not drawn.why else drawn


def _worthwhile(examined: Examined, drawn: Layout, outside: Outside) -> Layout:
    """The layout without apps that would get as many files as they have, where they can stay as they are:
    they name no migration that goes."""
    counts = Counter(migration.app for migration in examined.migrations)
    idle = {app for app in drawn.apps if counts[app] <= len(drawn.of(app))}
    while idle:
        going = set(drawn.apps) - idle
        bound = {one.child[0] for one in _inbound(examined, outside, going) if not one.package} & idle
        if not bound:
            break
        idle -= bound
    if not idle:
        return drawn
    smaller = _with_models(examined, frozenset(drawn.apps) - idle)
    return drawn if circle(smaller, outside) and not circle(drawn, outside) else smaller


def _decided(
    examined: Examined,
    drawn: Layout,
    found: Mapping[str, Package],
    blocked: Mapping[str, Block],
    wishes: Wishes,
    procedure: Procedure,
) -> tuple[Decision, ...]:
    modelled = {model.app for model in examined.schema.models if model.own}
    made = decisions(examined, drawn, found, blocked, wishes.apps, modelled)
    if procedure != "squash":
        return made
    history = examined.analysis.history
    return tuple(
        replace(one, verdict="squash", after=len(parts(history, one.app)) or one.before)
        if one.verdict == "reset"
        else one
        for one in made
    )


# ---------------------------------------------------------------- which procedure


def _procedure(examined: Examined, drawn: Layout, wishes: Wishes) -> tuple[Procedure, tuple[str, ...]]:
    count = sum(1 for migration in examined.migrations if migration.app in drawn.apps)
    reasons = []
    if 0 < count < WORTH:
        reasons.append(f"{count} migration files cost little: leaving them as they are is a good choice, too")
    if wishes.procedure is not None:
        return wishes.procedure, (*reasons, "it was asked for")
    if examined.schema.settings.path is None:
        reasons.append("no settings module was found, so this looks like a package that others install")
        reasons.append(
            "with `replaces` their databases may lag behind while old and new files lie side by side"
        )
        return "replaces", tuple(reasons)
    reasons.append("two releases, no `--fake` and no SQL: each database records the new names by `migrate`")
    reasons.append(
        "a database that lags behind is stopped with an error instead of losing a column in silence"
    )
    reasons.append("either release can be rolled back until the old rows are pruned")
    return "placeholder", tuple(reasons)


def _dialects(settings: Settings) -> tuple[Dialect, ...]:
    vendor = settings.connection().get(VENDOR)
    return tuple(one for one in DIALECTS if one == vendor) or DIALECTS


# ---------------------------------------------------------------- parts of it


def _remade(drawn: Layout, shared: Partition, known: Iterable[Key]) -> dict[Key, str]:
    """Names after those of all old migrations, anchors among them."""
    taken = [*known, *shared.anchors]
    out: dict[Key, str] = {}
    for app in drawn.apps:
        new = [migration.key for migration in drawn.of(app)] + [key for key in shared.rests if key[0] == app]
        names = following(names_of(app, taken), [REMADE for _ in new])
        out |= dict(zip(new, names, strict=True))
    return out


def _rows(
    drawn: Layout,
    migrations: Iterable[Migration],
    nodes: Collection[Key],
    extras: dict[str, tuple[str, ...]],
    inbound: Iterable[Inbound],
) -> Rows:
    listed = list(migrations)
    replaced = {key for migration in listed for key in migration.replaces}
    required = sorted(migration.key for migration in listed if migration.key in nodes)
    allowed = sorted({*replaced, *(migration.key for migration in listed)} - set(required))
    new = [migration.key for migration in drawn.migrations if migration.app in drawn.apps]
    for app, words in extras.items():
        written = [migration.name for migration in drawn.of(app)]
        new += [(app, name) for name in following(written, words)]
    new += [one.parent for one in inbound if one.package]
    return Rows(drawn.apps, tuple(required), tuple(allowed), tuple(sorted(set(new))))


def _squashes(examined: Examined, apps: Collection[str]) -> Iterator[SquashCall]:
    history = examined.analysis.history
    places = {key: place for place, key in enumerate(full_plan(history))}
    runs = [run for app in sorted(apps) for run in parts(history, app) if len(run) > 1]
    for run in sorted(runs, key=lambda run: places.get(run[0], 0)):
        names = {name for _, name in run}
        functions = tuple(
            one
            for one in examined.analysis.data_operations
            if one.app == run[0][0] and one.migration in names and one.elidable is not True
        )
        yield SquashCall(run[0][0], run[0][1], run[-1][1], len(run), functions)


def _inbound(examined: Examined, outside: Outside, apps: Collection[str]) -> Iterator[Inbound]:
    own = {migration.key for migration in examined.migrations}
    for migration in examined.migrations:
        if migration.app not in apps:
            for key in dict.fromkeys((*migration.dependencies, *migration.run_before)):
                if key[0] in apps and key[1] != FIRST:
                    line = migration.lines.get(key, migration.line)
                    yield Inbound(migration.key, key, migration.file, line, package=False)
    for child, parents in outside.named.items():
        if child not in own and child[0] not in apps:
            for parent in parents:
                if parent in own and parent[0] in apps:
                    yield Inbound(child, parent, "", 0, package=True)
