"""Apps and their labels, as Django's registry would hold them."""

from __future__ import annotations

import pytest

from analyzer.schema.values import App
from tests.projects import analysed


def app(config: str, entry: str = "blog", package: str = "blog") -> App:
    """The app of a package with this `apps.py`, installed as `entry`."""
    text = f"# {package}/__init__.py\n# {package}/models.py\n# {package}/apps.py\n{config}\n"
    settings = f'# settings.py\nINSTALLED_APPS = ["{entry}"]\n'
    (found,) = analysed(text + settings).apps
    return found


def labels(text: str) -> dict[str, bool | None]:
    """Own apps by label: installed, not, or not known."""
    return {app.label: app.installed for app in analysed(text).apps if app.own}


CONFIG = "from django.apps import AppConfig\n"
ONE = CONFIG + "class BlogConfig(AppConfig):\n    name = 'blog'\n    label = 'weblog'"


@pytest.mark.parametrize(
    ("config", "entry", "label"),
    [
        ("", "blog", "blog"),
        (CONFIG + "class BlogConfig(AppConfig):\n    name = 'blog'", "blog", "blog"),
        (ONE, "blog", "weblog"),
        (ONE, "blog.apps.BlogConfig", "weblog"),
        (ONE + "\nclass Other(AppConfig):\n    name = 'blog'\n    label = 'other'", "blog", "blog"),
        (
            ONE + "\nclass Other(AppConfig):\n    name = 'blog'\n    label = 'other'",
            "blog.apps.Other",
            "other",
        ),
        (ONE + "\n    default = True\nclass Other(AppConfig):\n    name = 'blog'", "blog", "weblog"),
        (ONE + "\n    default = False", "blog", "blog"),
        (ONE + "\nclass Other(AppConfig):\n    name = 'blog'\n    default = False", "blog", "weblog"),
        (ONE.replace("'weblog'", "'web' + 'log'"), "blog", "weblog"),
        ("class BlogConfig:\n    label = 'weblog'", "blog", "blog"),
        (
            CONFIG + "from core.apps import Base\nclass BlogConfig(Base):\n    label = 'weblog'",
            "blog",
            "blog",
        ),
    ],
)
def test_the_label_is_that_of_the_config_that_django_takes(config: str, entry: str, label: str) -> None:
    found = app(config, entry)
    assert (found.label, found.name, found.installed) == (label, "blog", True)


def test_a_config_that_is_only_imported_counts_as_well() -> None:
    """Two configs and no default: Django then takes neither."""
    base = CONFIG + "class Base(AppConfig):\n    pass\n"
    text = f"""# core/__init__.py
# core/configs.py
{base}
# blog/__init__.py
# blog/apps.py
from core.configs import Base
class BlogConfig(Base):
    name = "blog"
    label = "weblog"
# settings.py
INSTALLED_APPS = ["blog"]
"""
    assert labels(text) == {"blog": True}
    assert labels(text.replace("import Base", "import Base as _Base").replace("(Base)", "(_Base)")) == {
        "blog": True
    }
    assert labels(text.replace("from core.configs import Base", "from core import configs").replace(
        "(Base)", "(configs.Base)"
    )) == {"weblog": True}  # fmt: skip


def test_the_label_of_a_nested_package_is_its_last_part() -> None:
    found = app("", "apps.shop.orders", "apps/shop/orders")
    assert (found.label, found.name, found.path) == ("orders", "apps.shop.orders", "apps/shop/orders")


def test_an_app_that_is_not_listed_is_not_installed() -> None:
    text = """
        # settings.py
        INSTALLED_APPS = ["blog"]
        # blog/__init__.py
        # blog/models.py
        # news/__init__.py
        # news/models.py
    """
    assert labels(text) == {"blog": True, "news": False}
    assert {app.label: app.installed for app in analysed(text, all_apps=True).apps} == {
        "blog": True,
        "news": None,
    }


def test_an_app_that_may_be_listed_is_not_known_to_be_installed() -> None:
    text = """
        # settings.py
        INSTALLED_APPS = ["blog"]
        if unknown():
            INSTALLED_APPS += ["news"]
        # blog/__init__.py
        # news/__init__.py
        # news/models.py
    """
    assert labels(text) == {"blog": True, "news": None}


@pytest.mark.parametrize(
    "files",
    [
        "# blog/__init__.py\n# blog/models.py\n",
        "# blog/__init__.py\n# blog/models/__init__.py\n",
        "# blog/__init__.py\n# blog/migrations/__init__.py\n",
        f"# blog/__init__.py\n# blog/apps.py\n{ONE.replace('weblog', 'blog')}\n",
    ],
)
def test_models_migrations_or_a_config_make_an_app(files: str) -> None:
    assert labels(files) == {"blog": None}


@pytest.mark.parametrize(
    "files", ["# blog/__init__.py\n# blog/views.py\n", "# models.py\n", "# blog/apps.py\n"]
)
def test_other_packages_are_no_apps(files: str) -> None:
    assert labels(files) == {}


def test_an_installed_app_that_is_nowhere_is_said() -> None:
    text = """
        # settings.py
        INSTALLED_APPS = ["blog", "blog.gone", "elsewhere"]
        # blog/__init__.py
        # blog/models.py
    """
    found = analysed(text)
    assert [item.what for item in found.unknown] == ["app `blog.gone`"]
    assert [(app.label, app.own) for app in found.apps] == [("blog", True), ("elsewhere", False)]


@pytest.mark.parametrize(
    ("entry", "label"),
    [
        ("django.contrib.auth", "auth"),
        ("django.contrib.admin.apps.SimpleAdminConfig", "admin"),
        ("some.package", "package"),
        ("some.package.apps.PackageConfig", "package"),
        ("some.package.Config", "package"),
    ],
)
def test_packages_have_labels_too(entry: str, label: str) -> None:
    text = f'# settings.py\nINSTALLED_APPS = ["blog", "{entry}"]\n# blog/__init__.py\n# blog/models.py\n'
    assert [(app.label, app.installed) for app in analysed(text).apps if not app.own] == [(label, True)]


def test_migrations_stand_where_settings_say() -> None:
    text = """
        # settings.py
        INSTALLED_APPS = ["blog", "news", "shop"]
        MIGRATION_MODULES = {"blog": "db.blog", "news": None}
        # blog/__init__.py
        # news/__init__.py
        # shop/__init__.py
    """
    assert {app.label: app.migrations_module for app in analysed(text).apps} == {
        "blog": "db.blog",
        "news": None,
        "shop": "shop.migrations",
    }


def test_a_module_of_a_models_package_is_no_app_of_its_own() -> None:
    text = """
        # settings.py
        INSTALLED_APPS = ["shop.blog"]
        # shop/__init__.py
        # shop/blog/__init__.py
        # shop/blog/models/__init__.py
        from .models import Post
        # shop/blog/models/models.py
        from django.db import models
        class Post(models.Model): pass
    """
    found = analysed(text)
    assert [app.label for app in found.apps if app.own] == ["blog"]
    assert [model.label for model in found.models if model.own] == ["blog.Post"]


def test_a_config_that_inherits_an_unknown_one_is_a_config() -> None:
    config = "from unknown.apps import SomeAppConfig\nclass Blog(SomeAppConfig):\n    label = 'weblog'"
    assert app(config).label == "weblog"


def test_an_app_comes_before_the_folder_of_its_tests() -> None:
    found = analysed("""
        # site/__init__.py
        # site/apps/__init__.py
        # site/apps/blog/__init__.py
        # site/apps/blog/models.py
        # tests/__init__.py
        # tests/blog/__init__.py
        # tests/blog/models.py
    """)
    assert [(app.label, app.path) for app in found.apps] == [("blog", "site/apps/blog")]


def test_a_package_inside_an_installed_one_is_no_app_of_its_own() -> None:
    """Its models have the label of the app around it, wherever in it they are written."""
    text = """
        # settings.py
        INSTALLED_APPS = ["shop"]
        # shop/__init__.py
        # shop/models.py
        from shop.orders.models import Order
        # shop/orders/__init__.py
        # shop/orders/models.py
        from django.db import models
        class Order(models.Model): pass
    """
    assert [(model.label, model.installed) for model in analysed(text).models if model.own] == [
        ("shop.Order", True)
    ]


@pytest.mark.parametrize("path", ["'blog.setup.Config'", "__name__ + '.setup.Config'"])
def test_the_config_that_a_package_names_as_its_own(path: str) -> None:
    text = f"""
        # settings.py
        INSTALLED_APPS = ["blog"]
        # blog/__init__.py
        default_app_config = {path}
        # blog/models.py
        # blog/setup.py
        from django.apps import AppConfig
        class Config(AppConfig):
            name = "blog"
            label = "weblog"
    """
    assert labels(text) == {"weblog": True}


PLUGIN = """
# plugin/__init__.py
# plugin/app/__init__.py
{config}
# plugin/app/models.py
{more}
"""
WRITTEN = """from host import PluginAppConfig
class Config(PluginAppConfig):
    name = "plugin.app"
    label = "galaxy"
"""


@pytest.mark.parametrize(
    ("config", "more", "label"),
    [
        (WRITTEN, "", "galaxy"),
        ("", f"# plugin/setup.py\n{WRITTEN}", "galaxy"),
        (WRITTEN, f"# plugin/tests/apps.py\n{WRITTEN.replace('galaxy', 'tested')}", "galaxy"),
        (WRITTEN, f"# plugin/setup.py\n{WRITTEN.replace('galaxy', 'other')}", "app"),
        (WRITTEN.replace("plugin.app", "elsewhere.app"), "", "app"),
        (WRITTEN + "    default = False\n", "", "app"),
    ],
)
def test_the_only_config_of_a_package_is_its_own_wherever_it_stands(
    config: str, more: str, label: str
) -> None:
    found = analysed(PLUGIN.format(config=config, more=more)).apps
    assert {app.label for app in found if app.name == "plugin.app"} == {label}


INNER = """
# shop/__init__.py
# shop/models.py
from shop.api.models import Order
# shop/migrations/__init__.py
# shop/migrations/0001_initial.py
from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [migrations.CreateModel(name="{created}", fields=[])]
# shop/api/__init__.py
# shop/api/models.py
from django.db import models
class Order(models.Model): pass
"""


@pytest.mark.parametrize(
    ("created", "more", "label"),
    [
        ("Order", "", "shop.Order"),
        ("Other", "", "api.Order"),
        ("Order", "# shop/api/migrations/__init__.py\n", "api.Order"),
        ("Order", "# shop/api/apps.py\n" + ONE.replace("'blog'", "'shop.api'"), "weblog.Order"),
    ],
)
def test_without_settings_models_are_of_the_app_around_whose_migrations_create_them(
    created: str, more: str, label: str
) -> None:
    found = analysed(INNER.format(created=created) + more)
    assert [model.label for model in found.models if model.own] == [label]


def test_a_list_that_names_no_app_of_the_tree_and_is_not_complete_rules_none_out() -> None:
    text = """
        # manage.py
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
        # settings.py
        INSTALLED_APPS = ["django.contrib.auth", *found()]
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Post(models.Model): pass
    """
    assert [app.installed for app in analysed(text).apps if app.own] == [None]
    listed = text.replace("# blog/__init__.py", "# shop/__init__.py\n        # blog/__init__.py")
    named = listed.replace("*found()", '"shop", *found()')
    assert {app.label: app.installed for app in analysed(named).apps if app.own} == {
        "blog": False,
        "shop": True,
    }


def test_migrations_kept_for_a_package_do_not_stand_for_it() -> None:
    """No program looks for packages in a folder of migrations inside one of its own."""
    text = """
        # settings.py
        INSTALLED_APPS = ["rest_framework.authtoken", "blog"]
        # blog/__init__.py
        # blog/models.py
        # blog/migrations/rest_framework/__init__.py
        # blog/migrations/rest_framework/0001_initial.py
    """
    assert labels(text) == {"blog": True}


@pytest.mark.parametrize(("user", "installed"), [("blog.User", False), ("news.User", None)])
def test_a_list_that_hides_the_app_of_the_users_may_hide_others(user: str, installed: bool | None) -> None:
    """Django starts with no user model of an app that is not installed."""
    text = f"""
        # settings.py
        INSTALLED_APPS = ["blog", *more()]
        AUTH_USER_MODEL = "{user}"
        # blog/__init__.py
        # blog/models.py
        # news/__init__.py
        # news/models.py
        # shop/__init__.py
        # shop/models.py
    """
    assert labels(text) == {"blog": True, "news": installed, "shop": installed}
