"""What tests of renderings share."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from analyzer.analysis import Analysis
from tests.render.factory import shop


class PlainFile(SingleFileSnapshotExtension):
    """The expected text as a file of its own, to be read as its reader will."""

    file_extension = "md"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def analysis() -> Analysis:
    """A shop with one of everything."""
    return shop()


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares with a file; `pytest --snapshot-update` writes it."""
    return snapshot.use_extension(PlainFile)
