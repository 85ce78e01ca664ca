"""Settings that a call puts together of other files (django-split-settings)."""

from __future__ import annotations

import pytest

from analyzer.schema.settings import Settings, choose_settings
from tests.projects import source

PROJECT = """
# manage.py
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# blog/__init__.py
# news/__init__.py
# config/__init__.py
# config/settings.py
import os
import random
from split_settings.tools import include, optional
BEFORE = "blog"
{settings}
# config/conf/apps.py
INSTALLED_APPS = [BEFORE]
# config/conf/auth.py
AUTH_USER_MODEL = "blog.User"
# config/conf/nested.py
from split_settings import tools
tools.include("apps.py", "nested.py")
# config/conf/more/b.py
INSTALLED_APPS += ["b"]
# config/conf/more/a.py
INSTALLED_APPS += ["a"]
# config/conf/more/deep/c.py
INSTALLED_APPS += ["c"]
"""


def settings(lines: str) -> Settings:
    project = source(PROJECT.format(settings=lines))
    return choose_settings(project.modules, project.evaluator, None)


@pytest.mark.parametrize(
    ("lines", "apps"),
    [
        ("include('conf/apps.py')", ["blog"]),
        ("include('conf/auth.py', 'conf/apps.py')\nINSTALLED_APPS += ['news']", ["blog", "news"]),
        ("include('conf/apps.py', 'conf/more/*.py')", ["blog", "a", "b"]),
        ("include('conf/nested.py')", ["blog"]),
        ("PARTS = ['conf/apps.py', optional('conf/more/a.py')]\ninclude(*PARTS)", ["blog", "a"]),
        ("include('conf/apps.py', optional('conf/local.py'))", ["blog"]),
        ("include('conf/apps.py', optional(os.environ['MORE']))", ["blog"]),
        ("WHICH = os.environ.get('WHICH', 'apps')\ninclude('conf/{}.py'.format(WHICH))", ["blog"]),
        ("BEFORE = 'news'\ninclude('../config/conf/apps.py', scope=globals())", ["news"]),
    ],
)
def test_files_are_carried_out_where_they_are_named(lines: str, apps: list[str]) -> None:
    found = settings(lines)
    assert (found.path, [name for name, _ in found.installed]) == ("config/settings.py", apps)
    assert found.complete


def test_what_they_set_is_a_setting() -> None:
    assert settings("include('conf/apps.py', 'conf/auth.py')").auth_user_model == "blog.User"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("include('conf/apps.py', os.environ['MORE'])", "an index or key is not decided"),
        ("include('conf/apps.py', random.choice(['a', 'b']))", "which file is not decided"),
    ],
)
def test_a_file_that_is_not_decided_may_list_more_apps(lines: str, why: str) -> None:
    found = settings(lines)
    assert ([name for name, _ in found.installed], found.complete) == (["blog"], False)
    assert found.why == why
