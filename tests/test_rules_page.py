"""The committed page of rules is what migscan writes today, and nothing in it is lost on a reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from analyzer.audits.registry import RULES as OF_CHECK
from analyzer.audits.rules import Rule
from analyzer.render.rules import FAMILIES, document, explanation, listing, page
from analyzer.reset.environments_rules import RULES as OF_COMPARE

RULES = (*OF_CHECK, *OF_COMPARE)
REPOSITORY = Path(__file__).resolve().parents[1]


def test_the_committed_page_is_current() -> None:
    """`make reports` writes it anew."""
    assert (REPOSITORY / "reports/RULES.md").read_text(encoding="utf-8") == page(RULES), "is out of date"


def test_every_rule_has_its_place() -> None:
    assert {rule.code[:3] for rule in RULES} <= set(FAMILIES)
    text = page(RULES)
    assert all(f"\n### {rule.code} {rule.name}\n" in text for rule in RULES)


def test_the_page_is_markdown_without_surprises() -> None:
    html = MarkdownIt("gfm-like", {"linkify": False}).render(page(RULES))
    assert html.count("<h3>") == len(RULES)
    assert html.count("<table>") == len({rule.code[:3] for rule in RULES})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_an_explanation_says_it_all(rule: Rule) -> None:
    text = " ".join(explanation(rule).split())
    for said in (rule.code, rule.name, rule.severity.value, rule.title, rule.why, rule.fix, rule.url or ""):
        assert " ".join(said.split()) in text


def test_rules_are_listed_in_order() -> None:
    assert [line.split()[0] for line in listing(RULES).splitlines()] == [rule.code for rule in RULES]
    assert [entry["code"] for entry in json.loads(document(RULES))] == [rule.code for rule in RULES]
