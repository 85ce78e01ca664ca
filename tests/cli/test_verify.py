"""`migscan verify`: two trees, or one and a revision of git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from analyzer.cli.app import app
from tests.history.replays import POST, history
from tests.projects import write

Captured = pytest.CaptureFixture[str]
LONGER = POST.replace("max_length=10", "max_length=20")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        app(["verify", "--no-cache", *arguments], prog_name="migscan")
    return int(ended.value.code or 0)


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folders `old`, `same` and `other`."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("old", POST), ("same", POST), ("other", LONGER)):
        (tmp_path / name).mkdir()
        write(tmp_path / name, history(f"[{text}]"))
    return tmp_path


def test_the_same_ends_with_0(trees: Path, capsys: Captured) -> None:
    assert run("old", "same") == 0
    out = capsys.readouterr().out
    assert out.startswith("The new migrations add up to the same schema as the old ones.\n")
    assert "Compared: 1 app, 1 model with 2 fields." in out


def test_a_difference_ends_with_1_and_tells_both_places(trees: Path, capsys: Captured) -> None:
    assert run("old", "other") == 1
    said = capsys.readouterr().out.splitlines()
    start = said.index("The databases differ (1)")
    assert said[start + 1 : start + 4] == [
        "  blog.Post  field title: max_length: old 10, new 20",
        "      old  blog/migrations/m1.py:9",
        "      new  blog/migrations/m1.py:9",
    ]


def test_a_side_without_a_project_is_a_mistake(trees: Path, capsys: Captured) -> None:
    (trees / "empty").mkdir()
    for sides in (("old", "empty"), ("empty", "old")):
        assert run(*sides) == 2
        assert capsys.readouterr().err.startswith("migscan: empty: no Django project found")


def test_json(trees: Path, capsys: Captured) -> None:
    assert run("old", "other", "--format", "json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["equal"], said["nothing_lost"]) == (False, True)
    assert [one["part"] for one in said["comparison"]["differences"]] == ["field title"]


def test_one_app_only(trees: Path, capsys: Captured) -> None:
    assert run("old", "other", "--app", "blog") == 1
    assert run("old", "other", "--app", "shop") == 2
    assert "--app shop: no such app" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["old"], ["old", "same", "--base", "main"]])
def test_two_trees_or_one_and_a_revision(trees: Path, capsys: Captured, arguments: list[str]) -> None:
    assert run(*arguments) == 2
    assert "name two trees" in capsys.readouterr().err


# ---------------------------------------------------------------- git

GIT = shutil.which("git") or ""
needs_git = pytest.mark.skipif(not GIT, reason="needs git")


def git(folder: Path, *arguments: str) -> None:
    who = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    environment = {**os.environ, **who, **nowhere}
    subprocess.run([GIT, *arguments], cwd=folder, env=environment, check=True, capture_output=True)


@needs_git
def test_against_a_revision(trees: Path, capsys: Captured) -> None:
    root = trees / "old"
    git(root, "init", "-q")
    os.symlink("/etc/hostname", root / "blog" / "elsewhere.py")
    git(root, "add", ".")
    git(root, "commit", "-qm", "as it was")
    assert run("old", "--base", "HEAD") == 0
    capsys.readouterr()

    write(root, history(f"[{LONGER}]"))
    assert run("old", "--base", "HEAD") == 1
    assert "max_length: old 10, new 20" in capsys.readouterr().out


@needs_git
def test_of_a_folder_below_the_repository(trees: Path, capsys: Captured) -> None:
    git(trees, "init", "-q")
    git(trees, "add", ".")
    git(trees, "commit", "-qm", "as it was")
    write(trees / "old", history(f"[{LONGER}]"))
    assert run("old", "--base", "HEAD") == 1
    assert "Compared: 1 app, 1 model with 2 fields." in capsys.readouterr().out


@needs_git
@pytest.mark.parametrize("revision", ["nowhere", "--output=x"])
def test_a_revision_that_is_none(trees: Path, capsys: Captured, revision: str) -> None:
    git(trees / "old", "init", "-q")
    assert run("old", f"--base={revision}") == 2
    assert revision in capsys.readouterr().err
