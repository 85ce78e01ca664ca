"""The drafts of a plan, run by real Django on an empty database beside the old migrations.

    python -m tests.oracle.drafts.run [--store DIR] [-v N] [NAME ...]

NAME is a project of `tests/oracle/verdicts/projects.toml`, or `marketplace`, the showcase; all if none is
given.  One empty database is migrated by the old migrations.  Then the old files are deleted, real
`makemigrations` writes new ones, the drafts are added as the plan says, and another empty database is
migrated.  Both must hold the same rows, and the same schema beside what the models alone make.

Exit code: 0 they do, 1 some do not, 2 a project could not be run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from analyzer.analysis import worked_out
from analyzer.options import Options
from analyzer.render.plan import plan_files
from analyzer.reset.drafts.compose import Drafts, drafts
from analyzer.reset.plan import Wishes, plan
from analyzer.sources import sources
from tests.oracle.real.projects import REPOSITORY, Refused, run
from tests.oracle.verdicts.catalogs import Thing, meaning
from tests.oracle.verdicts.servers import PostgreSQL, postgresql
from tests.oracle.verdicts.subjects import POSTGRESQL, SHOWCASE, START, Subject, names, subject

STORE = REPOSITORY / ".oracle"
LEAVING = START.replace("verdicts.recording", "drafts.leaving").replace(
    '"tests.oracle.verdicts")', '"tests.oracle.verdicts", "tests.oracle.drafts", "tests.oracle.layout")'
)

COPIED = "a table that takes the place of the old one is made by `CREATE TABLE … AS`, without NOT NULL"
STAYS = "bitbucket.0001_initial stays, and `last_login` has no default any more: the plan says so"
UNIQUE = "the index of a field that was unique once stays: only the state of the models was changed"
BITBUCKET = (
    "accepted_terms=True; bio=; colorize_tags=False; date_cancelled=None; date_joined=now; email_token=None; "
    "full_name=BitBucket"
)

APART = {
    "taiga-back": {
        **{f"users_user: only {side}, {BITBUCKET}": STAYS for side in ("old", "new")},
        **{
            f"only old: column history_historyentry {name} ": COPIED
            for name in ("created_at", "type", "is_snapshot", "comment", "comment_html", "is_hidden")
        },
    },
    "label-studio": {
        f"only old: constraint io_storages_{name}exportstoragelink  UNIQUE (annotation_id)": UNIQUE
        for name in ("gcs", "azureblob", "s3", "redis", "localfiles")
    },
}
"""What may be other, by how the difference begins, and why."""

Json = Mapping[str, Any]
Rows = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass
class Outcome:
    """What is other on one database, and what was drafted and what not."""

    name: str
    drafted: int
    rows: int
    objects: int
    wrong: list[str]
    left: list[str]


def main(arguments: Sequence[str] | None = None) -> int:
    known = names()
    options = _parser().parse_args(arguments)
    if unknown := sorted(set(options.names) - set(known)):
        sys.stderr.write(f"no project named {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # a server that was started is stopped
    bad = refused = False
    with contextlib.ExitStack() as stack:
        server: PostgreSQL | None = None
        for name in options.names or known:
            try:
                found = subject(name, options.store.resolve())
                if server is None and any(kind.startswith(POSTGRESQL) for kind in found.databases):
                    server = stack.enter_context(postgresql())
                for kind in (kind for kind in found.databases if "-" not in kind):
                    outcome = compared(found, kind, server)
                    bad |= bool(outcome.wrong)
                    _print(outcome, options.verbose)
            except Refused as error:
                sys.stdout.write(f"{name}: {error}\n")
                refused = True
    return 2 if refused else int(bad)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="projects to run (default: all)")
    parser.add_argument("--store", type=Path, default=STORE, metavar="DIR", help="where they are kept")
    parser.add_argument("-v", type=int, default=8, dest="verbose", metavar="N", help="show N differences")
    return parser


def compared(found: Subject, kind: str, server: PostgreSQL | None) -> Outcome:
    """Old migrations beside new ones with drafts.  Raises Refused where either cannot be run."""
    old, again = _left(found, kind, server), _left(found, kind, server)
    if old["failed"]:
        raise Refused(f"{kind}: the old migrations: {old['failed']}")
    migrated_first = {
        "end": [
            thing for thing in old["end"] if thing["kind"] in ("extension", "collation", "type", "function")
        ]
    }
    fresh = found.fresh(kind, server, migrated_first)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "src")
        shutil.copytree(found.source, tree, symlinks=True)
        brought = _reset(replace(found, source=tree), kind, server, Path(folder, "plan"))
        new = _left(replace(found, source=tree), kind, server)
    wrong = [f"the drafts: {new['failed']}"] if new["failed"] else []
    apart = APART.get(found.project.name, {})
    models = Counter(meaning(Thing(**thing)) for thing in fresh["end"])
    if not wrong:
        wrong += differing_rows(old["rows"], new["rows"], again["rows"])
        wrong += _objects(_hidden(old, models), _hidden(new, models))
    left = [
        f"{one.operation.app}.{one.operation.migration}:{one.operation.line} {one.why}"
        for one in brought.left
    ]
    return Outcome(
        f"{found.project.name}, {kind}",
        sum(len(file.operations) for file in brought.files),
        sum(map(len, old["rows"].values())),
        len(list(_hidden(old, models).elements())),
        [line for line in wrong if not line.startswith(tuple(apart))],
        left,
    )


def _reset(found: Subject, kind: str, server: PostgreSQL | None, folder: Path) -> Drafts:
    """Delete, make, add: what the plan says, on a copy of the tree."""
    site = next((found.python.parent.parent).glob("lib/python3*/site-packages"))
    path = str(PurePosixPath(found.project.root, *found.settings.split("."))) + ".py"
    options = Options(jobs=1, cache=False, settings=path, site_packages=site)
    examined = worked_out(sources(found.source, options), options, lambda *_: None)
    made = plan(examined, Wishes(procedure="sql", dialects=("sqlite",)))
    if not made.feasible:
        raise Refused("the plan says that it cannot be done")
    brought = drafts(examined, made)
    for name, text in plan_files(made, brought).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    kept = {
        one.file: (found.source / one.file).read_text(encoding="utf-8") for one in made.inbound if one.file
    }
    for file in made.delete:
        (found.source / file).unlink()
    for package in made.packages.values():
        for file in package.helpers:
            (found.source / file).unlink()
    point = folder / "sql/point.py"
    if point.is_file():
        _run([sys.executable, str(point), "--first"], found.source)
    _ask(found, "make", _database(kind, server))
    for file, text in kept.items():
        (found.source / file).write_text(text, encoding="utf-8")
    if point.is_file():
        _run([sys.executable, str(point)], found.source)
    files = folder / "drafts/files"
    if files.is_dir():
        shutil.copytree(files, found.source, dirs_exist_ok=True)
    if brought.first:
        _run([sys.executable, str(folder / "drafts/first_operations.py")], found.source)
    return brought


def _left(found: Subject, kind: str, server: PostgreSQL | None) -> Json:
    return _ask(found, "migrate", _database(kind, server))


def _database(kind: str, server: PostgreSQL | None) -> Json:
    if not kind.startswith(POSTGRESQL):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    assert server is not None
    return server.empty("project", "django.db.backends.postgresql")


def _ask(found: Subject, mode: str, database: Json) -> Json:
    command = [str(found.python), "-c", LEAVING, str(REPOSITORY), mode]
    command += [str(found.source / found.project.root), found.settings]
    answer: Json = json.loads(run(command, mode, given=json.dumps(database)))
    return answer


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{Path(command[1]).name}: {done.stderr.strip()[-600:]}")


# ---------------------------------------------------------------- what is other


def differing_rows(old: Rows, new: Rows, again: Rows) -> Iterator[str]:
    """Rows of one side only; columns that differ each time tell nothing."""
    for table in sorted({*old, *new}):
        loose = {
            column
            for row in old.get(table, ())
            for column in row
            if _values(old.get(table, ()), column) != _values(again.get(table, ()), column)
        }
        before, after = _fixed(old.get(table, ()), loose), _fixed(new.get(table, ()), loose)
        yield from (f"{table}: only old, {row[:900]}" for row in (before - after).elements())
        yield from (f"{table}: only new, {row[:900]}" for row in (after - before).elements())


def _values(rows: Sequence[Mapping[str, str]], column: str) -> Counter[str | None]:
    return Counter(row.get(column) for row in rows)


def _fixed(rows: Sequence[Mapping[str, str]], loose: Collection[str]) -> Counter[str]:
    kept = ({column: text for column, text in sorted(row.items()) if column not in loose} for row in rows)
    return Counter("; ".join(f"{column}={text}" for column, text in row.items()) for row in kept)


def _hidden(left: Json, models: Counter[tuple[str, str, str, str]]) -> Counter[tuple[str, str, str, str]]:
    """What stands beside the models."""
    return Counter(meaning(Thing(**thing)) for thing in left["end"]) - models


def _objects(old: Counter[Any], new: Counter[Any]) -> Iterator[str]:
    yield from (f"only old: {' '.join(thing)[:200]}" for thing in (old - new).elements())
    yield from (f"only new: {' '.join(thing)[:200]}" for thing in (new - old).elements())


def _print(outcome: Outcome, most: int) -> None:
    head = f"{outcome.name}: {outcome.drafted} operations drafted, {len(outcome.left)} not; "
    head += f"{outcome.rows} rows, {outcome.objects} objects; {len(outcome.wrong)} differ"
    lines = [
        head,
        *(f"  ! {line}" for line in outcome.wrong[:most]),
        *(f"  - {line}" for line in outcome.left),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


__all__ = ["SHOWCASE", "compared", "main"]

if __name__ == "__main__":
    sys.exit(main())
