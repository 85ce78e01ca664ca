"""What models say is taken from the last run where only migrations changed, and only there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer import analysis
from analyzer.analysis import analyse
from analyzer.options import Options
from tests.projects import write

SHOP = """
    # manage.py
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    # wsgi.py
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.production")
    # shop/production.py
    from shop.settings import *
    # shop/__init__.py
    # shop/sizes.py
    SMALL = 1
    # shop/models.py
    from django.db import models
    from shop.sizes import SMALL
    class Order(models.Model):
        size = models.IntegerField(default=SMALL)
    # shop/migrations/__init__.py
    # shop/migrations/0001_initial.py
    from django.db import migrations, models

    SIZES = [(1, "one")]

    class Migration(migrations.Migration):
        operations = [
            migrations.CreateModel("Order", [
                ("id", models.BigAutoField(primary_key=True)),
                ("size", models.IntegerField(choices=SIZES)),
            ]),
        ]
    # shop/migrations/0002_data.py
    from django.db import migrations

    def forwards(apps, schema_editor):
        apps.get_model("shop", "Order").objects.update(size=2)

    class Migration(migrations.Migration):
        dependencies = [("shop", "0001_initial")]
        operations = [migrations.RunPython(forwards)]
    # shop/settings.py
    INSTALLED_APPS = ["shop"]
    DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
CACHED, FRESH = Options(jobs=1), Options(jobs=1, cache=False)
FIRST, SECOND = "shop/migrations/0001_initial.py", "shop/migrations/0002_data.py"
THIRD = "shop/migrations/0003_third.py"
EMPTY = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("shop", "0002_data")]
"""
Change = Callable[[Path], object]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", SHOP)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """An entry for each time that the whole project is worked out."""
    times: list[None] = []
    worked_out = analysis.worked_out

    def counted(*given: object) -> object:
        times.append(None)
        return worked_out(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(analysis, "worked_out", counted)
    return times


def put(path: str, text: str) -> Change:
    return lambda root: (root / path).write_text(text)


def append(path: str, text: str) -> Change:
    return lambda root: (root / path).write_text((root / path).read_text() + text)


def swap(path: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new))

    return change


def delete(path: str) -> Change:
    return lambda root: (root / path).unlink()


def both(*changes: Change) -> Change:
    return lambda root: [change(root) for change in changes]


OF_MIGRATIONS: dict[str, Change] = {
    "a comment": append(SECOND, "# why\n"),
    "lines that move": swap(FIRST, "from django", "# why\nfrom django"),
    "what a function does": swap(SECOND, "update(size=2)", "create(size=2)"),
    "another operation": swap(SECOND, "[migrations.RunPython(forwards)]", "[]"),
    "another field": swap(FIRST, "IntegerField", "TextField"),
    "another value of a constant": swap(FIRST, '"one"', '"uno"'),
    "another field in the state": swap(FIRST, '("size"', '("weight"'),
    "another dependency": swap(SECOND, "0001_initial", "0001_gone"),
    "one more": put(THIRD, EMPTY),
    "two leaf nodes": both(put(THIRD, EMPTY), put("shop/migrations/0003_other.py", EMPTY)),
    "one less": delete(SECOND),
    "all gone": both(delete(FIRST), delete(SECOND)),
    "one of another name": lambda root: (root / SECOND).rename(root / THIRD),
    "a syntax error": append(SECOND, "x = (\n"),
}


@pytest.mark.parametrize("change", OF_MIGRATIONS.values(), ids=OF_MIGRATIONS)
def test_a_change_of_migrations_leaves_the_models_as_they_are(
    shop: Path, whole: list[None], change: Change
) -> None:
    analyse(shop, CACHED)
    change(shop)
    found = analyse(shop, CACHED)
    assert len(whole) == 1
    assert found == analyse(shop, FRESH)
    assert found == analyse(shop, CACHED)


@pytest.mark.parametrize("change", OF_MIGRATIONS.values(), ids=OF_MIGRATIONS)
def test_it_can_be_taken_back(shop: Path, whole: list[None], change: Change) -> None:
    first = analyse(shop, CACHED)
    texts = {path: (shop / path).read_text() for path in (FIRST, SECOND)}
    change(shop)
    analyse(shop, CACHED)
    for left in (shop / "shop/migrations").glob("0*.py"):
        left.unlink()
    for path, text in texts.items():
        (shop / path).write_text(text)
    assert analyse(shop, CACHED) == first
    assert len(whole) == 1


OF_MORE: dict[str, Change] = {
    "models too": both(append(SECOND, "# why\n"), append("shop/models.py", "# why\n")),
    "a constant of models": append("shop/sizes.py", "SMALL = 2\n"),
    "settings": append("shop/settings.py", "INSTALLED_APPS += ['gone']\n"),
    "a header of another Django": swap(FIRST, "from", "# Generated by Django 3.2 on 2021-01-01\nfrom"),
    "a class beside": append(SECOND, "class Other: ...\n"),
    "a call": append(SECOND, "print()\n"),
    "a decorator": swap(SECOND, "def forwards", "@print\ndef forwards"),
    "the path of modules": append(SECOND, "import sys\nif 1:\n    sys.path.insert(0, 'shop')\n"),
    "a field for a model": swap(SECOND, "apps.get", "x.add_to_class('y', z); apps.get"),
    "a file of another name": put("shop/migrations/helpers.py", EMPTY),
    "the package": append("shop/migrations/__init__.py", "x = 1\n"),
}


@pytest.mark.parametrize("change", OF_MORE.values(), ids=OF_MORE)
def test_other_changes_need_everything_anew(shop: Path, whole: list[None], change: Change) -> None:
    analyse(shop, CACHED)
    change(shop)
    found = analyse(shop, CACHED)
    assert len(whole) == 2
    assert found == analyse(shop, FRESH)


def test_models_may_take_something_from_a_migration(shop: Path, whole: list[None]) -> None:
    swap("shop/models.py", "from shop.sizes import SMALL", "from shop.migrations.m import SIZES")(shop)
    (shop / FIRST).rename(shop / "shop/migrations/0001_m.py")
    text = (shop / "shop/models.py").read_text()
    named = text.replace("from shop.migrations.m import SIZES", "import shop.migrations as m").replace(
        "default=SMALL", "choices=importlib.import_module('shop.migrations.0001_m').SIZES"
    )
    (shop / "shop/models.py").write_text(f"import importlib\n{named}")
    analyse(shop, CACHED)
    swap("shop/migrations/0001_m.py", '"one"', '"uno"')(shop)
    assert analyse(shop, CACHED) == analyse(shop, FRESH)


def test_models_may_wait_for_a_migration(shop: Path) -> None:
    more = "import importlib\nfound = importlib.import_module('shop.migrations.0003_third')\n"
    append("shop/models.py", f"{more}class Line(found.Base): ...\n")(shop)
    analyse(shop, CACHED)
    put(THIRD, f"from django.db.models import Model as Base\n{EMPTY}")(shop)
    assert analyse(shop, CACHED) == analyse(shop, FRESH)


def test_only_a_migration_may_import_the_models(shop: Path) -> None:
    write(shop, "# shop/extra.py\nfrom django.db import models\nclass Extra(models.Model): ...\n")
    analyse(shop, CACHED)
    swap(SECOND, "from django", "from shop import extra\nfrom django")(shop)
    assert analyse(shop, CACHED) == analyse(shop, FRESH)
    swap(SECOND, "from shop import extra\n", "")(shop)
    assert analyse(shop, CACHED) == analyse(shop, FRESH)
