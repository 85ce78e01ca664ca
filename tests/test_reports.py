"""The committed example report is what migscan writes today."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def test_the_committed_report_is_current(tmp_path: Path) -> None:
    """`make reports` writes it anew; it is written here into a copy, so that links are the same."""
    committed = REPOSITORY / "reports/marketplace"
    (tmp_path / ".git").mkdir()
    shutil.copytree(REPOSITORY / "fixtures/marketplace", tmp_path / "fixtures/marketplace")
    fresh = tmp_path / "reports/marketplace"
    command = [sys.executable, "-m", "analyzer", "fixtures/marketplace", "--no-cache", "--quiet"]
    done = subprocess.run([*command, "--output", "reports/marketplace"], cwd=tmp_path, check=False)
    assert done.returncode == 1
    names = {path.name for path in committed.iterdir()}
    assert {path.name for path in fresh.iterdir()} == names
    for name in sorted(names):
        assert (fresh / name).read_bytes() == (committed / name).read_bytes(), f"{name} is out of date"
