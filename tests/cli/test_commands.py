"""What each command prints, writes and answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from analyzer.analysis import Analysis
from analyzer.options import Options
from tests.cli.conftest import Call
from tests.render.factory import EMPTY, analysed, migration, model

Captured = pytest.CaptureFixture[str]


def test_a_path_alone_means_report(call: Call, capsys: Captured) -> None:
    assert call("../project", "--no-graphs") == 1
    out, err = capsys.readouterr()
    assert "Can it be reset?" in out
    assert "migscan-report/report.md" in out
    assert err == "", "no progress in a pipe"
    names = {path.name for path in Path("migscan-report").iterdir()}
    assert names == {"report.md", "report.json", ".migscan-manifest.json"}


def test_an_option_first_means_report_too(call: Call, seen: list[Options]) -> None:
    assert call("--exclude", "docs", "--exclude", "old", "-j", "3", "--no-cache", "-q", "../project") == 1
    assert (seen[0].exclude, seen[0].jobs, seen[0].cache) == (("docs", "old"), 3, False)


def test_pictures_are_drawn(call: Call) -> None:
    call("report", "../project", "--output", "out")
    assert (Path("out/levels.svg")).read_text().startswith("<svg")
    assert "![" in Path("out/report.md").read_text()


def test_pictures_that_could_not_be_drawn_are_told(call: Call, capsys: Captured) -> None:
    call("../project", "--dot", "./nowhere")
    assert re.search(
        r"migscan-report/report\.md; \d+ pictures not drawn, it says why\n", capsys.readouterr().out
    )
    call("../project", "--no-graphs")
    assert "not drawn" not in capsys.readouterr().out


def test_quiet_is_silent(call: Call, capsys: Captured) -> None:
    call("../project", "-q", "--no-graphs")
    assert capsys.readouterr() == ("", "")


def test_json_goes_to_standard_output_and_writes_nothing(call: Call, capsys: Captured) -> None:
    assert call("../project", "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["project"] == "shop"
    assert list(Path().iterdir()) == []


def test_json_has_times_only_on_demand(call: Call, capsys: Captured) -> None:
    call("../project", "--format", "json", "--timing")
    assert set(json.loads(capsys.readouterr().out)["timing"]) == {"read"}


def test_times_go_to_standard_error(call: Call, capsys: Captured) -> None:
    call("../project", "--timing", "-q", "--no-graphs")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1].endswith("total")


def test_json_wants_no_folder(call: Call, capsys: Captured) -> None:
    assert call("../project", "--format", "json", "-o", "out") == 2
    assert "redirect it" in capsys.readouterr().err


@pytest.mark.parametrize("analysis", [analysed([model("shop.Brand")], [migration("shop", "0001_initial")])])
def test_a_clean_project_answers_zero(call: Call) -> None:
    assert call("../project", "--no-graphs", "-q") == 0


def test_levels_lists_and_does_not_judge(call: Call, capsys: Captured) -> None:
    assert call("levels", "../project") == 0
    assert "Level 0" in capsys.readouterr().out


def test_graph_writes_the_file(call: Call, capsys: Captured) -> None:
    assert call("graph", "../project", "--of", "cycles", "-o", "docs/cycle.svg") == 0
    assert Path("docs/cycle.svg").read_text().startswith("<svg")
    assert capsys.readouterr().err == "docs/cycle.svg\n"
    assert call("graph", "../project", "--of", "cycles", "-o", "docs/cycle.svg") == 0
    assert capsys.readouterr().err == "", "the same bytes are not written again"


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (["--format", "dot"], "digraph"),
        (["--format", "mermaid"], "%%"),
        (["--of", "apps"], "<svg"),
        (["--of", "migrations", "--app", "shop", "--format", "dot"], "digraph"),
    ],
)
def test_graph_prints(
    call: Call, capfdbinary: pytest.CaptureFixture[bytes], arguments: list[str], start: str
) -> None:
    assert call("graph", "../project", *arguments) == 0
    assert capfdbinary.readouterr().out.decode().lstrip().startswith(start)


def test_graph_takes_the_format_from_the_name(call: Call) -> None:
    call("graph", "../project", "-o", "a.png")
    call("graph", "../project", "-o", "a.mmd")
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    assert "flowchart" in Path("a.mmd").read_text()


def test_graph_refuses_an_ending_that_it_does_not_know(call: Call, capsys: Captured) -> None:
    assert call("graph", "../project", "-o", "models.gif") == 2
    assert "models.gif: no format has this ending; use .svg, .png, .dot, .gv, .mmd, or --format" in (
        capsys.readouterr().err
    )


def test_graph_of_an_unknown_app(call: Call, capsys: Captured) -> None:
    assert call("graph", "../project", "--app", "shoop") == 2
    assert "no app 'shoop'" in capsys.readouterr().err


@pytest.mark.parametrize("analysis", [analysed([model("shop.Brand")])])
def test_graph_of_nothing(call: Call, capsys: Captured) -> None:
    assert call("graph", "../project", "--of", "cycles") == 2
    assert "there are no cycles to draw" in capsys.readouterr().err


def test_a_foreign_folder_is_refused_before_any_work(
    call: Call, seen: list[Options], capsys: Captured
) -> None:
    Path("out").mkdir()
    Path("out/thesis.txt").write_text("mine")
    assert call("../project", "-o", "out") == 2
    assert seen == []
    assert "--force" in capsys.readouterr().err
    assert call("../project", "-o", "out", "--force", "--no-graphs", "-q") == 1
    assert Path("out/thesis.txt").read_text() == "mine"


def test_no_report_inside_an_app(call: Call, capsys: Captured) -> None:
    assert call("../project", "-o", "../project/apps/shop/report") == 2
    assert "inside the app package apps/shop" in capsys.readouterr().err
    assert not Path("../project/apps").exists()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere", "nowhere: does not exist"),
        ("file.py", "file.py: is not a folder"),
    ],
)
@pytest.mark.parametrize("command", [[], ["report"], ["levels"], ["graph"]])
def test_a_wrong_path_is_one_line(
    call: Call, capsys: Captured, command: list[str], path: str, message: str
) -> None:
    Path("file.py").write_text("")
    assert call(*command, path) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"migscan: {message}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("analysis", [EMPTY])
def test_no_django_project(call: Call, capsys: Captured) -> None:
    assert call("../project") == 2
    assert "no Django project found" in capsys.readouterr().err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("analysis", [EMPTY])
def test_a_project_without_models_is_a_project(call: Call) -> None:
    Path("../project/manage.py").touch()
    assert call("../project", "-q") == 0
    assert Path("migscan-report/report.md").is_file()


def test_a_mistyped_command_is_not_taken_for_a_path(call: Call, capsys: Captured) -> None:
    assert call("levles", "../project") == 2
    assert "No such command 'levles'" in capsys.readouterr().err


def test_a_folder_with_the_name_of_a_command(call: Call) -> None:
    Path("levels").mkdir()
    assert call("./levels", "-q", "--no-graphs") == 1


def test_an_option_of_the_file_reaches_the_pipeline(call: Call, seen: list[Options]) -> None:
    Path("../project/migscan.toml").write_text('settings = "a.b"\nall-apps = true\n')
    call("../project", "-q", "--no-graphs")
    assert (seen[0].settings, seen[0].all_apps) == ("a.b", True)


def test_help_has_examples(call: Call, capsys: Captured) -> None:
    for command in ([], ["report"], ["levels"], ["graph"]):
        assert call(*command, "--help") == 0
        assert "Examples" in capsys.readouterr().out


def test_the_same_source_gives_the_same_folder(call: Call, analysis: Analysis) -> None:
    def folder(name: str) -> dict[str, bytes]:
        call("../project", "-q", "-o", name)
        return {path.name: path.read_bytes() for path in Path(name).iterdir()}

    assert folder("one") == folder("two")


def test_one_operation_is_explained(call: Call, capsys: Captured) -> None:
    assert call("explain-op", "../project", "shop.0002:1") == 0
    out, err = capsys.readouterr()
    assert out.startswith("shop.0002_more: RunPython fill\napps/shop/migrations/0002_more.py:20\n")
    assert "\x1b" not in out
    assert err == ""


def test_all_operations_of_a_migration_are_explained(call: Call, capsys: Captured) -> None:
    assert call("explain-op", "../project", "shop.0002_more") == 0
    assert capsys.readouterr().out.count("In a reset") == 5


def test_an_operation_that_is_not_found_is_a_mistake_with_near_names(call: Call, capsys: Captured) -> None:
    assert call("explain-op", "../project", "shop.0099") == 2
    assert "shop has no such migration; did you mean shop.0002_more?" in capsys.readouterr().err
