"""Small changes to the showcase project: migscan says what real `makemigrations` would write for each."""

from __future__ import annotations

from pathlib import Path

from tests.oracle.mutations.run import MARKETPLACE, judged, prepared
from tests.oracle.test_marketplace import needs_django

CHANGES = 25
SEED = 20


@needs_django
def test_what_django_would_write_after_a_change_is_what_migscan_says(tmp_path: Path) -> None:
    with prepared(MARKETPLACE, tmp_path) as project:
        score = judged(project, CHANGES, SEED)
    assert score.wrong == []
    assert score.undecided == []
    assert score.right == CHANGES
    assert score.writes >= CHANGES // 2
