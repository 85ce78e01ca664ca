"""The last analysis is believed only while all that it rests on is as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from analyzer import remembered
from analyzer.analysis import Analysis, analyse
from analyzer.options import Options
from analyzer.render.json import document
from analyzer.source.cache import FOLDER, seal
from tests.projects import write

pytestmark = pytest.mark.usefixtures("believing")

SHOP = """
    # manage.py
    # shop/__init__.py
    # shop/base.py
    from django.db import models
    class Dated(models.Model):
        on = models.DateField()
        class Meta:
            abstract = True
    # shop/models.py
    from shop.base import Dated
    class Order(Dated): ...
    # shop/migrations/__init__.py
    # shop/migrations/0001_initial.py
    from django.db import migrations, models
    class Migration(migrations.Migration):
        operations = [
            migrations.CreateModel("Order", [("n", models.IntegerField())], {"ordering": ["n"]}),
            migrations.RunPython(print),
        ]
    # shop/settings.py
    INSTALLED_APPS = ["shop"]
    # shop/views.py
    import this
"""
CACHED, FRESH = Options(jobs=1), Options(jobs=1, cache=False)
Change = Callable[[Path], object]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", SHOP)


def kept(root: Path) -> Path:
    return root / FOLDER / "analysis.msgpack"


def test_what_did_not_change_is_not_worked_out_again(shop: Path, worked: list[None]) -> None:
    found = [analyse(shop, CACHED) for _ in range(3)]
    assert len(worked) == 1
    assert found[0] == found[1] == found[2] == analyse(shop, FRESH)
    assert document(found[1]) == document(found[0])


def append(path: str, text: str) -> Change:
    def change(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with (root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def delete(path: str) -> Change:
    return lambda root: (root / path).unlink()


def move(path: str, target: str) -> Change:
    return lambda root: (root / path).rename(root / target)


CHANGES: dict[str, Change] = {
    "a base": append("shop/base.py", "\n"),
    "models": append("shop/models.py", "\nclass Line(Dated): ...\n"),
    "a view": append("shop/views.py", "\nimport shop.admin\n"),
    "a new file": append("shop/extra.py", "x = 1\n"),
    "a new migration": append("shop/migrations/0002_more.py", "raise\n"),
    "requirements": append("requirements.txt", "django==4.2\n"),
    "requirements in a folder": append("requirements/base.txt", "django==4.2\n"),
    "what is ignored": append(".gitignore", "views.py\n"),
    "pyproject.toml": append("pyproject.toml", "[project]\ndependencies = ['django>=5']\n"),
    "a view is gone": delete("shop/views.py"),
    "a migration is gone": delete("shop/migrations/0001_initial.py"),
    "settings are gone": delete("shop/settings.py"),
    "a base has moved": move("shop/base.py", "shop/other.py"),
    "a circle": lambda root: (root / "loop").symlink_to(root),
    "a link to nowhere": lambda root: (root / "shop/gone.py").symlink_to("nowhere.py"),
    "no UTF-8": lambda root: (root / "shop/models.py").write_bytes(b"\xff"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_it_is_as_if_nothing_were_remembered(shop: Path, change: Change) -> None:
    analyse(shop, CACHED)
    change(shop)
    assert document(analyse(shop, CACHED)) == document(analyse(shop, FRESH))


@pytest.mark.parametrize(
    "options",
    [
        {"exclude": ("shop/base.py",)},
        {"settings": "shop.settings"},
        {"all_apps": True},
        {"project": "Shop"},
        {"django_version": "3.2"},
        {"site_packages": Path("site")},
    ],
)
def test_other_options_are_another_question(
    shop: Path, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop)
    write(shop / "site", "# django/__init__.py\nVERSION = (5, 2, 1, 'final', 0)\n")
    analyse(shop, CACHED)
    asked = {"jobs": 1, **options}
    assert analyse(shop, Options(**asked)) == analyse(shop, Options(**asked, cache=False))  # type: ignore[arg-type]


def test_how_it_is_written_is_the_same_question(shop: Path, worked: list[None]) -> None:
    for options in (CACHED, Options(jobs=2), Options(graphs=False), Options(quiet=True, output=Path("x"))):
        analyse(shop, options)
    assert len(worked) == 1


def test_a_folder_of_another_name_is_another_project(shop: Path) -> None:
    analyse(shop, CACHED)
    moved = shop.rename(shop.parent / "store")
    assert analyse(moved, CACHED).project == "store"


def test_a_copy_has_its_own_files_beside_its_source(shop: Path, tmp_path: Path) -> None:
    (shop / "shop/x.sql").write_text("UPDATE shop_order SET n = 1;")
    migration = shop / "shop/migrations/0001_initial.py"
    asked = "RunSQL(open('shop/x.sql').read())"
    migration.write_text(migration.read_text().replace("RunPython(print)", asked))
    analyse(shop, CACHED)
    copy = shutil.copytree(shop, tmp_path / "elsewhere" / shop.name)
    (copy / "shop/x.sql").write_text("DELETE FROM shop_order;")
    assert analyse(copy, CACHED) == analyse(copy, FRESH)


def test_another_migscan_starts_anew(shop: Path, worked: list[None], monkeypatch: pytest.MonkeyPatch) -> None:
    analyse(shop, CACHED)
    monkeypatch.setattr(remembered, "_program", lambda: [("rules.py", 1, 2)])
    analyse(shop, CACHED)
    assert len(worked) == 2


# ---------------------------------------------------------------- installed packages


PACKAGED = """
    # shop/settings.py
    INSTALLED_APPS = ["shop", "stock"]
    # shop/models.py
    from stock.models import Item
    class Order(Item): ...
"""
SITE = """
    # django/__init__.py
    VERSION = (5, 2, 1, 'final', 0)
    # stock/__init__.py
    # stock/models.py
    from django.db import models
    class Item(models.Model): ...
    # stock/migrations/__init__.py
    # stock/migrations/0001_initial.py
    from django.db import migrations
    class Migration(migrations.Migration): ...
"""


def same_size_and_date(root: Path) -> None:
    path = root / "stock/models.py"
    before = path.stat()
    path.write_text(path.read_text().replace("Item(models", "Unit(models"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


INSTALLED: dict[str, Change] = {
    "models of the same size and date": same_size_and_date,
    "models": append("stock/models.py", "    size = models.IntegerField()\n"),
    "a new migration": append("stock/migrations/0002_more.py", "from django.db import migrations\n"),
    "a new file": append(
        "stock/apps.py", "from django.apps import AppConfig\nclass C(AppConfig):\n    label = 'x'\n"
    ),
    "another Django": append("django/__init__.py", "VERSION = (4, 2, 1, 'final', 0)\n"),
    "models are gone": delete("stock/models.py"),
    "a package has moved": move("stock", "store"),
}


@pytest.mark.parametrize("change", INSTALLED.values(), ids=INSTALLED)
def test_packages_that_were_looked_at_must_be_the_same(shop: Path, tmp_path: Path, change: Change) -> None:
    write(shop, PACKAGED)
    site = write(tmp_path / "site", SITE)
    options = {"jobs": 1, "site_packages": site}
    first = analyse(shop, Options(**options))  # type: ignore[arg-type]
    assert analyse(shop, Options(**options)) == first  # type: ignore[arg-type]
    change(site)
    again = analyse(shop, Options(**options))  # type: ignore[arg-type]
    assert again == analyse(shop, Options(**options, cache=False))  # type: ignore[arg-type]


def test_packages_that_were_not_looked_at_may_change(shop: Path, tmp_path: Path, worked: list[None]) -> None:
    site = write(tmp_path / "site", SITE)
    options = Options(jobs=1, site_packages=site)
    analyse(shop, options)
    append("other/models.py", "import nothing\n")(site)
    analyse(shop, options)
    assert len(worked) == 1


# ---------------------------------------------------------------- odd files


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "garbled": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "empty": lambda data: b"",
    "cut": lambda data: data[:40],
    "foreign": lambda data: b"\xc1" * 99,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_file_is_none(shop: Path, worked: list[None], spoil: Callable[[bytes], bytes]) -> None:
    first = analyse(shop, CACHED)
    good = kept(shop).read_bytes()
    kept(shop).write_bytes(spoil(good))
    assert analyse(shop, CACHED) == first
    assert len(worked) == 2
    assert kept(shop).read_bytes() == good


@pytest.mark.parametrize("content", [b"\xc1", msgspec.msgpack.encode([1, 2]), msgspec.msgpack.encode({})])
def test_a_file_that_somebody_sealed_is_none(shop: Path, worked: list[None], content: bytes) -> None:
    seal(kept(shop), content)
    seal(shop / FOLDER / "facts.msgpack", content)
    assert isinstance(analyse(shop, CACHED), Analysis)
    assert len(worked) == 1


def test_a_project_that_cannot_be_written_to_is_worked_out_each_time(
    shop: Path, worked: list[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", refuse)
    assert analyse(shop, CACHED) == analyse(shop, CACHED)
    assert len(worked) == 2


@pytest.mark.parametrize("arguments", [["report", "--format", "json"], ["check"], ["levels"]])
def test_what_is_remembered_is_told_without_loading_what_works_it_out(
    tmp_path: Path, arguments: list[str]
) -> None:
    root = write(tmp_path, SHOP)
    analyse(root, Options(jobs=1))
    command, *options = arguments
    code = (
        "import sys\nfrom analyzer.cli.app import app\n"
        f"try: app([{command!r}, {str(root)!r}, *{options!r}])\n"
        "except SystemExit: pass\n"
        "heavy = {'analyzer.pipeline', 'ast_grep_py'}\n"
        "sys.stderr.write(str(sorted(heavy.intersection(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr.endswith("[]")
