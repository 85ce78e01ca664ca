"""The process as a shell sees it: start, terminal, pipes, interruption, completion."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
UNSET = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LINES")
HEAVY = ("ast_grep_py", "graphviz", "networkx", "pathspec")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The smallest project that is one."""
    root = tmp_path / "project"
    (root / "shop").mkdir(parents=True)
    (root / "manage.py").touch()
    (root / "shop/__init__.py").touch()
    lines = ["from django.db import models", *(f"class M{n}(models.Model): pass" for n in range(300))]
    (root / "shop/models.py").write_text("\n".join(lines) + "\n")
    return root


def environment(**extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "TERM": "xterm-256color", **extra}


def migscan(*arguments: str | Path, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *map(str, arguments)],
        capture_output=True, text=True, timeout=60, env=environment(**extra),
    )  # fmt: skip


def on_a_terminal(*arguments: str | Path, columns: int = 80, **extra: str) -> str:
    """All that a terminal is sent."""
    import fcntl
    import struct
    import termios

    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "analyzer", *map(str, arguments)],
        stdin=terminal, stdout=terminal, stderr=terminal, env=environment(**extra),
    )  # fmt: skip
    os.close(terminal)
    sent = b""
    while True:
        try:
            piece = os.read(controller, 4096)
        except OSError:
            piece = b""
        if not piece:
            break
        sent += piece
    process.wait(60)
    os.close(controller)
    return sent.decode()


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["report", "--help"], ["graph", "--help"]])
def test_the_start_loads_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "analyzer", *arguments],
        capture_output=True, text=True, timeout=60, env=environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & set(HEAVY)
    if arguments == ["--version"]:
        assert not loaded & {"typer", "rich", "msgspec"}


def test_a_check_of_what_is_remembered_loads_little(project: Path) -> None:
    """A hook that takes long is soon gone: no parser, no rules where nothing is to be said."""
    migscan("check", project)
    words = ["-X", "importtime", "-m", "analyzer", "check", str(project), "--select", "MS1,MS2"]
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=60, env=environment()
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {
        *HEAVY,
        "rich",
        "analyzer.pipeline",
        "analyzer.schema.read",
        "analyzer.render.folder",
    }


def test_the_rules_are_loaded_without_what_they_work_on() -> None:
    code = "import sys, analyzer.audits.registry; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environment()
    )
    loaded = set(done.stdout.split())
    assert not loaded & {*HEAVY, "analyzer.source.evaluate", "analyzer.history.replay", "analyzer.catalogue"}


def test_the_version_is_the_same_wherever_it_is_asked() -> None:
    assert migscan("--version").stdout == migscan("--version", "--help").stdout
    assert re.fullmatch(r"migscan \d+\.\d+\.\d+\n", migscan("--version").stdout)


def test_a_terminal_gets_progress_and_colour(project: Path, tmp_path: Path) -> None:
    sent = on_a_terminal(project, "-o", tmp_path / "out")
    assert "\r\x1b[K" in sent
    assert "\x1b[1m" in sent
    after = sent.rpartition("\r\x1b[K")[2]
    assert "Can it be reset?" in after, "the progress line is gone when the summary comes"


@pytest.mark.parametrize("wish", ["--no-color", "NO_COLOR"])
def test_who_wants_no_colour_gets_none(project: Path, tmp_path: Path, wish: str) -> None:
    arguments = ["--no-color"] if wish == "--no-color" else []
    unset = "" if arguments else "1"
    sent = on_a_terminal(project, "-o", tmp_path / "out", *arguments, NO_COLOR=unset)
    assert "\x1b[" not in sent.replace("\r\x1b[K", "")


def test_a_narrow_terminal_is_not_overrun(project: Path, tmp_path: Path) -> None:
    sent = on_a_terminal(project, "-q", "-o", tmp_path / "out", columns=60)
    assert sent == ""
    text = on_a_terminal(project, "-o", tmp_path / "out", "--no-color", columns=60).rpartition("\x1b[K")[2]
    long = [line for line in text.splitlines() if len(line) > 60]
    assert all("/" in line for line in long), "only paths may be longer"


def test_a_pipe_gets_neither(project: Path, tmp_path: Path) -> None:
    done = migscan(project, "-o", tmp_path / "out")
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_a_reader_who_has_seen_enough_is_no_error(project: Path) -> None:
    """As in `migscan levels . | head -1`."""
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "analyzer", "levels", str(project)],
        stdout=write, stderr=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    os.close(write)
    os.close(read)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_an_interruption_is_quiet(tmp_path: Path) -> None:
    code = (
        "import os, signal, analyzer.analysis as a\n"
        "a.analyse = lambda *_: os.kill(os.getpid(), signal.SIGINT)\n"
        "import sys; sys.argv = ['migscan', '.']\n"
        "from analyzer.cli import main; main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, "", "")


def test_a_terminal_without_letters_gets_question_marks(project: Path) -> None:
    done = migscan("levels", project, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["levels"], ["report", "--format", "json"]])
def test_a_full_disk_is_one_line(project: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "analyzer", *arguments, str(project)],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, env=environment(),
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("migscan: standard output: cannot be written")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "migscan ",
            {
                "check",
                "compare",
                "explain",
                "explain-op",
                "graph",
                "levels",
                "plan",
                "report",
                "rules",
                "verify",
            },
        ),
        ("migscan le", {"levels"}),
        ("migscan --for", {"--force", "--format"}),
        ("migscan ./project --format ", {"md", "json"}),
        ("migscan graph . --of ", {"models", "apps", "migrations", "cycles"}),
        ("migscan graph . --format m", {"mermaid"}),
        ("migscan graph . --no-", {"--no-cache"}),
        ("migscan levels ", set()),
    ],
)
def test_bash_completes(line: str, expected: set[str]) -> None:
    words = line.split()
    at = len(words) if line.endswith(" ") else len(words) - 1
    done = subprocess.run(
        [sys.executable, "-c", "from analyzer.cli import main; main()"],
        env=environment(COMP_WORDS=line, COMP_CWORD=str(at), _MIGSCAN_COMPLETE="complete_bash"),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert set(done.stdout.split()) == expected, done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_shown(shell: str) -> None:
    done = migscan("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert done.returncode == 0
    assert "_MIGSCAN_COMPLETE=complete_" in done.stdout
