"""The showcase project's drafts, run by real Django on an empty SQLite beside the old migrations."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.oracle.drafts.run import compared
from tests.oracle.test_marketplace import needs_django
from tests.oracle.verdicts.subjects import SQLITE, showcase


@needs_django
def test_the_drafts_leave_the_rows_and_objects_of_the_old_migrations() -> None:
    found = compared(showcase(Path(sys.executable), (SQLITE,)), SQLITE, None)
    assert (found.wrong, found.left) == ([], [])
    assert found.drafted == 6
    assert found.rows > 12
    assert found.objects > 0
