"""How long it takes to be told of drift: migscan, `makemigrations --check`, and another static reader.

    python -m tests.oracle.real.beside [--store DIR] [--rounds N] [NAME ...]

NAME is a project of `tests/oracle/real/projects.toml` that can be booted.  A round runs every command
once as a whole process: migscan without a cache and with one, Django's own check in the project's
environment, and `django-orm-lens drift` (PyPI, pinned) in one of its own.  Prints the medians of the
seconds, and how much faster migscan is than booting Django.  What they say is not compared here.

Exit code: 0, or 2 where a project could not be booted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.oracle.real.projects import REPOSITORY, SETTINGS, Project, Refused, install, lay_out, read_projects

STORE = REPOSITORY / ".oracle"
PEER = "django-orm-lens==1.13.5"
USUAL = ("bakerydemo", "edx-enterprise", "kiwitcms", "mezzanine", "rdmo")
FIGURES = ("cold", "warm", "peer", "Django")
HEAD = (
    "project",
    "KiB of Python",
    "cold s",
    "warm s",
    f"{PEER} s",
    "makemigrations --check s",
    "Django / cold",
    "Django / warm",
    "cold / peer",
)
UNUSUAL = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONDEVMODE"})


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--store", type=Path, default=STORE, metavar="DIR", help="where projects are kept")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="runs per figure (default: 3)")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"projects (default: {', '.join(USUAL)})")
    arguments = parser.parse_args()
    known = {project.name: project for project in read_projects() if project.booted}
    if unknown := sorted(set(arguments.names) - set(known)):
        parser.error(f"no bootable project named {', '.join(unknown)}; there are {', '.join(known)}")
    arguments.store.mkdir(parents=True, exist_ok=True)
    peer = _peer(arguments.store)
    failed = False
    _say(f"| {' | '.join(HEAD)} |\n|---|{'--:|' * (len(HEAD) - 1)}")
    for name in arguments.names or USUAL:
        try:
            _say(_measured(known[name], arguments.store / name, peer, arguments.rounds))
        except Refused as refused:
            sys.stderr.write(f"{name}: {refused}\n")
            failed = True
    _say(f"\nMedians of {arguments.rounds}; Python {sys.version.split()[0]}, {os.cpu_count()} cores.")
    return 2 if failed else 0


def _peer(store: Path) -> Path:
    """The other static reader, in an environment of its own."""
    venv = store / PEER
    if not venv.is_dir():
        made = store / f"{PEER}.part"
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(made)], check=True)
        subprocess.run([str(made / "bin/python"), "-m", "pip", "install", "--quiet", PEER], check=True)
        made.rename(venv)
    return venv / "bin/python"


def _measured(project: Project, folder: Path, peer: Path, rounds: int) -> str:
    """The row of one project."""
    folder.mkdir(exist_ok=True)
    site = install(project, folder)
    with tempfile.TemporaryDirectory() as scratch:
        laid = lay_out(project, folder, site)
        root = Path(scratch, project.name)
        shutil.copytree(laid, root)
        runs: dict[str, list[float]] = {figure: [] for figure in FIGURES}
        for _ in range(rounds):
            for figure, seconds in _round(project, folder, root, peer).items():
                runs[figure].append(seconds)
        size = sum(path.stat().st_size for path in root.rglob("*.py")) // 1024
    found = {figure: statistics.median(seconds) for figure, seconds in runs.items()}
    times = [f"{found[figure]:.2f}" for figure in FIGURES]
    ratios = (("Django", "cold"), ("Django", "warm"), ("cold", "peer"))
    rest = [f"{found[one] / found[other]:.1f}" for one, other in ratios]
    return f"| {' | '.join((project.name, str(size), *times, *rest))} |"


def _round(project: Project, folder: Path, root: Path, peer: Path) -> dict[str, float]:
    """One of each."""
    home = root / project.root
    migscan = [sys.executable, "-m", "analyzer", str(root), "--format", "json"]
    migscan += ["--settings", f"{project.root}/{SETTINGS}.py".lstrip("/")]
    django = [str(folder / "venv/bin/python"), "-m", "django", "makemigrations"]
    django += ["--check", "--dry-run", "--skip-checks"]
    shutil.rmtree(root / ".migscan_cache", ignore_errors=True)
    return {
        "cold": _seconds(migscan, {"PYTHONPATH": str(REPOSITORY)}),
        "warm": _seconds(migscan, {"PYTHONPATH": str(REPOSITORY)}),
        "peer": _seconds([str(peer), "-m", "django_orm_lens", "drift", "--path", str(root)], {}),
        "Django": _seconds(django, {"PYTHONPATH": str(home), "DJANGO_SETTINGS_MODULE": SETTINGS}),
    }


def _seconds(command: Sequence[str], variables: Mapping[str, str]) -> float:
    """How long a process takes; its exit code may say that there is drift."""
    usual = {name: value for name, value in os.environ.items() if name not in UNUSUAL}
    start = time.perf_counter()
    done = subprocess.run(command, env={**usual, **variables}, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1) or "Traceback (most recent call last)" in done.stderr:
        raise Refused(f"{' '.join(command[:4])} …: " + "\n".join(done.stderr.strip().splitlines()[-6:]))
    return seconds


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
