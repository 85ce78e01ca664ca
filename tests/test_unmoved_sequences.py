"""Changes of migrations one after another, each of which reaches the models some way round."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.analysis import analyse
from tests.projects import write
from tests.test_unmoved import (
    CACHED,
    EMPTY,
    FIRST,
    FRESH,
    SECOND,
    SHOP,
    THIRD,
    Change,
    append,
    both,
    delete,
    put,
    swap,
)

pytestmark = pytest.mark.usefixtures("believing")

RUNS = "migrations.RunPython(forwards)"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", SHOP)


def more(text: str) -> Change:
    return lambda root: write(root, text)


def follows(root: Path, *changes: Callable[[Path], object]) -> None:
    """Every run after a change, with what the ones before left, says what one without them says."""
    analyse(root, CACHED)
    for change in changes:
        change(root)
        assert analyse(root, CACHED) == analyse(root, FRESH)


GIVE = """
    # shop/give.py
    from django.db import models
    def give(cls):
        cls.add_to_class("more", models.IntegerField())
"""
GIVES = {
    "after another statement": "import os; give(Order)\n",
    "under a condition": "if 1:\n    give(Order)\n",
    "in two lines": "give \\\n(Order)\n",
    "by a decorator in a block": "if 1:\n    @give(Order)\n    def f(): ...\n",
}


@pytest.mark.parametrize("call", GIVES.values(), ids=GIVES)
def test_a_migration_may_call_what_gives_a_field(shop: Path, call: str) -> None:
    migration = f"from shop.models import Order\nfrom shop.give import give\n{EMPTY}\n"
    follows(
        shop,
        more(GIVE),
        put(THIRD, migration),
        append(THIRD, call),
        append(THIRD, "# why\n"),
        put(THIRD, migration),
        append(THIRD, call),
        delete(THIRD),
    )


EXTRA = "# shop/extra.py\nfrom django.db import models\nclass Extra(models.Model): ...\n"
TOP = swap(SECOND, "from django", "from shop import extra\nfrom django")
LINES = swap(SECOND, "\ndef forwards", "\n\n\ndef forwards")


def test_the_line_in_a_migration_that_imports_models_may_move(shop: Path) -> None:
    inside = swap(SECOND, "    apps.get", "    from shop import extra\n    apps.get")
    follows(shop, more(EXTRA), inside, LINES)


def test_an_import_of_models_in_a_migration_may_come_under_a_condition(shop: Path) -> None:
    condition = "import os\nif os.environ.get('x'):\n    from shop import extra\n"
    follows(shop, more(EXTRA), TOP, swap(SECOND, "from shop import extra\n", condition), LINES)


def test_an_import_of_models_in_a_migration_may_come_into_a_function(shop: Path) -> None:
    function = "def load():\n    from shop import extra\n"
    follows(
        shop,
        more(EXTRA),
        TOP,
        swap(SECOND, "from shop import extra\n", function),
        swap(SECOND, "schema_editor):\n", "schema_editor):\n    load()\n"),
        LINES,
    )


def test_a_migration_may_call_what_imports_models(shop: Path) -> None:
    follows(
        shop,
        more(f"{EXTRA}# shop/loading.py\ndef load():\n    from shop import extra\n"),
        swap(SECOND, "from django", "from shop.loading import load\nfrom django"),
        swap(SECOND, "schema_editor):\n", "schema_editor):\n    load()\n"),
        append(SECOND, "\nLOADED = [load()]\n"),
        swap(SECOND, "LOADED = [load()]\n", ""),
    )


CHANGES_A_FIELD = """
    # shop/fixes.py
    from django.db import migrations
    from shop.models import Order
    field = Order._meta.get_field("size")
    field.null = True
    def forwards(apps, schema_editor): ...
    def operations():
        return [migrations.RunPython(forwards)]
    x = (
"""


def test_what_only_migrations_read_stays_unread_by_models(shop: Path) -> None:
    follows(
        shop,
        more(CHANGES_A_FIELD),
        both(
            swap(SECOND, "\ndef", "\nfrom shop import fixes\ndef"),
            swap(SECOND, f"[{RUNS}]", "fixes.operations()"),
        ),
        swap(FIRST, "IntegerField", "TextField"),
        both(swap(SECOND, "from shop import fixes\n", ""), swap(SECOND, "fixes.operations()", "[]")),
    )


def test_the_names_in_a_migration_may_decide_what_is_worth_reading(shop: Path) -> None:
    bases = "# shop/bases.py\nBase = 1\n# shop/patches.py\nfrom shop.models import Order\n"
    patch = "from shop.bases import Base\nclass Patch(Base): ...\nfield = Order._meta.get_field('size')\n"
    migration = f"from shop.models import Order as Base\n{EMPTY}"
    follows(shop, more(f"{bases}{patch}field.null = True\n"), put(THIRD, migration), delete(THIRD))


def test_a_module_of_migrations_may_stand_twice(shop: Path) -> None:
    asks = "import importlib\nSMALL = importlib.import_module('shop.migrations.0001_m').SMALL\n"
    (shop / FIRST).rename(shop / "shop/migrations/0001_m.py")
    append("shop/migrations/0001_m.py", "SMALL = 3\n")(shop)
    swap("shop/models.py", "from shop.sizes import SMALL\n", asks)(shop)
    write(shop, "# other/manage.py\n# other/shop/__init__.py\n# other/shop/migrations/__init__.py\n")
    other = "other/shop/migrations/0001_m.py"
    follows(shop, put(other, f"SMALL = 4\n{EMPTY}"), put(other, f"SMALL = 5\n{EMPTY}"), delete(other))


def test_a_model_may_have_the_name_of_the_class_in_migrations(shop: Path) -> None:
    inner = "shop/sub/migrations/0002_x.py"
    unknown = "from unknown import Thing\nclass Migration(Thing): ...\n"
    create = "migrations.CreateModel('Migration', [('id', models.AutoField(primary_key=True))]),"
    follows(
        shop,
        more("# shop/sub/__init__.py\n# shop/sub/models.py\n# shop/sub/migrations/__init__.py\n"),
        append("shop/settings.py", "INSTALLED_APPS += ['shop.sub']\n"),
        swap(FIRST, "operations = [", f"operations = [{create}"),
        put(inner, unknown),
        put("shop/sub/migrations/0001_x.py", unknown),
        delete("shop/sub/migrations/0001_x.py"),
        put(inner, unknown.replace("unknown import", "django.db.migrations import Migration as")),
    )
