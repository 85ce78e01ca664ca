"""Time and memory of migscan on real projects, as a table: `make bench`.

Whole processes, cold (no cache) and warm, without and with pictures, beside the floor: a process
that reads and parses the same files with ast-grep-py and does nothing else.  Medians of several
rounds; a round measures everything once, so that a slow moment of the machine hits all alike.

    tools/bench.py [--rounds N] [--project NAME=PATH]… [--only NAME]…
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
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analyzer.source import cache as caching
from analyzer.source.discover import discover

REPOSITORY = Path(__file__).resolve().parents[1]
STORE = REPOSITORY / ".bench"
PACKAGES = {"geonode": "5.1.1", "kolibri": "0.19.5", "shuup": "1.9.1"}
"""Projects whose wheels hold their source; the release is part of the measurement."""

MIGSCAN = (sys.executable, "-m", "analyzer")
HEAD = (
    "project",
    "files read / seen",
    "KiB parsed",
    "floor s",
    "cold s",
    "x floor",
    "warm s",
    "x cold",
    "pictures cold +s",
    "pictures warm +s",
    "peak MiB",
)


@dataclass(frozen=True)
class Cost:
    """What one process cost: seconds on the clock, and the most memory that it or a child of it held."""

    seconds: float
    mebibytes: float


@dataclass(frozen=True)
class Project:
    """A tree to measure, with the files that migscan parses of it."""

    name: str
    root: Path
    parsed: tuple[Path, ...]
    seen: int


def main() -> None:
    """Measure what the command line asks for, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="runs per figure (default: 5)")
    parser.add_argument(
        "--project", action="append", default=[], metavar="NAME=PATH", help="add a local tree"
    )
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="leave out the others")
    arguments = parser.parse_args()

    trees = dict(_local(entry, parser) for entry in arguments.project)
    trees |= {name: _package(name, version) for name, version in PACKAGES.items() if name not in trees}
    wanted = arguments.only or sorted(trees)
    if unknown := sorted(set(wanted) - set(trees)):
        parser.error(f"no project named {', '.join(unknown)}; there are {', '.join(sorted(trees))}")
    rows = []
    for name in wanted:
        print(f"measuring {name} …", file=sys.stderr)
        rows.append(_row(_look(name, trees[name]), arguments.rounds))
    print(_table(rows))
    print(f"\nMedians of {arguments.rounds}; Python {sys.version.split()[0]}, {os.cpu_count()} cores.")
    print("Cold, warm: without pictures. Peak memory: of the largest single process, all runs.")


def _local(entry: str, parser: argparse.ArgumentParser) -> tuple[str, Path]:
    name, _, path = entry.partition("=")
    if not name or not Path(path).is_dir():
        parser.error(f"--project wants NAME=PATH with a folder, not {entry!r}")
    return name, Path(path).resolve()


def _package(name: str, version: str) -> Path:
    """The source of a released wheel, fetched once."""
    root = STORE / f"{name}-{version}"
    if not root.is_dir():
        with tempfile.TemporaryDirectory(dir=_made(STORE)) as scratch:
            fetch = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
            ]
            fetch += ["--ignore-requires-python", "--dest", scratch, f"{name}=={version}"]
            subprocess.run(fetch, check=True)
            (wheel,) = Path(scratch).glob("*.whl")
            unpacked = Path(scratch, "unpacked")
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(unpacked)
            unpacked.rename(root)
    return root


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _look(name: str, root: Path) -> Project:
    """Run migscan once and see in its cache which files it parsed: facts are kept by content."""
    _run(*MIGSCAN, str(root), "--format", "json")
    stored = caching.Cache(root)
    files = discover(root).files
    parsed = [file.path for file in files if _is_stored(stored, (root / file.path).read_bytes())]
    return Project(name, root, tuple(root / path for path in parsed), len(files))


def _is_stored(stored: caching.Cache, data: bytes) -> bool:
    return any(stored.get(caching.digest(data) + detail) is not None for detail in ("f", "o"))


def _row(project: Project, rounds: int) -> tuple[str, ...]:
    costs: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(rounds):
            for figure, cost in _round(project, Path(scratch)):
                costs.setdefault(figure, []).append(cost)
    seconds = {name: statistics.median(cost.seconds for cost in found) for name, found in costs.items()}
    peak = max(cost.mebibytes for name, found in costs.items() if name != "floor" for cost in found)
    size = sum(path.stat().st_size for path in project.parsed) // 1024
    return (
        project.name,
        f"{len(project.parsed)} / {project.seen}",
        f"{size}",
        f"{seconds['floor']:.2f}",
        f"{seconds['cold']:.2f}",
        f"{seconds['cold'] / seconds['floor']:.2f}",
        f"{seconds['warm']:.2f}",
        f"{seconds['warm'] / seconds['cold']:.2f}",
        f"{seconds['cold pictures'] - seconds['cold']:+.2f}",
        f"{seconds['warm pictures'] - seconds['warm']:+.2f}",
        f"{peak:.0f}",
    )


def _round(project: Project, scratch: Path) -> Iterator[tuple[str, Cost]]:
    """One of each, all with a report folder that does not exist yet."""
    listing = scratch / "files"
    listing.write_text("\n".join(map(str, project.parsed)), encoding="utf-8", errors="surrogateescape")
    yield "floor", _run(sys.executable, str(REPOSITORY / "tools/floor.py"), str(listing))
    for figure, flags in (("", ["--no-graphs"]), (" pictures", [])):
        shutil.rmtree(project.root / ".migscan_cache", ignore_errors=True)
        for state in ("cold", "warm"):
            output = scratch / "report"
            shutil.rmtree(output, ignore_errors=True)
            yield state + figure, _run(*MIGSCAN, str(project.root), "--output", str(output), *flags)


def _run(*command: str) -> Cost:
    """Run a process to its end; it may have found something (exit code 1), but not failed."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with tempfile.TemporaryFile() as noise:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=noise, stderr=noise, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            noise.seek(0)
            sys.stderr.buffer.write(noise.read()[-2000:])
            sys.exit(f"failed with {process.returncode}: {' '.join(command)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, usage.ru_maxrss * unit / 1024 / 1024)


def _table(rows: list[tuple[str, ...]]) -> str:
    """A Markdown table, its columns aligned."""
    widths = [max(len(row[column]) for row in (HEAD, *rows)) for column in range(len(HEAD))]

    def line(cells: tuple[str, ...]) -> str:
        first = cells[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
        return f"| {' | '.join((first, *rest))} |"

    rule = f"|{'|'.join(['-' * (widths[0] + 2), *('-' * (width + 1) + ':' for width in widths[1:])])}|"
    return "\n".join((line(HEAD), rule, *map(line, rows)))


if __name__ == "__main__":
    main()
