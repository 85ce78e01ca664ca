"""Verdicts on data operations, against what the operations do when an empty database is migrated.

    python -m tests.oracle.verdicts.run [--store DIR] [-v] [NAME ...]

For each project of `projects.toml`, and for the showcase: a virtual environment with its requirements, a
copy of its own source, and an empty database that real Django migrates, one migration after the other: an
SQLite in memory, or a PostgreSQL of the machine's packages that is started for it and stopped afterwards.
Before and after each data operation the rows of all tables and the database's whole catalog are read,
and what is new is told apart by what the same database gets from the models alone.  An operation agrees
where migscan's `runs_on_empty` says what it did; hidden schema agrees where it is called schema or mixed
if something of it stands at the end of history that models do not make, and nothing else is.

Prints a table, a line for each operation that does not agree or was not run and, with -v, for the others.
Environments are kept in the store and made only once.

Exit code: 0 at least 98 % agree and hidden schema all, 1 they do not, 2 a project could not be run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.oracle.real.projects import REPOSITORY, Refused
from tests.oracle.verdicts.judging import FIGURES, Outcome
from tests.oracle.verdicts.matching import outcomes
from tests.oracle.verdicts.servers import PostgreSQL, postgresql
from tests.oracle.verdicts.subjects import POSTGRESQL, Subject, names, subject

STORE = REPOSITORY / ".oracle"

ENOUGH = 0.98
"""The share of operations that must agree on doing something on an empty database."""

Results = Mapping[str, Sequence[Outcome]]


def main(arguments: Sequence[str] | None = None) -> int:
    known = names()
    options = _parser().parse_args(arguments)
    if unknown := sorted(set(options.names) - set(known)):
        sys.stderr.write(f"no project named {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # a server that was started is stopped
    results: dict[str, Sequence[Outcome]] = {}
    refused = False
    with contextlib.ExitStack() as stack:
        server: PostgreSQL | None = None
        for name in options.names or known:
            sys.stderr.write(f"{name} …\n")
            try:
                found = subject(name, options.store.resolve())
                if server is None and any(kind.startswith(POSTGRESQL) for kind in found.databases):
                    server = stack.enter_context(postgresql())
                results[name] = judged(found, server, options.store / name)
            except Refused as error:
                sys.stderr.write(f"{name}: {error}\n")
                refused = True
    _print([*_details(results, options.verbose), "", *_table(results)])
    return 2 if refused else int(not enough(results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="projects to run (default: all)")
    parser.add_argument("--store", type=Path, default=STORE, metavar="DIR", help="where they are kept")
    parser.add_argument("-v", action="store_true", dest="verbose", help="show the operations that agree, too")
    return parser


def judged(project: Subject, server: PostgreSQL | None, folder: Path) -> list[Outcome]:
    """Every operation of a project; what was recorded stays in `folder`."""
    records = [project.kept(kind, server, folder) for kind in project.databases]
    answer = project.answer()
    (folder / "said.json").write_text(json.dumps(answer["data_operations"], indent=1), encoding="utf-8")
    return outcomes(answer, records, project.apart)


def enough(results: Results) -> bool:
    count = counted(outcome for found in results.values() for outcome in found)
    compared = count["agree"] + count["disagree"]
    return count["agree"] >= ENOUGH * compared and not count["hidden wrong"]


def counted(found: Iterator[Outcome] | Sequence[Outcome]) -> Counter[str]:
    return Counter(figure for one in found for figure, holds in FIGURES.items() if holds(one))


# ---------------------------------------------------------------- what is printed


def _table(results: Results) -> Iterator[str]:
    width = max([8, *map(len, results)])
    yield "  ".join([f"{'project':{width}}", *FIGURES])
    total = Counter[str]()
    for name, found in results.items():
        count = counted(found)
        total.update(count)
        yield _row(f"{name:{width}}", count)
    yield _row(f"{'all':{width}}", total)
    compared = total["agree"] + total["disagree"]
    share = total["agree"] / compared if compared else 1.0
    yield f"{share:.1%} of what was run and decided agree"


def _row(name: str, count: Counter[str]) -> str:
    return "  ".join([name, *(f"{count[figure]:>{len(figure)}}" for figure in FIGURES)])


def _details(results: Results, verbose: bool) -> Iterator[str]:
    for name, found in results.items():
        for one in found:
            wrong = one.ran and not (one.agrees and one.hidden_agrees)
            sign = "?" if one.ran and one.undecided else "!" if wrong else " " if one.ran else "-"
            if verbose or sign != " ":
                yield f"{sign} {name} {one.app}.{one.migration} {one.place[0]}:{one.place[1]} {_shown(one)}"


def _shown(one: Outcome) -> str:
    words = [one.operation, f"said {one.verdict}, {one.on_empty}"]
    if one.left is not None and not one.left.failed:
        words.append(f"left {one.left.does}")
        words += [f"{sort} {', '.join(tables)}" for sort in ("rows", "touched")
                  if (tables := getattr(one.left, sort))]  # fmt: skip
        for sort in ("hidden", "expressed", "superseded", "gone"):
            things = getattr(one.left, sort)
            more = f" … {len(things) - 4} more" if len(things) > 4 else ""
            shown = [" ".join(filter(None, (t.kind, t.table, t.name))) for t in things[:4]]
            words += [f"{sort} {', '.join(shown)}{more}"] if things else []
    return "; ".join([*words, one.why] if one.why else words)


def _print(lines: Sequence[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
