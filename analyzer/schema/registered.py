"""Which of the project's model classes Django registers: those in modules that it imports.

A class in a module that nothing imports is no model of the running project; where source does not
decide whether it is imported, it stays one, not known to be installed.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from analyzer.schema.imports import Looked, is_test
from analyzer.schema.models import Candidate, Registry, classes_of
from analyzer.schema.reach import NEVER, PERHAPS, SETUP, Reach, Reached
from analyzer.schema.values import Model, Unknown


class Registered(Struct, frozen=True):
    """The candidates in the order of their claim to a label, and how the others' modules fare.

    `undecided` are the files of which source does not say whether Django imports them; `imports` is
    what each file may import, where tests and migrations had to be asked too.
    """

    candidates: tuple[Candidate, ...]
    undecided: frozenset[str]
    unknown: tuple[Unknown, ...]
    imports: dict[str, Looked] | None
    consulted: frozenset[str]

    def settled(self, models: tuple[Model, ...]) -> tuple[Model, ...]:
        """Models with `installed` None where it is not decided that their module is imported."""
        return tuple(
            replace(model, installed=None) if model.file in self.undecided and model.installed else model
            for model in models
        )


def registered(registry: Registry, run: frozenset[str] = frozenset()) -> Registered:
    """The project's own models, abstract ones included.

    `run` are the keys of classes that are made in any case, whatever imports their module.
    """
    # A model of a neighbour project is none of this one where this one has a model of that label.
    found = _own_candidates(registry)
    counted = [c for c in found if not c.abstract and _counts(registry, c) and c.cls.key not in run]
    reach = Reach(registry.classes, registry.apps, registry.settings, {c.cls.module.path for c in counted})
    tests = [c for c in found if not c.abstract and _is_test(c)]
    outside = reach.from_outside() if tests else frozenset()
    left_out = {c.cls.key for c in tests if c.cls.module.path not in outside}
    asked = sorted({c.cls.module.path for c in counted if c.cls.key not in left_out})
    how = {path: reach.of(path) for path in asked}
    listed = [c for c in found if not c.abstract and c.cls.key not in left_out]
    loaded = {c.label for c in listed if c.cls.key in run or _of(how, c).how == SETUP}
    unknown = [
        Unknown(c.cls.module.path, c.cls.node.line, c.label, _of(how, c).why)
        for c in listed
        if c.cls.key not in run
        and _of(how, c).how != SETUP
        and not (_of(how, c).how == NEVER and c.label in loaded)
    ]
    kept = [c for c in found if c.abstract]
    kept += [c for c in listed if c.cls.key in run or _of(how, c).how != NEVER]
    undecided = frozenset(path for path, reached in how.items() if reached.how == PERHAPS)
    return Registered(
        tuple(_preferred(kept)),
        undecided,
        tuple(unknown),
        reach.imports_of_all,
        frozenset(reach.imports.consulted),
    )


def _of(how: dict[str, Reached], candidate: Candidate) -> Reached:
    return how.get(candidate.cls.module.path, Reached(SETUP))


def _own_candidates(registry: Registry) -> list[Candidate]:
    modules = registry.classes.names.modules
    found: list[Candidate] = []
    for path, _facts in modules.files.loaded():
        if "/migrations/" in f"/{path}":
            continue
        for cls in classes_of(registry.classes, path, modules.name_of(path)):
            candidate = registry.candidate(cls)
            if candidate is not None and (candidate.abstract or _has_app(candidate)):
                found.append(candidate)
    made = (registry.candidate(cls) for cls in registry.made.values() if cls and cls.module.own)
    found += [c for c in made if c is not None and (c.abstract or _has_app(c))]
    return found


def _has_app(candidate: Candidate) -> bool:
    """Whether a class belongs to an app, as every model must."""
    app = candidate.app
    return app is not None and (app.installed is not False or app.label == candidate.app_label)


def _counts(registry: Registry, candidate: Candidate) -> bool:
    """Whether it matters if the class is loaded: an app that is not installed is listed as such anyway."""
    around = registry.apps.containing(candidate.cls.module.name)
    apps = [app for app in (candidate.app, around) if app is not None and app.own]
    return any(app.installed is not False for app in apps)


def _is_test(candidate: Candidate) -> bool:
    """Whether a class is among its app's tests."""
    app = candidate.app
    path = candidate.cls.module.path
    return is_test(path.removeprefix(f"{app.path}/") if app is not None and app.path else path)


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
