"""The summary: one screen, whatever the terminal."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from analyzer.analysis import Analysis
from analyzer.render.terminal import summary
from tests.render.factory import EMPTY, analysed, app, field, model

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


def read_with(**how: object) -> str:
    analysis = analysed([model("shop.Thing")])
    return summary(replace(analysis, reading=replace(analysis.reading, **how)), None, 80, colour=False)


def test_other_settings_are_counted_and_the_way_to_choose_them_is_told() -> None:
    assert read_with().splitlines()[0] == (
        "shop  settings config/settings/base.py; 1 other not used, --settings chooses"
    )
    assert "other" not in read_with(settings_candidates=("config/settings/base.py",)).splitlines()[0]


def test_another_project_in_the_tree_is_told() -> None:
    names = {"settings_candidates": ("config/settings/base.py", "blog/conf/settings.py")}
    lines = read_with(source_roots=(".", "blog"), **names).splitlines()
    assert "Settings in blog may be another project's: give that folder as PATH." in lines
    assert "another project" not in read_with(source_roots=(".",), **names)


def test_apps_that_only_all_apps_counts_are_no_open_question() -> None:
    analysis = analysed([model("shop.Thing")], apps=[app("shop"), app("old", installed=None)])
    text = summary(analysis, None, 80, colour=False)
    assert "2 own, 0 from packages · 1 unknown whether installed" in text
    every = replace(analysis, reading=replace(analysis.reading, all_apps=True))
    text = summary(every, None, 80, colour=False)
    assert "2 own (1 not listed as installed, counted all the same)" in text
    assert "whether installed" not in text
    assert "--settings" not in text.partition("Look at first")[2]


def test_every_number_stands_beside_what_is_unknown() -> None:
    bare = model("shop.Bare", [field("it", "FK"), field("name")])
    odd = replace(bare, certain=False, fields=(replace(bare.fields[1], why="not known"), bare.fields[0]))
    text = summary(analysed([odd]), None, 100, colour=False)
    assert "Models        1 own and 0 abstract, 0 from packages · 1 unknown" in text
    assert "Fields        2 · 1 unknown" in text
    assert "Relations     1 (1 FK) · 1 unknown" in text
    assert "Levels        1 (own models from level 0 up: 1) · without 1 unknown relation" in text
    assert "Cycles        none · without 1 unknown relation" in text


def test_names_cannot_drive_a_terminal() -> None:
    analysis = analysed([model("shop.Thing")], project="\x1b[2J[bold]x[/bold]")
    text = summary(analysis, "\x1b[2J", 80, colour=False)
    assert "\x1b" not in text
    assert "[bold]x[/bold]" in text
