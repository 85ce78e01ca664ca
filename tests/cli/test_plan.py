"""`migscan plan --applied` as a person calls it: what exports say decides whether a reset may begin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.cli.app import app
from tests.projects import write
from tests.reset.resets import migration, two_apps

Captured = pytest.CaptureFixture[str]

MODEL = "class Post(models.Model):\n    title = models.TextField()"
FIELDS = """migrations.CreateModel("Post", [("id", models.BigAutoField(auto_created=True, primary_key=True,
 serialize=False, verbose_name="ID")), ("title", models.TextField())])"""
HISTORY = migration("blog/migrations/0001_a", operations=FIELDS) + "".join(
    migration(f"blog/migrations/000{number}_{word}", ("blog", f"000{number - 1}_{before}"))
    for number, before, word in ((2, "a", "b"), (3, "b", "c"))
)
CURRENT = "app,name\nblog,0001_a\nblog,0002_b\nblog,0003_c\n"


def call(*arguments: str) -> int:
    words = ["plan", "project", *arguments, "--no-cache", "-j", "1", "-o", "out"]
    with pytest.raises(SystemExit) as ended:
        app(words, prog_name="migscan")
    return int(ended.value.code or 0)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project, and exports of environments beside it."""
    write(tmp_path / "project", two_apps(MODEL, more=HISTORY, settings='INSTALLED_APPS = ["blog"]'))
    (tmp_path / "prod.csv").write_text(CURRENT)
    (tmp_path / "old.csv").write_text("app,name\nblog,0001_a\n")
    (tmp_path / "odd.csv").write_text(f"{CURRENT}blog,0004_hotfix\n")
    monkeypatch.chdir(tmp_path)


def text() -> str:
    return Path("out/PLAN.md").read_text(encoding="utf-8")


def test_an_environment_that_is_up_to_date_may_begin(capsys: Captured) -> None:
    assert call("--applied", "prod=prod.csv") == 0
    out, err = capsys.readouterr()
    assert "prod: up to date" in out
    assert err == ""
    assert "| `prod` | `prod.csv` | yes | up to date |" in text()
    assert "Do not begin yet" not in text()


def test_one_that_lags_behind_must_not(capsys: Captured) -> None:
    assert call("--applied", "prod=prod.csv", "--applied", "staging=old.csv") == 1
    assert "staging: 2 behind" in capsys.readouterr().out
    assert "**Do not begin yet.** `staging`: 2 behind." in text()
    assert "MS601, blocks: 2 migrations of blog not applied: 0002_b, 0003_c." in text()


def test_nor_one_with_rows_that_no_file_explains() -> None:
    assert call("--applied", "prod=odd.csv") == 1
    assert "`prod`: 1 row without a file" in text()


def test_an_export_that_cannot_be_read_is_told_with_its_line(capsys: Captured) -> None:
    Path("bad.csv").write_text("app,name\nblog,0001_a\nblog\n")
    assert call("--applied", "prod=bad.csv") == 2
    assert capsys.readouterr().err == "migscan: bad.csv:3: 1 values where 2 are expected (app, name)\n"
    assert not Path("out").exists()


def test_an_export_that_is_not_there_is_told(capsys: Captured) -> None:
    assert call("--applied", "prod=none.csv") == 2
    assert "none.csv" in capsys.readouterr().err


def test_it_tells_what_becomes_of_each_app_and_what_was_written(capsys: Captured) -> None:
    assert call() == 0
    assert capsys.readouterr().out.splitlines() == [
        "app   decision  procedure    files  after",
        "blog  reset     placeholder      3      1",
        "",
        "3 migration files of 1 app become 1.",
        "",
        "Written to out:",
        "  PLAN.md       what to do, step by step: begin here",
        "  layout.md     what makemigrations will write, to tick off",
        "  placeholder/  5 files",
    ]


def test_quietly_it_only_writes(capsys: Captured) -> None:
    assert call("--quiet") == 0
    assert capsys.readouterr() == ("", "")
    assert Path("out/PLAN.md").exists()


def test_json_goes_to_standard_output_beside_the_files(capsys: Captured) -> None:
    assert call("--format", "json", "--applied", "staging=old.csv") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["feasible"], said["ready"]) == (True, False)
    assert [(one["environment"], one["may_begin"]) for one in said["gates"]] == [("staging", False)]
    assert all(Path("out", path).is_file() for path in said["written"])
