"""Conditions of indexes and constraints: when Django takes two of them for one."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, written

MODEL = """
class Post(models.Model):
    n = models.IntegerField()
    class Meta:
        indexes = [models.Index(fields=["n"], condition=models.Q(n__in={listed}), name="some")]
"""
N = "('n', models.IntegerField())"
BOTH = ["AddIndex post", "RemoveIndex post"]
OPEN = ["AddIndex? post", "RemoveIndex? post"]


def state(listed: str) -> str:
    index = f"models.Index(fields=['n'], condition=models.Q(('n__in', {listed})), name='some')"
    return created("Post", N, options=f"{{'indexes': [{index}]}}")


@pytest.mark.parametrize("listed", ["[1, 2, 3]", "(1, 2, 3)", "{3, 1, 2}"])
def test_lists_tuples_and_sets_in_a_condition_are_made_hashable_since_5_0(listed: str) -> None:
    assert written(MODEL.format(listed=listed), state("[1, 2, 3]")) == []
    assert written(MODEL.format(listed=listed), state("[1, 2, 4]")) == BOTH


@pytest.mark.parametrize(("listed", "rows"), [("[1, 2]", []), ("(1, 2)", BOTH), ("{1, 2}", BOTH)])
def test_before_a_list_equals_a_list_alone(listed: str, rows: list[str]) -> None:
    assert written(MODEL.format(listed=listed), state("[1, 2]"), django="4.2") == rows


@pytest.mark.parametrize(
    ("listed", "rows"),
    [
        ("{'a', 'b'}", OPEN),
        ("{'a', 'c'}", BOTH),
        ("{1, 9}", BOTH),
    ],
)
def test_the_order_of_a_set_of_texts_is_not_decided(listed: str, rows: list[str]) -> None:
    assert written(MODEL.format(listed=listed), state("['a', 'b']")) == rows


def test_numbers_in_a_set_that_may_stand_in_another_order() -> None:
    assert written(MODEL.format(listed="{1, 9}"), state("[1, 9]")) == OPEN
    assert written(MODEL.format(listed="{1, 9}"), state("{9, 1}")) == []
