"""`migscan check` from the call to the exit code, on real projects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.cli.app import app
from tests.projects import write

Captured = pytest.CaptureFixture[str]
Check = Callable[..., int]

FORKED = """
# manage.py
# shop/__init__.py
# shop/models.py
from django.db import models
class Product(models.Model):
    best = models.ForeignKey("Review", models.SET_NULL, null=True)
class Review(models.Model):
    product = models.ForeignKey(Product, models.CASCADE)
    author = models.ForeignKey(unknown(), models.CASCADE)
# shop/migrations/__init__.py
# shop/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = []
# shop/migrations/0002_body.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
# shop/migrations/0003_title.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
"""
GRAPH = ("--select", "MS1,MS2")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a fork (errors), a circle of models (warning) and a question (note); we stand in it."""
    root = write(tmp_path / "project", FORKED)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def check() -> Check:
    """Run the command in the current folder; the exit code."""

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            app(["check", "--no-cache", *arguments], prog_name="migscan")
        return int(ended.value.code or 0)

    return run


def test_text_shows_place_message_line_and_what_to_do(project: Path, check: Check, capsys: Captured) -> None:
    assert check("--select", "MS101") == 1
    out, err = capsys.readouterr()
    said = "error MS101 shop has 2 leaf nodes, 0002_body and 0003_title: Django refuses to migrate"
    assert out == (
        f"shop/migrations/0002_body.py:2:1: {said}\n"
        "  2 | class Migration(migrations.Migration):\n"
        "    | ^\n"
        "\n"
        f"shop/migrations/0003_title.py:2:1: {said}\n"
        "  2 | class Migration(migrations.Migration):\n"
        "    | ^\n"
        "\n"
        "MS101 Merge the branches with `makemigrations --merge`, or renumber one and set its dependency."
        " (migscan explain MS101)\n"
        "\n"
        "2 errors in 2 files\n"
    )
    assert err == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--select", "MS201"], 0),
        (["--select", "MS201", "--fail-on", "warning"], 1),
        (["--select", "MS003", "--fail-on", "warning"], 0),
        (["--select", "MS003", "--fail-on", "note"], 1),
        (["--select", "MS109", "--fail-on", "note"], 0),
        (["--select", "MS1", "--ignore", "several-leaf-nodes"], 0),
        (["--select", "MS2", "--extend-select", "MS101"], 1),
        (["--select", "MS999"], 2),
        (["--since", "x", "--staged"], 2),
        (["--baseline", "gone.json"], 2),
        (["--statistics", "--format", "json"], 2),
        (["--write-baseline", "x.json", "shop/models.py"], 2),
        (["shop", "manage.py"], 2),
        (["nowhere"], 2),
    ],
)
def test_the_exit_code_says_it(project: Path, check: Check, arguments: list[str], code: int) -> None:
    assert check(*arguments) == code


def test_what_is_not_shown_is_counted(project: Path, check: Check, capsys: Captured) -> None:
    check("--select", "MS003,MS201")
    assert capsys.readouterr().out.endswith("1 warning in 1 file; 1 note not shown (--show note)\n")
    check("--select", "MS003,MS201", "--show", "error")
    assert capsys.readouterr().out == "no errors; 1 warning and 1 note not shown (--show note)\n"
    check("--select", "MS003,MS201", "--show", "note", "-q")
    assert "MS003" in capsys.readouterr().out


def test_what_fails_is_shown(project: Path, check: Check, capsys: Captured) -> None:
    check("--select", "MS003", "--fail-on", "note")
    assert "note MS003" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("shop/migrations/0002_body.py", {"shop/migrations/0002_body.py", "shop/migrations/0003_title.py"}),
        ("shop/models.py", {"shop/models.py"}),
        ("shop/migrations/0001_initial.py", set()),
    ],
)
def test_files_restrict_what_is_reported(
    project: Path, check: Check, capsys: Captured, path: str, found: set[str]
) -> None:
    check(*GRAPH, "--format", "json", path)
    assert {entry["file"] for entry in json.loads(capsys.readouterr().out)["findings"]} == found


def test_a_file_that_is_gone_counts_as_deleted(project: Path, check: Check, capsys: Captured) -> None:
    (project / "shop/migrations/0001_initial.py").unlink()
    assert check("--select", "MS102", "shop/migrations/0001_initial.py", "shop/models.py") == 1
    out, err = capsys.readouterr()
    assert "0001_initial, which does not exist" in out
    assert err == "migscan: shop/migrations/0001_initial.py: is not there; taken as deleted\n"


@pytest.mark.parametrize("path", ["nowhere", "nowhere.py", "/nowhere/at/all.py"])
def test_a_path_that_cannot_have_been_deleted_is_a_mistake(
    project: Path, check: Check, capsys: Captured, path: str
) -> None:
    assert check(path) == 2
    assert capsys.readouterr().err == f"migscan: {path}: does not exist\n"


def test_a_folder_misspelt_is_a_mistake_in_a_repository_too(
    project: Path, check: Check, capsys: Captured
) -> None:
    (project / ".git").mkdir()
    assert check("shpo") == 2
    assert capsys.readouterr().err == "migscan: shpo: does not exist\n"
    assert check("--select", "MS102", "shop/deleted.py") == 0


def test_showing_and_mending_at_once_is_a_mistake(project: Path, check: Check, capsys: Captured) -> None:
    (project / "shop/migrations/__init__.py").unlink()
    assert check("--fix", "--diff") == 2
    assert "--fix and --diff exclude each other" in capsys.readouterr().err
    assert not (project / "shop/migrations/__init__.py").exists()


def test_the_project_of_files_is_where_its_configuration_is(
    project: Path, check: Check, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    assert check(*GRAPH, "project/shop/migrations/0002_body.py") == 1
    assert capsys.readouterr().out.startswith("project/shop/migrations/0002_body.py:2:1: error")
    (project.parent / "migscan.toml").write_text('ignore = ["MS101"]\n')
    assert check(*GRAPH, "project/shop/migrations/0002_body.py") == 0


def test_statistics_count(project: Path, check: Check, capsys: Captured) -> None:
    check(*GRAPH, "--statistics", "-q")
    assert capsys.readouterr().out == (
        "2  error    MS101  several-leaf-nodes: An app has more than one leaf node\n"
        "1  warning  MS201  model-cycle: Models refer to each other in a circle\n"
    )


def test_a_file_gets_it_where_one_is_named(project: Path, check: Check, capsys: Captured) -> None:
    assert check(*GRAPH, "--format", "json", "--output", "out/found.json") == 1
    assert capsys.readouterr().out == "2 errors and 1 warning in 3 files\n"
    assert json.loads(Path("out/found.json").read_text())["fails"] is True


def test_a_document_is_all_that_standard_output_gets(project: Path, check: Check, capsys: Captured) -> None:
    check(*GRAPH, "--format", "sarif")
    out, err = capsys.readouterr()
    assert json.loads(out)["version"] == "2.1.0"
    assert err == "2 errors and 1 warning in 3 files\n"


# ---------------------------------------------------------------- baselines


def test_what_is_known_is_left_out(project: Path, check: Check, capsys: Captured) -> None:
    assert check(*GRAPH, "--write-baseline", "known.json") == 0
    assert capsys.readouterr() == ("", "known.json: 3 known findings (3 new, 0 gone)\n")
    assert check(*GRAPH, "--baseline", "known.json") == 0
    assert capsys.readouterr().out == "no errors, no warnings; 3 in the baseline\n"


def test_the_configuration_may_name_the_baseline(project: Path, check: Check) -> None:
    check("--write-baseline", "known.json")
    (project / "migscan.toml").write_text('baseline = "known.json"\n')
    assert check() == 0
    assert check("--write-baseline", "known.json") == 0, "what is known stays known"
    assert check() == 0


def test_what_no_longer_occurs_is_told_and_dropped(project: Path, check: Check, capsys: Captured) -> None:
    check(*GRAPH, "--write-baseline", "known.json")
    (project / "shop/migrations/0003_title.py").unlink()
    capsys.readouterr()
    check(*GRAPH, "--baseline", "known.json")
    told = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(r"2 entries of known\.json no longer occur \(.*\); --write-baseline drops them", told)
    check(*GRAPH, "--write-baseline", "known.json")
    assert capsys.readouterr().err == "known.json: 1 known finding (0 new, 2 gone)\n"


# ---------------------------------------------------------------- mending


def test_an_init_is_shown_and_made(project: Path, check: Check, capsys: Captured) -> None:
    (project / "shop/migrations/__init__.py").unlink()
    (project / "shop/migrations/0003_title.py").unlink()
    assert check("--select", "MS1", "--diff") == 1
    assert capsys.readouterr().out == (
        "diff --git a/shop/migrations/__init__.py b/shop/migrations/__init__.py\nnew file mode 100644\n"
    )
    assert not (project / "shop/migrations/__init__.py").exists()
    assert check("--select", "MS1") == 1
    assert check("--select", "MS1", "--fix") == 0
    assert "mended shop/migrations/__init__.py: makes it a package" in capsys.readouterr().err
    assert (project / "shop/migrations/__init__.py").read_bytes() == b""
    assert check("--select", "MS1", "--diff") == 0


def test_the_list_of_the_last_migration_is_mended(project: Path, check: Check, capsys: Captured) -> None:
    (project / "shop/migrations/0003_title.py").unlink()
    listed = project / "shop/migrations/max_migration.txt"
    listed.write_text("<<<<<<< HEAD\n0001_initial\n=======\n0002_body\n>>>>>>> other\n")
    check("--select", "MS115", "--fix")
    assert "mended shop/migrations/max_migration.txt: names the last migration" in capsys.readouterr().err
    assert listed.read_bytes() == b"0002_body\n"


ONE_TIME = """
# shop/migrations/0003_title.py
from django.db import migrations
def tidy(apps, schema_editor):
    apps.get_model("shop", "Product").objects.filter(best=None).delete()
class Migration(migrations.Migration):
    dependencies = [("shop", "0002_body")]
    operations = [migrations.RunPython(tidy, migrations.RunPython.noop)]
"""


def test_one_time_operations_are_marked(project: Path, check: Check, capsys: Captured) -> None:
    write(project, ONE_TIME)
    migration = project / "shop/migrations/0003_title.py"
    migration.chmod(0o600)
    assert check("--select", "MS405", "--diff") == 1
    patch = capsys.readouterr().out
    assert (
        "+    operations = [migrations.RunPython(tidy, migrations.RunPython.noop, elidable=True)]\n" in patch
    )
    assert "elidable" not in migration.read_text()
    assert check("--select", "MS405", "--fix", "--fail-on", "note") == 0
    assert "noop, elidable=True)]" in migration.read_text()
    assert migration.stat().st_mode & 0o777 == 0o600


def test_a_link_is_not_written_through(project: Path, check: Check, tmp_path: Path) -> None:
    write(project, ONE_TIME)
    migration = project / "shop/migrations/0003_title.py"
    kept = migration.rename(project / "kept.txt")
    migration.symlink_to(kept)
    before = kept.read_text()
    assert check("--select", "MS405", "--fix") == 2
    assert kept.read_text() == before


def test_what_is_suppressed_is_not_mended(project: Path, check: Check) -> None:
    (project / "shop/migrations/__init__.py").unlink()
    (project / "migscan.toml").write_text('ignore = ["MS105"]\n')
    check("--fix")
    assert not (project / "shop/migrations/__init__.py").exists()


# ---------------------------------------------------------------- rules


def explained(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        app([*arguments], prog_name="migscan")
    return int(ended.value.code or 0)


def test_a_rule_is_explained(capsys: Captured) -> None:
    assert explained("explain", "MS104") == 0
    by_code = capsys.readouterr().out
    assert "What to do: " in by_code
    assert explained("explain", "duplicate-number") == 0
    assert capsys.readouterr().out == by_code
    assert explained("explain", "duplicate-numbr") == 2
    assert "did you mean 'duplicate-number'?" in capsys.readouterr().err


def test_rules_are_listed(capsys: Captured) -> None:
    assert explained("rules") == 0
    assert "MS101  error    several-leaf-nodes" in capsys.readouterr().out
