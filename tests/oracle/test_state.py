"""States of migrations, replayed by migscan and by real Django: the same, operation by operation."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer.analysis import analyse
from analyzer.history.replay import States
from analyzer.options import Options
from analyzer.render.state import plain
from analyzer.states.values import Absent, Built, FieldState, Form, Listing, ModelState, ProjectState
from tests.history.replays import states
from tests.projects import write

HERE = Path(__file__).parent
FACTS = HERE / "state_facts.py"
MARKETPLACE = HERE.parents[1] / "fixtures" / "marketplace"

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("django") is None or importlib.util.find_spec("social_django") is None,
    reason="the oracle needs Django and social-auth-app-django (dependency group `oracle`)",
)

Facts = dict[str, Any]


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HISTORIES = _load("histories")


def django(root: Path, settings: str, *before: str) -> Facts:
    """The states by what they are of: "final", or the migration that finds them."""
    command = [sys.executable, str(FACTS), str(root), settings, *before]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    facts: Facts = json.loads(done.stdout)
    return facts


def migscan(state: ProjectState) -> Facts:
    return {model.label: one_model(model) for model in state.models.values()}


def one_model(model: ModelState) -> Facts:
    return {
        "bases": [base_of(base) for base in model.bases],
        "managers": [[name, form.path if isinstance(form, Built) else "?"] for name, form in model.managers],
        "options": {name: option(name, form) for name, form in model.options.items()},
        "fields": {name: one_field(field) for name, field in model.fields.items()},
    }


def base_of(base: str) -> str:
    return "django.db.models.base.Model" if base == "django.db.models.Model" else base


def option(name: str, form: Form) -> Any:
    items = form.items if isinstance(form, Listing) else ()
    if name in ("indexes", "constraints"):
        built = [item for item in items if isinstance(item, Built)]
        return [[item.path.rpartition(".")[2], item.keyword("name")] for item in built]
    return plain(form)


def one_field(field: FieldState) -> Facts:
    return {
        "class": field.declared.field.name,
        "null": field.null,
        "target": field.target.lower() if field.target else None,
        "through": field.through.lower() if field.through else None,
        "to_field": argument(field, "to_field"),
        "default": argument(field, "default") is not None,
    }


def argument(field: FieldState, name: str) -> Any:
    for known, form in field.changed:
        if known == name:
            return None if isinstance(form, Absent) else form
    found = dict(field.declared.made.call.kwargs).get(name)
    return getattr(found, "value", found)


def lowered(facts: Facts) -> Facts:
    """Bases as Django compares them: labels in lower case."""
    return {
        label: {**model, "bases": [base.lower() if base.count(".") == 1 else base for base in model["bases"]]}
        for label, model in facts.items()
    }


def of_app(facts: Facts, app: str) -> Facts:
    return lowered({label: model for label, model in facts.items() if label.startswith(f"{app}.")})


LAST = {app: (app, f"m{len(texts)}") for app, texts in HISTORIES.HISTORIES.items()}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, States]:
    root = tmp_path_factory.mktemp("histories")
    files = HISTORIES.files()
    write(root, files)
    return django(root, "settings", *map(".".join, LAST.values())), states(files)


@pytest.mark.parametrize("app", sorted(HISTORIES.HISTORIES))
def test_what_a_history_adds_up_to(both: tuple[Facts, States], app: str) -> None:
    assert of_app(migscan(both[1].final), app) == of_app(both[0]["final"], app)
    assert [doubt for doubt in both[1].final.doubts if doubt.app == app] == []


@pytest.mark.parametrize("app", sorted(HISTORIES.HISTORIES))
def test_what_the_last_migration_finds(both: tuple[Facts, States], app: str) -> None:
    found = both[1].at(LAST[app])
    assert found is not None
    assert of_app(migscan(found), app) == of_app(both[0][".".join(LAST[app])], app)


def test_the_marketplace() -> None:
    settings = re.search(r'"DJANGO_SETTINGS_MODULE", "([\w.]+)"', (MARKETPLACE / "manage.py").read_text())
    assert settings is not None
    analysis = analyse(MARKETPLACE, Options(cache=False, jobs=1))
    own = {app.label for app in analysis.apps if app.own}
    theirs = {
        label: model
        for label, model in django(MARKETPLACE, settings.group(1))["final"].items()
        if label.partition(".")[0] in own
    }
    assert compact(migscan(analysis.state)) == compact(theirs)
    assert analysis.state.doubts == ()


def compact(facts: Facts) -> Facts:
    """Models with their fields and the names of their indexes and constraints."""
    return {
        label: {
            "bases": model["bases"],
            "fields": model["fields"],
            **{name: model["options"].get(name) for name in ("indexes", "constraints", "unique_together")},
        }
        for label, model in lowered(facts).items()
    }
