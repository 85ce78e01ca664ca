"""The stages of the pipeline, and what each hands to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct
from msgspec.structs import replace

from analyzer.audits import registry
from analyzer.audits.values import Facts
from analyzer.catalogue import Chosen
from analyzer.catalogue.migrations import ends
from analyzer.catalogue.site import Externals, externals
from analyzer.data.labels import Labels
from analyzer.data.lookups.judge import endings, standings
from analyzer.data.lookups.read import read_lookups
from analyzer.data.ran import Ran
from analyzer.data.receivers import receivers
from analyzer.data.values import DataOperation, Receiver
from analyzer.data.verdicts import data_operations
from analyzer.graphs.history import graph_of
from analyzer.graphs.values import Cycle, Levels
from analyzer.history.drift.values import Drift
from analyzer.history.mentions import Mention, Named, mentions
from analyzer.history.migrations import MigrationFiles, read_migrations
from analyzer.history.outside import outside
from analyzer.history.replay import States, replay
from analyzer.history.unloaded import unloaded
from analyzer.history.values import History, Migration, told
from analyzer.options import Options
from analyzer.outcome import Analysis, Reading
from analyzer.schema.fields import Fields
from analyzer.schema.ground import Ground, read_apps
from analyzer.schema.models import Registry
from analyzer.schema.places import places
from analyzer.schema.settings import Choice
from analyzer.schema.values import Model, Relation, Unknown
from analyzer.schema.version import DjangoVersions, django_versions
from analyzer.source.evaluate import Evaluator
from analyzer.source.facts import Problem
from analyzer.source.loading import Files
from analyzer.source.marks import COMMENT
from analyzer.source.modules import Modules
from analyzer.source.names import Names
from analyzer.sources import Sources
from analyzer.states.summary import summary


class Begun(Struct, frozen=True):
    """What everything else stands on: versions, packages, settings and apps; `read` are the files it took."""

    found: Sources
    options: Options
    django: DjangoVersions
    packages: Externals
    ground: Ground
    registry: Registry
    read: frozenset[str]

    @property
    def files(self) -> Files:
        return self.found.files

    @property
    def names(self) -> Names:
        return self.ground.classes.names


def begin(found: Sources, options: Options, choice: Choice | None = None) -> Begun:
    """Settle what the project runs with, which settings count, and which apps these install.

    `choice` are the settings, where it is known which would be chosen.
    """
    files, site = found.files, found.site
    django = django_versions(files, found.requirements, site, options.django_version)
    packages = externals(site, found.requirements, django.taken)
    names = Names(Modules(files, packages))
    ground = read_apps(names, Evaluator(names), options.settings, options.all_apps, choice)
    classes = ground.classes
    classes.doubt = packages.doubt
    registry = Registry(classes, Fields(classes), ground.apps, ground.settings, django.oldest)
    read = frozenset((*files.read, *(choice.read if choice is not None else ())))
    return Begun(found, options, django, packages, ground, registry, read)


class Modelled(Struct, frozen=True):
    """What the models say, as plain data.

    `unknown` is what of them is not decided, `not_imported` the part of it about modules that Django
    does not import for certain.  `packages` are those that it rests on, `read` the files that were
    asked for, `problems` what could not be read in them, by file.
    """

    models: tuple[Model, ...]
    abstract_models: tuple[Model, ...]
    relations: tuple[Relation, ...]
    levels: Levels
    levels_all: Levels
    model_cycles: tuple[Cycle, ...]
    app_cycles: tuple[Cycle, ...]
    unknown: tuple[Unknown, ...]
    not_imported: tuple[Unknown, ...]
    packages: tuple[Chosen, ...]
    read: tuple[str, ...]
    problems: dict[str, tuple[Problem, ...]]


class Migrated(Struct, frozen=True):
    """What the migrations say: `migrations` hold the calls that make their operations."""

    written: MigrationFiles
    migrations: tuple[Migration, ...]
    history: History
    states: States


def migrate(begun: Begun, models: tuple[Model, ...]) -> Migrated:
    """Read the migrations, and add up their operations."""
    ground = begun.ground
    written = read_migrations(ground.apps.apps, ground.classes)
    migrations, history = graph_of(written, ground.apps.apps, begun.packages, begun.options.all_apps)
    states = replay(migrations, history, ground.classes, models, written.broken)
    return Migrated(written, migrations, history, states)


class Recalled(Struct, frozen=True):
    """What holds of an earlier run's data; `ran` leaves out the migrations that are others now."""

    ran: Ran = Ran()
    receivers: tuple[Receiver, ...] | None = None


class Filled(Struct, frozen=True):
    """What data operations and receivers do; `aside` are operations that Django does not load.

    `read` are the files that were asked for before, and `ran` is what a later run may take from this one:
    nothing where a file that only these operations lead to cannot be read, which must be said each time.
    """

    operations: tuple[DataOperation, ...]
    aside: tuple[DataOperation, ...]
    receivers: tuple[Receiver, ...]
    read: frozenset[str]
    ran: Ran


def fill(begun: Begun, modelled: Modelled, migrated: Migrated, known: Recalled) -> Filled:
    """Go through the code and SQL of migrations, but for what is known from an earlier run."""
    files, names, apps = begun.files, begun.names, begun.ground.apps.apps
    migrations, models = migrated.migrations, modelled.models
    read = frozenset(files.read)
    labels = _labels(begun, migrations, models)
    digest = labels.digest
    if known.ran.labels != digest:
        known = Recalled()
    told = data_operations(migrations, names, labels, known.ran.runs)
    listening = known.receivers
    if listening is None:
        listening = receivers(apps, names, Labels(migrations, models, {}))
    aside = _aside(begun, models, migrations)
    spoilt = any(files.facts(path).problems for path in {*files.read} - read)
    return Filled(
        _placed(told.operations, migrated.history),
        aside,
        listening,
        read,
        Ran() if spoilt else Ran(digest, told.runs),
    )


def conclude(begun: Begun, modelled: Modelled, migrated: Migrated, filled: Filled, drift: Drift) -> Analysis:
    """What the rules find, and all that is known put together."""
    found, ground, names = begun.found, begun.ground, begun.names
    migrations, history, states = migrated.migrations, migrated.history, migrated.states
    apps = ground.apps.apps
    lookups = read_lookups(migrations, names, {model.name: model.label for model in modelled.models})
    external = {app.label: app.name for app in apps if not app.own}
    facts = Facts(
        tree=found.tree,
        problems=tuple(_flat({**modelled.problems, **problems(begun.files)})),
        apps=apps,
        models=modelled.models,
        abstract_models=modelled.abstract_models,
        relations=modelled.relations,
        model_cycles=modelled.model_cycles,
        app_cycles=modelled.app_cycles,
        files=migrated.written,
        migrations=migrations,
        history=history,
        data_operations=filled.operations,
        lookups=lookups,
        standings=standings(
            lookups,
            migrations,
            history,
            states,
            lambda label: label in external and bool(ends(begun.packages, external[label], label)),
        ),
        drift=drift.differences,
        unknown=tuple(sorted({*modelled.unknown, *migrated.written.unknown, *states.unknown})),
        settings=ground.settings,
        places=places(ground.settings, names),
        documents=begun.files.documents,
        mentions=_mentions(begun, migrations),
        outside=outside(begun.packages, ground, migrations),
        not_imported=frozenset(modelled.not_imported),
    )
    findings = registry.run(facts)
    return Analysis(
        project=begun.options.project or found.root.resolve().name,
        reading=_reading(begun, modelled, filled.read),
        apps=facts.apps,
        models=facts.models,
        abstract_models=facts.abstract_models,
        relations=facts.relations,
        levels=modelled.levels,
        levels_all=modelled.levels_all,
        model_cycles=facts.model_cycles,
        app_cycles=facts.app_cycles,
        migrations=tuple(map(told, migrations)),
        history=history,
        state=summary(states.final),
        drift=drift,
        data_operations=filled.operations,
        unloaded_operations=filled.aside,
        receivers=filled.receivers,
        findings=findings,
        unknown=facts.unknown,
        lookups=facts.lookups,
        standings=facts.standings,
        ended=endings(migrations, history),
        commented=tuple(found.files.holding(COMMENT)),
    )


def problems(files: Files) -> dict[str, tuple[Problem, ...]]:
    """What could not be read in the files that were asked for, by file."""
    return {path: file.problems for path, file in files.loaded() if file.problems}


def _flat(problems: dict[str, tuple[Problem, ...]]) -> Iterable[tuple[str, Problem]]:
    return ((path, problem) for path, those in sorted(problems.items()) for problem in those)


def _labels(begun: Begun, migrations: Iterable[Migration], models: Iterable[Model]) -> Labels:
    return Labels(migrations, models, {"AUTH_USER_MODEL": begun.ground.settings.auth_user_model})


def _placed(operations: Iterable[DataOperation], history: History) -> tuple[DataOperation, ...]:
    """Data operations, with whether the graph has their migrations."""
    return tuple(replace(one, in_graph=(one.app, one.migration) in history.nodes) for one in operations)


def _aside(
    begun: Begun, models: tuple[Model, ...], migrations: tuple[Migration, ...]
) -> tuple[DataOperation, ...]:
    """The data operations in folders of migrations that Django does not load."""
    ground = begun.ground
    return tuple(
        replace(operation, in_graph=False)
        for others in unloaded(ground.apps.apps, ground.classes, migrations)
        for operation in data_operations(others, begun.names, _labels(begun, others, models)).operations
    )


def _mentions(begun: Begun, migrations: tuple[Migration, ...]) -> tuple[Mention, ...]:
    files = begun.files
    return mentions(Named(migrations, begun.ground.apps.apps), files.named, files.documents)


def _reading(begun: Begun, modelled: Modelled, read: Collection[str]) -> Reading:
    settings, files, site = begun.ground.settings, begun.files, begun.found.site
    return Reading(
        django=begun.django,
        settings=settings.path,
        settings_reason=settings.reason,
        settings_candidates=settings.candidates,
        all_apps=begun.options.all_apps,
        auth_user_model=settings.auth_user_model,
        source_roots=files.tree.source_roots,
        site_packages=site.name if site is not None else None,
        packages=modelled.packages,
        files_seen=len(files.tree.files),
        files_read=len({*modelled.read, *read}),
    )
