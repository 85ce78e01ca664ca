"""A cache that cannot be written, or that two runs write at once, changes nothing but the time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.source.cache import FOLDER
from tests.robustness.projects import REPOSITORY

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["migscan", *sys.argv[2:]]
from analyzer.cli import main
main()
"""


def command(project: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "analyzer", "check", str(project), "--show", "note", *arguments]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120)


def limited(project: Path, size: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run where no file may grow beyond a size, as on a disk that is full."""
    return run(sys.executable, "-c", LIMITED, str(size), *command(project, *arguments)[3:])


@pytest.mark.parametrize("size", [0, 1, 100, 1000])
def test_a_full_disk_costs_the_cache_and_one_note(project: Path, size: int) -> None:
    expected = run(*command(project, "--no-cache"))
    found = limited(project, size)
    assert (found.stdout, found.returncode) == (expected.stdout, expected.returncode)
    assert found.stderr == (
        f"migscan: nothing is remembered for the next run: {FOLDER} cannot be written (File too large)\n"
    )
    assert limited(project, size, "--quiet").stderr == ""
    after = run(*command(project))
    assert after.stderr == ""
    assert (project / FOLDER / ".gitignore").read_text() == "*\n", "the next run makes up for it"
    left = {path.name for path in (project / FOLDER).iterdir()} - {"stamps.msgpack"}  # of files that are old
    assert left == {".gitignore", "CACHEDIR.TAG", "analysis.msgpack", "facts.msgpack"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_must_not_be_written_costs_the_cache_and_one_note(project: Path) -> None:
    project.chmod(0o555)
    try:
        found = run(*command(project))
    finally:
        project.chmod(0o755)
    assert found.stderr.startswith(f"migscan: nothing is remembered for the next run: {FOLDER} cannot be")
    assert found.stderr.count("\n") == 1


def test_a_file_where_the_cache_should_be_costs_the_cache_and_one_note(project: Path) -> None:
    (project / FOLDER).write_text("mine")
    found = run(*command(project))
    assert found.stderr.count("\n") == 1
    assert (project / FOLDER).read_text() == "mine"


def test_runs_at_once_do_not_disturb_each_other(project: Path) -> None:
    expected = run(*command(project, "--no-cache")).stdout
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    for _ in range(3):
        started = [
            subprocess.Popen(
                command(project), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            for _ in range(4)
        ]
        for process in started:
            out, err = process.communicate(timeout=120)
            assert (out.decode(), err) == (expected, b"")
        (project / "shop/extra.py").write_text("x = 1\n")
    left = {path.name for path in (project / FOLDER).iterdir()} - {"stamps.msgpack"}  # of files that are old
    assert left == {".gitignore", "CACHEDIR.TAG", "analysis.msgpack", "facts.msgpack"}
