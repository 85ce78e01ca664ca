"""Settings that ask which command they are read for."""

from __future__ import annotations

import pytest

from analyzer.schema.settings import choose_settings
from tests.projects import analysed, source

PROJECT = """
# blog/__init__.py
# blog/models.py
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    operations = []
# settings.py
import os
import sys
from sys import argv
INSTALLED_APPS = ["blog"]
FLAG = {condition}
if FLAG:
    INSTALLED_APPS += ["more"]
    MIGRATION_MODULES = {{}}
    for app in INSTALLED_APPS:
        MIGRATION_MODULES[app] = None
"""


def installed(condition: str) -> list[str]:
    project = source(PROJECT.format(condition=condition))
    found = choose_settings(project.modules, project.evaluator, None)
    return [name if certain else f"{name}?" for name, certain in found.installed]


def modules(condition: str) -> dict[str, str | None]:
    """The packages of migrations by the label of the app."""
    apps = analysed(PROJECT.format(condition=condition)).apps
    return {app.label: app.migrations_module for app in apps if app.own}


@pytest.mark.parametrize(
    "condition",
    [
        "'test' in sys.argv",
        "'test' in argv[1:2]",
        "'pytest' in sys.modules",
        "sys.argv[1] == 'test'",
        "sys.argv[1:2] == ['test'] or 'py.test' in sys.argv[0]",
        "len(sys.argv) > 1 and sys.argv[1] in ('test', 'jenkins')",
        "not ('runserver' not in sys.argv)",
        "os.path.basename(sys.argv[0]) in ('pytest', 'py.test') and 'runtests.py' in sys.argv",
    ],
)
def test_a_test_run_is_not_the_one_that_migrates(condition: str) -> None:
    assert installed(condition) == ["blog"]
    assert modules(condition) == {"blog": "blog.migrations"}


@pytest.mark.parametrize(
    "condition",
    ["'migrate' in sys.argv", "sys.argv[1] == 'makemigrations'", "len(sys.argv) > 1", "'x' in sys.modules"],
)
def test_other_words_may_stand_there(condition: str) -> None:
    assert installed(condition) == ["blog", "more?"]


def test_what_only_an_unlikely_condition_sets_up_is_not_counted_on() -> None:
    assert modules("os.environ.get('FAST')") == {"blog": "blog.migrations"}
