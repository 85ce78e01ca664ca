"""Losses and changes in the migrations of the showcase: `verify` notices what real Django says differs."""

from __future__ import annotations

from pathlib import Path

from analyzer.analysis import worked_out
from analyzer.reset.verify import verify
from analyzer.sources import sources
from tests.oracle.mutations.run import MARKETPLACE, prepared
from tests.oracle.test_marketplace import needs_django
from tests.oracle.verify.remade import remake
from tests.oracle.verify.run import judged

CHANGES = 25
SEED = 7


@needs_django
def test_what_differs_for_django_is_noticed_and_nothing_else(tmp_path: Path) -> None:
    with prepared(MARKETPLACE, tmp_path) as project:
        score = judged(project, CHANGES, SEED)
    assert score.overlooked == []
    assert score.invented == []
    assert score.total == CHANGES
    assert score.noticed >= CHANGES * 3 // 4


@needs_django
def test_what_django_writes_anew_is_equal(tmp_path: Path) -> None:
    with prepared(MARKETPLACE, tmp_path) as project:
        old = worked_out(sources(project.root, project.options), project.options)
        remake(project, old)
        found = verify(old, worked_out(sources(project.root, project.options), project.options))
    assert found.migrations[1] < found.migrations[0]
    assert [one for one in found.differences if one.kind != "order"] == []
    assert found.equal
    assert found.nothing_lost is False, "seeds and hidden schema are in no model"
