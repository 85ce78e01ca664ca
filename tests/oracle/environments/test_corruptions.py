"""Damaged exports: the same as `corruptions`, a hundred of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.environments.corruptions import FORMS, NEEDED, answer, project, tries


def test_no_damage_makes_an_environment_look_better(tmp_path: Path) -> None:
    _, disk = project(tmp_path)
    wrong = [f"{one.name}: {one.wrong}" for one in tries(disk, tmp_path, 100, seed=7) if one.wrong]
    assert wrong == []


@pytest.mark.parametrize("form", FORMS)
def test_without_damage_every_form_is_read(form: str, tmp_path: Path) -> None:
    _, disk = project(tmp_path)
    export = tmp_path / "export"
    export.write_bytes(FORMS[form](NEEDED))
    assert answer(disk, export) == "ok"
    export.write_bytes(FORMS[form](NEEDED[:-1]))
    assert answer(disk, export) == "blocker"
