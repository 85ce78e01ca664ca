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

from analyzer.analysis import worked_out
from analyzer.history.replay import States
from analyzer.options import Options
from analyzer.sources import sources
from tests.history.replays import states
from tests.oracle.replayed import Facts, lowered, migscan
from tests.projects import write

HERE = Path(__file__).parent
FACTS = HERE / "state_facts.py"
MARKETPLACE = HERE.parents[1] / "fixtures" / "marketplace"

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("django") is None or importlib.util.find_spec("social_django") is None,
    reason="the oracle needs Django and social-auth-app-django (dependency group `oracle`)",
)


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HISTORIES = _load("histories")


def django(root: Path, settings: str, *before: str, python: str = sys.executable) -> Facts:
    """The states by what they are of: "final", or the migration that finds them."""
    command = [python, str(FACTS), str(root), settings, *before]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    facts: Facts = json.loads(done.stdout)
    return facts


def of_app(facts: Facts, app: str) -> Facts:
    return lowered({label: model for label, model in facts.items() if label.startswith(f"{app}.")})


LAST = {app: (app, f"m{len(texts)}") for app, texts in HISTORIES.HISTORIES.items()}


def histories(
    root: Path, version: tuple[int, int], python: str = sys.executable
) -> tuple[list[str], Facts, States]:
    """The labels of all histories that a version can run, their states as Django and as migscan have them."""
    files, labels = HISTORIES.files(version), HISTORIES.labels_of(version)
    write(root, files)
    return (
        labels,
        django(root, "settings", *(".".join(LAST[app]) for app in labels), python=python),
        states(files),
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, States]:
    import django

    _, told, found = histories(tmp_path_factory.mktemp("histories"), django.VERSION[:2])
    return told, found


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
    options = Options(cache=False, jobs=1)
    examined = worked_out(sources(MARKETPLACE, options), options)
    own = {app.label for app in examined.analysis.apps if app.own}
    theirs = {
        label: model
        for label, model in django(MARKETPLACE, settings.group(1))["final"].items()
        if label.partition(".")[0] in own
    }
    assert compact(migscan(examined.state)) == compact(theirs)
    assert examined.state.doubts == ()


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
