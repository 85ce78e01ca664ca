"""Only what changed: `--since` and `--staged`, with git as it is and without."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from analyzer.errors import UsageError
from analyzer.source import git
from tests.cli.test_check import FORKED, Captured, Check, check, project
from tests.projects import write

__all__ = ["check", "project"]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

OLD_SIN = """
# blog/__init__.py
# blog/models.py
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("blog", "0000_gone")]
"""


def run(root: Path, *arguments: str) -> str:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{
            f"GIT_{who}_{what}": "a@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 - whichever there is
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def repository(project: Path) -> Path:
    """The project with an old sin and no fork, committed on `main`; we are on a branch."""
    write(project, OLD_SIN)
    (project / "shop/migrations/0003_title.py").unlink()
    run(project, "init", "--quiet", "--initial-branch", "main")
    run(project, "add", "--all")
    run(project, "commit", "--quiet", "--message", "first")
    run(project, "checkout", "--quiet", "-b", "work")
    return project


def test_old_sins_are_not_reported(repository: Path, check: Check, capsys: Captured) -> None:
    assert check("--select", "MS1") == 1
    assert check("--select", "MS1", "--since", "main") == 0
    write(repository, "# shop/models.py\nx = 1\n")
    assert check("--select", "MS1", "--since", "main") == 0


@pytest.mark.parametrize("how", ["not added", "added", "committed"])
def test_what_is_new_is_reported(repository: Path, check: Check, capsys: Captured, how: str) -> None:
    fork = FORKED[FORKED.index("# shop/migrations/0003") :]
    write(repository, fork)
    if how != "not added":
        run(repository, "add", "--all")
    if how == "committed":
        run(repository, "commit", "--quiet", "--message", "fork")
    assert check("--select", "MS1", "--since", "main") == 1
    assert "0003_title.py:2:1: error MS101" in capsys.readouterr().out


def test_what_a_deletion_breaks_is_reported(repository: Path, check: Check, capsys: Captured) -> None:
    (repository / "shop/migrations/0001_initial.py").unlink()
    assert check("--select", "MS102", "--since", "main") == 1
    assert "shop.0001_initial, which does not exist" in capsys.readouterr().out


def test_only_the_branch_counts_not_what_main_did_since(repository: Path, check: Check) -> None:
    run(repository, "checkout", "--quiet", "main")
    write(repository, OLD_SIN.replace("0000_gone", "0000_lost"))
    run(repository, "commit", "--quiet", "--all", "--message", "more")
    run(repository, "checkout", "--quiet", "work")
    assert check("--select", "MS1", "--since", "main") == 0


def test_staged_is_what_the_next_commit_has(repository: Path, check: Check) -> None:
    write(repository, FORKED[FORKED.index("# shop/migrations/0003") :])
    assert check("--select", "MS101", "--staged") == 0
    run(repository, "add", "shop/migrations/0003_title.py")
    assert check("--select", "MS101", "--staged") == 1


def test_paths_are_those_of_the_project_within_the_repository(repository: Path) -> None:
    (repository / "shop/new.py").touch()
    (repository / "shop/models.py").unlink()
    found = git.since(repository / "shop", "main")
    assert found == git.Changes(frozenset({"new.py"}), frozenset({"models.py"}))


@pytest.mark.parametrize("name", ["a b.py", "ü.py", "new\nline.py", '"quoted".py', "-x.py"])
def test_any_file_name_is_read(repository: Path, name: str) -> None:
    (repository / name).touch()
    assert git.since(repository, "main").changed == {name}
    run(repository, "add", "--all")
    assert git.staged(repository).changed == {name}


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "-p", "main:shop", "a\0b", "", "main..work"])
def test_what_is_no_revision_is_refused(repository: Path, revision: str) -> None:
    with pytest.raises(UsageError, match="revision"):
        git.since(repository, revision)
    assert not (repository / "x").exists()


@pytest.mark.parametrize("asked", [("--since", "main"), ("--staged",)])
def test_without_a_repository_there_is_one_line(
    project: Path, check: Check, capsys: Captured, asked: tuple[str, ...]
) -> None:
    assert check(*asked) == 2
    assert capsys.readouterr().err.startswith("migscan: git: not a git repository")


def test_without_git_there_is_one_line(
    project: Path, check: Check, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(project / "nothing"))
    assert check("--staged") == 2
    assert "git is not installed; name files" in capsys.readouterr().err
    assert check("--select", "MS101") == 1, "all else works"


def test_a_repository_cannot_have_git_start_something(repository: Path) -> None:
    trap = repository / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {repository}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "core.pager", "core.sshCommand"):
        run(repository, "config", key, str(trap))
    (repository / "shop/models.py").write_text("x = 1\n")
    git.since(repository, "main")
    git.staged(repository)
    assert not (repository / "sprung").exists()


def test_a_signature_is_not_checked(repository: Path) -> None:
    """The program that checks it is one that the repository names."""
    trap = repository / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {repository}/sprung\n")
    trap.chmod(0o755)
    run(repository, "rm", "--quiet", "shop/models.py")
    run(repository, "commit", "--quiet", "--message", "gone")
    said = run(repository, "cat-file", "commit", "HEAD")
    mark = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"
    (repository / "signed").write_text(said.replace("\n\n", f"\n{mark}\n", 1))
    signed = run(repository, "hash-object", "-t", "commit", "-w", "signed").strip()
    run(repository, "config", "gpg.program", str(trap))
    run(repository, "config", "log.showSignature", "true")
    assert git.deletions(repository, signed, ["shop/models.py"]) == {"shop/models.py": signed}
    assert not (repository / "sprung").exists()


def test_a_relative_index_file_is_found(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a commit hook gets it."""
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert git.staged(repository / "shop") == git.Changes(frozenset())
