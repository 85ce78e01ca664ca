"""`migscan levels`: the classic listing, and what it leaves out."""

from __future__ import annotations

from syrupy.assertion import SnapshotAssertion

from analyzer.analysis import Analysis
from analyzer.render.levels_text import levels_text
from tests.render.factory import EMPTY, analysed, field, model


def test_the_whole_listing(analysis: Analysis, golden: SnapshotAssertion) -> None:
    assert levels_text(analysis) == golden


def test_a_project_without_models() -> None:
    assert levels_text(EMPTY) == "empty: no models, so no levels\n"


def test_there_is_no_limit_to_levels() -> None:
    chain = [model("shop.M00")] + [
        model(f"shop.M{n:02}", [field("up", "FK", f"shop.M{n - 1:02}")]) for n in range(1, 15)
    ]
    lines = levels_text(analysed(chain)).splitlines()
    assert [line for line in lines if line.startswith("Level ")] == [f"Level {n}" for n in range(15)]


def test_every_relation_of_a_cycle_has_its_place(analysis: Analysis) -> None:
    text = levels_text(analysis)
    assert (
        "shop.Order.last → shop.Parcel  nullable foreign key  leaves nothing  apps/shop/models.py:22\n"
        in text
    )
    assert "shop.Parcel.order → shop.Order  foreign key  apps/shop/models.py:32\n" in text


def test_packages_stand_apart_and_need_no_makemigrations(analysis: Analysis) -> None:
    lines = levels_text(analysis).splitlines()
    assert lines[lines.index("  installed packages") + 1] == "    contenttypes  ContentType"
    assert not [line for line in lines if "makemigrations" in line and "contenttypes" in line]


def test_a_command_is_never_broken() -> None:
    models = [model(f"application_number_{n}.Thing") for n in range(30)]
    (command,) = [line for line in levels_text(analysed(models)).splitlines() if "makemigrations" in line]
    assert command.endswith("application_number_9")


def test_names_cannot_drive_a_terminal() -> None:
    assert "\x1b" not in levels_text(analysed([model("shop.\x1b[2JThing")], project="\x1b[2J"))
