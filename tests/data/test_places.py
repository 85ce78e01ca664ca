"""Files that a migration names from its own place, and what it reads there."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.analysis import analyse
from analyzer.data.values import DataOperation
from analyzer.options import Options
from tests.data.shop import HEAD
from tests.projects import project

OPENING = """
def text(name):
    path = os.path.join(os.path.dirname(__file__), "%s.sql" % name)
    with open(path) as file:
        return file.read()
"""
SETTINGS = "from django.conf import settings"
SEED = "INSERT INTO shop_tag (name) VALUES ('x')"


def files(code: str, written: str) -> dict[str, str]:
    head = f"{HEAD}import os\nfrom pathlib import Path\n{code}\n"
    return {
        "shop/__init__.py": "",
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": (
            f"{head}class Migration(migrations.Migration):\n    operations = [migrations.RunSQL({written})]\n"
        ),
        "shop/migrations/tags.sql": SEED,
        "shop/sql/tags.sql": SEED,
    }


def read(root: Path, cache: bool = False) -> DataOperation:
    (found,) = analyse(root, Options(jobs=1, cache=cache)).data_operations
    return found


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("", 'open(os.path.join(os.path.dirname(__file__), "tags.sql")).read()'),
        ("", 'open(os.path.dirname(os.path.abspath(__file__)) + "/tags.sql").read()'),
        ("", '(Path(__file__).parent / "tags.sql").read_text()'),
        ("", 'Path(__file__).with_name("tags.sql").read_text(encoding="utf-8")'),
        ("", 'Path(__file__).resolve().parents[1].joinpath("sql", "tags.sql").read_text()'),
        ("HERE = Path(__file__).parent", '(HERE.parent / "sql" / "tags.sql").open().read()'),
        (OPENING, 'text("tags")'),
        # As it is run: from the folder of manage.py, or of the project.
        ("", 'Path("shop/sql/tags.sql").read_text()'),
        ("", 'open("shop/sql/tags.sql", encoding="utf-8").read()'),
        ("", 'f"{Path("shop", "sql", "tags.sql").read_text()}"'),
        (SETTINGS, 'open(os.path.join(settings.BASE_DIR, "shop", "sql", "tags.sql")).read()'),
        (SETTINGS, 'open(f"{settings.BASE_DIR}/shop/sql/tags.sql").read()'),
        (SETTINGS, '(settings.BASE_DIR / "shop" / "sql" / "tags.sql").read_text()'),
        (SETTINGS, '(Path(settings.BASE_DIR) / "shop/sql/tags.sql").read_text()'),
    ],
)
def test_sql_that_stands_in_a_file(code: str, written: str) -> None:
    with project(files(code, written)) as root:
        found = read(root)
    assert found.verdict == "seed"
    assert [dict(row.key) for row in found.rows] == [{"name": "x"}]


@pytest.mark.parametrize(
    "written",
    [
        '(Path(__file__).parent / "missing.sql").read_text()',
        '(Path(__file__).parents[3] / "tags.sql").read_text()',
        "(Path(__file__).parent / NAME).read_text()",
        '(Path(__file__).parent / "link.sql").read_text()',
        'Path("/etc/hostname").read_text()',
    ],
)
def test_nothing_else_is_read(written: str, tmp_path: Path) -> None:
    (tmp_path / "outside.sql").write_text(SEED)
    with project(files("", written)) as root:
        (root / "shop/migrations/link.sql").symlink_to(tmp_path / "outside.sql")
        assert read(root).verdict == "unknown"


def test_a_remembered_analysis_knows_what_it_read() -> None:
    with project(files("", '(Path(__file__).parent / "tags.sql").read_text()')) as root:
        assert read(root, cache=True).verdict == "seed"
        (root / "shop/migrations/tags.sql").write_text("UPDATE shop_tag SET name = upper(name)")
        assert read(root, cache=True).verdict == "one-time"
