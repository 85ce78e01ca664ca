"""The summary: one screen, whatever the terminal."""

from __future__ import annotations

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from analyzer.analysis import Analysis
from analyzer.render.terminal import summary
from tests.render.factory import EMPTY, analysed, model

WROTE = "migscan-report/report.md, with 9 pictures"


def test_the_whole_summary(analysis: Analysis, golden: SnapshotAssertion) -> None:
    assert summary(analysis, WROTE, 80, colour=False) == golden


@pytest.mark.parametrize("width", [80, 100, 240])
def test_it_is_one_screen(analysis: Analysis, width: int) -> None:
    lines = summary(analysis, WROTE, width, colour=False).splitlines()
    assert 20 <= len(lines) <= 40
    assert max(map(len, lines)) <= 100


def test_colour_changes_nothing_but_colour(analysis: Analysis) -> None:
    coloured = summary(analysis, WROTE, 80, colour=True)
    assert "\x1b[" in coloured
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    plain = summary(analysis, WROTE, 80, colour=False)
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


def test_a_place_is_never_broken_or_cut(analysis: Analysis) -> None:
    """So that it can be copied, and opened with a click."""
    text = summary(analysis, WROTE, 40, colour=False)
    assert "apps/shop/models.py:22\n" in text
    assert "apps/shop/migrations/0002_more.py:4\n" in text


def test_an_empty_project() -> None:
    text = summary(EMPTY, None, 80, colour=False)
    assert "There is nothing to reset" in text
    assert "Look at first" not in text
    assert "Report" not in text


def test_names_cannot_drive_a_terminal() -> None:
    analysis = analysed([model("shop.Thing")], project="\x1b[2J[bold]x[/bold]")
    text = summary(analysis, "\x1b[2J", 80, colour=False)
    assert "\x1b" not in text
    assert "[bold]x[/bold]" in text
