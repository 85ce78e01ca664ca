"""What tests of renderings share."""

from __future__ import annotations

import pytest

from analyzer.analysis import Analysis
from tests.render.factory import shop


@pytest.fixture
def analysis() -> Analysis:
    """A shop with one of everything."""
    return shop()
