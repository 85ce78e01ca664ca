"""Time and memory of migscan on real projects and on large made-up ones, as tables: `make bench`.

Whole processes, cold (no cache), after one file changed and warm, without and with pictures, beside
the floor: a process that reads and parses the same files with ast-grep-py and does nothing else.  The
hook is `migscan check` after one migration changed; local trees are not written to, and have none.
Medians of several rounds; a round measures everything once, so that a slow moment of the machine hits
all alike.
Projects stand in the order of the bytes parsed: that time grows as they do is to be seen in the
columns per MiB.

    tools/bench.py [--rounds N] [--project NAME=PATH]… [--only NAME]… [--models N]…
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
PACKAGES = {
    "django-oscar": "4.2.1",
    "edx-enterprise": "8.18.0",
    "evennia": "5.0.1",
    "geonode": "5.1.1",
    "kolibri": "0.19.5",
    "shuup": "1.9.1",
}
"""Projects whose wheels hold their source; the release is part of the measurement."""

MODELS = (1_250, 2_500, 5_000, 10_000, 20_000)
"""Sizes of the projects that are made up."""

MOST_COLD, MOST_WARM = 3.0, 0.35
"""The aims: a cold run in floors, a warm one in cold ones."""

MOST_SECONDS, MOST_MEBIBYTES = 60, 2048
"""The aims for the largest project that is made up."""

UNUSUAL = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONDEVMODE"})
"""What would make Python start in another way than it does for users: migscan compiled at every run."""

MIGSCAN = (sys.executable, "-m", "analyzer")
HEAD = (
    "project",
    "files read / seen",
    "KiB parsed",
    "floor s",
    "cold s",
    "x floor",
    "of CPU",
    "s per MiB",
    "changed s",
    "x cold",
    "warm s",
    "x cold",
    "of CPU",
    "hook s",
    "x cold",
    "pictures cold +s",
    "pictures warm +s",
    "peak MiB",
)
GROWTH_HEAD = ("models", *HEAD[2:15], "peak MiB")


@dataclass(frozen=True)
class Cost:
    """What one process and its children cost: seconds on the clock and of computing, and the most memory
    that one of them held."""

    seconds: float
    computing: float
    mebibytes: float


@dataclass(frozen=True)
class Project:
    """A tree to measure, with the files that migscan parses of it."""

    name: str
    root: Path
    parsed: tuple[Path, ...]
    seen: int
    size: int


Costs = dict[str, Cost]
"""By figure: "floor", "cold", "warm", "cold pictures" …"""


def main() -> None:
    """Measure what the command line asks for, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="runs per figure (default: 5)")
    parser.add_argument(
        "--project", action="append", default=[], metavar="NAME=PATH", help="add a local tree"
    )
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="leave out the others")
    parser.add_argument(
        "--models", type=int, nargs="*", default=MODELS, metavar="N", help="sizes of made-up projects"
    )
    arguments = parser.parse_args()

    trees = dict(_local(entry, parser) for entry in arguments.project)
    trees |= {name: _package(name, version) for name, version in PACKAGES.items() if name not in trees}
    wanted = arguments.only or sorted(trees)
    if unknown := sorted(set(wanted) - set(trees)):
        parser.error(f"no project named {', '.join(unknown)}; there are {', '.join(sorted(trees))}")
    real = _measured({name: trees[name] for name in wanted}, arguments.rounds, pictures=True)
    print(_table(HEAD, [_row(*found) for found in real]))
    made = {f"{number:,}": _made_up(number) for number in arguments.models}
    grown = _measured(made, max(1, arguments.rounds // 2), pictures=False)
    print()
    print(_table(GROWTH_HEAD, [_growth_row(*found) for found in grown]))
    print(f"\nMedians of {arguments.rounds}; Python {sys.version.split()[0]}, {os.cpu_count()} cores.")
    print("Changed: with the facts of all files and no analysis, as after a change of one file.")
    print("Hook: `migscan check` after one migration changed.")
    print("Cold, changed, warm: without pictures. Peak memory: of the largest single process, all runs.")
    print("Of CPU: the same in seconds of computing, all processes together; a busy machine changes it less.")
    print(f"Aims: cold at most {MOST_COLD:g} floors, warm at most {MOST_WARM:g} of cold. ", end="")
    print(f"Missed: {', '.join(_missed(real)) or 'none'}.")
    if grown:
        largest, costs = grown[-1]
        met = costs["cold"].seconds <= MOST_SECONDS and _peak(costs) <= MOST_MEBIBYTES
        verdict = "yes" if met else "no"
        print(f"{largest.name} models within {MOST_SECONDS} s and {MOST_MEBIBYTES} MiB: {verdict}.")


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
    paths = tuple(root / path for path in parsed)
    return Project(name, root, paths, len(files), sum(path.stat().st_size for path in paths))


def _is_stored(stored: caching.Cache, data: bytes) -> bool:
    return any(stored.get(caching.digest(data) + detail) is not None for detail in ("f", "o"))


def _made_up(models: int) -> Path:
    """A made-up project of that many models, written once."""
    root = STORE / f"models-{models}"
    if not root.is_dir():
        with tempfile.TemporaryDirectory(dir=_made(STORE)) as scratch:
            unfinished = Path(scratch, "project")
            _run(sys.executable, str(REPOSITORY / "tools/synthetic.py"), str(unfinished), str(models))
            unfinished.rename(root)
    return root


def _measured(trees: dict[str, Path], rounds: int, *, pictures: bool) -> list[tuple[Project, Costs]]:
    """Every project with the medians of its costs, by bytes parsed."""
    found: list[tuple[Project, Costs]] = []
    for name, root in trees.items():
        print(f"measuring {name} …", file=sys.stderr)
        project = _look(name, root)
        runs: dict[str, list[Cost]] = {}
        with tempfile.TemporaryDirectory() as scratch:
            for _ in range(rounds):
                for figure, cost in _round(project, Path(scratch), pictures):
                    runs.setdefault(figure, []).append(cost)
        found.append((project, {figure: _median(costs) for figure, costs in runs.items()}))
    return sorted(found, key=lambda pair: pair[0].size)


def _median(costs: list[Cost]) -> Cost:
    """The medians of the times, and the most memory."""
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.computing for cost in costs),
        max(cost.mebibytes for cost in costs),
    )


def _peak(costs: Costs) -> float:
    return max(cost.mebibytes for figure, cost in costs.items() if figure != "floor")


def _missed(found: list[tuple[Project, Costs]]) -> list[str]:
    missed: list[str] = []
    for project, costs in found:
        floor, cold, warm = (costs[figure].seconds for figure in ("floor", "cold", "warm"))
        missed += [f"{project.name} cold"] if cold > MOST_COLD * floor else []
        missed += [f"{project.name} warm"] if warm > MOST_WARM * cold else []
    return missed


def _row(project: Project, costs: Costs) -> tuple[str, ...]:
    pictures = (costs[f"{state} pictures"].seconds - costs[state].seconds for state in ("cold", "warm"))
    _, *figures, peak = _growth_row(project, costs)
    files = f"{len(project.parsed)} / {project.seen}"
    return (project.name, files, *figures, *(f"{seconds:+.2f}" for seconds in pictures), peak)


def _growth_row(project: Project, costs: Costs) -> tuple[str, ...]:
    floor, cold, changed, warm = (costs[figure].seconds for figure in ("floor", "cold", "changed", "warm"))
    hook = costs["hook"].seconds if "hook" in costs else None
    return (
        project.name,
        f"{project.size // 1024}",
        f"{floor:.2f}",
        f"{cold:.2f}",
        f"{cold / floor:.2f}",
        f"{costs['cold'].computing / costs['floor'].computing:.2f}",
        f"{cold * 1024 * 1024 / project.size:.2f}",
        f"{changed:.2f}",
        f"{changed / cold:.2f}",
        f"{warm:.2f}",
        f"{warm / cold:.2f}",
        f"{costs['warm'].computing / costs['cold'].computing:.2f}",
        *((f"{hook:.2f}", f"{hook / cold:.2f}") if hook else ("", "")),
        f"{_peak(costs):.0f}",
    )


def _round(project: Project, scratch: Path, pictures: bool) -> Iterator[tuple[str, Cost]]:
    """One of each, all with a report folder that does not exist yet."""
    listing = scratch / "files"
    listing.write_text("\n".join(map(str, project.parsed)), encoding="utf-8", errors="surrogateescape")
    yield "floor", _run(sys.executable, str(REPOSITORY / "tools/floor.py"), str(listing))
    for figure, flags in (("", ["--no-graphs"]), (" pictures", []))[: 1 + pictures]:
        shutil.rmtree(project.root / ".migscan_cache", ignore_errors=True)
        for state in ("cold", "changed", "warm"):
            if state == "changed":
                (project.root / ".migscan_cache/analysis.msgpack").unlink()
            output = scratch / "report"
            shutil.rmtree(output, ignore_errors=True)
            yield state + figure, _run(*MIGSCAN, str(project.root), "--output", str(output), *flags)
    migration = next(iter(sorted(project.root.rglob("migrations/0001_*.py"), reverse=True)), None)
    if migration is not None and STORE in project.root.parents:
        before = migration.read_bytes()
        migration.write_bytes(before + b"# changed\n")
        yield "hook", _run(*MIGSCAN, "check", str(project.root), "--quiet")
        migration.write_bytes(before)


def _run(*command: str) -> Cost:
    """Run a process to its end; it may have found something (exit code 1), but not failed."""
    environment = {name: value for name, value in os.environ.items() if name not in UNUSUAL}
    environment |= {"PYTHONPATH": str(REPOSITORY), "PYTHONPYCACHEPREFIX": str(STORE / "pycache")}
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
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1024 / 1024)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table, its columns aligned."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def line(cells: tuple[str, ...]) -> str:
        first = cells[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
        return f"| {' | '.join((first, *rest))} |"

    rule = f"|{'|'.join(['-' * (widths[0] + 2), *('-' * (width + 1) + ':' for width in widths[1:])])}|"
    return "\n".join((line(head), rule, *map(line, rows)))


if __name__ == "__main__":
    main()
