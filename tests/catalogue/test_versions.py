"""Versions and ranges: ordered and matched as PyPA's own library does it; which of a few is nearest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version as Theirs

from analyzer.catalogue.versions import Range, nearest, specifier, version

NUMBERS = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
SUFFIXES = st.sampled_from(["", "", "a1", "b2", "rc1", ".post1", ".dev3"])
VERSIONS = st.tuples(NUMBERS, SUFFIXES).map("".join)
CLAUSES = st.tuples(st.sampled_from(["==", ">=", "<=", "<", "!=", "~="]), NUMBERS).map("".join)


@given(VERSIONS, VERSIONS)
def test_versions_are_ordered_as_pep_440_says(one: str, other: str) -> None:
    ours, theirs = (version(one), version(other)), (Theirs(one), Theirs(other))
    assert ours[0] is not None
    assert ours[1] is not None
    assert (ours[0] < ours[1], ours[0] == ours[1]) == (theirs[0] < theirs[1], theirs[0] == theirs[1])


@given(NUMBERS, st.lists(CLAUSES, min_size=1, max_size=2, unique_by=lambda clause: clause[:2]))
def test_a_range_allows_what_pep_440_says(found: str, clauses: list[str]) -> None:
    if any(clause.startswith("~=") and "." not in clause for clause in clauses):
        return  # not allowed
    if len(clauses) > 1 and any(clause.startswith("==") for clause in clauses):
        return  # a pin and something else: nobody writes that
    read = version(found)
    assert read is not None
    assert specifier(",".join(clauses)).allows(read) == (Theirs(found) in SpecifierSet(",".join(clauses)))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("==4.2.*", "4.2.9", "4.3"),
        ("4.2.*", "4.2.9", "4.3"),
        ("^4.2", "4.9", "5.0"),
        ("^0.5.1", "0.5.9", "0.6"),
        ("^0", "0.9", "1.0"),
        ("~4.2", "4.2.9", "4.3"),
        ("(>=3.2,<5)", "4.2", "5.0"),
        ("4.2.3", "4.2.3", "4.2.4"),
        ("===4.2.3", "4.2.3", "4.2.4"),
    ],
)
def test_other_ways_to_write_a_range(text: str, inside: str, outside: str) -> None:
    one, other = version(inside), version(outside)
    assert one is not None
    assert other is not None
    assert (specifier(text).allows(one), specifier(text).allows(other)) == (True, False)


@pytest.mark.parametrize("text", ["", "*", "latest", ">=", "?"])
def test_what_is_no_range_allows_everything(text: str) -> None:
    assert specifier(text) == Range()


KNOWN = ("3.2.25", "4.2.30", "5.2.19", "6.1.3")


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ("", "6.1.3"),
        ("==5.2.19", "5.2.19"),
        ("==4.2.3", "4.2.30"),
        ("==4.1.9", "4.2.30"),
        ("==5.0.9", "5.2.19"),
        ("==5.3", "5.2.19"),
        ("==2.2", "3.2.25"),
        ("==7.0", "6.1.3"),
        (">=3.2", "6.1.3"),
        (">=3.2,<5", "4.2.30"),
        (">=4.0,<4.2", "3.2.25"),
        ("<3.0", "3.2.25"),
        ("~=4.2.1", "4.2.30"),
        ("~=5.2", "5.2.19"),
        (">7", "6.1.3"),
    ],
)
def test_the_nearest_version_is_taken(wanted: str, taken: str) -> None:
    known = [found for text in KNOWN if (found := version(text)) is not None]
    assert nearest(known, specifier(wanted)) == version(taken)
