"""The commit hook, with git and pre-commit as they are: a forked history is kept out, its merge gets in."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import write

REPOSITORY = Path(__file__).resolve().parents[2]
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"

MIGRATION = """
# shop/migrations/{name}.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [{dependencies}]
    operations = []
"""
FIRST = '("shop", "0001_initial")'

pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="needs git"),
    pytest.mark.skipif(importlib.util.find_spec("pre_commit") is None, reason="needs pre-commit"),
]


class Repository:
    """A repository with a project and the hooks of this one, run by this interpreter."""

    def __init__(self, root: Path, hook: str) -> None:
        files = ("manage.py", "shop/__init__.py", "shop/models.py", "shop/migrations/__init__.py")
        self.root = write(root, dict.fromkeys(files, ""))
        home = root.parent / "home"
        home.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.environment = {
            **kept,
            "HOME": str(home),
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
            "PYTHONPATH": str(REPOSITORY),
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip
        entry = entries()[hook].replace("migscan", f"{sys.executable} -m analyzer", 1)
        (root / ".pre-commit-config.yaml").write_text(
            "repos:\n- repo: local\n  hooks:\n"
            f"  - {{id: {hook}, name: migscan, entry: '{entry}', language: system,"
            " pass_filenames: false, always_run: true}\n"
        )
        self.run("git", "init", "--quiet", "--initial-branch", "main")
        self.run(sys.executable, "-m", "pre_commit", "install")
        self.add("0001_initial", "")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=120
        )

    def add(self, name: str, dependencies: str) -> None:
        write(self.root, MIGRATION.format(name=name, dependencies=dependencies))

    def commit(self) -> tuple[bool, str]:
        """Commit everything: whether that went through, and what was said."""
        self.run("git", "add", "--all")
        done = self.run("git", "commit", "--message", "as it is")
        return done.returncode == 0, done.stdout + done.stderr


def entries() -> dict[str, str]:
    """What each published hook runs, by its id."""
    text = HOOKS.read_text(encoding="utf-8")
    return dict(re.findall(r"^- id: (\S+)$.*?^  entry: (.+?)$", text, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("hook", ["migscan", "migscan-graph"])
def test_a_fork_is_kept_out_until_it_is_merged(tmp_path: Path, hook: str) -> None:
    project = Repository(tmp_path / "project", hook)
    passed, said = project.commit()
    assert passed, said

    project.add("0002_title", FIRST)
    project.add("0002_body", FIRST)
    passed, said = project.commit()
    assert not passed
    assert "shop/migrations/0002_body.py:2:" in said
    assert "error MS101 shop has 2 leaf nodes, 0002_body and 0002_title" in said

    project.add("0003_merge", '("shop", "0002_body"), ("shop", "0002_title")')
    passed, said = project.commit()
    assert passed, said


def test_a_deletion_alone_is_seen(tmp_path: Path) -> None:
    project = Repository(tmp_path / "project", "migscan")
    project.add("0002_title", FIRST)
    assert project.commit()[0]
    (project.root / "shop/migrations/0001_initial.py").unlink()
    passed, said = project.commit()
    assert not passed
    assert "MS102" in said


def test_the_cache_is_not_committed(tmp_path: Path) -> None:
    project = Repository(tmp_path / "project", "migscan")
    project.commit()
    project.add("0002_title", FIRST)
    project.commit()
    assert ".migscan_cache" not in project.run("git", "ls-files").stdout


def test_the_manifest_is_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)],
        capture_output=True, text=True, timeout=60, env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
