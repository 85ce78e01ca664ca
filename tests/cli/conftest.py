"""The command line in this process, on a made-up analysis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import analyzer.analysis
from analyzer.analysis import Analysis, Progress, Tell
from analyzer.cli.app import app
from analyzer.options import Options
from tests.render.factory import shop

Call = Callable[..., int]


@pytest.fixture
def analysis() -> Analysis:
    """What the pipeline is going to say."""
    return shop()


@pytest.fixture
def seen() -> list[Options]:
    """The options that the pipeline was given."""
    return []


@pytest.fixture
def call(analysis: Analysis, seen: list[Options], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in an empty current directory with a project beside it; the exit code."""

    def analyse(root: Path, options: Options, progress: Progress, tell: Tell) -> Analysis:
        seen.append(options)
        progress("read", 1, 2)
        return analysis

    monkeypatch.setattr(analyzer.analysis, "analyse", analyse)
    (tmp_path / "project").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            app([*arguments], prog_name="migscan")
        return int(ended.value.code or 0)

    return run
