"""The migration history in few steps."""

from __future__ import annotations

from analyzer.analysis import Analysis
from analyzer.history.values import Key, Migration
from analyzer.render.pictures import charts
from analyzer.render.pictures.runs import clipped, folded, sections, short, span
from tests.render.factory import analysed, migration


def chain(app: str, last: int, **needs: Key) -> list[Migration]:
    """Numbered migrations of an app; `m3=("b", "0001")` makes the third need that one as well."""
    return [
        migration(
            app,
            f"{n:04}",
            *([(app, f"{n - 1:04}")] if n > 1 else []),
            *([needs[f"m{n}"]] if f"m{n}" in needs else []),
        )
        for n in range(1, last + 1)
    ]


def history(*migrations: Migration) -> Analysis:
    return analysed([], migrations)


def names(analysis: Analysis) -> list[str]:
    return [f"{run.app} {span(run.keys)}" for run in folded(analysis).runs]


def test_a_run_that_nothing_touches_is_one_step() -> None:
    assert names(history(*chain("a", 9))) == ["a 0001...0009 (9)"]


def test_a_run_ends_where_another_app_is_needed_or_needs_it() -> None:
    found = names(history(*chain("a", 9), *chain("b", 5, m3=("a", "0004"))))
    assert found == [
        "a 0001...0003 (3)", "a 0004", "a 0005...0009 (5)",
        "b 0001...0002 (2)", "b 0003", "b 0004...0005 (2)",
    ]  # fmt: skip


def test_forks_and_merges_end_a_run() -> None:
    fork = migration("a", "0003_b", ("a", "0002"))
    merge = migration("a", "0005_merge", ("a", "0004"), ("a", "0003_b"))
    found = history(*chain("a", 4), fork, merge)
    assert names(found) == ["a 0001...0002 (2)", "a 0003...0004 (2)", "a 0003", "a 0005"]
    assert len(sections(folded(found), "a")) == 4


def test_every_migration_is_in_exactly_one_step() -> None:
    found = history(*chain("a", 30, m7=("b", "0002")), *chain("b", 9, m5=("a", "0011")))
    keys = [key for run in folded(found).runs for key in run.keys]
    assert sorted(keys) == sorted(found.history.nodes)
    for app in ("a", "b"):
        rows = [key for runs in sections(folded(found), app) for run in runs for key in run.keys]
        assert sorted(rows) == sorted(key for key in keys if key[0] == app)


def test_a_circle_of_migrations_is_still_shown() -> None:
    ring = [migration("a", "0001", ("a", "0002")), migration("a", "0002", ("a", "0001"))]
    assert {key for run in folded(history(*ring)).runs for key in run.keys} == {("a", "0001"), ("a", "0002")}
    assert charts(history(*ring), "migrations")


def test_a_small_history_is_one_picture() -> None:
    (chart,) = charts(history(*chain("a", 9), *chain("b", 5, m3=("a", "0004"))), "migrations")
    assert chart.name == "history"
    assert {box.group for box in chart.boxes} == {"a", "b"}


def test_a_large_history_is_an_overview_and_a_chain_per_app() -> None:
    needs = {f"m{n}": ("b", f"{n:04}") for n in range(2, 20)}
    found = charts(history(*chain("a", 20, **needs), *chain("b", 20), *chain("c", 3)), "migrations")
    assert [chart.name for chart in found] == ["history", "history-a", "history-b"]
    overview, a, _ = found
    assert [(arrow.source, arrow.target, arrow.label) for arrow in overview.arrows] == [
        ("app:a", "app:b", "18")
    ]
    assert any("needs b.0002" in row.aside for box in a.boxes for row in box.rows)


def test_apps_whose_migrations_interleave_are_marked() -> None:
    needs = {f"m{n}": ("b", f"{n:04}") for n in range(2, 20)}
    back = {"m20": ("a", "0003")}
    overview = charts(history(*chain("a", 20, **needs), *chain("b", 20, **back)), "migrations")[0]
    assert all(box.warn for box in overview.boxes)
    assert any("2 apps depend on each other by turns" in note for note in overview.notes)


def test_several_leaves_are_marked() -> None:
    found = history(*chain("a", 3), migration("a", "0003_b", ("a", "0002")))
    (chart,) = charts(found, "migrations", "a")
    assert sum(row.warn for box in chart.boxes for row in box.rows) == 2


def test_names_are_shortened_without_losing_their_number() -> None:
    assert short("0012_alter_user") == "0012"
    assert short("initial") == "initial"
    assert clipped("abcdefghijkl", 9) == "abc...jkl"
