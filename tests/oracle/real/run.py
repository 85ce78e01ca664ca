"""Real projects, booted with real Django and read by migscan: do both say the same?

    python -m tests.oracle.real.run [--store DIR] [-v N] [--drift] [--json] [NAME ...]

For each project of `projects.toml`: a virtual environment with its requirements, a copy of the
project's own source with a thin settings file beside it, Django's facts about that copy
(`tests/oracle/django_facts.py`, no database), and migscan's twice, with its catalogue alone and
with the environment's packages.  Prints a table of how many facts differ, and with `-v N` up to N
of them per metric.  Differences whose model, field or migration migscan itself lists as unknown
are counted on their own.  A project that no Python of today boots is only read, and migscan must
say the facts that somebody read in its source.
What the catalogue says of packages in another version than the project's is shown and not counted.
Environments are kept in the store and made only once.

Exit code: 0 all facts agree, 1 some differ, 2 a project could not be installed, booted or read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.oracle.options import options
from tests.oracle.real.facts import Difference, differences, django_says, drift, migscan_says, spoken
from tests.oracle.real.projects import (
    Project,
    Refused,
    boot,
    install,
    lay_out,
    read,
    read_projects,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the projects that the command line names, or all; print the table."""
    known = {project.name: project for project in read_projects()}
    asked = _parser().parse_args(arguments)
    unknown = sorted(set(asked.names) - known.keys())
    if unknown:
        sys.stderr.write(f"no project named {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    results: dict[str, dict[str, list[Difference]]] = {}
    refused: dict[str, str] = {}
    for name in asked.names or known:
        sys.stderr.write(f"{name} …\n")
        try:
            results[name] = compare(known[name], asked.store, drifts=asked.drift)
        except Refused as error:
            refused[name] = str(error)
    if asked.json:
        sys.stdout.write(json.dumps(_plain(results), indent=1) + "\n")
    else:
        sys.stdout.write(
            "\n".join([*_details(results, asked.verbose), "", *_table(known, results, refused)]) + "\n"
        )
    for name, why in refused.items():
        sys.stderr.write(f"{name}: {why}\n")
    if refused:
        return 2
    counted = [rows for name, modes in results.items() for mode, rows in modes.items()
               if _counts(known[name], mode)]  # fmt: skip
    return int(any(row.count for rows in counted for row in rows))


def _counts(project: Project, mode: str) -> bool:
    """Whether a way of reading knows the versions that the project has."""
    return not (project.versions and mode == "catalogue")


def _parser() -> argparse.ArgumentParser:
    parser = options(__doc__)
    parser.add_argument("--drift", action="store_true", help="compare what makemigrations would write, too")
    parser.add_argument("--json", action="store_true", help="print every difference as JSON")
    return parser


def compare(project: Project, store: Path, *, drifts: bool = False) -> dict[str, list[Difference]]:
    """The differences by way of reading: with the catalogue alone, with the installed packages."""
    folder = store / project.name
    folder.mkdir(parents=True, exist_ok=True)
    return _booted(project, folder, drifts) if project.booted else {"source": _only_read(project, folder)}


def _booted(project: Project, folder: Path, drifts: bool) -> dict[str, list[Difference]]:
    site = install(project, folder)
    source = lay_out(project, folder, site)
    truth = boot(project, folder, source)
    wanted = django_says(truth)
    found: dict[str, list[Difference]] = {}
    for mode, more in (("catalogue", []), ("packages", ["--site-packages", str(site)])):
        answer = read(project, source, more)
        (folder / f"{mode}.json").write_text(json.dumps(answer, indent=1), encoding="utf-8")
        unknown = {entry["what"] for entry in answer["unknown"]}
        found[mode] = list(differences(wanted, migscan_says(answer, truth), unknown))
        found[mode] += [drift(truth, answer)] if drifts else []
    return found


def _only_read(project: Project, folder: Path) -> list[Difference]:
    source = lay_out(project, folder, folder)
    answer = read(project, source)
    (folder / "source.json").write_text(json.dumps(answer, indent=1), encoding="utf-8")
    absent = sorted(set(project.says) - spoken(answer))
    return [Difference("by eye", len(project.says), tuple(absent), ())]


# ---------------------------------------------------------------- what is printed

Results = Mapping[str, Mapping[str, Sequence[Difference]]]


def _table(known: Mapping[str, Project], results: Results, refused: Mapping[str, str]) -> list[str]:
    """A line a project and way of reading: Django's facts, how many differ, how many more are listed."""
    width = max([8, *map(len, results), *map(len, refused)])
    lines = [f"{'project':{width}}  {'read with':9}  {'facts':>6}  {'differ':>6}  {'listed':>6}"]
    total = Counter[str]()
    for name, modes in results.items():
        for mode, rows in modes.items():
            facts, differ = sum(row.truth for row in rows), sum(row.count for row in rows)
            listed = sum(row.listed for row in rows)
            where = ", ".join(f"{row.metric} {row.count} of {row.truth}" for row in rows if row.count)
            if _counts(known[name], mode):
                total.update(facts=facts, differ=differ, listed=listed)
            else:
                where = f"not counted, the catalogue has {known[name].versions}"
            lines.append(f"{name:{width}}  {mode:9}  {facts:>6}  {differ:>6}  {listed:>6}  {where}".rstrip())
    lines += [f"{name:{width}}  could not be installed, booted or read" for name in refused]
    sums = f"{total['facts']:>6}  {total['differ']:>6}  {total['listed']:>6}"
    return [*lines, f"{'all':{width}}  {'':9}  {sums}"]


def _details(results: Results, most: int) -> Iterator[str]:
    for project, modes in results.items() if most else ():
        for mode, rows in modes.items():
            for row in rows:
                for side in ("missing", "extra"):
                    items = getattr(row, side)
                    yield from (f"{project} {mode} {row.metric} {side}: {item}" for item in items[:most])
                    if len(items) > most:
                        yield f"{project} {mode} {row.metric} {side}: … {len(items) - most} more"


def _plain(results: Results) -> dict[str, Any]:
    return {
        name: {
            mode: {
                row.metric: {"truth": row.truth, "missing": row.missing, "extra": row.extra} for row in rows
            }
            for mode, rows in modes.items()
        }
        for name, modes in results.items()
    }


if __name__ == "__main__":
    sys.exit(main())
