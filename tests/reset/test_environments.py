"""What is not decided is not told, and what one situation explains no other one repeats."""

from __future__ import annotations

from analyzer.reset import environments_examples as ex
from tests.reset.comparing import codes, compared

UNKNOWN = """
# config/__init__.py
# config/settings.py
INSTALLED_APPS = ["somewhere.else_known", "blog"]
"""


def test_the_first_migration_of_an_unknown_package_is_not_missed() -> None:
    migration = ex.migration("0001_initial").replace("[]", '[("else_known", "__first__")]', 1)
    assert codes(compared(UNKNOWN + ex.PACKAGE + migration + ex.export("blog.0001_initial"))) == []


def test_rows_of_a_label_that_may_be_a_packages_are_left_open() -> None:
    text = UNKNOWN + ex.PACKAGE + ex.FIRST + ex.export("blog.0001_initial", "custom.0001_initial")
    found = compared(text)
    assert codes(found) == []
    assert any(one.startswith("custom: rows of a label that may be") for one in found.open)


def test_a_package_at_a_version_that_is_not_known_is_not_compared() -> None:
    text = ex.packaged(ex.with_package("sessions.0002_more")).replace("Django==5.2\n", "")
    found = compared(text)
    assert codes(found) == []
    assert any(one.startswith("sessions: its migrations were not compared") for one in found.open)


def test_what_waits_in_a_package_that_is_known_blocks() -> None:
    assert codes(compared(ex.packaged(ex.export("blog.0001_initial")))) == ["MS601 blocker"]


def test_a_squash_takes_the_place_of_what_it_replaces() -> None:
    rows = ex.export("blog.0001_initial", "blog.0002_title", "blog.0001_squashed", "blog.0003_body")
    later = ex.migration("0003_body", "0002_title")
    assert codes(compared(ex.PACKAGE + ex.SQUASH + later + rows)) == ["MS608 ok"]


def test_a_squash_of_squashes_counts_what_is_inside() -> None:
    outer = ex.migration("0001_all", replaces=ex.replaced("0001_squashed", "0003_body"))
    text = ex.PACKAGE + ex.SQUASH + ex.migration("0003_body", "0001_squashed") + outer
    rows = ex.export("blog.0001_initial", "blog.0002_title", "blog.0001_squashed", "blog.0003_body")
    assert codes(compared(text + rows)) == ["MS605 advice"]


def test_numbers_alone_rename_nothing_when_several_wait() -> None:
    text = (
        ex.TWO + ex.migration("0002_body", "0001_initial") + ex.migration("0003_m", "0002_title", "0002_body")
    )
    found = codes(compared(text + ex.export("blog.0001_initial", "blog.0002_heading")))
    assert found == ["MS601 blocker", "MS602 blocker"]


def test_a_late_row_of_a_squash_is_no_disorder() -> None:
    first = ex.migration("0001_squashed_0002", initial=True)
    text = ex.PACKAGE + first + ex.migration("0003_body", "0001_squashed_0002")
    assert codes(compared(text + ex.export("blog.0003_body", "blog.0001_squashed_0002"))) == []


def test_the_same_exports_give_the_same_answer() -> None:
    text = ex.TWO + ex.export("blog.0002_title", "gone.0001_a", "gone.0002_b")
    once, again = (
        [(one.code, one.message, one.steps) for one in compared(text).situations] for _ in range(2)
    )
    assert once == again
