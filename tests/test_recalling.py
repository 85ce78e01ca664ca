"""Data operations whose migrations are what they were are not gone through again, unless it may matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.analysis import analyse
from analyzer.data.operations import Runner
from analyzer.history.values import Migration
from tests.projects import write
from tests.test_unmoved import CACHED, EMPTY, FIRST, FRESH, SECOND, SHOP, THIRD, append, delete, put, swap
from tests.test_unmoved_sequences import follows

pytestmark = pytest.mark.usefixtures("believing")

SEEDING = """
from django.db import migrations
{before}
def seed(apps, schema_editor):
    {code}

class Migration(migrations.Migration):
    dependencies = [("shop", "0002_data")]
    operations = [migrations.RunPython(seed)]
"""
SEED = SEEDING.format(before="", code='apps.get_model("shop", "Order").objects.create(size=3)')


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", SHOP)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The migrations whose operations are gone through."""
    names: list[str] = []
    runs = Runner.runs

    def told(self: Runner, migration: Migration) -> object:
        names.append(migration.name)
        return runs(self, migration)

    monkeypatch.setattr(Runner, "runs", told)
    return names


def test_only_what_changed_is_gone_through(shop: Path, ran: list[str]) -> None:
    put(THIRD, SEED)(shop)
    analyse(shop, CACHED)
    ran.clear()
    append(THIRD, "# why\n")(shop)
    found = analyse(shop, CACHED)
    assert ran == ["0003_third"]
    assert found == analyse(shop, FRESH)


def test_what_was_taken_over_is_taken_over_again(shop: Path, ran: list[str]) -> None:
    put(THIRD, SEED)(shop)
    analyse(shop, CACHED)
    for path in (THIRD, SECOND, THIRD):
        append(path, "# why\n")(shop)
        ran.clear()
        assert analyse(shop, CACHED) == analyse(shop, FRESH)
        assert ran[0] == Path(path).stem


def test_a_model_that_an_earlier_migration_seeds_counts_for_later_ones(shop: Path) -> None:
    later = SEEDING.format(before="", code='apps.get_model("shop", "Order").objects.update(size=4)')
    follows(
        shop,
        put(THIRD, later),
        put(SECOND, SEED.replace("0002_data", "0001_initial")),
        swap(SECOND, "create(size=3)", "update(size=5)"),
        delete(THIRD),
    )


IMPORTED = SEEDING.format(
    before="from importlib import import_module\nmore = import_module('shop.migrations.0004_more')",
    code="more.fill(apps)",
)
MORE = (
    EMPTY.replace("0002_data", "0003_third")
    + """
def fill(apps):
    apps.get_model("shop", "Order").objects.create(size=7)
"""
)
FOURTH = "shop/migrations/0004_more.py"


def test_what_lies_in_another_migration_may_change(shop: Path) -> None:
    follows(
        shop,
        put(THIRD, IMPORTED),
        put(FOURTH, MORE),
        swap(FOURTH, "create(size=7)", "update(size=7)"),
        append(FIRST, "# why\n"),
        swap(FOURTH, "update(size=7)", "create(size=8)"),
        delete(FOURTH),
    )


def test_a_helper_that_cannot_be_read_is_said_each_time(shop: Path) -> None:
    helped = SEEDING.format(before="from shop.helping import fill", code="fill(apps)")
    write(shop, "# shop/helping.py\ndef fill(apps):\n    x = = 1\n")
    follows(shop, put(THIRD, helped), append(SECOND, "# why\n"), append(THIRD, "# why\n"))


RECEIVING = """
    # shop/apps.py
    from django.apps import AppConfig
    from django.db.models.signals import post_migrate
    def fill(sender, **kwargs):
        sender.get_model("Order").objects.create(size=9)
    class ShopConfig(AppConfig):
        name = "shop"
        def ready(self):
            post_migrate.connect(fill, sender=self)
"""


def test_receivers_are_told_each_time(shop: Path) -> None:
    write(shop, RECEIVING)
    follows(shop, append(SECOND, "# why\n"), put(THIRD, SEED), append(THIRD, "# why\n"))
    assert [one.name for one in analyse(shop, CACHED).receivers] == ["fill"]


def test_operations_of_other_migrations_keep_their_places(shop: Path) -> None:
    """Those that a loop makes, those that a helper makes, and those beside state operations."""
    looped = """
from django.db import migrations

def index(name):
    return migrations.RunSQL(f"CREATE INDEX {name} ON shop_order (size)", "DROP INDEX x")

class Migration(migrations.Migration):
    dependencies = [("shop", "0002_data")]
    operations = [index(name) for name in ("a", "b")] + [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN more integer")],
            [migrations.AddField("order", "more", models.IntegerField(null=True))],
        ),
    ]
    for name in ("c", "d"):
        operations.append(index(name))
"""
    follows(shop, put(THIRD, looped), append(SECOND, "# why\n"), append(FIRST, "# why\n"))
