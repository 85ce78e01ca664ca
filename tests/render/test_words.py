"""Words, numbers, and text that must not drive a terminal."""

from __future__ import annotations

import pytest

from analyzer.render.words import count, joined, number, place, printable, shortened, some


@pytest.mark.parametrize(
    ("value", "noun", "said"),
    [
        (1, "model", "1 model"),
        (0, "model", "0 models"),
        (1400, "migration", "1,400 migrations"),
        (2, "squash", "2 squashes"),
        (2, "leaf", "2 leaves"),
        (2, "many-to-many key", "2 many-to-many keys"),
        (3, "own app", "3 own apps"),
    ],
)
def test_count_says_how_many(value: int, noun: str, said: str) -> None:
    assert count(value, noun) == said


def test_lists_read_like_sentences() -> None:
    assert [joined(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert some(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert number(1234567) == "1,234,567"
    assert place("a.py", 3) == "a.py:3"
    assert place("a.py", 0) == "a.py"


def test_long_text_keeps_both_ends() -> None:
    assert shortened("abcdefghij", 5) == "ab…ij"
    assert shortened("abc", 3) == "abc"


@pytest.mark.parametrize("bad", ["\x1b[2J", "\x07", "\x00", "\x9b", "\u202e", "\u200b", "\udc80"])
def test_control_characters_never_come_out(bad: str) -> None:
    shown = printable(f"a{bad}b")
    assert bad[0] not in shown
    assert shown.encode()


def test_a_name_is_one_line() -> None:
    assert printable("a\r\nb\tc\nd") == "a b c d"
