"""Installed packages are read as source and win over the catalogue, package by package."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.analysis import Analysis, analyse
from analyzer.catalogue import Catalogue
from analyzer.catalogue.site import Externals, SitePackages, installed
from analyzer.options import Options
from tests.projects import write

PROJECT = """
# settings.py
INSTALLED_APPS = ["taggit", "blog"]
# blog/__init__.py
# blog/models.py
from django.db import models
from taggit.models import TagBase
from unheard.of import Base

class Label(TagBase):
    pass

class Post(Base):
    title = models.CharField(max_length=10)
"""
INSTALLED = """
# taggit/__init__.py
# taggit/models.py
from django.db import models
class TagBase(models.Model):
    colour = models.CharField(max_length=10)
    class Meta:
        abstract = True
# unheard/__init__.py
# unheard/of.py
from django.db import models
class Base(models.Model):
    at = models.DateTimeField()
    class Meta:
        abstract = True
"""


def fields(found: Analysis, label: str) -> set[str]:
    model = found.model(label)
    assert model is not None
    return {field.name for field in model.fields}


def test_the_catalogue_answers_where_nothing_is_installed(tmp_path: Path) -> None:
    found = analyse(write(tmp_path, PROJECT), Options(cache=False))
    assert fields(found, "blog.Label") == {"id", "name", "slug"}
    assert [item.what for item in found.unknown] == ["blog.Post"]
    assert found.reading.site_packages is None


def test_what_is_installed_wins(tmp_path: Path) -> None:
    root, site = write(tmp_path / "project", PROJECT), write(tmp_path / "site", INSTALLED)
    found = analyse(root, Options(cache=False, site_packages=site))
    assert fields(found, "blog.Label") == {"id", "colour"}
    assert fields(found, "blog.Post") == {"id", "at", "title"}
    assert found.unknown == ()
    assert found.reading.site_packages == "--site-packages"


def test_a_virtual_environment_in_the_project_is_found(tmp_path: Path) -> None:
    root = write(tmp_path, PROJECT)
    site = write(root / ".venv/lib/python3.12/site-packages", INSTALLED)
    (root / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n")
    assert installed(root, None) is None, "an environment without Django is not the project's"
    (site / "django").mkdir()
    (site / "django/__init__.py").touch()
    found = installed(root, None)
    assert found is not None
    assert found.name == ".venv/lib/python3.12/site-packages"


def test_a_setting_that_a_package_sets_holds_unless_the_project_sets_it(tmp_path: Path) -> None:
    site = """
        # photos/__init__.py
        # photos/settings.py
        from django.conf import settings
        if not hasattr(settings, "PHOTO_MODEL"):
            setattr(settings, "PHOTO_MODEL", "photos.Photo")
        # photos/models.py
        from django.db import models
        class Photo(models.Model): pass
    """
    project = """
        # settings.py
        INSTALLED_APPS = ["photos", "blog"]
        # blog/__init__.py
        # blog/models.py
        from django.conf import settings
        from django.db import models
        class Post(models.Model):
            photo = models.ForeignKey(settings.PHOTO_MODEL, models.CASCADE)
    """
    root = write(tmp_path / "project", project)
    options = Options(cache=False, site_packages=write(tmp_path / "site", site))
    assert [(r.target, r.certain) for r in analyse(root, options).relations] == [("photos.Photo", True)]
    with (root / "settings.py").open("a") as settings:
        settings.write("PHOTO_MODEL = 'blog.Post'\n")
    assert [(r.target, r.certain) for r in analyse(root, options).relations] == [("blog.Post", True)]


def test_a_package_may_use_builtins_and_import_itself_in_circles(tmp_path: Path) -> None:
    site = """
        # pages/__init__.py
        # pages/models/__init__.py
        from .page import *
        from .plugin import *
        from .late import *
        # pages/models/page.py
        from django.conf import settings
        from django.db import models
        class Page(models.Model):
            owner = models.ForeignKey(getattr(settings, "AUTH_USER_MODEL", "auth.User"), models.CASCADE)
        # pages/models/plugin.py
        from django.db import models
        class Plugin(models.Model): pass
        # pages/models/late.py
        from pages.models import Plugin
        class Late(Plugin): pass
    """
    project = """
        # settings.py
        INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "pages", "blog"]
        # blog/__init__.py
        # blog/models.py
        from pages.models import Plugin
        class Post(Plugin): pass
    """
    root = write(tmp_path / "project", project)
    found = analyse(root, Options(cache=False, site_packages=write(tmp_path / "site", site)))
    targets = {(r.source, r.field): r.target for r in found.relations}
    assert targets["pages.Page", "owner"] == "auth.User"
    assert targets["blog.Post", "plugin_ptr"] == "pages.Plugin"
    assert found.unknown == ()


def test_what_is_installed_is_the_version_in_use(tmp_path: Path) -> None:
    write(tmp_path, INSTALLED)
    known = Externals((SitePackages(tmp_path), Catalogue()))
    assert (known.in_use("taggit.models"), known.in_use("django.db.models")) == (True, False)


@pytest.mark.parametrize(
    ("installed", "known"),
    [
        ("django_taggit-6.1.0", True),
        ("Django.Taggit-6.1.0", True),
        ("django_taggit-99.0", False),
        ("django_taggit-0.0.1", False),
        ("taggit-6.1.0", False),
        ("django_taggit", False),
    ],
)
def test_an_installed_version_may_lie_among_the_catalogued_ones(
    tmp_path: Path, installed: str, known: bool
) -> None:
    write(tmp_path, INSTALLED)
    (tmp_path / f"{installed}.dist-info").mkdir()
    found = Externals((SitePackages(tmp_path), Catalogue()))
    assert found.is_catalogued("taggit.models.TagBase") is known
    assert not found.is_catalogued("unheard.of.Base")
    assert not Externals((Catalogue(),)).is_catalogued("taggit.models.TagBase")


def test_a_function_of_a_package_that_makes_a_base_is_followed(tmp_path: Path) -> None:
    root = write(
        tmp_path / "project",
        """
        # settings.py
        INSTALLED_APPS = ["blog"]
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        from counted.models import Counted
        class Post(Counted("post"), models.Model): ...
        """,
    )
    site = write(
        tmp_path / "site",
        """
        # counted/__init__.py
        # counted/models.py
        from django.db import models
        from counted.metrics import inserts
        def Counted(name):
            inserts.labels(name)
            class Mixin:
                def save(self): ...
            Mixin.__qualname__ = f"Counted({name})"
            return Mixin
        """,
    )
    found = analyse(root, Options(cache=False, site_packages=site))
    assert [(model.label, model.certain) for model in found.models if model.own] == [("blog.Post", True)]
    assert found.unknown == ()


LONG = "a" * 300


@pytest.mark.parametrize("environment", [True, False])
def test_a_name_that_no_file_can_have_is_no_package(tmp_path: Path, environment: bool) -> None:
    files = {
        "settings.py": f"INSTALLED_APPS = ['blog', '{LONG}']\n",
        "blog/__init__.py": "",
        "blog/models.py": f"from {LONG}.models import Base\nclass Post(Base): ...\n",
    }
    if environment:
        site = ".venv/lib/python3.12/site-packages"
        files |= {".venv/pyvenv.cfg": "", f"{site}/django/__init__.py": "VERSION = (5, 2, 1, 'final', 0)\n"}
    write(tmp_path, files)
    assert [app.label for app in analyse(tmp_path, Options(jobs=1, cache=False)).apps if app.own] == ["blog"]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that nobody can read")
def test_a_file_that_cannot_be_read_is_as_good_as_none(tmp_path: Path) -> None:
    """The beginning of a process's own memory: it opens, and reading ends in an I/O error for anyone."""
    write(tmp_path, {"stock/__init__.py": ""})
    (tmp_path / "stock/models.py").symlink_to("/proc/self/mem")
    assert SitePackages(tmp_path).facts("stock.models") is None
