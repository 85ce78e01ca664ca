"""The apps that Django would load, with labels as `AppConfig` gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import force_setattr

from analyzer.schema.classes import Class, Classes
from analyzer.schema.settings import Settings
from analyzer.schema.values import UNSEEN, App, Unknown
from analyzer.source.discover import parent
from analyzer.source.facts import ClassDef, FuncDef, Import
from analyzer.source.marks import CONFIG
from analyzer.source.modules import Module, Modules
from analyzer.source.names import Defined, Unresolved
from analyzer.source.scopes import flatten

APP_CONFIG = "django.apps.config.AppConfig"
_CLASS = re.compile(rb"^class[ \t]+(\w+)", re.MULTILINE)
_CONFIG = re.compile(rb"^class[ \t]+\w+\([^)]*AppConfig\b", re.MULTILINE)
_CREATED = re.compile(rb"\bCreateModel\(\s*(?:name\s*=\s*)?[\"'](\w+)[\"']")


class Apps(Struct, frozen=True):
    """All apps by label, and which one a module belongs to: the longest name that contains it.

    Apps that are not installed come last (django.apps.registry.Apps.get_containing_app_config knows
    none of them), so that a package inside an installed one hands its models to that.
    """

    apps: tuple[App, ...]
    unknown: tuple[Unknown, ...]
    configs: tuple[Class, ...] = ()
    """The AppConfig classes of the project that belong to apps which are or may be installed."""

    by_name: dict[str, App] = {}

    def __post_init__(self) -> None:
        ranked = list(reversed(self.apps))
        ranked.sort(key=lambda app: app.installed is not False)
        force_setattr(self, "by_name", {app.name: app for app in ranked})

    def containing(self, module: str) -> App | None:
        found = [self.by_name[name] for name in _outward(module) if name in self.by_name]
        return next((app for app in found if app.installed is not False), found[0] if found else None)


def _outward(module: str) -> Iterator[str]:
    """A dotted name and the packages around it, the innermost first."""
    yield module
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def find_apps(classes: Classes, settings: Settings, all_apps: bool) -> Apps:
    """Installed apps in their order's labels, then packages of the tree that look like apps."""
    reader = _Reader(classes, settings)
    found: dict[str, App] = {}
    unknown: list[Unknown] = []
    for entry, certain in settings.installed:
        app = reader.installed(entry, certain)
        if app is None:
            if classes.names.modules.is_own(entry):
                where = settings.path or ""
                unknown.append(
                    Unknown(where, 1, f"app `{entry}`", "is installed but not found in the project")
                )
            continue
        found.setdefault(app.label, app)
    # Where the user's app is not among them, what source does not show lists apps of the tree.
    user = settings.auth_user_model.partition(".")[0] in found
    reader.listed = settings.complete or (user and any(app.own for app in found.values()))
    names = {app.name for app in found.values()}
    for folder in _candidates(classes.names.modules):
        app = reader.candidate(folder, all_apps)
        if app is None or app.name in names or app.label in found:
            continue
        if not reader.belongs_to_another(app, folder, found.values()):
            found[app.label] = app
            names.add(app.name)
    configs = tuple(reader.configs[app.name] for app in found.values() if app.name in reader.configs)
    return Apps(tuple(sorted(found.values(), key=lambda app: app.label)), tuple(unknown), configs)


class _Reader:
    def __init__(self, classes: Classes, settings: Settings) -> None:
        self.classes = classes
        self.modules = classes.names.modules
        self.settings = settings
        self.migrations = settings.migration_modules()
        self.configs: dict[str, Class] = {}
        self.listed = True
        self._written: dict[str, list[Class]] | None = None

    def installed(self, entry: str, certain: bool) -> App | None:
        module = self.modules.find(entry)
        if module is not None:
            config = self._default_config(module)
            name = entry
        else:
            binding = self._config_binding(entry)
            config = self.classes.of_binding(binding)
            if config is None:
                return self._external(entry, certain)
            name = self._text(config, "name") or parent(config.module.name.replace(".", "/")).replace(
                "/", "."
            )
            module = self.modules.find(name)
            if module is None:
                return None
        return self._app(module, name, config, certain or None, f"listed in {self.settings.path}")

    def _config_binding(self, entry: str) -> object:
        module_name, _, attribute = entry.rpartition(".")
        module = self.modules.find(module_name) if module_name else None
        return self.classes.names.member(module, attribute) if module is not None else Unresolved(entry, "")

    def _external(self, entry: str, certain: bool) -> App | None:
        """An app of a package whose source is not known: its label can only be the usual one."""
        if self.modules.is_own(entry):
            return None
        name = entry
        parts = entry.split(".")
        if parts[-1][:1].isupper():
            parts = parts[:-1]
            name = ".".join(parts[:-1] if parts[-1] == "apps" else parts)
        label = name.rpartition(".")[2]
        reason = f"listed in {self.settings.path}; {UNSEEN}"
        return App(label, name, "", certain or None, False, f"{name}.migrations", None, reason)

    def candidate(self, folder: str, all_apps: bool) -> App | None:
        path = f"{folder}/__init__.py" if f"{folder}/__init__.py" in self.modules.files.paths else ""
        probe = next(
            (p for p in (path, f"{folder}/models.py", f"{folder}/apps.py") if p in self.modules.files.paths),
            "",
        )
        name = self.modules.name_of(probe) if probe else folder.replace("/", ".")
        if probe and not probe.endswith("__init__.py"):
            name = name.rpartition(".")[0]
        module = self.modules.find(name, probe)
        if module is None or not module.own or (module.path and parent(module.path) != folder):
            return None
        read = self.settings.path is not None and bool(self.settings.installed) and self.listed
        installed = False if read and not all_apps else None
        reason = f"not named in {self.settings.path}" if read else "no list of installed apps was found"
        if read and all_apps:
            reason += ", counted since all apps are"
        if read and not self.settings.complete:
            reason += f", which may add more apps than source shows ({self.settings.why})"
        config = self._default_config(module) or self._only_config(name, folder)
        return self._app(module, name, config, installed, reason)

    def _only_config(self, app: str, folder: str) -> Class | None:
        """The one AppConfig of the tree that says it is a package's: other settings may name it."""
        if self._written is None:
            self._written = {}
            files = self.modules.files
            for path in files.holding(CONFIG):
                for config in self._configs_in(path) if _CONFIG.search(files.data(path)) else ():
                    self._written.setdefault(self._text(config, "name") or "", []).append(config)
        fitting = [
            config
            for config in self._written.get(app, ())
            if _of_tests(folder) or not _of_tests(parent(config.module.path))
        ]
        only = fitting[0] if len(fitting) == 1 else None
        return only if only is None or self.classes.constant(only, "default") is not False else None

    def _configs_in(self, path: str) -> Iterator[Class]:
        module = self.modules.find(self.modules.name_of(path), path)
        if module is None or module.path != path:
            return
        for stmt in flatten(self.modules.facts(module).body):
            if isinstance(stmt, ClassDef) and self._is_config(cls := Class(module, stmt.name, stmt)):
                yield cls

    def belongs_to_another(self, app: App, folder: str, others: Iterable[App]) -> bool:
        """Whether an app around a package has migrations that create the package's models.

        Then these are that app's, unless the package has migrations or a config of its own.
        """
        directories = self.modules.files.tree.migration_dirs
        if app.installed is not None or app.name in self.configs or f"{folder}/migrations" in directories:
            return False
        paths = (f"{folder}/models.py", f"{folder}/models/__init__.py")
        files = self.modules.files
        written = {name for path in paths if path in files.paths for name in _CLASS.findall(files.data(path))}
        around = (other for other in others if written and app.name.startswith(f"{other.name}."))
        return any(not written.isdisjoint(self._created(other)) for other in around)

    def _created(self, app: App) -> frozenset[bytes]:
        """The models that an app's migrations create, by their text."""
        package = self.modules.find(app.migrations_module or "", f"{app.path}/__init__.py")
        folder = parent(package.path) if package is not None and package.path else ""
        files = self.modules.files
        inside = (file.path for file in files.tree.files if folder and parent(file.path) == folder)
        return frozenset(name for path in inside for name in _CREATED.findall(files.data(path)))

    def _default_config(self, module: Module) -> Class | None:
        """The AppConfig that `INSTALLED_APPS = ["package"]` selects (django.apps.config.AppConfig.create)."""
        source = self.modules.find(f"{module.name}.apps", module.path)
        configs: list[Class] = []
        if source is not None and source.name == f"{module.name}.apps":
            configs = [cls for cls in self._bound_classes(source) if self._is_config(cls)]
        explicit = [cls for cls in configs if self.classes.constant(cls, "default") is True]
        if len(explicit) == 1:
            return explicit[0]
        wanted = [cls for cls in configs if self.classes.constant(cls, "default") is not False]
        if len(wanted) == 1:
            return wanted[0]
        return self._named_in_package(module)

    def _is_config(self, cls: Class) -> bool:
        """An AppConfig, or what is called so and inherits one whose source is not known."""
        gaps = self.classes.ancestry(cls).gaps
        return self.classes.is_a(cls, APP_CONFIG) or any(gap.path.endswith("AppConfig") for gap in gaps)

    def _bound_classes(self, module: Module) -> Iterator[Class]:
        """The classes that stand in a module, imported ones but AppConfig itself included."""
        names: dict[str, None] = {}
        for stmt in flatten(self.modules.facts(module).body):
            match stmt:
                case ClassDef(name=name):
                    names[name] = None
                case Import(names=imported):
                    names.update((alias, None) for _, alias in imported or ())
        for name in names:
            cls = self.classes.of_binding(self.classes.names.member(module, name))
            if cls is not None and cls.path != APP_CONFIG:
                yield cls

    def _named_in_package(self, module: Module) -> Class | None:
        """`default_app_config`, which Django read until 4.1."""
        binding = self.classes.names.member(module, "default_app_config")
        if not isinstance(binding, Defined) or isinstance(binding.node, (ClassDef, FuncDef)):
            return None
        home = binding.module
        value = self.classes.evaluator.evaluate(binding.node, home)
        return self.classes.of_binding(self._config_binding(value)) if isinstance(value, str) else None

    def _text(self, config: Class | None, name: str) -> str | None:
        value = self.classes.constant(config, name) if config is not None else None
        return value if isinstance(value, str) else None

    def _app(
        self, module: Module, name: str, config: Class | None, installed: bool | None, reason: str
    ) -> App:
        label = self._text(config, "label") or name.rpartition(".")[2]
        if config is not None and config.module.own and installed is not False:
            self.configs.setdefault(name, config)
        folder = parent(module.path) if module.path else next(iter(self.modules.folders(name)), "")
        return App(
            label=label,
            name=name,
            path=folder if module.own else "",
            installed=installed,
            own=module.own,
            migrations_module=self.migrations.get(label, f"{name}.migrations"),
            default_auto_field=self._text(config, "default_auto_field"),
            reason=reason,
        )


def _candidates(modules: Modules) -> list[str]:
    """Folders of the tree that hold a models module, migrations or an AppConfig."""
    folders: set[str] = set()
    for file in modules.files.tree.files:
        folder, _, name = file.path.rpartition("/")
        if name in ("models.py", "__init__.py") and folder:
            if name == "models.py":
                if "models" not in folder.split("/")[1:]:  # a part of a models package is no app
                    folders.add(folder)
            elif folder.rpartition("/")[2] in ("models", "migrations"):
                folders.add(parent(folder))
        elif name == "apps.py" and modules.files.scan(file.path).app_config:
            folders.add(folder)
    folders.update(parent(folder) for folder in modules.files.tree.migration_dirs)
    return sorted(folders - {""}, key=lambda folder: (_of_tests(folder), folder.count("/"), folder))


def _of_tests(folder: str) -> bool:
    return not {"test", "tests"}.isdisjoint(folder.split("/"))
