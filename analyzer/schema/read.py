"""The schema stage in one function: settings, apps, models, relations."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from analyzer.catalogue.rules import CONSTANTS
from analyzer.catalogue.site import Packages
from analyzer.schema.additions import add_fields
from analyzer.schema.apps import Apps, find_apps
from analyzer.schema.classes import Class, Classes
from analyzer.schema.fields import Fields
from analyzer.schema.links import add_links
from analyzer.schema.makers import made_models
from analyzer.schema.models import Candidate, Registry, classes_of
from analyzer.schema.relations import Resolver
from analyzer.schema.settings import IS_INSTALLED, Settings, choose_settings
from analyzer.schema.swapping import Swapper
from analyzer.schema.values import Model, Relation, Unknown
from analyzer.source.evaluate import Evaluator
from analyzer.source.facts import Call, ClassDef, Evaluate, Expr, Literal, Op, Ref
from analyzer.source.names import Defined, Names
from analyzer.source.scopes import flatten


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
    swapper = Swapper(evaluator, chosen)
    evaluator.settings = swapper.settings()
    evaluator.calls = {**swapper.calls(), IS_INSTALLED: chosen.is_installed}
    constants = {path: chosen.text(name, default) for path, (name, default) in CONSTANTS.items()}
    evaluator.constants = {**constants, **chosen.connection()}
    classes = Classes(names, evaluator)
    names.decide_by(classes.decides)
    apps = find_apps(classes, chosen, all_apps)
    registry = Registry(classes, Fields(classes), apps, chosen)
    add_fields(registry)
    add_links(registry)
    _add_from_outside(registry)
    own = _own_candidates(registry)
    external = _external_candidates(registry, packages)
    schema = Resolver(registry).schema(own, external)
    unknown = tuple(sorted({*schema.unknown, *apps.unknown, *made_models(classes, apps)}))
    return SchemaReading(
        chosen, apps, classes, schema.models, schema.abstract_models, schema.relations, unknown
    )


def _add_from_outside(registry: Registry) -> None:
    """Fields that a module adds to a class, by `add_to_class` or the field's `contribute_to_class`."""
    classes = registry.classes
    modules = classes.names.modules
    for path, facts in modules.files.loaded():
        for stmt in flatten(facts.body):
            added = _added(stmt.value) if isinstance(stmt, Evaluate) else None
            module = modules.find(modules.name_of(path), path) if added is not None else None
            if added is None or module is None:
                continue
            owner, name, field = added
            target = classes.of_binding(classes.names.resolve(module, owner))
            here = Class(module, owner, ClassDef(owner, (), (), (), (), stmt.line))
            declared = registry.fields.field(name, field, here, stmt.line)
            if target is not None and declared is not None:
                registry.added.setdefault(target.key, {})[name] = declared


def _added(expr: Expr) -> tuple[str, str, Expr] | None:
    """(class as written, field name, field) of a statement that adds a field."""
    match expr:
        case Call(func=Ref(func), args=(Literal(str() as name), Call() as field)):
            owner, _, verb = func.rpartition(".")
            return (owner, name, field) if verb == "add_to_class" and owner else None
        case Call(
            func=Op(".contribute_to_class", (Call() as field,)), args=(Ref(owner), Literal(str() as name))
        ):
            return (owner, name, field)
        case _:
            return None


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
