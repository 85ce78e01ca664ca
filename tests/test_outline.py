"""The migration graph alone: the same findings as those of the whole analysis, without models and drift."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.analysis import analyse, outlined
from analyzer.audits.policy import of_graph
from analyzer.audits.registry import GRAPH, RULES
from analyzer.audits.rules import Finding
from analyzer.options import Options
from tests.projects import project, write

MARKETPLACE = Path(__file__).parents[1] / "fixtures" / "marketplace"
RULE = {rule.code: rule for rule in RULES}
ALONE = Options(jobs=1, cache=False, select=("graph",))


def both(root: Path, options: Options = ALONE) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    return outlined(root, options).findings, analyse(root, options).findings


@pytest.mark.parametrize("code", sorted(GRAPH))
@pytest.mark.parametrize("example", ["bad", "good"])
def test_of_examples(code: str, example: str) -> None:
    with project(getattr(RULE[code], example)) as root:
        part, whole = both(root)
    assert part == whole
    assert (code in {finding.code for finding in part}) is (example == "bad")


def test_of_the_showcase() -> None:
    part, whole = both(MARKETPLACE)
    assert part == whole
    assert {finding.code for finding in part} == {"MS104", "MS108"}


def test_what_is_remembered_is_used_and_what_is_cached_is_kept(tmp_path: Path) -> None:
    text = RULE["MS101"].bad
    options = Options(jobs=1, select=("graph",))
    root = write(tmp_path, text)
    whole = analyse(root, options).findings
    assert outlined(root, options).findings == whole
    facts = tmp_path / ".migscan_cache" / "facts.msgpack"
    before = facts.stat().st_size

    (root / "blog/migrations/0003_body.py").write_text("# nothing\n")
    assert {finding.code for finding in outlined(root, options).findings} == {"MS106"}
    assert facts.stat().st_size >= before, "a whole run finds its facts again"


def test_the_selector_stands_for_rules_that_compare_with_a_revision_too() -> None:
    assert of_graph() - GRAPH == {"MS116", "MS117", "MS118"}
    assert "MS107" not in of_graph(), "it looks at models"
