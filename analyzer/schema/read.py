"""The schema stage in one function: models and their relations."""

from __future__ import annotations

from msgspec import Struct

from analyzer.catalogue.site import Packages
from analyzer.schema.apps import Apps
from analyzer.schema.classes import Class, Classes
from analyzer.schema.extended import extend
from analyzer.schema.imports import Looked
from analyzer.schema.models import Candidate, Registry
from analyzer.schema.registered import registered
from analyzer.schema.relations import Resolver
from analyzer.schema.settings import Settings
from analyzer.schema.values import Model, Relation, Unknown
from analyzer.schema.version import DjangoVersions
from analyzer.source.facts import ClassDef
from analyzer.source.names import Defined
from analyzer.source.scopes import flatten


class SchemaReading(Struct, frozen=True):
    """What the schema stage gives to all later ones."""

    django: DjangoVersions
    settings: Settings
    apps: Apps
    classes: Classes
    models: tuple[Model, ...]
    abstract_models: tuple[Model, ...]
    relations: tuple[Relation, ...]
    unknown: tuple[Unknown, ...]
    not_imported: tuple[Unknown, ...]
    """Those of `unknown` that speak of models in modules which Django does not import, or not for certain."""
    resolver: Resolver
    candidates: tuple[Candidate, ...]
    """The project's own model classes, abstract ones included, those that a label stands for first;
    those that packages make are left out, since their fields' arguments are not all read."""
    imports: dict[str, Looked] | None
    """What each file may import, where tests and migrations had to be asked too."""
    consulted: frozenset[str]
    """The files of which more was asked, to tell which modules Django imports."""


def read_models(registry: Registry, packages: Packages, django: DjangoVersions) -> SchemaReading:
    """Everything that models say, in the apps that were found."""
    chosen, apps, classes = registry.settings, registry.apps, registry.classes
    extended = extend(registry)
    own = registered(registry, extended.carried)
    external = [*_external_candidates(registry, packages), *extended.external]
    resolver = Resolver(registry)
    schema = resolver.schema(list(own.candidates), external)
    found = {*schema.unknown, *apps.unknown, *own.unknown, *extended.unknown}
    unknown = tuple(sorted({*found, *_doubts(packages, external)}))
    return SchemaReading(
        django,
        chosen,
        apps,
        classes,
        own.settled(schema.models),
        schema.abstract_models,
        schema.relations,
        unknown,
        own.unknown,
        resolver,
        tuple(found for found in own.candidates if found.cls.key not in registry.made),
        own.imports,
        own.consulted,
    )


def _doubts(packages: Packages, external: list[Candidate]) -> list[Unknown]:
    """One for each package whose models or field classes the required version may not have like that."""
    for candidate in external:
        packages.doubt(candidate.cls.module.name, candidate.cls.qualname)
    return [Unknown(doubt.file, doubt.line, doubt.package, doubt.why) for doubt in packages.doubts]


def _external_candidates(registry: Registry, packages: Packages) -> list[Candidate]:
    """Models of catalogued packages whose apps are installed."""
    found: list[Candidate] = []
    for app in registry.apps.apps:
        if app.own:
            continue
        for name in packages.modules_of(f"{app.name}.models"):
            module = registry.classes.names.modules.find(name)
            facts = packages.facts(name)
            if module is None or facts is None:
                continue
            for stmt in flatten(facts.body):
                if isinstance(stmt, ClassDef):
                    found.extend(_candidate(registry, Defined(module, stmt.name, stmt)))
    return found


def _candidate(registry: Registry, binding: Defined) -> list[Candidate]:
    cls: Class | None = registry.classes.of_binding(binding)
    candidate = registry.candidate(cls) if cls is not None else None
    return [candidate] if candidate is not None else []
