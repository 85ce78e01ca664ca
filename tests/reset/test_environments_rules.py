"""Every rule about environments finds its own bad example, and nothing in its good one."""

from __future__ import annotations

import pytest

from analyzer.audits.rules import Rule
from analyzer.reset.environments_rules import RULES
from tests.reset.comparing import compared

BY_CODE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_the_codes_are_those_of_the_twenty_situations() -> None:
    assert [rule.code for rule in RULES] == [f"MS{number}" for number in range(601, 621)]
    assert len({rule.name for rule in RULES}) == len(RULES)


@BY_CODE
def test_the_bad_example_has_the_code(rule: Rule) -> None:
    found = {one.code for one in compared(rule.bad).situations}
    beside = {"MS620": {"MS601"}, "MS619": set[str]()}.get(rule.code, set())
    assert found - beside == {rule.code}


@BY_CODE
def test_every_step_stands_alone(rule: Rule) -> None:
    """Equal steps are told once, at the last place: none may go on where another one left off."""
    listed = [step for one in compared(rule.bad).situations for step in one.steps]
    assert [step for step in listed if step.startswith(("or ", "or,", "else ", "otherwise "))] == []


@BY_CODE
def test_the_good_example_has_nothing(rule: Rule) -> None:
    assert compared(rule.good).situations == ()


@BY_CODE
def test_a_rule_says_why_and_what_to_do(rule: Rule) -> None:
    assert rule.title
    assert rule.why
    assert rule.fix
