"""Defects planted in the showcase are found where they are, and bring no other errors."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analyzer.audits.registry import RULES
from analyzer.audits.rules import Severity
from analyzer.options import Options
from tests.audits.seeded.defects import KINDS
from tests.audits.seeded.measure import copied, measure, measure_compared
from tests.audits.seeded.operations import OPERATIONS

MARKETPLACE = Path(__file__).parents[3] / "fixtures" / "marketplace"
OPTIONS = Options(jobs=1)
FILES = ("defects.py", "operations.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copied(MARKETPLACE, tmp_path / "marketplace")


def test_one_defect_of_each_kind_is_found(root: Path) -> None:
    count, failures = measure(root, 1, OPTIONS)
    assert failures == []
    assert sum(count.values()) >= len(KINDS) + len(OPERATIONS) - 1


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_one_defect_of_each_kind_is_found_against_a_revision(root: Path) -> None:
    count, failures = measure_compared(root, 1, OPTIONS)
    assert failures == []
    assert min(count["MS117"], count["MS118"]) > 0


@pytest.mark.parametrize("family", ["MS1", "MS2", "MS4"])
def test_every_error_has_a_defect(family: str) -> None:
    """What is planted in a project's history, relations and operations: an error rule needs one."""
    text = "".join(Path(__file__).with_name(name).read_text("utf-8") for name in FILES)
    codes = {r.code for r in RULES if r.severity is Severity.ERROR and r.code.startswith(family)}
    assert {code for code in codes if f'"{code}"' not in text} == set()
