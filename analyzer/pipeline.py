"""The pipeline, readable aloud: a project's source in, everything known about it out."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from analyzer.audits import registry
from analyzer.audits.values import Facts
from analyzer.catalogue.migrations import ends, leaf
from analyzer.catalogue.site import Externals, Packages, externals
from analyzer.data.labels import Labels
from analyzer.data.lookups.judge import endings, standings
from analyzer.data.lookups.read import read_lookups
from analyzer.data.receivers import receivers
from analyzer.data.values import DataOperation
from analyzer.data.verdicts import data_operations
from analyzer.graphs.cycles import app_cycles, model_cycles
from analyzer.graphs.history import graph_of
from analyzer.graphs.levels import model_levels
from analyzer.history.drift.project import project_drift
from analyzer.history.mentions import Mention, Named, mentions
from analyzer.history.migrations import MigrationFiles, read_migrations
from analyzer.history.outside import outside
from analyzer.history.replay import replay
from analyzer.history.replay.states import States
from analyzer.history.unloaded import unloaded
from analyzer.history.values import History, Migration, told
from analyzer.options import Options
from analyzer.outcome import Analysis, Reading, counts
from analyzer.schema.places import places
from analyzer.schema.read import SchemaReading, read_schema
from analyzer.schema.values import App, Model, Relation
from analyzer.schema.version import django_versions
from analyzer.source.evaluate import Evaluator
from analyzer.source.loading import Files, Progress
from analyzer.source.modules import Modules
from analyzer.source.names import Names
from analyzer.sources import Sources
from analyzer.states.summary import summary
from analyzer.states.values import ProjectState


class Examined(Struct, frozen=True):
    """An analysis, with the readings it sums up and the installed packages it rests on.

    `migrations` hold the calls that make their operations; `state` is what they add up to, `states`
    what each of them found and left.
    """

    analysis: Analysis
    state: ProjectState
    states: States
    packages: Externals
    schema: SchemaReading
    written: MigrationFiles
    migrations: tuple[Migration, ...]

    def last(self, app: App) -> str | None:
        """The last migration of a package's app; "" where it has none, None where that is not known."""
        name = leaf(self.packages, app.name, app.label)
        return name or ("" if self.packages.knows(app.name) else None)


def examine(found: Sources, options: Options, progress: Progress) -> Examined:
    """Work out everything from files that have been read."""
    files, site = found.files, found.site
    django = django_versions(files, found.requirements, site, options.django_version)
    packages = externals(site, found.requirements, django.taken)
    names = Names(Modules(files, packages))
    evaluator = Evaluator(names)
    progress("models", 0, 0)
    schema = read_schema(names, evaluator, packages, options.settings, options.all_apps, django)

    progress("migrations", 0, 0)
    written = read_migrations(schema.apps.apps, schema.classes)
    migrations, history = graph_of(written, schema.apps.apps, packages, options.all_apps)
    states = replay(migrations, history, schema.classes, schema.models, written.broken)

    progress("drift", 0, 0)
    drift = project_drift(schema, migrations, states.final)

    progress("data operations", 0, 0)
    operations, aside = _data_operations(schema, migrations, history, names)
    lookups = read_lookups(migrations, names, {model.name: model.label for model in schema.models})
    external = {app.label: app.name for app in schema.apps.apps if not app.own}

    progress("levels and cycles", 0, 0)
    models = tuple(model for model in schema.models if counts(model, options))
    relations = _between(schema.relations, models)
    facts = Facts(
        tree=found.tree,
        problems=tuple((path, problem) for path, file in files.loaded() for problem in file.problems),
        apps=schema.apps.apps,
        models=schema.models,
        abstract_models=schema.abstract_models,
        relations=schema.relations,
        model_cycles=model_cycles(models, relations),
        app_cycles=app_cycles(models, relations),
        files=written,
        migrations=migrations,
        history=history,
        data_operations=operations,
        lookups=lookups,
        standings=standings(
            lookups,
            migrations,
            history,
            states,
            lambda label: label in external and bool(ends(packages, external[label], label)),
        ),
        drift=drift.differences,
        unknown=tuple(sorted({*schema.unknown, *written.unknown, *states.unknown})),
        settings=schema.settings,
        places=places(schema.settings, names),
        documents=files.documents,
        mentions=_mentions(files, schema, migrations),
        outside=outside(packages, schema, migrations),
        not_imported=frozenset(schema.not_imported),
    )
    findings = registry.run(facts)
    files.save()
    analysis = Analysis(
        project=options.project or found.root.resolve().name,
        reading=_reading(files, schema, packages, site.name if site is not None else None, options.all_apps),
        apps=facts.apps,
        models=facts.models,
        abstract_models=facts.abstract_models,
        relations=facts.relations,
        levels=model_levels(models, relations),
        levels_all=model_levels(models, relations, external=True),
        model_cycles=facts.model_cycles,
        app_cycles=facts.app_cycles,
        migrations=tuple(map(told, migrations)),
        history=history,
        state=summary(states.final),
        drift=drift,
        data_operations=operations,
        unloaded_operations=aside,
        receivers=receivers(schema.apps.apps, names, Labels(migrations, schema.models, {})),
        findings=findings,
        unknown=facts.unknown,
        lookups=facts.lookups,
        standings=facts.standings,
        ended=endings(migrations, history),
    )
    return Examined(analysis, states.final, states, packages, schema, written, migrations)


def _data_operations(
    schema: SchemaReading, migrations: tuple[Migration, ...], history: History, names: Names
) -> tuple[tuple[DataOperation, ...], tuple[DataOperation, ...]]:
    """The data operations of an app's migrations, and those in folders that Django does not load."""
    swapped = {"AUTH_USER_MODEL": schema.settings.auth_user_model}
    labels = Labels(migrations, schema.models, swapped)
    found = (
        replace(operation, in_graph=(operation.app, operation.migration) in history.nodes)
        for operation in data_operations(migrations, names, labels)
    )
    aside = (
        replace(operation, in_graph=False)
        for others in unloaded(schema.apps.apps, schema.classes, migrations)
        for operation in data_operations(others, names, Labels(others, schema.models, swapped))
    )
    return tuple(found), tuple(aside)


def _between(relations: tuple[Relation, ...], models: tuple[Model, ...]) -> tuple[Relation, ...]:
    labels = {model.label for model in models}
    return tuple(relation for relation in relations if relation.source in labels)


def _mentions(files: Files, schema: SchemaReading, migrations: tuple[Migration, ...]) -> tuple[Mention, ...]:
    sources = ((file.path, files.data(file.path)) for file in files.tree.files)
    return mentions(Named(migrations, schema.apps.apps), sources, files.documents)


def _reading(
    files: Files, schema: SchemaReading, packages: Packages, site_packages: str | None, all_apps: bool
) -> Reading:
    settings, homes = schema.settings, _homes(schema)
    return Reading(
        django=schema.django,
        settings=settings.path,
        settings_reason=settings.reason,
        settings_candidates=settings.candidates,
        all_apps=all_apps,
        auth_user_model=settings.auth_user_model,
        source_roots=files.tree.source_roots,
        site_packages=site_packages,
        packages=tuple(chosen for chosen in packages.chosen if chosen.package in homes),
        files_seen=len(files.tree.files),
        files_read=len(files.read),
    )


def _homes(schema: SchemaReading) -> frozenset[str]:
    """The packages that something said of the project rests on: apps, and bases and fields of models."""
    registry = schema.resolver.registry
    paths = [app.name for app in schema.apps.apps if not app.own]
    paths += [path for model in schema.models if model.own for path in model.abstract_ancestors]
    for candidate in schema.candidates:
        paths += [field.field.path for field in registry.local_fields(candidate.cls).values()]
    return frozenset({"django", *(path.partition(".")[0] for path in paths)})
