"""Values that may be undecided: what is true of them, and what holds when two may hold."""

from __future__ import annotations

import pytest

from analyzer.source.facts import Call, Ref
from analyzer.source.modules import Module
from analyzer.source.values import (
    HEAVIEST,
    Made,
    Maybe,
    Sequence,
    Table,
    Undecided,
    Value,
    merge,
    truth,
    weight,
)

CALL, MODULE = Call(Ref("f"), (), (), 1), Module("blog", "blog/__init__.py", True, True)
OPEN = Sequence("list", (), complete=False, why="an import")


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (1, True),
        (0, False),
        ("", False),
        (None, False),
        (Sequence("list", (1,)), True),
        (Sequence("list", ()), False),
        (OPEN, None),
        (Sequence("list", (1,), complete=False), True),
        (Sequence("list", (Maybe(1, "x"),)), None),
        (Table(()), False),
        (Table(((1, 2),)), True),
        (Table((), complete=False), None),
        (Undecided("x"), None),
        (Maybe(1, "x"), None),
    ],
)
def test_truth_is_said_only_where_it_is_known(value: Value, known: bool | None) -> None:
    assert truth(value) is known


def both(*items: Value) -> Sequence:
    return Sequence("list", items)


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        (1, 1, 1),
        (1, 2, Undecided("why")),
        (both("a"), both("a"), both("a")),
        (both("a"), both("a", "b"), both("a", Maybe("b", "why"))),
        (both("a"), both(), both(Maybe("a", "why"))),
        (both(Maybe("a", "old")), both("a"), both(Maybe("a", "old"), Maybe("a", "why"))),
        (both("a"), None, Undecided("why")),
    ],
)
def test_of_two_values_only_what_both_have_is_certain(one: Value, other: Value, merged: Value) -> None:
    assert merge(one, other, "why") == merged


def test_an_open_list_stays_open() -> None:
    assert merge(both("a"), OPEN, "why") == Sequence("list", (Maybe("a", "why"),), False, "an import")


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        (Table(((1, "a"), (1, "b"))), 1, "b"),
        (Table((("1", "a"),)), 1, Undecided("no key 1")),
        (Table((("1", "a"),), complete=False), 1, Undecided("key 1 may be there")),
    ],
)
def test_the_last_entry_of_a_table_counts(table: Table, key: int, value: Value) -> None:
    assert table.get(key) == value


def test_what_names_itself_twice_over_and_over_is_cut_off() -> None:
    found: Value = Sequence("tuple", ("a",))
    for _ in range(60):
        found = Sequence("tuple", (found, found))
        assert weight(found) <= HEAVIEST
    table: Value = Table((("a", 1),))
    for _ in range(60):
        table = Table((("a", table), ("b", table)))
        assert weight(table) <= HEAVIEST
    made: Value = Made("f", CALL, MODULE)
    for _ in range(60):
        made = Made("f", CALL, MODULE, (("a", made), ("b", made)))
        assert weight(made) <= HEAVIEST


def test_what_is_cut_off_is_not_complete() -> None:
    found = Sequence("list", (Sequence("list", (1,) * 150_000), Sequence("list", (1,) * 150_000)))
    assert (found.items, found.complete, found.why) == ((), False, "more than 200,000 values")
    assert Sequence("list", (1,) * 150_000).complete
