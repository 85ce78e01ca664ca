"""The verdict: honest about what was found, silent about what was not looked for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from analyzer.analysis import Analysis
from analyzer.audits.rules import Severity
from analyzer.data.values import Verdict
from analyzer.render.concerns import concerns, standing
from analyzer.render.tally import must_act, tally
from tests.render.factory import EMPTY, analysed, field, finding, migration, model, operation


def plain() -> Analysis:
    first, more = migration("shop", "0001_initial"), migration("shop", "0002_more")
    return analysed([model("shop.Brand")], [first, replace(more, parents=(first.key,))])


def test_nothing_to_reset_without_migrations() -> None:
    assert standing(EMPTY).answer.startswith("There is nothing to reset")
    assert concerns(EMPTY) == ()


def test_nothing_found_is_said_as_that() -> None:
    assert standing(plain()).answer == "Yes: nothing was found that stands in the way."


def test_an_error_comes_first() -> None:
    analysis = replace(plain(), findings=(finding(Severity.ERROR, "MS101", "two leaves"),))
    stand = standing(analysis)
    assert stand.answer.startswith("Not yet: 1 error has to be resolved")
    assert stand.concerns[0].what == "MS101: two leaves"


@pytest.mark.parametrize(
    ("verdict", "noun"),
    [("seed", "1 seed"), ("schema", "1 hidden schema change"), ("mixed", "1 mixed operation")],
)
def test_what_would_be_lost_is_named(verdict: Verdict, noun: str) -> None:
    answer = standing(replace(plain(), data_operations=(operation(verdict),))).answer
    assert answer == f"Not by deleting and regenerating alone: that would lose {noun}."


def test_a_warning_is_not_swallowed_by_a_yes() -> None:
    answer = standing(replace(plain(), findings=(finding(Severity.WARNING, "MS202", "a circle"),))).answer
    assert answer == "Yes, as far as source tells; look at 1 warning before."


@pytest.mark.parametrize("verdict", ["one-time", "redundant", "noop"])
def test_what_a_reset_need_not_care_about_is_no_concern(verdict: Verdict) -> None:
    analysis = replace(plain(), data_operations=(operation(verdict),))
    assert concerns(analysis) == ()


def test_an_open_question_makes_the_answer_a_probably() -> None:
    analysis = replace(plain(), data_operations=(operation("unknown"),))
    assert standing(analysis).answer == "Probably, but 1 data operation could not be decided from source."


def test_findings_of_one_rule_are_one_concern() -> None:
    several = tuple(finding(Severity.WARNING, "MS105", f"number 000{n} twice") for n in (1, 2, 3))
    (concern,) = concerns(replace(plain(), findings=several))
    assert concern.what == "MS105: number 0001 twice (2 more like it)"


def test_suppressed_findings_and_notes_do_not_fail_a_run() -> None:
    quiet = (
        finding(Severity.ERROR, "MS101", "two leaves", suppressed=True),
        finding(Severity.NOTE, "MS110", "fragile"),
    )
    assert not must_act(replace(plain(), findings=quiet))
    assert must_act(replace(plain(), findings=(*quiet, finding(Severity.WARNING, "MS105", "twice"))))


def test_every_number_stands_beside_what_is_not_certain(analysis: Analysis) -> None:
    numbers = tally(analysis)
    assert (numbers.relations, numbers.relations_unknown) == (7, 1)
    assert (numbers.apps, numbers.apps_unknown, numbers.apps_not_installed) == (4, 1, 1)
    assert (numbers.data_operations, numbers.data_operations_by_verdict["unknown"]) == (5, 1)
    assert (numbers.findings, numbers.findings_suppressed) == (3, 1)


def test_a_generic_foreign_key_is_no_open_question() -> None:
    analysis = analysed([model("shop.Tag", [field("about", "GFK")])])
    assert tally(analysis).relations_unknown == 0
    assert tally(analysis).relations_by_kind["GFK"] == 1


def test_models_that_are_not_installed_do_not_count() -> None:
    analysis = plain()
    absent = replace(model("old.Thing", [field("brand", "FK")]), installed=False)
    numbers = tally(replace(analysis, models=(*analysis.models, absent)))
    assert (numbers.models, numbers.models_not_installed) == (1, 1)
