"""Models that a project may swap, as django-swapper (`swapper`) names them and their settings.

A swappable model `app.Model` is named by the setting `APP_MODEL_MODEL`, whose prefix the app may
choose; what nobody sets is set by the package.  Apps also set such settings themselves, by
`setattr(settings, …)` in a module's body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from analyzer.catalogue.rules import MODEL_CALLS, SWAPPER
from analyzer.schema.settings import Settings
from analyzer.source.evaluate import Env, Evaluator, Result
from analyzer.source.facts import Call, Evaluate, Ref, Stmt
from analyzer.source.loading import Files
from analyzer.source.marks import GETTERS, SETTERS
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External
from analyzer.source.scopes import flatten
from analyzer.source.values import Maybe, Sequence, Undecided, Value

DJANGO_SETTINGS = "django.conf.settings"
SETTERS_OF_PACKAGES = ("", ".settings", ".app_settings", ".conf", ".models")
"""Modules of an installed package, below it, in which it may set what the project's settings lack."""

_USED = re.compile(
    rb"""\b(?:swappable_setting|get_model_name|load_model)\(\s*["'](\w+)["'],\s*["'](\w+)["']"""
)


class _Meaning(Protocol):
    def __call__(self, words: tuple[Value, ...], named: Env) -> Value: ...


def _looked_at(files: Files) -> list[str]:
    """The files that speak of swapping, among those that matter anyway."""
    chosen = {*files.read, *(path for path, _ in files.selected)}
    return [path for path in files.holding(*SETTERS, *GETTERS) if path in chosen]


class Swapper:
    """Answers the calls of `swapper` for one project."""

    def __init__(self, evaluator: Evaluator, settings: Settings) -> None:
        self._settings = settings
        self._prefixes: dict[str, str] = {}
        self._defaults: dict[str, str] = {}
        used: set[tuple[str, str]] = set()
        modules, files = evaluator.names.modules, evaluator.names.modules.files
        for path in _looked_at(files):
            data = files.data(path)
            if any(word in data for word in GETTERS):
                used.update((app.decode(), model.decode()) for app, model in _USED.findall(data))
            if not any(word in data for word in SETTERS):
                continue
            module = modules.find(modules.name_of(path), path)
            if module is not None:
                self._read(module, modules.facts(module).body, evaluator)
        for name in (f"{entry}{part}" for entry, _ in settings.installed for part in SETTERS_OF_PACKAGES):
            module = modules.find(name)
            if module is not None and not module.own:
                self._read(module, modules.facts(module).body, evaluator)
        for app, model in sorted(used):
            self._defaults.setdefault(self._name(app, model), f"{app}.{model}")

    def _read(self, module: Module, body: tuple[Stmt, ...], evaluator: Evaluator) -> None:
        for stmt in flatten(body):
            if isinstance(stmt, Evaluate) and isinstance(stmt.value, Call):
                self._note(stmt.value, module, evaluator)

    def _note(self, call: Call, module: Module, evaluator: Evaluator) -> None:
        verb = call.func.name.rpartition(".")[2] if isinstance(call.func, Ref) else ""
        words = [evaluator.evaluate(arg, module) for arg in call.args]
        match verb, words, call.args:
            case "set_app_prefix", [str() as app, str() as prefix], _:
                self._prefixes.setdefault(app, prefix)
            case "setattr", [_, str() as name, str() as value], [Ref(owner), *_]:
                found = evaluator.names.resolve(module, owner)
                if isinstance(found, (Defined, External)) and found.path == DJANGO_SETTINGS:
                    self._defaults.setdefault(name, value)
            case _:
                pass

    def settings(self) -> dict[str, Value]:
        """The settings with what apps set where the project does not; what may be counts as being."""
        given = {n: v.value if isinstance(v, Maybe) else v for n, v in self._settings.values.items()}
        decided = {name: value for name, value in given.items() if not isinstance(value, Undecided)}
        return {**given, **self._defaults, **decided}

    def calls(self) -> Mapping[str, Result]:
        """What each function of the package returns, by dotted path, and those of others like it."""
        meanings: Mapping[str, _Meaning] = {
            "setting": self._setting,
            "label": self._label,
            "swapped": self._swapped,
            "dependency": self._dependency,
            "split": _split,
        }
        named = {path: self._named_by(*given) for path, given in MODEL_CALLS.items()}
        return {**named, **{path: meanings[meaning] for path, meaning in SWAPPER.items()}}

    def _named_by(self, setting: str, default: str) -> Result:
        label = self._settings.text(setting, default or self._settings.auth_user_model)
        return lambda words, named: label

    def _name(self, app: str, model: str) -> str:
        return f"{self._prefixes.get(app, app)}_{model}_MODEL".upper()

    def _setting(self, words: tuple[Value, ...], named: Env) -> Value:
        match words:
            case (str() as app, str() as model, *_):
                return self._name(app, model)
            case _:
                return Undecided("a swappable model's name is not decided")

    def _label(self, words: tuple[Value, ...], named: Env) -> Value:
        match words:
            case (str() as app, str() as model, *_):
                name = self._name(app, model)
                return self._settings.text(name, self._defaults.get(name, f"{app}.{model}"))
            case _:
                return Undecided("a swappable model's name is not decided")

    def _swapped(self, words: tuple[Value, ...], named: Env) -> Value:
        label = self._label(words, named)
        if not isinstance(label, str):
            return label
        return label if label != f"{words[0]}.{words[1]}" else False

    def _dependency(self, words: tuple[Value, ...], named: Env) -> Value:
        label = self._label(words, named)
        if not isinstance(label, str):
            return label
        version = words[2] if len(words) > 2 else named.get("version")
        name = version if isinstance(version, str) else "__first__"
        return Sequence("tuple", (label.partition(".")[0], name))


def _split(words: tuple[Value, ...], named: Env) -> Value:
    match words:
        case (str() as label, *_):
            app, _, model = label.rpartition(".")
            return Sequence("tuple", (app, model))
        case _:
            return Undecided("a swappable model's name is not decided")
