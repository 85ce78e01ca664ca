"""Trees that are no ordinary project: a clear word, the right exit code, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import write
from tests.robustness.projects import assert_rest_is_analysed, audit, migscan


def test_a_symlink_loop_ends(project: Path) -> None:
    (project / "odd/again").symlink_to(project, target_is_directory=True)
    (project / "odd/self").symlink_to("self")
    (project / "shop/loop").symlink_to(".", target_is_directory=True)
    run = audit(project)
    assert_rest_is_analysed(run)
    files = [migration["file"] for migration in run.document["migrations"]]
    assert files == ["shop/migrations/0001_initial.py"], "nothing is read twice"


def test_a_migrations_folder_without_init_is_reported(project: Path) -> None:
    (project / "shop/migrations/__init__.py").unlink()
    run = audit(project)
    assert run.code == 1
    found = [finding for finding in run.document["findings"] if finding["code"].startswith("MS1")]
    assert any("__init__" in finding["message"] for finding in found), run.document["findings"]
    assert any(finding["file"].startswith("shop/migrations") for finding in found)
    assert run.models >= {"shop.Maker", "shop.Product"}


def test_a_migration_file_without_a_migration_is_reported(project: Path) -> None:
    """Django raises BadMigrationError for it, so nothing can be migrated."""
    write(project, "# odd/migrations/__init__.py\n# odd/migrations/0001_initial.py\nimport os\n")
    run = audit(project)
    assert run.code == 1
    assert run.findings("odd/migrations/0001_initial.py"), run.document["findings"]
    assert_rest_is_analysed(run)


def test_an_empty_migration_file_is_reported(project: Path) -> None:
    write(project, "# odd/migrations/__init__.py\n# odd/migrations/0001_initial.py\n")
    run = audit(project)
    assert run.code == 1
    assert run.findings("odd/migrations/0001_initial.py"), run.document["findings"]
    assert_rest_is_analysed(run)


def test_helpers_beside_migrations_are_no_migrations(project: Path) -> None:
    """Django skips names that begin with `_` or `~`."""
    write(project, "# shop/migrations/_helpers.py\nimport os\n# shop/migrations/~0002_old.py\nimport os\n")
    run = audit(project)
    assert run.code == 0
    assert_rest_is_analysed(run)


def test_a_project_without_models_is_clean(tmp_path: Path) -> None:
    root = write(
        tmp_path / "bare",
        """
# manage.py
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# config/__init__.py
# config/settings.py
INSTALLED_APPS = ["pages"]
# pages/__init__.py
# pages/apps.py
from django.apps import AppConfig

class PagesConfig(AppConfig):
    name = "pages"
""",
    )
    run = audit(root)
    assert run.code == 0
    assert run.document["findings"] == []
    assert [model for model in run.document["models"] if model["label"].startswith("pages.")] == []
    assert [app["label"] for app in run.document["apps"]] == ["pages"]


@pytest.mark.parametrize("command", [(), ("report",), ("levels",)])
def test_a_path_that_does_not_exist_is_a_mistake_of_the_call(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    run = migscan(*command, "nowhere", cwd=tmp_path)
    assert run.code == 2
    assert "nowhere" in run.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [(), ("report",), ("levels",)])
def test_a_file_is_no_project(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "notes.txt").write_text("no project")
    run = migscan(*command, "notes.txt", cwd=tmp_path)
    assert run.code == 2
    assert "notes.txt" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    "tree",
    [
        "",
        "# tool.py\nprint('no Django here')\n",
        "# src/lib/__init__.py\n# src/lib/core.py\nclass Model: pass\n",
    ],
    ids=["empty", "script", "library"],
)
def test_a_path_that_is_no_project_is_said_plainly(tmp_path: Path, tree: str) -> None:
    """Nothing of Django's in it is most likely the wrong path: one line, no empty report."""
    root = tmp_path / "elsewhere"
    root.mkdir()
    write(root, tree)
    run = migscan(root, cwd=tmp_path)
    assert run.code == 2
    assert "elsewhere" in run.stderr
    assert len(run.stderr.strip().splitlines()) <= 3
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]


def test_names_that_are_no_identifiers_are_survived(project: Path) -> None:
    """Blanks, quotes, other alphabets and line ends in names reach tables, links and pictures."""
    for name in (
        "with blank.py",
        "qu'ote\".py",
        "bücher.py",
        "new\nline.py",
        "<b>&amp;.py",
        "semi;colon|pipe.py",
    ):
        (project / "odd" / name).write_text("from django.db import models\nclass A(models.Model): pass\n")
    run = audit(project)
    assert run.models >= {"shop.Maker", "shop.Product"}
    assert migscan(project, "--output", "out", cwd=project.parent).code in (0, 1)


def test_surrogates_in_names_are_survived(project: Path) -> None:
    """A file name is bytes; not all of them are text."""
    try:
        (project / "odd/b\udce9.py").write_text("from django.db import models\nclass A(models.Model): pass\n")
    except (OSError, UnicodeError):
        pytest.skip("this file system takes only text")
    run = migscan(project, "--format", "json", cwd=project.parent)
    assert run.models >= {"shop.Maker", "shop.Product"}
    assert migscan(project, "--output", "out", cwd=project.parent).code in (0, 1)
