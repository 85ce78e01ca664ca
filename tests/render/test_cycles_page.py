"""The report's section on cycles: what to do first, what next, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from analyzer.analysis import Analysis
from analyzer.graphs.cycles import COSTS
from analyzer.render.links import linker
from analyzer.render.markdown import Image
from analyzer.render.markdown.cycles import POSTPONING, cycles
from tests.render.factory import analysed, field, model

link = linker(Path("home/migscan-report"), Path("home/project"))


def page(analysis: Analysis, *images: Image) -> str:
    return "\n".join(cycles(analysis, link, images))


def tracker() -> Analysis:
    """A knot as real projects have it: defaults and pictures that point back at what owns them."""
    return analysed(
        [
            model("db.User", [field("avatar", "FK", "db.Asset", null=True, line=11),
                              field("cover", "FK", "db.Asset", null=True, line=12)]),
            model("db.Space", [field("owner", "FK", "db.User", line=21),
                               field("logo", "FK", "db.Asset", null=True, line=22)]),
            model("db.Project", [field("space", "FK", "db.Space", line=31),
                                 field("first_state", "FK", "db.State", line=32),
                                 field("labels", "M2M", "db.Label", line=33)]),
            model("db.State", [field("project", "FK", "db.Project", line=41)]),
            model("db.Label", [field("project", "O2O", "db.Project", line=51)]),
            model("db.Issue", [field("state", "FK", "db.State", line=61),
                               field("author", "FK", "db.User", line=62)]),
            model("db.Asset", [field("issue", "FK", "db.Issue", line=71),
                               field("space", "FK", "db.Space", line=72)]),
            model("db.Vote", [field("issue", "FK", "db.Issue", line=81)]),
        ]
    )  # fmt: skip


def two_apps() -> Analysis:
    """A cycle of apps whose models have an order."""
    return analysed(
        [
            model("people.Person"),
            model("people.Gift", [field("coupon", "FK", "shop.Coupon", line=8)]),
            model("shop.Coupon"),
            model("shop.Order", [field("buyer", "FK", "people.Person", null=True, line=9)]),
        ]
    )


def wheel(spokes: int) -> Analysis:
    """A hub that needs every spoke, and every spoke the hub."""
    labels = [f"db.Spoke{number:02}" for number in range(spokes)]
    fields = [field(label.lower()[3:], "FK", label, null=True) for label in labels]
    return analysed(
        [model("db.Hub", fields), *(model(label, [field("hub", "FK", "db.Hub")]) for label in labels)]
    )


@pytest.mark.parametrize("project", [tracker, two_apps, lambda: wheel(20)], ids=["knot", "apps", "wheel"])
def test_the_whole_page(project: object, golden: SnapshotAssertion) -> None:
    assert callable(project)
    assert page(project(), Image("cycle-1", "Cycle 1", "cycle-1.svg")) == golden


def test_it_says_what_to_do_first_and_next() -> None:
    text = page(tracker())
    places = [text.index(words) for words in ("**First, postpone", "**Next, build", "**Where it is tied:**")]
    assert places == sorted(places)


def test_a_step_says_what_is_left_of_the_cycle() -> None:
    rows = [line for line in page(tracker()).splitlines() if line.startswith("| `db.")]
    assert [row.split(" | ")[-1].rstrip(" |") for row in rows] == [
        "cycles of 4 and 2", "cycles of 2 and 2", "a cycle of 2", "nothing",
    ]  # fmt: skip


def test_a_cut_is_proved_or_bounded() -> None:
    assert "(weight 1, proved: no cut costs less)" in page(wheel(1))


def test_the_weights_are_those_that_the_search_uses() -> None:
    text = page(wheel(1))
    for kind in POSTPONING:
        assert f"| {kind} | {COSTS[kind]} |" in text


def test_a_cut_through_models_that_also_unties_apps_is_told_once() -> None:
    both = analysed(
        [
            model("tasks.Task", [field("story", "FK", "stories.Story", line=3)]),
            model("stories.Story", [field("made_from", "FK", "tasks.Task", null=True, line=4)]),
        ]
    )
    assert "What is postponed for the models unties it, too: `stories.Story.made_from`." in page(both)
    assert page(both).count("First, postpone") == 1


def test_kinds_have_weights_and_words() -> None:
    assert set(POSTPONING) | {"parent link"} == set(COSTS)
