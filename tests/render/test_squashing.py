"""Which apps can become one migration, and what stands in the way."""

from __future__ import annotations

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.analysis import Analysis
from analyzer.audits.rules import Severity
from analyzer.history.squash import Obstacle, obstacles, parts
from analyzer.history.values import History, Key, Migration
from analyzer.render.json import document
from analyzer.render.markdown import markdown
from analyzer.render.pictures import charts
from analyzer.render.squashing import Squashing, bonds, squashings, turns
from tests.render.factory import analysed, app, finding, migration, model

A1, A2, A3, A4, B1, B2 = ("a", "1"), ("a", "2"), ("a", "3"), ("a", "4"), ("b", "1"), ("b", "2")


def history(*migrations: Migration) -> Analysis:
    return analysed([], migrations)


def row(name: str, last: int, **needs: Key) -> list[Migration]:
    """Migrations of an app one behind the other; `m3=B1` makes the third need that one as well."""
    return [
        migration(name, str(n), *([(name, str(n - 1))] if n > 1 else []), *filter(None, [needs.get(f"m{n}")]))
        for n in range(1, last + 1)
    ]


def test_an_app_that_nothing_interrupts_can_become_one() -> None:
    found = squashings(history(*row("a", 3), *row("b", 2, m1=A2)))
    assert found == (Squashing("a", 3), Squashing("b", 2))


def test_one_migration_is_nothing_to_squash() -> None:
    assert squashings(history(*row("a", 1))) == ()


def test_where_it_cannot_the_fewest_parts_are_told() -> None:
    found = history(*row("a", 4, m3=B1), *row("b", 1, m1=A2))
    assert squashings(found) == (Squashing("a", 4, Obstacle("a", (A3, B1, A2))),)
    assert parts(found.history, "a") == ((A1, A2), (A3, A4))


def test_a_part_may_need_what_came_before_it() -> None:
    found = history(*row("a", 4, m3=B1, m4=B2), *row("b", 2, m1=A1, m2=A2)).history
    assert parts(found, "a") == ((A1, A2), (A3, A4))


def test_no_parts_are_told_where_migrations_fork() -> None:
    fork = migration("a", "3b", A2)
    assert parts(history(*row("a", 3, m3=B1), fork, *row("b", 1, m1=A1)).history, "a") == ()


def test_two_apps_can_be_in_each_others_way_though_neither_has_an_obstacle() -> None:
    found = history(*row("a", 2, m2=B1), *row("b", 2, m2=A1))
    assert [one.obstacle for one in squashings(found)] == [None, None]
    assert turns(found.history) == (("a", "b"),)
    assert bonds(found.history) == {("a", "b"): 1, ("b", "a"): 1}


def test_nothing_is_said_where_migrations_go_in_a_circle() -> None:
    found = history(migration("a", "1", A2), migration("a", "2", A1))
    assert squashings(replace(found, history=replace(found.history, cycles=((A1, A2),)))) == ()


def test_what_was_not_read_leaves_it_open() -> None:
    partly = replace(migration("b", "1"), complete=False, why="`dependencies`: made by a call")
    found = squashings(history(partly, *row("a", 2, m2=B1), *row("c", 2)))
    assert [(one.app, one.why) for one in found] == [
        ("a", "what b.1 depends on is read in part"), ("c", ""),
    ]  # fmt: skip


def test_a_migration_that_cannot_be_parsed_leaves_it_open() -> None:
    odd = replace(finding(Severity.ERROR, "MS001", "cannot be parsed"), file="apps/b/migrations/2.py")
    found = replace(history(*row("a", 2, m2=B1), *row("b", 1), *row("c", 2)), findings=(odd,))
    assert [(one.app, one.why) for one in squashings(found)] == [
        ("a", "apps/b/migrations/2.py cannot be read"), ("c", ""),
    ]  # fmt: skip


def test_a_package_may_lead_back_to_the_user_model() -> None:
    def users(package: str) -> str:
        found = analysed(
            [model("people.User")],
            [migration("people", "1"), migration("people", "2", ("people", "1"), (package, "0001_initial"))],
            apps=[app("people"), app("contenttypes", own=False), app("admin", own=False)],
        )
        return squashings(found)[0].why

    assert users("contenttypes") == ""
    assert users("admin") == (
        "it needs migrations of packages (admin), which may need a model of this app that is swapped in"
    )


def page(analysis: Analysis) -> str:
    report = markdown(analysis, lambda file, line: f"{file}#L{line}", ())
    return report.partition("### Can it be squashed?\n")[2].partition("\n## ")[0]


def test_the_way_out_and_back_is_told_in_words_with_its_places() -> None:
    found = page(history(*row("a", 3, m3=("b", "3")), *row("b", 3, m1=A1)))
    assert (
        "[`a.3`](apps/a/migrations/3.py#L4) [needs](apps/a/migrations/3.py#L6) "
        "[`b.3`](apps/b/migrations/3.py#L4), "
        "which follows [`b.1`](apps/b/migrations/1.py#L4), "
        "which [needs](apps/b/migrations/1.py#L6) [`a.1`](apps/a/migrations/1.py#L4) | 2: `1` to `2`, `3` |"
    ) in found
    assert "- **1 can:** `b`." in found


def test_a_long_way_is_not_told_whole() -> None:
    chain = [migration(f"m{n:02}", "1", (f"m{n + 1:02}", "1")) for n in range(20)]
    found = page(history(*row("a", 2, m2=("m00", "1")), *chain, migration("m20", "1", A1)))
    assert "over 13 further steps leads to one that" in found


def test_run_before_is_where_it_is_said() -> None:
    early = replace(migration("b", "1", A1), run_before=(A2,), lines={A2: 9})
    found = page(history(*row("a", 2), early))
    assert "[`b.1`](apps/b/migrations/1.py#L9) | `run_before` | `a.2` |" in found
    assert "`squashmigrations` does not take it over" in found
    assert "__latest__` is" not in found


def test_what_is_left_to_do_for_a_squash() -> None:
    squash = migration("a", "1_squashed_2", replaces=(A1, A2))
    found = page(history(*row("a", 1), squash, migration("b", "1", A2), migration("b", "2", B1)))
    assert "| 2 | 1 | 1 | delete 1 file, let 1 dependency name the squash, remove `replaces` |" in found
    assert "[`b.1`](apps/b/migrations/1.py#L6) | `a.2` | `a.1_squashed_2` |" in found


def test_the_facts_as_data() -> None:
    found = json.loads(document(history(*row("a", 4, m3=B1), *row("b", 1, m1=A2))))["squash"]
    assert found == {
        "obstacles": [
            {
                "app": "a",
                "path": [["a", "3"], ["b", "1"], ["a", "2"]],
                "parts": [[["a", "1"], ["a", "2"]], [["a", "3"], ["a", "4"]]],
            }
        ],
        "undecided": [],
        "turns": [["a", "b"]],
        "squashes": [],
    }


def test_pictures_mark_what_is_in_the_way() -> None:
    found = history(*row("a", 4, m3=B1), *row("b", 1, m1=A2))
    (whole,) = charts(found, "migrations")
    assert [(arrow.source, arrow.target) for arrow in whole.arrows if arrow.stroke == "cycle"] == [
        ("a.3", "b.1"), ("b.1", "a.2"),
    ]  # fmt: skip
    (chain,) = charts(found, "migrations", "a")
    assert [row_.text for box in chain.boxes for row_ in box.rows if row_.warn] == ["2", "3"]
    assert "Cannot become one migration: a.3 needs b.1, which needs a.2." in chain.notes


KEYS = st.tuples(st.sampled_from("abc"), st.sampled_from("123456"))


@given(st.dictionaries(KEYS, st.lists(KEYS, max_size=3)))
def test_every_part_can_become_one_and_none_could_be_longer(wanted: dict[Key, list[Key]]) -> None:
    """Checked by squashing the part: what Django would load then has no way out of it and back."""
    order = {key: place for place, key in enumerate(sorted(wanted, key=lambda key: key[1]))}
    migrations = [
        migration(
            key[0], key[1],
            *{parent for parent in parents if parent in order and order[parent] < order[key]},
            *_before(key, order),
        )
        for key, parents in wanted.items()
    ]  # fmt: skip
    found = history(*migrations).history
    for label in "abc":
        row_ = parts(found, label)
        for part in row_:
            assert _can_be_one(found, part)
        for part, following in itertools.pairwise(row_):
            assert not _can_be_one(found, (*part, following[0]))


def _before(key: Key, order: dict[Key, int]) -> list[Key]:
    """The migration of the same app that comes last before this one."""
    return sorted((k for k in order if k[0] == key[0] and order[k] < order[key]), key=order.__getitem__)[-1:]


def _can_be_one(found: History, part: tuple[Key, ...]) -> bool:
    """Whether the graph with these migrations as one app of its own has no obstacle there."""

    def named(key: Key) -> Key:
        return ("part", key[1]) if key in part else key

    edges = {named(key): tuple(map(named, parents)) for key, parents in found.edges.items()}
    moved = replace(found, nodes=frozenset(map(named, found.nodes)), edges=edges)
    return not [one for one in obstacles(moved) if one.app == "part"]
