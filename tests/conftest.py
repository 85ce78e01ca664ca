"""What tests of several folders share."""

from __future__ import annotations

import pytest

from analyzer import analysis
from analyzer.source import stamps


@pytest.fixture
def believing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are known by their dates however young they are: as in a project that has lain for a while."""
    monkeypatch.setattr(stamps, "MARGIN", 0)


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """An entry for each time that a whole project is worked out."""
    times: list[None] = []
    worked_out = analysis.worked_out

    def counted(*given: object) -> object:
        times.append(None)
        return worked_out(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(analysis, "worked_out", counted)
    return times
