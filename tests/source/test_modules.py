"""Which file answers to which dotted name."""

from __future__ import annotations

import pytest

from tests.projects import source


def paths(text: str, *names: str, near: str = "") -> list[str | None]:
    """The file behind each name; "" for a folder without a file, None for nothing of the project's."""
    found = [source(text).modules.find(name, near) for name in names]
    return [module.path if module is not None else None for module in found]


def test_a_module_is_named_from_its_root() -> None:
    project = """
        # blog/__init__.py
        # blog/models.py
        # blog/deep/__init__.py
    """
    assert paths(project, "blog", "blog.models", "blog.deep", "models", "blog.views") == [
        "blog/__init__.py", "blog/models.py", "blog/deep/__init__.py", None, None,
    ]  # fmt: skip


def test_a_folder_without_init_is_a_namespace_package() -> None:
    project = """
        # apps/blog/__init__.py
        # apps/blog/models.py
        # settings.py
        INSTALLED_APPS = ["apps.blog"]
    """
    assert paths(project, "apps", "apps.blog", "apps.blog.models") == [
        "", "apps/blog/__init__.py", "apps/blog/models.py",
    ]  # fmt: skip


def test_a_package_beats_a_module_of_its_name() -> None:
    project = """
        # blog.py
        # blog/__init__.py
    """
    assert paths(project, "blog") == ["blog/__init__.py"]


def test_a_package_below_a_namespace_does_not_hide_one_of_its_last_name() -> None:
    project = """
        # manage.py
        # core/__init__.py
        # core/models.py
        # shop/__init__.py
        # shop/parts/core/__init__.py
        # shop/parts/core/models.py
        from core.models import Base
        # settings.py
        INSTALLED_APPS = ["core", "shop.parts.core"]
    """
    inner = "shop/parts/core/models.py"
    assert paths(project, "core.models", "shop.parts.core.models", near=inner) == ["core/models.py", inner]


def test_a_package_has_its_first_name_for_itself() -> None:
    project = """
        # manage.py
        # core/__init__.py
        # shop/__init__.py
        # shop/parts/core/__init__.py
        # shop/parts/core/models.py
        # shop/parts/core/migrations/0001_initial.py
        # settings.py
        INSTALLED_APPS = ["core", "shop.parts.core"]
    """
    assert paths(project, "core.models", "core.migrations") == [None, None]
    found = source(project).modules
    assert found.folders("core.migrations") == ()
    assert found.folders("shop.parts.core.migrations") == ("shop/parts/core/migrations",)


@pytest.mark.parametrize("near", ["one", "two"])
def test_of_two_projects_each_sees_its_own(near: str) -> None:
    project = """
        # one/manage.py
        # one/blog/__init__.py
        # two/manage.py
        # two/blog/__init__.py
    """
    assert paths(project, "blog", near=f"{near}/blog/views.py") == [f"{near}/blog/__init__.py"]


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        ("# blog/__init__.py\n# blog/models.py", "blog/models.py", "blog.models"),
        ("# blog/__init__.py", "blog/__init__.py", "blog"),
        ("# src/blog/__init__.py", "src/blog/__init__.py", "blog"),
        ("# src/manage.py\n# src/apps/blog/__init__.py\nfrom apps.blog import x", "src/apps/blog/__init__.py",
         "apps.blog"),
        ("# src/manage.py\n# src/apps/blog/__init__.py\nfrom blog import x", "src/apps/blog/__init__.py",
         "blog"),
        ("# top.py", "top.py", "top"),
    ],
)  # fmt: skip
def test_the_name_of_a_file_is_the_one_that_the_project_imports_it_by(
    text: str, path: str, name: str
) -> None:
    assert source(text).modules.name_of(path) == name


def test_django_is_known_but_not_the_projects_own() -> None:
    modules = source("# blog/__init__.py\n").modules
    found = modules.find("django.db.models")
    assert found is not None
    assert (found.own, found.path) == (False, "")
    assert modules.is_own("blog.views")
    assert not modules.is_own("django.db")
    assert not modules.is_own("blogging")


def test_what_nobody_knows_is_nothing() -> None:
    assert paths("# a.py", "no_such_package_anywhere") == [None]


def test_of_two_projects_the_one_whose_side_is_taken_keeps_the_short_names() -> None:
    project = """
        # one/manage.py
        # one/blog/__init__.py
        # one/blog/models.py
        # two/manage.py
        # two/settings.py
        # two/blog/__init__.py
        # two/blog/models.py
    """
    modules = source(project).modules
    modules.settle("two/settings.py")
    assert modules.name_of("two/blog/models.py") == "blog.models"
    assert modules.name_of("one/blog/models.py") == "one.blog.models"
    found = modules.find("blog.models")
    assert found is not None
    assert found.path == "two/blog/models.py"


@pytest.mark.parametrize(
    "line",
    [
        'sys.path.insert(0, os.path.join(BASE_DIR, "project", "apps"))',
        'sys.path.append(str(BASE_DIR / "project" / "apps"))',
        'sys.path.append("project/apps")',
        'sys.path.insert(1, os.path.abspath("./project/apps"))',
        'APPS_DIR = os.path.join(BASE_DIR, "project", "apps")\n        sys.path.append(APPS_DIR)',
        'APPS_DIR: Path = BASE_DIR / "project/apps"\n        sys.path.insert(0, str(APPS_DIR))',
        "sys.path.append(settings.APPS_DIR)",
        'for each in ("lib", "apps"):\n            sys.path.insert(0, os.path.join(ROOT, "project", each))',
        'for each in ["lib",\n             "project/apps"]:\n            sys.path.append(join(ROOT, each))',
        'for each in ("project/apps",):\n            it = join(ROOT, each)\n            sys.path.append(it)',
    ],
)
def test_a_project_may_put_a_folder_of_apps_on_the_path(line: str) -> None:
    project = f"""
        # manage.py
        import os, sys
        {line}
        # project/__init__.py
        # project/settings.py
        APPS_DIR = os.path.join(HERE, "apps")
        INSTALLED_APPS = ["blog"]
        # project/apps/__init__.py
        # project/apps/blog/__init__.py
        # project/apps/blog/models.py
        # project/apps/shop/__init__.py
        # project/apps/shop/models.py
        from blog.models import Post
    """
    assert paths(project, "blog.models", "shop", "absent") == [
        "project/apps/blog/models.py", "project/apps/shop/__init__.py", None,
    ]  # fmt: skip
    modules = source(project).modules
    assert modules.name_of("project/apps/blog/models.py") == "blog.models"
    assert modules.name_of("project/apps/shop/models.py") == "project.apps.shop.models"


@pytest.mark.parametrize(
    "line",
    [
        "sys.path.insert(0, where())",
        "sys.path.insert(0, APPS_DIR)",
        "APPS_DIR = here()\n        sys.path.insert(0, APPS_DIR)",
        'sys.path.insert(0, "/usr/lib/blog")',
        '# sys.path.insert(0, "project/apps")',
        'sys.path.remove("project/apps")',
        'for each in ("project/apps",):\n            print(each)\n        sys.path.append(other)',
    ],
)
def test_other_paths_are_no_roots(line: str) -> None:
    project = f"""
        # manage.py
        {line}
        # project/__init__.py
        # project/apps/__init__.py
        # project/apps/blog/__init__.py
    """
    assert paths(project, "blog") == [None]


@pytest.mark.parametrize(
    ("settings", "line", "name"),
    [
        ("settings", "from blog.models import Post", "blog.models"),
        ("settings", "from site_.blog.models import Post", "site_.blog.models"),
        ("site_.settings", "from blog.models import Post", "site_.blog.models"),
    ],
)
def test_a_manage_py_inside_a_package_puts_that_folder_on_the_path(
    settings: str, line: str, name: str
) -> None:
    project = f"""
        # site_/__init__.py
        # site_/manage.py
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")
        # site_/settings.py
        {line}
        # site_/blog/__init__.py
        # site_/blog/models.py
    """
    assert source(project).modules.name_of("site_/blog/models.py") == name


@pytest.mark.parametrize(
    ("line", "name"),
    [("from site_.sso.oauth.models import Key", "site_.sso.oauth.models"), ("import site_", "models")],
)
def test_folders_inside_a_package_are_part_of_it_where_they_are_named_so(line: str, name: str) -> None:
    project = f"""
        # src/site_/__init__.py
        {line}
        # src/site_/sso/oauth/models.py
    """
    assert source(project).modules.name_of("src/site_/sso/oauth/models.py") == name


def test_a_project_inside_another_one_keeps_its_modules_to_itself() -> None:
    project = """
        # manage.py
        # settings.py
        # apps/site/blog/__init__.py
        # inner/manage.py
        # inner/blog/__init__.py
        # wsgi.py
        import sys
        sys.path.append("apps/site")
    """
    assert paths(project, "blog", near="settings.py") == ["apps/site/blog/__init__.py"]
    assert paths(project, "blog", near="inner/urls.py") == ["inner/blog/__init__.py"]


@pytest.mark.parametrize(
    "put",
    [
        "from .vendor import logs\nsys.modules.setdefault('logs', logs)",
        "from site.vendor import logs as carried\nsys.modules['logs'] = carried",
        "import site.vendor.logs\nsys.modules['logs'] = site.vendor.logs",
    ],
)
def test_a_package_may_put_a_module_under_another_name(put: str) -> None:
    project = f"""# site/__init__.py
import sys
{put}
# site/vendor/__init__.py
# site/vendor/logs/__init__.py
# site/vendor/logs/models.py
"""
    assert paths(project, "logs", "logs.models", "logs.views") == [
        "site/vendor/logs/__init__.py", "site/vendor/logs/models.py", None,
    ]  # fmt: skip
    module = source(project).modules.find("logs.models")
    assert module is not None
    assert module.name == "site.vendor.logs.models"


@pytest.mark.parametrize(
    "put",
    [
        "from .logs import models\nsys.modules['logs'] = models.made()",
        "sys.modules['logs'] = sys.modules[__name__]",
        "def put():\n    from . import logs\n    sys.modules['logs'] = logs",
        "from . import other\nsys.modules['other'] = other",
    ],
)
def test_other_things_that_are_put_there_name_nothing(put: str) -> None:
    project = f"# site/__init__.py\nimport sys\n{put}\n# site/logs/__init__.py\n# site/logs/models.py\n"
    assert paths(project, "logs", "other", "other.other") == [None, None, None]
