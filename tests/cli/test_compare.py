"""`migscan compare` as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.cli.app import app
from analyzer.reset.environments_rules import RULES
from tests.reset.comparing import write

Captured = pytest.CaptureFixture[str]


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        app(["compare", *arguments, "--no-cache", "-j", "1"], prog_name="migscan")
    return int(ended.value.code or 0)


@pytest.fixture
def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, and prod.csv of an environment that is behind."""
    root = tmp_path / "project"
    root.mkdir()
    write(root, RULES[0].bad)
    monkeypatch.chdir(tmp_path)
    return root


def test_a_blocker_ends_with_one(behind: Path, capsys: Captured) -> None:
    assert call(str(behind), "--applied", "prod=prod.csv") == 1
    out = capsys.readouterr().out
    assert "MS601 blocker: 1 migration of blog not applied: 0002_title." in out
    assert "blog/migrations/0002_title.py:2" in out
    assert "Do this" in out


def test_nothing_in_the_way_ends_with_zero(behind: Path, capsys: Captured) -> None:
    Path("good.csv").write_text("app,name\nblog,0001_initial\nblog,0002_title\n")
    assert call(str(behind), "--applied", "prod=good.csv") == 0
    assert "not blocked" in capsys.readouterr().out


def test_an_unreadable_export_ends_with_two(behind: Path, capsys: Captured) -> None:
    Path("bad.csv").write_text("app,name\nblog,0001_initial\nblog\n")
    assert call(str(behind), "--applied", "prod=prod.csv", "--applied", "dev=bad.csv") == 2
    assert capsys.readouterr() == ("", "migscan: bad.csv:3: 1 values where 2 are expected (app, name)\n")


def test_another_projects_export_is_refused(behind: Path, capsys: Captured) -> None:
    Path("other.csv").write_text("app,name\npolls,0001_initial\npolls,0002_choice\n")
    assert call(str(behind), "--applied", "prod=other.csv") == 2
    assert "another project's database" in capsys.readouterr().err


def test_an_export_that_ends_within_a_name_is_refused(behind: Path, capsys: Captured) -> None:
    Path("cut.csv").write_text("app,name\nblog,0001_initial\nblog,0002_ti")
    assert call(str(behind), "--applied", "prod=cut.csv") == 2
    assert "cut.csv:3: the last line has no end" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["prod.csv", "=prod.csv", "prod="])
def test_an_export_needs_the_name_of_its_environment(given: str, behind: Path, capsys: Captured) -> None:
    assert call(str(behind), "--applied", given) == 2
    assert "expected NAME=FILE" in capsys.readouterr().err


def test_json_has_everything(behind: Path, capsys: Captured) -> None:
    assert call(str(behind), "--applied", "prod=prod.csv", "--format", "json") == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["schema_version"], found["verdict"]) == (1, "blocker")
    (one,) = found["situations"]
    assert (one["code"], one["environment"], one["app"]) == ("MS601", "prod", "blog")
    assert found["environments"][0]["apps"][0]["behind"] == 1
    assert found["environments"][0]["do"]


def test_a_page_is_written_where_it_is_wanted(behind: Path, capsys: Captured) -> None:
    arguments = (str(behind), "--applied", "prod=prod.csv", "--format", "md", "-o", "environments.md")
    assert call(*arguments) == 1
    page = Path("environments.md").read_text()
    assert page.startswith("# project: environments before a reset\n")
    assert "| `blog` | behind 1 (MS601) |" in page
    assert "[`blog/migrations/0002_title.py:2`](project/blog/migrations/0002_title.py#L2)" in page
    assert call(*arguments) == 1
    assert Path("environments.md").read_text() == page
    assert capsys.readouterr().out == ""


def test_hostile_names_do_not_drive_the_terminal(behind: Path, capsys: Captured) -> None:
    Path("good.csv").write_text("app,name\nblog,0001_initial\n")
    assert call(str(behind), "--applied", "a\x1b[31m=good.csv") == 1
    assert "\x1b" not in capsys.readouterr().out
