"""Comprehensions over values, or by conditions, that source does not decide in all parts."""

from __future__ import annotations

from analyzer.source.values import Maybe, Sequence, Undecided
from tests.source.test_evaluate import value


def test_a_comprehension_over_what_is_not_all_decided_keeps_what_is() -> None:
    before = "from elsewhere import more\nSOME = ['a', 'b'] + more"
    assert value("[x + '!' for x in SOME]", before) == Sequence(
        "list", ("a!", "b!"), False, "a part is not decided"
    )


def test_elements_of_an_undecided_condition_may_be_there() -> None:
    before = "from elsewhere import wanted"
    why = "a comprehension's condition is not decided"
    listed = (Maybe("a", why), Maybe("b", why))
    assert value("[x for x in ['a', 'b', ''] if x if wanted(x)]", before) == Sequence("list", listed)
    some = Sequence("list", (Maybe("a", why), "b"))
    assert value("[x for x in ['a', 'b'] if x not in wanted or x == 'b']", before) == some
    assert isinstance(value("[x for x in range(900) if wanted(x)]", before), Undecided)
    assert isinstance(value("{x: 1 for x in ['a'] if wanted(x)}", before), Undecided)
    assert isinstance(value("','.join(x for x in ['a'] if wanted(x))", before), Undecided)
    assert isinstance(value("[x for x in ['a', 'b'] if wanted(x)][0]", before), Undecided)
