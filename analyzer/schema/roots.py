"""Where Django begins to import: apps, their configs, the settings, and what packages load by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from analyzer.catalogue.loaded import LOADED_BY_NAME, LOADED_BY_SETTING
from analyzer.schema.apps import Apps
from analyzer.schema.classes import Class
from analyzer.schema.imports import Imports
from analyzer.schema.running import calls_in
from analyzer.schema.settings import Settings
from analyzer.schema.values import App
from analyzer.source.facts import Evaluate, FuncDef, Op
from analyzer.source.scopes import flatten
from analyzer.source.values import Maybe, Sequence, Table, Value

RUN = ("ready", "import_models", "__init__")
"""Methods of an app config that `django.setup()` runs."""


URLCONF = "ROOT_URLCONF"


class Roots(Struct, frozen=True):
    """Files that are imported by `setup`, by system `checks`, or `perhaps` (with the reason).

    `migrations` are those of the apps; `run` the functions that setup runs, as (file, qualified name).
    """

    setup: tuple[str, ...]
    checks: tuple[str, ...]
    perhaps: dict[str, str]
    migrations: tuple[str, ...]
    run: frozenset[tuple[str, str]]


def find_roots(imports: Imports, apps: Apps, settings: Settings) -> Roots:
    """The places where Django begins, for these apps and settings."""
    loaded = [app for app in apps.apps if app.own and app.installed is not False]
    found = _Found({}, {}, {})
    if settings.module is not None:
        found.add("setup", imports.named(settings.module, settings.path or ""))
    for app in loaded:
        for name in (app.name, f"{app.name}.models", f"{app.name}.apps"):
            found.add("setup", imports.named(name, app.path))
    run: set[tuple[str, str]] = set()
    for config in apps.configs:
        found.add("setup", imports.named(config.module.name, config.module.path))
        run.update(_run(imports, config))
    for package, name, when in _conventions(apps, settings):
        for app in loaded:
            why = f"{package} may import it by its name `{name}`"
            found.add(when, imports.named(f"{app.name}.{name}", app.path), why)
    for name, when in LOADED_BY_SETTING.items():
        for text in _texts(settings.values.get(name)):
            found.add(when, imports.named(text, settings.path or ""), f"the setting {name} names it")
    if not any(imports.named(text, settings.path or "") for text in _texts(settings.values.get(URLCONF))):
        why = "which URL configuration is used is not decided, and one imports it"
        found.add("perhaps", _url_configurations(imports), why)
    migrations = tuple(_migrations(imports, loaded))
    return Roots(tuple(found.setup), tuple(found.checks), found.perhaps, migrations, frozenset(run))


class _Found(Struct):
    """Files by when they are imported; the earliest counts."""

    setup: dict[str, None]
    checks: dict[str, None]
    perhaps: dict[str, str]

    def add(self, when: str, paths: Iterable[str], why: str = "") -> None:
        for path in paths:
            if when == "setup":
                self.setup[path] = None
            elif when == "checks":
                self.checks[path] = None
            else:
                self.perhaps.setdefault(path, why)


def _url_configurations(imports: Imports) -> Iterator[str]:
    for file in imports.files.tree.files:
        if f"/{file.path}".endswith(("/urls.py", "/urls/__init__.py")):
            yield file.path


def _migrations(imports: Imports, loaded: list[App]) -> Iterator[str]:
    """The files in the migrations packages of apps."""
    names = [app.migrations_module for app in loaded if app.migrations_module is not None]
    folders = tuple(f"{folder}/" for name in names for folder in imports.modules.folders(name))
    for file in imports.files.tree.files:
        if folders and file.path.startswith(folders):
            yield file.path


def _conventions(apps: Apps, settings: Settings) -> Iterator[tuple[str, str, str]]:
    """(package, module name, when) of what installed packages load in every app by its name."""
    names = {app.name: app.installed for app in apps.apps} | dict(settings.installed)
    for rule in LOADED_BY_NAME:
        installed = names.get(rule.package, False if settings.complete else None)
        if installed is False or (rule.unless and rule.unless in names):
            continue
        for name in rule.modules:
            yield rule.package, name, rule.when if installed else "perhaps"


def _run(imports: Imports, config: Class) -> Iterator[tuple[str, str]]:
    """The methods of a config that run, those of its ancestors as far as `super()` leads."""
    for method in RUN:
        for ancestor in imports.classes.ancestry(config).classes:
            node = next(
                (s for s in flatten(ancestor.node.body) if isinstance(s, FuncDef) and s.name == method), None
            )
            if node is None:
                continue
            if ancestor.module.own:
                yield ancestor.module.path, f"{ancestor.qualname}.{method}"
            if not _calls_on(node, method):
                break


def _calls_on(node: FuncDef, method: str) -> bool:
    """Whether a method hands on to the one that it overrides."""
    for stmt in flatten(node.body or ()):
        for call in calls_in(stmt.value) if isinstance(stmt, Evaluate) else ():
            if isinstance(call.func, Op) and call.func.op == f".{method}":
                return True
            if getattr(call.func, "name", "").endswith(f".{method}"):
                return True
    return False


def _texts(value: Value | None) -> Iterator[str]:
    """The texts in a setting's value, however deep."""
    pending: list[Value | None] = [value]
    while pending:
        match pending.pop():
            case str() as text:
                yield text
            case Maybe(value=inner):
                pending.append(inner)
            case Sequence(items=items):
                pending += items
            case Table(pairs=pairs):
                pending += [inner for _, inner in pairs]
            case _:
                pass
