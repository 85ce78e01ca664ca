"""The schema stage in one function: settings, apps, models, relations."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from analyzer.catalogue.rules import CONSTANTS
from analyzer.catalogue.site import Packages
from analyzer.schema.apps import Apps, find_apps
from analyzer.schema.classes import Class, Classes
from analyzer.schema.fields import Fields
from analyzer.schema.models import Candidate, Registry, classes_of
from analyzer.schema.relations import Resolver
from analyzer.schema.settings import Settings, choose_settings
from analyzer.schema.values import Model, Relation, Unknown
from analyzer.source.evaluate import Evaluator
from analyzer.source.facts import ClassDef
from analyzer.source.names import Defined, Names, flatten


class SchemaReading(Struct, frozen=True):
    """What the schema stage gives to all later ones."""

    settings: Settings
    apps: Apps
    classes: Classes
    models: tuple[Model, ...]
    abstract_models: tuple[Model, ...]
    relations: tuple[Relation, ...]
    unknown: tuple[Unknown, ...]


def read_schema(
    names: Names, evaluator: Evaluator, packages: Packages, settings: str | None, all_apps: bool
) -> SchemaReading:
    """Everything that settings, app configs and models say."""
    chosen = choose_settings(names.modules, evaluator, settings)
    evaluator.settings = chosen.values
    evaluator.constants = {path: chosen.text(name, default) for path, (name, default) in CONSTANTS.items()}
    classes = Classes(names, evaluator)
    apps = find_apps(classes, chosen, all_apps)
    registry = Registry(classes, Fields(classes), apps, chosen)
    own = _own_candidates(registry)
    external = _external_candidates(registry, packages)
    schema = Resolver(registry).schema(own, external)
    unknown = tuple(sorted({*schema.unknown, *apps.unknown}))
    return SchemaReading(
        chosen, apps, classes, schema.models, schema.abstract_models, schema.relations, unknown
    )


def _own_candidates(registry: Registry) -> list[Candidate]:
    modules = registry.classes.names.modules
    found: list[Candidate] = []
    for path, _facts in modules.files.loaded():
        if "/migrations/" in f"/{path}":
            continue
        for cls in classes_of(registry.classes, path, modules.name_of(path)):
            candidate = registry.candidate(cls)
            if candidate is not None and (candidate.abstract or _is_loaded(candidate, path)):
                found.append(candidate)
    return _preferred(found)


def _is_loaded(candidate: Candidate, path: str) -> bool:
    """Whether Django may come to import the class: it has an app, and is not among that app's tests."""
    app = candidate.app
    if app is None or (app.installed is False and app.label != candidate.app_label):
        return False
    inner = path.removeprefix(f"{app.path}/") if app.path else path
    *folders, name = inner.split("/")
    is_test = name.startswith("test_") or name in ("tests.py", "conftest.py") or name.endswith("_test.py")
    return not is_test and not any(folder in ("tests", "test") for folder in folders)


def _preferred(found: Iterable[Candidate]) -> list[Candidate]:
    """Installed models before uninstalled ones, so that a label is taken by the one Django loads."""
    return sorted(
        found,
        key=lambda c: (
            c.app is None or c.app.installed is False,
            c.app is None or not c.cls.module.name.startswith(f"{c.app.name}."),
            c.cls.module.path,
            c.cls.node.line,
        ),
    )


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
