"""Losses and changes in the migrations of the showcase: `verify` notices what real Django says differs."""

from __future__ import annotations

from pathlib import Path

from tests.oracle.mutations.run import MARKETPLACE, prepared
from tests.oracle.test_marketplace import needs_django
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
