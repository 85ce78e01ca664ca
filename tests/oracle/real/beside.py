"""How long it takes to be told: migscan and its hooks, `makemigrations --check`, and other static readers.

    python -m tests.oracle.real.beside [--store DIR] [--rounds N] [NAME ...]

NAME is a project of `tests/oracle/real/projects.toml` that can be booted.  A round runs every command
once as a whole process: migscan without a cache and with one, its two hooks after one migration changed,
Django's own check in the project's environment, and two others (PyPI, pinned) in environments of their
own: `django-orm-lens drift`, and `django-find-conflicts`, which looks for leaf nodes alone.  Prints the
medians of the seconds, and how much faster migscan is than booting Django.  What they say is not
compared here.

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
CHECKER = "django-migration-checker==0.8.0"
USUAL = ("bakerydemo", "edx-enterprise", "kiwitcms", "mezzanine", "rdmo")
FIND_CONFLICTS = "from django_migration_checker.cli.find_conflicts import main; main()"
FIGURES = ("cold", "warm", "hook", "graph", "peer", "checker", "Django")
HEAD = (
    "project",
    "KiB of Python",
    "cold s",
    "warm s",
    "migscan hook s",
    "migscan-graph hook s",
    f"{PEER} s",
    f"{CHECKER} s",
    "makemigrations --check s",
    "Django / cold",
    "Django / warm",
    "cold / peer",
    "hook / cold",
    "graph hook / cold",
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
    others = {name: _other(arguments.store, name) for name in (PEER, CHECKER)}
    failed = False
    _say(f"| {' | '.join(HEAD)} |\n|---|{'--:|' * (len(HEAD) - 1)}")
    for name in arguments.names or USUAL:
        try:
            _say(_measured(known[name], arguments.store / name, others, arguments.rounds))
        except Refused as refused:
            sys.stderr.write(f"{name}: {refused}\n")
            failed = True
    _say(f"\nMedians of {arguments.rounds}; Python {sys.version.split()[0]}, {os.cpu_count()} cores.")
    return 2 if failed else 0


def _other(store: Path, name: str) -> Path:
    """The Python of another static reader, in an environment of its own."""
    venv = store / name
    if not venv.is_dir():
        made = store / f"{name}.part"
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(made)], check=True)
        subprocess.run([str(made / "bin/python"), "-m", "pip", "install", "--quiet", name], check=True)
        made.rename(venv)
    return venv / "bin/python"


def _measured(project: Project, folder: Path, others: Mapping[str, Path], rounds: int) -> str:
    """The row of one project."""
    folder.mkdir(exist_ok=True)
    site = install(project, folder)
    with tempfile.TemporaryDirectory() as scratch:
        laid = lay_out(project, folder, site)
        root = Path(scratch, project.name)
        shutil.copytree(laid, root)
        runs: dict[str, list[float]] = {figure: [] for figure in FIGURES}
        for _ in range(rounds):
            for figure, seconds in _round(project, folder, root, others).items():
                runs[figure].append(seconds)
        size = sum(path.stat().st_size for path in root.rglob("*.py")) // 1024
    found = {figure: statistics.median(seconds) for figure, seconds in runs.items()}
    times = [f"{found[figure]:.2f}" for figure in FIGURES]
    ratios = (("Django", "cold"), ("Django", "warm"), ("cold", "peer"), ("hook", "cold"), ("graph", "cold"))
    rest = [f"{found[one] / found[other]:.2f}" for one, other in ratios]
    return f"| {' | '.join((project.name, str(size), *times, *rest))} |"


def _round(project: Project, folder: Path, root: Path, others: Mapping[str, Path]) -> dict[str, float]:
    """One of each."""
    home = root / project.root
    settings = ["--settings", f"{project.root}/{SETTINGS}.py".lstrip("/")]
    migscan = [sys.executable, "-m", "analyzer"]
    report = [*migscan, str(root), "--format", "json", *settings]
    hook = [*migscan, "check", str(root), "--quiet", *settings]
    django = [str(folder / "venv/bin/python"), "-m", "django", "makemigrations"]
    django += ["--check", "--dry-run", "--skip-checks"]
    conflicts = [str(others[CHECKER]), "-c", FIND_CONFLICTS, str(root)]
    shutil.rmtree(root / ".migscan_cache", ignore_errors=True)
    ours = {"PYTHONPATH": str(REPOSITORY)}
    found = {"cold": _seconds(report, ours), "warm": _seconds(report, ours)}
    for figure, more in (("hook", ()), ("graph", ("--select", "graph"))):
        _change(root)
        found[figure] = _seconds([*hook, *more], ours)
    return {
        **found,
        "peer": _seconds([str(others[PEER]), "-m", "django_orm_lens", "drift", "--path", str(root)], {}),
        "checker": _seconds(conflicts, {}),
        "Django": _seconds(django, {"PYTHONPATH": str(home), "DJANGO_SETTINGS_MODULE": SETTINGS}),
    }


def _change(root: Path) -> None:
    """Another comment in the last of the migrations."""
    last = max(path for path in root.rglob("migrations/0*.py") if path.is_file())
    last.write_bytes(last.read_bytes() + b"# changed\n")


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
