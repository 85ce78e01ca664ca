"""Nothing of the project runs, Django is not needed, and only the output folder is written to.

The project's files all raise when they are run, and a watcher in every process of migscan forbids
to import Django or to run, compile or change anything of the project.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.projects import write
from tests.robustness.projects import HEALTHY, REPOSITORY, Run, files, migscan

WATCHER = Path(__file__).parent / "watcher"
TRAP = 'raise SystemError("the project was run")\n'


@dataclass(frozen=True)
class Watched:
    """A project full of traps, and a way to run migscan on it under watch."""

    root: Path
    log: Path
    output: Path

    def environment(self) -> dict[str, str]:
        """What makes every Python process watch itself."""
        may_write = (self.output, self.root / ".migscan_cache", self.log)
        return {
            "PYTHONPATH": os.pathsep.join([str(WATCHER), str(REPOSITORY)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "WATCH_PROJECT": str(self.root),
            "WATCH_LOG": str(self.log),
            "WATCH_MAY_WRITE": os.pathsep.join(map(str, may_write)),
        }

    def migscan(self, *arguments: str) -> Run:
        """Run it on the project."""
        return migscan(*arguments, cwd=self.root.parent, env=self.environment())

    @property
    def seen(self) -> list[str]:
        """What the watcher forbade."""
        return self.log.read_text().splitlines()


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """The healthy project, each file of which raises as its first act; with enough bulk for two processes."""
    root = write(tmp_path / "untouchable", HEALTHY)
    bulk = "".join(
        f'TEXT_{number} = "a line of some length, to make this file worth it"\n' for number in range(4000)
    )
    for number in range(3):
        write(
            root,
            f"# bulk{number}/__init__.py\n# bulk{number}/models.py\nfrom django.db import models\n{bulk}",
        )
    for path in root.rglob("*.py"):
        path.write_text(TRAP + path.read_text())
    log = tmp_path / "forbidden.log"
    log.touch()
    return Watched(root, log, tmp_path / "out")


def test_the_watcher_watches(watched: Watched) -> None:
    """Were the project run, or Django imported, these tests would see it."""

    def python(code: str) -> None:
        environment = {**os.environ, **watched.environment()}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=watched.root, env=environment, capture_output=True
        )
        assert done.returncode != 0

    python("import shop.models")
    python("import django.db")
    python("open('shop/models.py', 'a')")
    python("import subprocess; subprocess.run(['git', 'status'])")
    assert [line.split()[0] for line in watched.seen] == ["compile", "import", "write", "start"]


def test_json_touches_nothing(watched: Watched) -> None:
    run = watched.migscan(str(watched.root), "--format", "json", "-j", "2")
    assert watched.seen == []
    assert run.models >= {"shop.Maker", "shop.Product"}
    assert ("shop", "0001_initial") in run.migrations


@pytest.mark.parametrize("more", [(), ("--format", "sarif"), ("--diff",), ("--statistics",)])
def test_a_check_touches_nothing_and_starts_nothing(watched: Watched, more: tuple[str, ...]) -> None:
    before = files(watched.root)
    run = watched.migscan("check", str(watched.root), *more)
    assert watched.seen == []
    assert run.code in (0, 1), run.stderr
    assert files(watched.root) == before


def test_a_report_with_pictures_touches_nothing_but_its_folder(watched: Watched) -> None:
    before = files(watched.root)
    run = watched.migscan("report", str(watched.root), "--output", str(watched.output))
    assert watched.seen == []
    assert run.code in (0, 1)
    assert files(watched.root) == before
    assert (watched.output / "report.md").is_file()
    assert list(watched.output.rglob("*.svg"))


def test_without_cache_the_project_gains_no_folder(watched: Watched) -> None:
    watched.migscan(str(watched.root), "--format", "json", "--no-cache")
    assert watched.seen == []
    assert not (watched.root / ".migscan_cache").exists()


def test_levels_touches_nothing(watched: Watched) -> None:
    run = watched.migscan("levels", str(watched.root))
    assert watched.seen == []
    assert "Product" in run.stdout
