"""Every test here starts from a copy of the healthy project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import write
from tests.robustness.projects import HEALTHY


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A healthy project in a folder of its own, to be spoilt."""
    return write(tmp_path / "project", HEALTHY)
