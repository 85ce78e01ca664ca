"""Models are registered exactly where Django would import their module."""

from __future__ import annotations

import pytest

from analyzer.schema.values import Model
from tests.projects import analysed, files_of

BASE = """
# settings.py
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.contenttypes", "blog"]
ROOT_URLCONF = "urls"
# urls.py
urlpatterns = []
# blog/__init__.py
# blog/models.py
# blog/entities.py
from django.db import models
class Thing(models.Model): pass
"""
MODELS = "from django.db import models\n"


def models_of(text: str = "", **options: object) -> dict[str, Model]:
    """The project's models by label, once these files replace or join the base."""
    found = analysed({**files_of(BASE), **files_of(text)}, **options)
    return {model.label: model for model in found.models if model.own}


def fate(text: str = "") -> str:
    """What becomes of `blog.Thing`: loaded, later, perhaps or gone; what is not loaded is said."""
    found = analysed({**files_of(BASE), **files_of(text)})
    model = found.model("blog.Thing")
    said = [item for item in found.unknown if item.what == "blog.Thing" and item.file == "blog/entities.py"]
    assert [(item.file, item.line) for item in said] == [
        (finding.file, finding.line) for finding in found.findings if finding.code == "MS005"
    ]
    if model is None:
        assert len(said) == 1
        return "gone"
    if model.installed is None:
        assert len(said) == 1
        return "perhaps"
    return "later" if said else "loaded"


def why(text: str = "") -> str:
    """The reason that is given for `blog.Thing`."""
    found = analysed({**files_of(BASE), **files_of(text)})
    return next(item.why for item in found.unknown if item.what == "blog.Thing")


IMPORT = "from blog import entities\n"
APPS = "# blog/apps.py\nfrom django.apps import AppConfig\nclass BlogConfig(AppConfig):\n    name = 'blog'\n"
READY = APPS + "    def ready(self):\n"


# ---------------------------------------------------------------- what setup imports


@pytest.mark.parametrize(
    "text",
    [
        "# blog/models.py\nfrom .entities import Thing",
        "# blog/models.py\nfrom blog.entities import *",
        "# blog/models.py\nimport blog.entities",
        "# blog/models.py\nimport blog.entities as e",
        "# blog/models.py\nfrom . import entities",
        "# blog/models.py\nfrom . import (  # several\n    entities,\n)",
        f"# blog/__init__.py\n{IMPORT}",
        f"# settings.py\nINSTALLED_APPS = ['blog']\n{IMPORT}",
        f"{APPS}{IMPORT}",
        f"# blog/models.py\nif True:\n    {IMPORT}",
        f"# blog/models.py\ntry:\n    {IMPORT}except ImportError:\n    pass",
        f"# blog/models.py\nwith context():\n    {IMPORT}",
        f"# blog/models.py\nclass Holder:\n    {IMPORT}",
        "# blog/models.py\nfrom .services import work\n# blog/services.py\nfrom .entities import Thing",
        "# blog/models.py\nimport lib.deep\n# lib/__init__.py\nfrom blog import entities\n# lib/deep.py",
        f"# blog/admin.py\n{IMPORT}",
        "# blog/models.py\nfrom x import *\n# x/__init__.py\n__all__ = ['a']\n# x/a.py\nimport blog.entities",
        "# blog/models.py\nx = 1; import blog.entities",
    ],
)
def test_what_is_imported_when_django_starts_is_loaded(text: str) -> None:
    assert fate(text) == "loaded"


@pytest.mark.parametrize(
    "text",
    [
        f"        {IMPORT}",
        "        from .handlers import x\n# blog/handlers.py\nfrom .entities import Thing",
        ("        load()\n"
        "def load():\n    from blog import entities"),
        ("        from .tools import load\n        load()\n"
        "# blog/tools.py\ndef load():\n    from blog import entities"),
        "        self.load()\n    def load(self):\n        from . import entities",
        "        from importlib import import_module\n        import_module('blog.entities')",
        "        from importlib import import_module\n        import_module('.entities', 'blog')",
        ("        from django.utils.module_loading import import_string\n"
        "        import_string('blog.entities.Thing')"),
        ("        from django.utils.module_loading import autodiscover_modules\n"
        "        autodiscover_modules('entities')"),
        ("        self.module.autodiscover()\n"
        "# blog/__init__.py\nfrom django.utils.module_loading import autodiscover_modules\n"
        "def autodiscover():\n    autodiscover_modules('entities')"),
    ],
)  # fmt: skip
def test_what_ready_imports_is_loaded(text: str) -> None:
    assert fate(READY + text) == "loaded"


def test_ready_of_a_parent_runs_as_far_as_super_leads() -> None:
    base = (
        f"from django.apps import AppConfig\nclass Base(AppConfig):\n    def ready(self):\n        {IMPORT}"
    )
    parent = f"# core/__init__.py\n# core/base.py\n{base}"
    child = "# blog/apps.py\nfrom core import base\nclass BlogConfig(base.Base):\n    name = 'blog'\n"
    assert fate(parent + child) == "loaded"
    assert fate(parent + child + "    def ready(self):\n        super().ready()\n") == "loaded"
    assert fate(parent + child + "    def ready(self):\n        pass\n") == "gone"


@pytest.mark.parametrize(
    "text",
    [
        (
            "# blog/models.py\nfrom .tools import Tool\ntool = Tool()\n"
            "# blog/tools.py\nclass Tool:\n    def __init__(self):\n        from . import entities"
        ),
        (
            "# blog/models.py\nfrom .tools import load\nload()\n"
            "# blog/tools.py\ndef load():\n    inner()\ndef inner():\n    from . import entities"
        ),
        (
            "# blog/models.py\nfrom .tools import mark\n@mark\ndef f(): pass\n"
            "# blog/tools.py\ndef mark(f):\n    from . import entities"
        ),
        (
            "# blog/models.py\nfrom . import tools\nx = [tools.load() for _ in 'ab']\n"
            "# blog/tools.py\ndef load():\n    from . import entities"
        ),
    ],
)
def test_functions_that_run_while_modules_are_imported_count(text: str) -> None:
    assert fate(text) == "loaded"


# ---------------------------------------------------------------- what it does not


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"# blog/other.py\n{IMPORT}",
        f"# blog/models.py\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {IMPORT}",
        f"# blog/models.py\nimport typing\nif not typing.TYPE_CHECKING:\n    pass\nelse:\n    {IMPORT}",
        f"# blog/models.py\nif __name__ == '__main__':\n    {IMPORT}",
        f"# blog/models.py\nif False:\n    {IMPORT}",
        f"# blog/models.py\ndef later():\n    {IMPORT}",
        f"# blog/models.py\nclass A:\n    def save(self):\n        {IMPORT}",
        f"# blog/models.py\nlater = lambda: load()\ndef load():\n    {IMPORT}",
        f"# blog/services.py\n{IMPORT}# blog/models.py\n# from blog import services\n",
        f"# shop/__init__.py\n# shop/models.py\n{IMPORT}",
        "# blog/models.py\nfrom other.entities import x\n# other/__init__.py\n# other/entities.py\nx = 1",
        f"# blog/wagtail_hooks.py\n{IMPORT}",
        f"# blog/sitemaps.py\n{IMPORT}",
    ],
)
def test_what_nothing_imports_is_no_model_and_said(text: str) -> None:
    assert fate(text) == "gone"


def test_the_reason_names_the_function_that_imports_later() -> None:
    assert why() == "nothing that Django loads imports its module"
    assert "`later`, blog/models.py:2" in why(f"# blog/models.py\ndef later():\n    {IMPORT}")


def test_circles_of_imports_end() -> None:
    circle = "# blog/a.py\nfrom blog import b\n# blog/b.py\nfrom blog import a, entities\n"
    assert fate(circle) == "gone"
    assert fate(circle + "# blog/models.py\nfrom blog import a\n") == "loaded"
    calls = "# blog/models.py\ndef f():\n    g()\ndef g():\n    f()\n    from blog import entities\n"
    assert fate(calls) == "gone"


def test_an_abstract_model_is_one_wherever_it_stands() -> None:
    text = BASE.replace("Model): pass", "Model):\n    class Meta:\n        abstract = True")
    assert [model.name for model in analysed(text).abstract_models] == ["blog.entities.Thing"]


def test_the_loaded_one_of_two_takes_the_label() -> None:
    real = f"# blog/real.py\n{MODELS}class Thing(models.Model): pass\n"
    text = f"# blog/models.py\nfrom .real import Thing\n{real}"
    assert models_of(text)["blog.Thing"].file == "blog/real.py"


def test_models_of_apps_that_are_not_installed_are_listed_as_such() -> None:
    page = f"# news/entities.py\n{MODELS}class Page(models.Model): pass\n"
    text = f"# news/__init__.py\n# news/models.py\n{page}"
    assert models_of(text)["news.Page"].installed is False


def test_without_settings_every_app_is_a_start() -> None:
    thing = f"# blog/entities.py\n{MODELS}class Thing(models.Model): pass\n"
    text = f"# blog/__init__.py\n# blog/models.py\nfrom . import entities\n{thing}"
    found = analysed(text)
    assert [(model.label, model.installed) for model in found.models if model.own] == [("blog.Thing", None)]
    assert not found.unknown


# ---------------------------------------------------------------- what only some commands import


@pytest.mark.parametrize(
    "text",
    [
        f"# urls.py\n{IMPORT}",
        "# urls.py\nfrom blog.views import show\n# blog/views.py\nfrom .entities import Thing",
        "# urls.py\nurlpatterns = [path('', include('blog.urls'))]\n# blog/urls.py\nfrom . import entities",
        "# urls.py\nu = [path('', include(('blog.urls', 'b')))]\n# blog/urls.py\nimport blog.entities",
        "# urls.py\nurlpatterns = [url('', 'blog.views.show')]\n# blog/views.py\nimport blog.entities",
        f"# blog/migrations/__init__.py\n# blog/migrations/0001_initial.py\n{IMPORT}",
    ],
)
def test_what_the_url_configuration_imports_is_loaded_by_commands(text: str) -> None:
    assert fate(text) == "later"


# ---------------------------------------------------------------- what is not decided


@pytest.mark.parametrize(
    "text",
    [
        f"# blog/models.py\nif undecided():\n    {IMPORT}",
        f"# blog/models.py\ntry:\n    import gone\nexcept ImportError:\n    {IMPORT}",
        ("# blog/models.py\nimport pkgutil, importlib\n"
        "for info in pkgutil.walk_packages(__path__):\n    importlib.import_module(info.name)"),
        "# blog/models.py\nfrom importlib import import_module as load\nfor name in names():\n    load(name)",
        ("# blog/models.py\nfrom importlib import import_module\n"
        "for app in apps():\n    import_module(f'{app}.entities')"),
        ("# blog/models.py\nfrom importlib import import_module\n"
        "for app in apps():\n    import_module('%s.entities' % app)"),
        ("# blog/models.py\nfrom importlib import import_module\n"
        "for app in apps():\n    import_module(app + '.entities')"),
        READY + "        from .plugins import load_all\n        load_all(config())\n"
        "# blog/plugins.py\nfrom importlib import import_module\n"
        "def load_all(names):\n    for name in names:\n        import_module(name)",
        ("# blog/models.py\nfrom .tools import Tool\nclass Sub(Tool): pass\n"
        "# blog/tools.py\nclass Tool:\n    def __init_subclass__(cls):\n        from . import entities"),
        "# settings.py\nINSTALLED_APPS = ['blog']\nROOT_URLCONF = f()\n# blog/urls.py\nimport blog.entities",
        ("# settings.py\nINSTALLED_APPS = ['blog']\nMIDDLEWARE = ['blog.middleware.M']\n"
        "# blog/middleware.py\nimport blog.entities"),
    ],
)  # fmt: skip
def test_what_may_be_imported_stays_a_model_and_is_said(text: str) -> None:
    assert fate(text) == "perhaps"


def test_a_loader_that_is_handed_texts_loads_only_these() -> None:
    loader = (
        READY + "        from .plugins import load\n        load({0!r})\n"
        "# blog/plugins.py\nfrom importlib import import_module\ndef load(name):\n    import_module(name)\n"
    )
    assert fate(loader.replace("{0!r}", "'blog.entities'")) == "perhaps"
    assert fate(loader.replace("{0!r}", "'blog.other'")) == "gone"


def test_a_loader_that_nobody_calls_loads_nothing() -> None:
    assert (
        fate("# blog/models.py\nimport importlib\ndef load(name):\n    importlib.import_module(name)")
        == "gone"
    )


# ---------------------------------------------------------------- packages that import by name


@pytest.mark.parametrize(
    ("package", "module", "expected"),
    [
        ("django.contrib.admin", "admin", "loaded"),
        ("django.contrib.admin.apps.SimpleAdminConfig", "admin", "gone"),
        ("modeltranslation", "translation", "loaded"),
        ("django_elasticsearch_dsl", "documents", "loaded"),
        ("wagtail.admin", "wagtail_hooks", "later"),
        ("haystack", "search_indexes", "perhaps"),
        ("django_celery_beat", "tasks", "perhaps"),
        ("another", "admin", "gone"),
    ],
)
def test_a_package_loads_modules_by_name_only_where_it_is_installed(
    package: str, module: str, expected: str
) -> None:
    settings = f"# settings.py\nINSTALLED_APPS = ['{package}', 'blog']\nROOT_URLCONF = 'urls'\n"
    assert fate(f"{settings}# blog/{module}.py\n{IMPORT}") == expected


# ---------------------------------------------------------------- tests


def test_models_of_tests_count_only_where_others_import_them() -> None:
    thing = "from django.db import models\nclass Dummy(models.Model): pass\n"
    assert "blog.Dummy" not in models_of(f"# blog/tests/__init__.py\n# blog/tests/models.py\n{thing}")
    assert "blog.Dummy" in models_of(
        f"# blog/kind_test.py\n{thing}# blog/models.py\nfrom .kind_test import Dummy\n"
    )
    assert "blog.Dummy" not in models_of(
        f"# blog/kind_test.py\n{thing}# blog/other.py\nfrom .kind_test import Dummy\n"
    )
