"""The pipeline, readable aloud: a project's source in, everything known about it out."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from analyzer import audits
from analyzer.audits.rules import Finding
from analyzer.audits.values import Facts
from analyzer.catalogue import Chosen
from analyzer.catalogue.migrations import ends
from analyzer.catalogue.requirements import Requirements
from analyzer.catalogue.site import Externals, Installed, Packages, externals, installed
from analyzer.data.values import DataOperation
from analyzer.data.verdicts import data_operations
from analyzer.graphs.cycles import app_cycles, model_cycles
from analyzer.graphs.levels import components, model_levels
from analyzer.graphs.values import Cycle, Levels
from analyzer.history import graph as history_graph
from analyzer.history.drift import Drift, project_drift
from analyzer.history.migrations import MigrationFiles, read_migrations
from analyzer.history.replay import replay
from analyzer.history.values import History, Key, Migration, told
from analyzer.options import Options
from analyzer.remembered import Remembered, ground
from analyzer.schema.read import SchemaReading, read_schema
from analyzer.schema.values import App, Model, Relation, Unknown
from analyzer.schema.version import DjangoVersions, django_versions
from analyzer.source.cache import Cache
from analyzer.source.discover import discover
from analyzer.source.evaluate import Evaluator
from analyzer.source.loading import Files, select
from analyzer.source.modules import Modules
from analyzer.source.names import Names
from analyzer.states.summary import StateSummary, summary
from analyzer.states.values import ProjectState

Progress = Callable[[str, int, int], None]
"""Told (stage, done, total); total is 0 where it is not known."""


class Reading(Struct, frozen=True):
    """How the project was read: what the report must say about its own ground."""

    django: DjangoVersions
    settings: str | None
    settings_reason: str
    settings_candidates: tuple[str, ...]
    all_apps: bool
    auth_user_model: str
    source_roots: tuple[str, ...]
    site_packages: str | None
    packages: tuple[Chosen, ...]
    files_seen: int
    files_read: int


class Analysis(Struct, frozen=True):
    """Everything the report says.  Labels are `app.Model`; every tuple is sorted.

    `models` holds own and external concrete models (`own` tells), `abstract_models` the
    project's abstract ones.  `levels` counts own models only, `levels_all` external ones too.
    `state` is what all migrations add up to, `drift` where it and the models disagree.
    """

    project: str
    reading: Reading
    apps: tuple[App, ...]
    models: tuple[Model, ...]
    abstract_models: tuple[Model, ...]
    relations: tuple[Relation, ...]
    levels: Levels
    levels_all: Levels
    model_cycles: tuple[Cycle, ...]
    app_cycles: tuple[Cycle, ...]
    migrations: tuple[Migration, ...]
    history: History
    state: StateSummary
    drift: Drift
    data_operations: tuple[DataOperation, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]

    def model(self, label: str) -> Model | None:
        return next((model for model in self.models if model.label == label), None)

    def migration(self, key: Key) -> Migration | None:
        return next((migration for migration in self.migrations if migration.key == key), None)


class Sources(Struct, frozen=True):
    """What a project is read from: its files, what it requires, and where its packages are installed."""

    root: Path
    files: Files
    requirements: Requirements
    site: Installed | None


class Examined(Struct, frozen=True):
    """An analysis, with the state of the migrations it sums up and the installed packages it rests on."""

    analysis: Analysis
    state: ProjectState
    packages: Externals


def analyse(root: Path, options: Options, progress: Progress = lambda stage, done, total: None) -> Analysis:
    """Read the project under `root` and say everything that its source decides.

    Raises UsageError where the options name settings that are not there.  Never raises on what
    the project's files hold.
    """
    progress("discover", 0, 0)
    found = sources(root, options)
    if not options.cache:
        return examine(found, options, progress).analysis
    remembered = Remembered(
        Analysis, root, ground(root, options, found.files, found.requirements, found.site)
    )
    known = remembered.recall()
    if known is None:
        examined = examine(found, options, progress)
        known = examined.analysis
        remembered.keep(known, examined.packages.looked)
    return known


def sources(root: Path, options: Options) -> Sources:
    """Where everything is; nothing is parsed yet."""
    tree = discover(root, options.exclude)
    files = Files(tree, Cache(root if options.cache else None))
    return Sources(root, files, Requirements(root, tree.source_roots), installed(root, options.site_packages))


def examine(
    found: Sources, options: Options, progress: Progress = lambda stage, done, total: None
) -> Examined:
    """Work out everything; see `analyse`."""
    files, site = found.files, found.site
    tree = files.tree
    jobs = options.jobs or os.cpu_count() or 1
    files.survey(jobs, progress)
    files.load(select(files), jobs, progress)

    django = django_versions(files, found.requirements, site, options.django_version)
    packages = externals(site, found.requirements, django.taken)
    names = Names(Modules(files, packages))
    evaluator = Evaluator(names)
    progress("models", 0, 0)
    schema = read_schema(names, evaluator, packages, options.settings, options.all_apps, django)

    progress("migrations", 0, 0)
    written = read_migrations(schema.apps.apps, schema.classes)
    migrations, history = _history(written, schema, packages, options.all_apps)
    states = replay(migrations, history, schema.classes, schema.models, written.broken)

    progress("drift", 0, 0)
    drift = project_drift(schema, migrations, states.final)

    progress("data operations", 0, 0)
    operations = data_operations(migrations, names)

    progress("levels and cycles", 0, 0)
    models = tuple(model for model in schema.models if counts(model, options))
    relations = _between(schema.relations, models)
    facts = Facts(
        tree=tree,
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
        drift=drift.differences,
        unknown=tuple(sorted({*schema.unknown, *written.unknown, *states.unknown})),
        not_imported=frozenset(schema.not_imported),
    )
    findings = audits.run(facts)
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
        findings=findings,
        unknown=facts.unknown,
    )
    return Examined(analysis, states.final, packages)


def counts(model: Model, options: Options) -> bool:
    """Whether a model takes part in levels and cycles: what Django would not load does not."""
    return model.installed is not False or options.all_apps


def _between(relations: tuple[Relation, ...], models: tuple[Model, ...]) -> tuple[Relation, ...]:
    labels = {model.label for model in models}
    return tuple(relation for relation in relations if relation.source in labels)


def _history(
    found: MigrationFiles, schema: SchemaReading, packages: Packages, all_apps: bool
) -> tuple[tuple[Migration, ...], History]:
    apps = schema.apps.apps
    external = {app.label: app.name for app in apps if not app.own}
    own = frozenset({app.label for app in apps if app.own} | {m.app for m in found.migrations})
    unloaded = {app.label for app, _ in found.namespace}
    if not all_apps:
        unloaded |= {app.label for app in apps if app.installed is False}
    migrations, history = history_graph.build(
        found.migrations,
        functools.cache(lambda label: ends(packages, external.get(label, ""), label)),
        own,
        frozenset(unloaded),
    )
    nodes = {".".join(key): key for key in sorted(history.nodes)}
    edges = {".".join(key): {".".join(parent) for parent in history.edges[key]} for key in nodes.values()}
    circles = [tuple(nodes[name] for name in members) for members in components(nodes, edges)]
    circles += [(key,) for key in history.nodes if key in history.edges[key]]
    return migrations, replace(history, cycles=tuple(sorted(circles)))


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
