"""Links from a report to source: relative, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.render.links import linker


@pytest.mark.parametrize(
    ("folder", "project", "expected"),
    [
        ("home/migscan-report", "home/project", "../project/shop/models.py#L3"),
        ("home/project/migscan-report", "home/project", "../shop/models.py#L3"),
        ("home/project/docs/out", "home/project", "../../shop/models.py#L3"),
        ("home/migscan-report", "home/a/b/project", "../a/b/project/shop/models.py#L3"),
        ("elsewhere/deep/out", "home/u/project", None),
    ],
)
def test_a_common_ground_is_needed(tmp_path: Path, folder: str, project: str, expected: str | None) -> None:
    assert linker(tmp_path / folder, tmp_path / project)("shop/models.py", 3) == expected


def test_one_repository_is_common_ground(tmp_path: Path) -> None:
    (tmp_path / "repository/.git").mkdir(parents=True)
    link = linker(tmp_path / "repository/reports/shop", tmp_path / "repository/fixtures/shop")
    assert link("models.py", 3) == "../../fixtures/shop/models.py#L3"


def test_bytes_that_are_no_text_are_quoted_too(tmp_path: Path) -> None:
    assert linker(tmp_path / "out", tmp_path / "project")("b\udce9.py", 0) == "../project/b%E9.py"


def test_names_are_quoted(tmp_path: Path) -> None:
    link = linker(tmp_path / "out", tmp_path / "project")
    assert link("a b/(c)#d?.py", 0) == "../project/a%20b/%28c%29%23d%3F.py"


@pytest.mark.parametrize("file", ["", "/etc/passwd", "../secret.py", "a/../../b.py"])
def test_nothing_outside_the_project_is_linked(tmp_path: Path, file: str) -> None:
    assert linker(tmp_path / "out", tmp_path / "project")(file, 1) is None
