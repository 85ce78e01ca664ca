"""The pipeline as a whole: one project in, everything that its source decides out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from analyzer.analysis import Analysis, analyse
from analyzer.errors import UsageError
from analyzer.options import Options
from tests.projects import analysed, files_of, project, write

SHOP = """
# manage.py
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# config/__init__.py
# config/settings.py
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "shop", "people"]
AUTH_USER_MODEL = "people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
# people/__init__.py
# people/models.py
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
class Person(AbstractBaseUser, PermissionsMixin):
    is_superuser = models.BooleanField(default=False)
    groups = models.ManyToManyField("auth.Group", related_name="people")
    user_permissions = models.ManyToManyField("auth.Permission", related_name="people")
# shop/__init__.py
# shop/models.py
from django.conf import settings
from django.db import models
class Named(models.Model):
    name = models.CharField(max_length=10)
    class Meta:
        abstract = True
class Item(Named):
    pass
class Order(models.Model):
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    items = models.ManyToManyField(Item, through="Line")
class Line(models.Model):
    order = models.ForeignKey(Order, models.CASCADE)
    item = models.ForeignKey(Item, models.CASCADE)
# shop/migrations/__init__.py
# shop/migrations/0001_initial.py
from django.conf import settings
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    key = models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    operations = [
        migrations.CreateModel("Item", [("id", key), ("name", models.CharField(max_length=10))]),
        migrations.CreateModel("Line", [
            ("id", key), ("item", models.ForeignKey("shop.item", models.CASCADE)),
        ]),
        migrations.CreateModel("Order", [
            ("id", key),
            ("buyer", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)),
            ("items", models.ManyToManyField("shop.item", through="shop.Line")),
        ]),
        migrations.AddField("line", "order", models.ForeignKey("shop.order", models.CASCADE)),
    ]
# people/migrations/__init__.py
# people/migrations/0001_initial.py
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    key = models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    operations = [
        migrations.CreateModel("Person", [
            ("id", key),
            ("password", models.CharField(max_length=128, verbose_name="password")),
            ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
            ("is_superuser", models.BooleanField(default=False)),
            ("groups", models.ManyToManyField("auth.Group", related_name="people")),
            ("user_permissions", models.ManyToManyField("auth.Permission", related_name="people")),
        ], options={"abstract": False}),
    ]
"""


@pytest.fixture(scope="module")
def shop() -> Analysis:
    return analysed(SHOP)


def test_levels_are_told_with_and_without_packages(shop: Analysis) -> None:
    assert shop.levels.rows == (("people.Person", "shop.Item"), ("shop.Order",), ("shop.Line",))
    assert shop.levels_all.rows == (
        ("contenttypes.ContentType", "shop.Item"),
        ("auth.Permission",),
        ("auth.Group",),
        ("people.Person",),
        ("shop.Order",),
        ("shop.Line",),
    )


def test_abstract_models_stand_apart(shop: Analysis) -> None:
    assert [model.name for model in shop.abstract_models] == ["shop.models.Named"]
    assert shop.model("shop.Named") is None
    assert shop.model("shop.Item") is not None


def test_history_reaches_from_app_to_app(shop: Analysis) -> None:
    assert shop.history.edges[("shop", "0001_initial")] == (("people", "0001_initial"),)
    assert shop.history.leaves == (("people", "0001_initial"), ("shop", "0001_initial"))
    assert shop.migration(("shop", "0002_gone")) is None


def test_a_sound_project_has_no_findings_and_nothing_unknown(shop: Analysis) -> None:
    assert (shop.findings, shop.unknown, shop.model_cycles, shop.app_cycles) == ((), (), (), ())


def test_the_report_can_say_how_the_project_was_read(shop: Analysis) -> None:
    reading = shop.reading
    assert (reading.settings, reading.auth_user_model) == ("config/settings.py", "people.Person")
    assert reading.settings_reason == "manage.py sets DJANGO_SETTINGS_MODULE to config.settings"
    assert reading.files_seen == len(files_of(SHOP))
    assert reading.files_read < reading.files_seen


@pytest.mark.parametrize(
    "name",
    ["apps", "models", "abstract_models", "relations", "migrations", "findings", "unknown"],
)
def test_whatever_is_listed_is_sorted(shop: Analysis, name: str) -> None:
    order = {
        "apps": lambda app: app.label,
        "models": lambda model: model.label,
        "abstract_models": lambda model: model.name,
        "relations": lambda relation: (relation.source, relation.field),
        "migrations": lambda migration: migration.key,
        "findings": lambda finding: (finding.file, finding.line),
        "unknown": lambda item: (item.file, item.line),
    }
    values = getattr(shop, name)
    assert list(values) == sorted(values, key=order[name])


def test_no_path_is_absolute(shop: Analysis) -> None:
    files = {item.file for item in shop.models} | {item.file for item in shop.migrations}
    files |= {item.file for item in shop.relations}
    assert not [path for path in files if Path(path).is_absolute()]


# ---------------------------------------------------------------- independent of everything but the text


def test_the_project_is_called_after_its_folder_or_as_told(tmp_path: Path) -> None:
    assert analyse(write(tmp_path / "my-shop", SHOP), Options(cache=False)).project == "my-shop"
    assert analysed(SHOP, project="Shop").project == "Shop"


def test_the_place_and_the_current_directory_do_not_matter(
    shop: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "elsewhere" / "project", SHOP)
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert analyse(Path("project"), Options(cache=False, jobs=1)) == shop
    monkeypatch.chdir("project")
    assert analyse(Path(), Options(cache=False, jobs=1)) == shop


def test_the_order_in_which_files_are_written_does_not_matter(shop: Analysis) -> None:
    assert analysed(dict(reversed(files_of(SHOP).items()))) == shop


@pytest.mark.parametrize("options", [{"jobs": 2}, {"cache": True}, {"jobs": 3, "cache": True}])
def test_jobs_and_cache_do_not_matter(shop: Analysis, options: dict[str, int]) -> None:
    assert analysed(SHOP, **options) == shop


def test_dates_of_files_do_not_matter(shop: Analysis) -> None:
    with project(SHOP) as root:
        for path in root.rglob("*.py"):
            os.utime(path, (0, 0))
        assert analyse(root, Options(cache=True)) == shop
        shutil.rmtree(root / "people")
        assert analyse(root, Options(cache=True)) != shop


# ---------------------------------------------------------------- options and odd projects


def test_what_is_excluded_is_not_seen() -> None:
    found = analysed(SHOP, exclude=("people/",))
    assert [app.label for app in found.apps if app.own] == ["shop"]
    assert [item.what for item in found.unknown] == []


def test_settings_that_are_not_there_are_refused() -> None:
    with pytest.raises(UsageError, match=r"--settings gone\.py"):
        analysed(SHOP, settings="gone.py")


def test_progress_is_told_by_stage() -> None:
    stages: list[str] = []
    with project(SHOP) as root:
        analyse(root, Options(cache=False, jobs=1), lambda stage, done, total: stages.append(stage))
    assert list(dict.fromkeys(stages)) == [
        "discover", "read", "models", "migrations", "drift", "levels and cycles", "data operations",
        "findings",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"readme.txt": ""},
        {"a.py": ""},
        {"models.py": "from django.db import models\nclass A(models.Model): pass\n"},
        {"manage.py": "DJANGO_SETTINGS_MODULE = 'gone'\n"},
        {"a/migrations/0001_x.py": "class Migration: pass\n"},
        {"migrations/__init__.py": "", "migrations/0001_x.py": "class Migration: pass\n"},
        {"settings.py": "INSTALLED_APPS = INSTALLED_APPS + ['settings']\n"},
        {"settings.py": "from settings import *\nINSTALLED_APPS = ['a.b.C', '', '.', 'a..b', 1, None]\n"},
        {"a/__init__.py": "from . import *\nfrom .a import *\n", "a/models.py": "from . import models\n"},
        {"a/models.py": "class Meta(Meta): pass\nclass A(A.Meta):\n    class Meta(A.Meta): pass\n"},
        {"a/models.py": "from django.db import models\nclass A(models.Model):\n    Meta = A.Meta\n"},
        {"__init__.py": "", "models.py": ""},
        {"a b/c-d/models.py": "from django.db import models\nclass A(models.Model): pass\n"},
    ],
    ids=str,
)
def test_no_project_is_too_odd(files: dict[str, str]) -> None:
    found = analysed(files)
    assert found.reading.files_seen == sum(name.endswith(".py") for name in files)
