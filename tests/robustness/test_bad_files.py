"""Files that Python, or nobody, can read: said with file and line, and the rest is analysed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.robustness.projects import Run, assert_rest_is_analysed, audit

MODEL = """
from django.db import models

class {name}(models.Model):
    title = models.CharField(max_length=10)
"""


def assert_reading_finding(run: Run, file: str) -> None:
    """One finding of the reading family blames the file, in words, and the exit code says so."""
    assert run.code == 1
    found = [finding for finding in run.findings(file) if finding["code"].startswith("MS0")]
    assert found, run.document["findings"]
    for finding in found:
        assert finding["line"] >= 1
        assert finding["message"].strip()
        assert len(finding["message"]) < 400, "a message is a sentence, not the file"
        assert finding["message"].isprintable()


def test_the_healthy_project_is_clean(project: Path) -> None:
    """What the other tests see comes from what they add."""
    run = audit(project)
    assert run.document["findings"] == []
    assert run.code == 0
    assert_rest_is_analysed(run)


def test_a_syntax_error_is_reported_and_what_stands_around_it_is_read(project: Path) -> None:
    text = MODEL.format(name="Before") + "\nbroken = = 1\n" + MODEL.format(name="After")
    (project / "odd/models.py").write_text(text)
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert [finding["line"] for finding in run.findings("odd/models.py") if finding["code"] < "MS1"] == [7]
    assert "odd.Before" in run.models
    assert_rest_is_analysed(run)


@pytest.mark.parametrize(
    "end",
    ["    initial", "[\n        migrations", "(\n            name", 'name="Product"', '"maker"', "),\n    ]"],
)
def test_a_half_written_migration_is_reported(project: Path, end: str) -> None:
    folder = project / "odd/migrations"
    folder.mkdir()
    (folder / "__init__.py").touch()
    whole = (project / "shop/migrations/0001_initial.py").read_text()
    (folder / "0001_initial.py").write_text(whole[: whole.rindex(end)])
    run = audit(project)
    assert_reading_finding(run, "odd/migrations/0001_initial.py")
    assert_rest_is_analysed(run)


@pytest.mark.parametrize(
    "wrong", ["class Odd(models.Model:\n    pass\n", "def odd(:\n    pass\n", "class Odd:\n"]
)
def test_what_python_refuses_is_reported(project: Path, wrong: str) -> None:
    """A parser that mends what is missing must say that it did."""
    (project / "odd/models.py").write_text("from django.db import models\n" + wrong)
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


def test_python_2_is_read(project: Path) -> None:
    """Old migrations were never rewritten; a `print` statement must not hide a model."""
    text = MODEL.format(name="Old") + "\ntry:\n    print 'loaded'\nexcept ImportError, error:\n    raise\n"
    (project / "odd/models.py").write_text(text)
    run = audit(project)
    assert "odd.Old" in run.models
    assert_rest_is_analysed(run)


def test_latin_1_with_a_coding_cookie_is_read(project: Path) -> None:
    text = "# -*- coding: latin-1 -*-" + MODEL.format(name="Entree") + "    label = 'entrée'\n"
    (project / "odd/models.py").write_bytes(text.encode("latin-1"))
    run = audit(project)
    assert [finding for finding in run.findings("odd/models.py") if finding["code"] < "MS1"] == []
    assert "odd.Entree" in run.models
    assert_rest_is_analysed(run)


def test_latin_1_without_a_cookie_is_reported_as_python_would(project: Path) -> None:
    text = MODEL.format(name="Entree") + "    label = 'entrée'\n"
    (project / "odd/models.py").write_bytes(text.encode("latin-1"))
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert "odd.Entree" in run.models
    assert_rest_is_analysed(run)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_reported(project: Path, encoding: str) -> None:
    (project / "odd/models.py").write_bytes(MODEL.format(name="Wide").encode(encoding))
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


def test_an_unknown_coding_cookie_is_reported(project: Path) -> None:
    (project / "odd/models.py").write_text("# -*- coding: klingon -*-" + MODEL.format(name="Worf"))
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


def test_a_byte_order_mark_is_nothing_special(project: Path) -> None:
    (project / "odd/models.py").write_text(MODEL.format(name="Marked"), encoding="utf-8-sig")
    run = audit(project)
    assert "odd.Marked" in run.models
    assert [finding for finding in run.findings("odd/models.py") if finding["code"] < "MS1"] == []


def test_null_bytes_are_reported(project: Path) -> None:
    (project / "odd/models.py").write_bytes(MODEL.format(name="Hollow").encode() + b"\0" * 10)
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


def test_20_mb_of_one_line_are_reported(project: Path) -> None:
    (project / "odd/models.py").write_text("DATA = '" + "x" * 20_000_000 + "'\n")
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("(", ")"), ("{1: ", "}"), ("f(", ")")])
def test_5000_nested_brackets_are_survived(project: Path, opening: str, closing: str) -> None:
    deep = "DEEP = " + opening * 5000 + "1" + closing * 5000 + "\n"
    (project / "odd/models.py").write_text(MODEL.format(name="Shallow") + deep)
    run = audit(project)
    assert "odd.Shallow" in run.models
    assert_rest_is_analysed(run)


def test_5000_open_brackets_are_reported(project: Path) -> None:
    (project / "odd/models.py").write_text(MODEL.format(name="Shallow") + "DEEP = " + "[" * 5000)
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


@pytest.mark.parametrize("statement", ["if True:", "class C:", "def f():", "with a:", "for a in b:"])
def test_deeply_nested_blocks_are_survived(project: Path, statement: str) -> None:
    deep = "".join(" " * level + statement + "\n" for level in range(900)) + " " * 900 + "pass\n"
    (project / "odd/models.py").write_text(MODEL.format(name="Shallow") + deep)
    run = audit(project)
    assert "odd.Shallow" in run.models
    assert_rest_is_analysed(run)


def test_a_chain_of_5000_operators_is_survived(project: Path) -> None:
    deep = "LONG = " + " + ".join(["1"] * 5000) + "\nDOTS = a" + ".b" * 5000 + "\nCALLS = a" + "()" * 5000
    (project / "odd/models.py").write_text(MODEL.format(name="Shallow") + deep + "\n")
    run = audit(project)
    assert "odd.Shallow" in run.models
    assert_rest_is_analysed(run)


def test_an_empty_file_is_nothing(project: Path) -> None:
    (project / "odd/models.py").touch()
    run = audit(project)
    assert run.code == 0
    assert run.findings("odd/models.py") == []
    assert_rest_is_analysed(run)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_reported(project: Path) -> None:
    models = project / "odd/models.py"
    models.write_text(MODEL.format(name="Secret"))
    models.chmod(0)
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that nobody can read")
def test_a_file_that_fails_while_it_is_read_is_reported(project: Path) -> None:
    """The beginning of a process's own memory: it opens, and reading ends in an I/O error for anyone."""
    (project / "odd/models.py").symlink_to("/proc/self/mem")
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_stop_the_run(project: Path) -> None:
    os.mkfifo(project / "odd/models.py")
    assert_rest_is_analysed(audit(project))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize(
    "path",
    [
        ".gitignore",
        "odd/.gitignore",
        "requirements.txt",
        "pyproject.toml",
        ".migscan_cache/facts.msgpack",
        ".migscan_cache/analysis.msgpack",
    ],
)
def test_a_named_pipe_beside_the_source_does_not_stop_the_run(project: Path, path: str) -> None:
    (project / path).parent.mkdir(exist_ok=True)
    os.mkfifo(project / path)
    assert_rest_is_analysed(audit(project))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no file without an end here")
@pytest.mark.parametrize("path", [".gitignore", "requirements.txt", ".migscan_cache/analysis.msgpack"])
def test_a_file_without_an_end_does_not_stop_the_run(project: Path, path: str) -> None:
    (project / path).parent.mkdir(exist_ok=True)
    (project / path).symlink_to("/dev/zero")
    assert_rest_is_analysed(audit(project, memory=1 << 30))


def test_a_directory_named_models_py_is_reported(project: Path) -> None:
    (project / "odd/models.py").mkdir()
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


def test_a_broken_link_is_reported(project: Path) -> None:
    (project / "odd/models.py").symlink_to("gone.py")
    run = audit(project)
    assert_reading_finding(run, "odd/models.py")
    assert_rest_is_analysed(run)


def test_a_broken_file_that_cannot_matter_costs_no_finding_of_the_rest(project: Path) -> None:
    """A template for a code generator is named like Python and is none."""
    (project / "odd/template.py").write_text("class {{ name }}:\n    pass\n")
    assert_rest_is_analysed(audit(project))
