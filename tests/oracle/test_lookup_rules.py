"""Rules about what migrations look up, as real Django sees their examples: `bad` fails, `good` runs."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.audits.lookups import MADE_LATE, NO_PATH, NOT_THERE
from analyzer.audits.rules import Rule
from tests.projects import write

needs_django = pytest.mark.skipif(
    importlib.util.find_spec("django") is None, reason="the oracle needs Django (dependency group `oracle`)"
)
SETTINGS = """
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "blog", {more}]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
SECRET_KEY = "x"
"""


def migrate(root: Path, example: str, *apps: str) -> str:
    """What `migrate` says last on an empty database; "" where it runs through."""
    write(root, example)
    more = '"news"' if (root / "news").is_dir() else ""
    (root / "settings.py").write_text(SETTINGS.format(more=more))
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", *apps, "-v0"],
        cwd=root, capture_output=True, text=True, timeout=120,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(root)},
    )  # fmt: skip
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


@needs_django
@pytest.mark.parametrize(
    ("rule", "apps", "error"),
    [
        pytest.param(NOT_THERE, (), "FieldError", id=NOT_THERE.code),
        pytest.param(MADE_LATE, (), "ContentType.DoesNotExist", id=MADE_LATE.code),
        pytest.param(NO_PATH, ("news",), "LookupError", id=NO_PATH.code),
    ],
)
def test_the_bad_example_fails_and_the_good_one_runs(
    rule: Rule, apps: tuple[str, ...], error: str, tmp_path: Path
) -> None:
    assert error in migrate(tmp_path / "bad", rule.bad, *apps)
    assert migrate(tmp_path / "good", rule.good, *apps) == ""


@needs_django
def test_a_model_without_dependency_may_be_there_by_luck(tmp_path: Path) -> None:
    assert migrate(tmp_path, NO_PATH.bad) == ""
