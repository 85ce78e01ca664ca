"""Which settings the project runs with, and what they say about apps, read as source."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from analyzer.errors import UsageError
from analyzer.schema.configurations import SettingsExecutor
from analyzer.source.evaluate import Env, Evaluator
from analyzer.source.facts import ClassDef
from analyzer.source.modules import Module, Modules
from analyzer.source.operators import strings
from analyzer.source.values import Maybe, Named, Sequence, Table, Undecided, Value

STARTERS = ("manage.py", "wsgi.py", "asgi.py", "celery.py", "celeryapp.py", "conftest.py")
"""Files whose DJANGO_SETTINGS_MODULE counts, most trusted first."""


IS_INSTALLED = "django.apps.registry.apps.is_installed"

VENDORS = (
    ("sqlite", ("sqlite3", "spatialite")),
    ("postgresql", ("postgresql", "postgis")),
    ("mysql", ("mysql",)),
    ("oracle", ("oracle",)),
)
"""How Django calls a database, and how the last part of an ENGINE begins."""


class Settings(Struct, frozen=True):
    """The chosen settings module with the values that matter.

    `installed` holds (entry, certain); `complete` is False where more apps may be installed than
    source shows, and `why` says what hides them.  Without a settings module `path` is None.
    """

    path: str | None
    module: str | None
    reason: str
    candidates: tuple[str, ...]
    installed: tuple[tuple[str, bool], ...]
    complete: bool
    why: str
    values: dict[str, Value]

    def text(self, name: str, default: str) -> str:
        value = self.values.get(name)
        value = value.value if isinstance(value, Maybe) else value
        return value if isinstance(value, str) else default

    @property
    def auth_user_model(self) -> str:
        return self.text("AUTH_USER_MODEL", "auth.User")

    def is_installed(self, words: tuple[Value, ...], named: Env) -> Value:
        """`apps.is_installed(name)`, where the list of apps decides it."""
        name = words[0] if words else None
        entries = [(entry, certain) for entry, certain in self.installed if isinstance(name, str)]
        if any(entry == name and certain for entry, certain in entries):
            return True
        inside = any(f"{entry}.".startswith(f"{name}.") for entry, _ in entries)
        if isinstance(name, str) and self.complete and not inside:
            return False
        return Undecided("whether the app is installed is not decided")

    def connection(self) -> dict[str, Value]:
        """What `django.db.connection` says of the default database, by dotted path."""
        databases = self.values.get("DATABASES")
        databases = databases.value if isinstance(databases, Maybe) else databases
        default = databases.get("default") if isinstance(databases, Table) else None
        if not isinstance(default, Table):
            return {}
        found: dict[str, Value] = {"django.db.connection.settings_dict": default}
        engine = default.get("ENGINE")
        word = engine.rpartition(".")[2] if isinstance(engine, str) else ""
        vendor = next((vendor for vendor, words in VENDORS if word.startswith(words)), None)
        return found if vendor is None else {**found, "django.db.connection.vendor": vendor}

    def migration_modules(self) -> dict[str, str | None]:
        """MIGRATION_MODULES as far as decided: package by label, None where migrations are off."""
        table = self.values.get("MIGRATION_MODULES")
        if not isinstance(table, Table):
            return {}
        return {
            key: value
            for key, value in table.pairs
            if isinstance(key, str) and (value is None or isinstance(value, str))
        }


NO_SETTINGS = Settings(None, None, "no settings module was found", (), (), False, "no settings", {})


NAMED = "named by --settings"


def choose_settings(modules: Modules, evaluator: Evaluator, wanted: str | None) -> Settings:
    """The settings the project is started with: named by the user, by manage.py, or the fullest.

    Raises UsageError where `wanted` names no module of the tree.
    """
    executor = SettingsExecutor(evaluator)
    named = _named(modules, executor, wanted) if wanted is not None else None
    tried: dict[str, Settings] = {}
    ranked: list[tuple[int, int, str, str]] = []
    for rank, name, starter in _starters(modules):
        module = modules.find(name, starter)
        if module is not None and module.path:
            reason = f"{starter} sets DJANGO_SETTINGS_MODULE to {name}"
            _try(module, executor, modules, reason, rank, tried, ranked)
    for file in modules.files.tree.files:
        if modules.files.scan(file.path).installed_apps and file.path not in tried:
            module = modules.find(modules.name_of(file.path), file.path)
            if module is not None and module.path == file.path:
                reason = "it lists the most apps of this project, and nothing starts another one"
                _try(module, executor, modules, reason, len(STARTERS), tried, ranked)
    chosen = named or (
        tried[min(ranked)[3]] if ranked else next(filter(_lists_apps, tried.values()), NO_SETTINGS)
    )
    return replace(chosen, candidates=tuple(sorted(path for _, _, _, path in ranked)))


class Choice(Struct, frozen=True):
    """Which settings were chosen, why, and from which; `read` are the files that this took, among others."""

    path: str | None
    reason: str
    candidates: tuple[str, ...]
    read: tuple[str, ...]


def chosen_before(modules: Modules, evaluator: Evaluator, choice: Choice) -> Settings:
    """The settings that `choose_settings` once chose, where it would choose the same again."""
    module = modules.find(modules.name_of(choice.path), choice.path) if choice.path else None
    found = NO_SETTINGS if module is None else _read(module, SettingsExecutor(evaluator), choice.reason)
    return replace(found, candidates=choice.candidates)


def _named(modules: Modules, executor: SettingsExecutor, wanted: str) -> Settings:
    path = wanted.replace("\\", "/").removeprefix("./")
    if path in modules.files.paths:
        module = modules.find(modules.name_of(path), path)
    else:
        module = modules.find(wanted)
    if module is None or not module.path:
        raise UsageError(f"--settings {wanted}: no such file or module in this project")
    return _read(module, executor, NAMED)


def _try(
    module: Module,
    executor: SettingsExecutor,
    modules: Modules,
    reason: str,
    rank: int,
    tried: dict[str, Settings],
    ranked: list[tuple[int, int, str, str]],
) -> None:
    if module.path in tried:
        return
    settings = tried[module.path] = _read(module, executor, reason)
    own = _own_apps(settings.installed, modules, module.path)
    if own:
        # A starter decides between settings that list apps of this tree; tests' settings come last.
        test = "test" in module.name
        tier = 0 if rank == 0 else 1
        ranked.append((tier + 2 * test, -own, f"{rank}{module.path}", module.path))


def _own_apps(installed: Iterable[tuple[str, bool]], modules: Modules, near: str) -> int:
    found = 0
    for entry, _ in installed:
        module = modules.find(entry, near) or modules.find(entry.rpartition(".")[0], near)
        found += module is not None and module.own
    return found


def _starters(modules: Modules) -> list[tuple[int, str, str]]:
    out: list[tuple[int, str, str]] = []
    for file in modules.files.tree.files:
        name = file.path.rpartition("/")[2]
        for module in modules.files.scan(file.path).settings:
            rank = STARTERS.index(name) if name in STARTERS else len(STARTERS)
            if "test" not in module or rank < len(STARTERS):
                out.append((rank, module, file.path))
    return sorted(out)


def _read(module: Module, executor: SettingsExecutor, reason: str) -> Settings:
    values = dict(executor.module(module))
    if "INSTALLED_APPS" not in values:
        values = _configuration(module, executor, values)
    apps = values.get("INSTALLED_APPS")
    if isinstance(apps, Sequence):
        lost = next((why for why in map(_hides, apps.items) if why), "")
        complete, why = apps.complete and not lost, apps.why or lost
    else:
        complete = False
        why = apps.why if isinstance(apps, Undecided) else "INSTALLED_APPS is not found in it"
    installed = tuple(dict(strings(apps)).items()) if apps is not None else ()
    unknown = not all(isinstance(name, str) for name, _ in installed)
    return Settings(module.path, module.name, reason, (), installed, complete and not unknown, why, values)


def _hides(item: Value) -> str:
    """Why an item of a list of apps names none; "" where it does."""
    item = item.value if isinstance(item, Maybe) else item
    if isinstance(item, (str, Named)):
        return ""
    return item.why if isinstance(item, Undecided) else "an item of it is not decided"


def _lists_apps(settings: Settings) -> bool:
    """Whether settings that show no app of the tree may still list some."""
    return "INSTALLED_APPS" in settings.values and not settings.complete


def _configuration(module: Module, executor: SettingsExecutor, values: dict[str, Value]) -> dict[str, Value]:
    """Settings as class attributes (django-configurations): the class that lists the most apps."""
    best = values
    for stmt in executor.evaluator.names.modules.facts(module).body:
        if isinstance(stmt, ClassDef):
            found = executor.configuration(module, values, stmt)
            if len(strings(found.get("INSTALLED_APPS"))) > len(strings(best.get("INSTALLED_APPS"))):
                best = found
    return best
