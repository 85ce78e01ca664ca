"""Which files beside Python ones are read, and how many."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.source.cache import Cache
from analyzer.source.discover import discover
from analyzer.source.documents import MAX_BYTES, MAX_FILES, chosen, kind, named
from analyzer.source.loading import Files


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("Dockerfile", "script"),
        ("deploy/Dockerfile.prod", "script"),
        ("docker-compose.yml", "script"),
        ("Procfile", "script"),
        ("Makefile", "script"),
        ("bin/entrypoint", "script"),
        ("bin/run.sh", "script"),
        ("pyproject.toml", "script"),
        ("README.md", "paper"),
        ("docs/upgrade.rst", "paper"),
        ("blog/migrations/max_migration.txt", "list"),
        ("requirements.txt", None),
        ("blog/models.py", None),
        ("blog/fixtures/posts.yml", None),
        ("package.json", None),
        ("LICENSE", None),
    ],
)
def test_a_name_says_what_a_file_is(path: str, found: str | None) -> None:
    assert kind(path) == found
    assert found is None or named(path.rpartition("/")[2])


def test_of_too_many_files_those_nearest_to_the_root_are_read() -> None:
    deep = [f"a/b/{number}.md" for number in range(MAX_FILES)]
    assert "README.md" in chosen([*deep, "README.md"])
    assert len(chosen([*deep, "README.md"])) == MAX_FILES


def texts(root: Path) -> dict[str, bytes]:
    return {document.path: document.text for document in Files(discover(root), Cache(None)).documents}


def test_only_files_that_speak_of_migrations_are_kept(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text("manage.py migrate")
    (tmp_path / "other.sh").write_text("ls")
    (tmp_path / "large.sh").write_text("migrate" * MAX_BYTES)
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "ci.yml").write_text("run: manage.py migrate")
    (tmp_path / ".secret").mkdir()
    (tmp_path / ".secret" / "run.sh").write_text("migrate")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "run.sh").write_text("migrate")
    assert sorted(texts(tmp_path)) == [".github/workflows/ci.yml", "run.sh"]


def test_what_is_ignored_or_leads_elsewhere_is_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside.sh"
    outside.write_text("migrate")
    root = tmp_path / "project"
    root.mkdir()
    (root / "link.sh").symlink_to(outside)
    (root / "skipped.sh").write_text("migrate")
    (root / ".gitignore").write_text("skipped.sh\n")
    assert texts(root) == {}
