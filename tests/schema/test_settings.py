"""Which settings a project runs with, and what they say about apps."""

from __future__ import annotations

import pytest

from analyzer.errors import UsageError
from analyzer.schema.settings import Settings, choose_settings
from tests.projects import analysed, source


def settings(text: str, wanted: str | None = None) -> Settings:
    project = source(text)
    return choose_settings(project.modules, project.evaluator, wanted)


def apps(text: str) -> list[str]:
    """INSTALLED_APPS as read: certain ones as they are, uncertain ones with a question mark."""
    return [name if certain else f"{name}?" for name, certain in settings(text).installed]


MANAGE = """
# manage.py
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
"""
BLOG = """
# blog/__init__.py
# blog/models.py
"""
CONFIG = """
# config/__init__.py
# config/settings/__init__.py
# config/settings/base.py
INSTALLED_APPS = ["blog"]
# config/settings/dev.py
from .base import *
INSTALLED_APPS += ["toolbar"]
# config/settings/production.py
from .base import *
INSTALLED_APPS += ["sentry"]
AUTH_USER_MODEL = "blog.User"
"""


def test_manage_py_names_the_settings() -> None:
    found = settings(MANAGE + BLOG + CONFIG)
    assert (found.path, found.module) == ("config/settings/dev.py", "config.settings.dev")
    assert found.reason == "manage.py sets DJANGO_SETTINGS_MODULE to config.settings.dev"
    assert found.candidates == (
        "config/settings/base.py", "config/settings/dev.py", "config/settings/production.py",
    )  # fmt: skip


def test_manage_py_comes_before_wsgi_py() -> None:
    wsgi = MANAGE.replace("manage.py", "wsgi.py").replace("dev", "production")
    assert settings(wsgi + MANAGE + BLOG + CONFIG).path == "config/settings/dev.py"
    assert settings(wsgi + BLOG + CONFIG).path == "config/settings/production.py"


def test_without_a_starter_the_fullest_list_of_own_apps_wins() -> None:
    text = """
        # a_settings.py
        INSTALLED_APPS = ["blog"]
        # b_settings.py
        INSTALLED_APPS = ["blog", "news"]
        # c_settings.py
        INSTALLED_APPS = ["x", "y", "z"]
        # blog/__init__.py
        # news/__init__.py
    """
    assert settings(text).path == "b_settings.py"


def test_settings_for_tests_come_last() -> None:
    text = """
        # settings.py
        INSTALLED_APPS = ["blog"]
        # test_settings.py
        INSTALLED_APPS = ["blog", "news"]
        # blog/__init__.py
        # news/__init__.py
    """
    assert settings(text).path == "settings.py"


def test_without_settings_nothing_is_installed_for_certain() -> None:
    found = settings(BLOG)
    assert (found.path, found.installed, found.complete) == (None, (), False)
    assert [app.installed for app in analysed(BLOG).apps] == [None]


@pytest.mark.parametrize(
    "wanted",
    ["config/settings/production.py", "./config/settings/production.py", "config.settings.production"],
)
def test_the_user_may_name_the_settings_by_file_or_module(wanted: str) -> None:
    found = settings(MANAGE + BLOG + CONFIG, wanted)
    assert (found.path, found.reason) == ("config/settings/production.py", "named by --settings")
    assert found.candidates == settings(MANAGE + BLOG + CONFIG).candidates
    assert found.auth_user_model == "blog.User"


@pytest.mark.parametrize(
    "wanted", ["config/settings/staging.py", "config.settings.staging", "django.conf", ""]
)
def test_settings_that_are_not_there_are_refused(wanted: str) -> None:
    with pytest.raises(UsageError):
        settings(MANAGE + BLOG + CONFIG, wanted)


# ---------------------------------------------------------------- what they say


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("INSTALLED_APPS = ['blog', 'news']", ["blog", "news"]),
        ("INSTALLED_APPS = ('blog',)", ["blog"]),
        ("OWN = ['blog']\nINSTALLED_APPS = ['x'] + OWN", ["x", "blog"]),
        ("INSTALLED_APPS = ['blog']\nif DEBUG:\n    INSTALLED_APPS.append('x')", ["blog", "x?"]),
        ("DEBUG = False\nINSTALLED_APPS = ['blog']\nif DEBUG:\n    INSTALLED_APPS.append('x')", ["blog"]),
        ("import sys\nINSTALLED_APPS = ['blog']\nif 'test' in sys.argv:\n    INSTALLED_APPS += ['x']",
         ["blog"]),
        ("import sys\nINSTALLED_APPS = ['blog']\nif 'migrate' in sys.argv:\n    INSTALLED_APPS += ['x']",
         ["blog", "x?"]),
        ("INSTALLED_APPS = ['blog', *EXTRA]", ["blog"]),
        ("import os\nINSTALLED_APPS = ['blog', os.environ.get('APP', 'x')]", ["blog", "x"]),
        ("from django.conf import global_settings\nINSTALLED_APPS = list(OWN + ['blog'])", ["blog"]),
        ("def apps():\n    return ['blog']\nINSTALLED_APPS = apps()", ["blog"]),
        ("INSTALLED_APPS = ['blog', 'blog']", ["blog"]),
    ],
)  # fmt: skip
def test_installed_apps_are_read(lines: str, found: list[str]) -> None:
    assert apps(f"{BLOG}# settings.py\n{lines}\n") == found


def test_a_list_that_source_does_not_complete_says_why() -> None:
    found = settings(f"{BLOG}# settings.py\nINSTALLED_APPS = ['blog'] + plugins()\n")
    assert not found.complete
    assert "plugins" in found.why
    assert settings(f"{BLOG}# settings.py\nINSTALLED_APPS = ['blog']\n").complete


def test_the_user_model_is_djangos_own_unless_named() -> None:
    assert settings(BLOG).auth_user_model == "auth.User"
    text = f"{BLOG}# settings.py\nINSTALLED_APPS = ['blog']\nAUTH_USER_MODEL = 'blog.' + 'Person'\n"
    assert settings(text).auth_user_model == "blog.Person"


def test_migration_modules_are_read_as_far_as_decided() -> None:
    text = """
        # blog/__init__.py
        # settings.py
        INSTALLED_APPS = ["blog"]
        MIGRATION_MODULES = {"blog": "db.blog", "news": None, unknown: "x", "shop": unknown}
    """
    assert settings(text).migration_modules() == {"blog": "db.blog", "news": None}


def test_settings_may_be_classes() -> None:
    text = """
        # settings.py
        from configurations import Configuration
        class Base(Configuration):
            INSTALLED_APPS = ["blog"]
        class Dev(Base):
            INSTALLED_APPS = Base.INSTALLED_APPS + ["toolbar"]
            AUTH_USER_MODEL = "blog.User"
        # blog/__init__.py
    """
    found = settings(text)
    assert [name for name, _ in found.installed] == ["blog", "toolbar"]
    assert found.auth_user_model == "blog.User"


def test_other_classes_are_no_settings() -> None:
    text = """
        # settings.py
        class Mixin:
            INSTALLED = ["blog"]
        INSTALLED_APPS = ["blog"]
        # blog/__init__.py
    """
    assert apps(text) == ["blog"]


CHOICE = """
# settings.py
import os
INSTALLED_APPS = ["blog"]
if os.environ.get("OTHER"):
    AUTH_USER_MODEL = "other.User"
else:
    AUTH_USER_MODEL = "blog.User"
if os.environ.get("SWAPPED"):
    PAGE_MODEL = "other.Page"
"""


def test_of_what_the_environment_chooses_the_settings_hold_what_an_empty_one_gives() -> None:
    found = settings(CHOICE + BLOG)
    assert found.auth_user_model == "blog.User"
    assert found.text("PAGE_MODEL", "blog.Page") == "blog.Page"


@pytest.mark.parametrize(
    ("engine", "vendor"),
    [
        ("django.db.backends.sqlite3", "sqlite"),
        ("django.contrib.gis.db.backends.postgis", "postgresql"),
        ("django.db.backends.postgresql_psycopg2", "postgresql"),
        ("somewhere.backend", None),
    ],
)
def test_the_engine_tells_the_vendor(engine: str, vendor: str | None) -> None:
    text = f'# settings.py\nINSTALLED_APPS = ["blog"]\nDATABASES = {{"default": {{"ENGINE": "{engine}"}}}}\n'
    assert settings(text + BLOG).connection().get("django.db.connection.vendor") == vendor


def test_conditions_on_the_database_and_on_installed_apps_are_decided() -> None:
    text = """
        # settings.py
        INSTALLED_APPS = ["blog"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
        # blog/__init__.py
        # blog/models.py
        from django.apps import apps
        from django.db import connection, models
        class Post(models.Model):
            if connection.vendor == "postgresql":
                a = models.IntegerField()
            else:
                b = models.IntegerField()
            if apps.is_installed("gone"):
                c = models.IntegerField()
        if apps.is_installed("blog"):
            class Tag(models.Model): pass
        else:
            class Label(models.Model): pass
    """
    found = {model.object_name: model for model in analysed(text).models if model.own}
    assert sorted(found) == ["Post", "Tag"]
    assert [field.name for field in found["Post"].fields] == ["b", "id"]


def test_an_app_whose_name_is_not_decided_leaves_the_list_open() -> None:
    found = settings(BLOG + '# settings.py\nINSTALLED_APPS = ["blog", name_of("shop")]\n')
    assert (found.installed, found.complete) == ((("blog", True),), False)


def test_settings_that_manage_py_names_count_though_their_apps_are_not_decided() -> None:
    text = """
        # manage.py
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        # config/__init__.py
        # config/settings.py
        INSTALLED_APPS = [app for app in found()]
        AUTH_USER_MODEL = "blog.User"
        # blog/__init__.py
    """
    assert settings(text).auth_user_model == "blog.User"
    assert settings(text).path == "config/settings.py"
