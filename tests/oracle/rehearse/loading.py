"""Whether Django loads what a plan with `replaces` leads to, however far a database has got.

    python -m tests.oracle.rehearse.loading [--store DIR] [PROJECT ...]

The files of release 1 are made as PLAN.md says.  Then Django builds its graph of migrations for an empty
database, for one that is up to date, for one that has recorded everything, and for databases that the old
migrations brought half of the way; rows are only pretended.  Where the plan says that it is impossible,
the dependencies that it names are taken out of the old files, and it is planned anew: then it must be
possible, and is not as long as one of them is left in.

Exit code: 0 all load, 1 some do not, 2 a project could not be booted.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyzer.history.values import Key
from tests.oracle.real.projects import REPOSITORY, Refused
from tests.oracle.rehearse.databases import SQLite
from tests.oracle.rehearse.ground import Ground, laid_out, staged
from tests.oracle.rehearse.procedures import anchored, remade
from tests.oracle.rehearse.stage import Stage

STORE = REPOSITORY / ".oracle"
DEFAULT = ("marketplace", "bakerydemo", "by-example-educa", "rdmo", "pretalx")
MOST = 60
"""So many databases on the way are pretended."""

LOAD = """import json, sys
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

def plan(applied):
    MigrationRecorder.applied_migrations = lambda self: {tuple(key): None for key in applied}
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [(one.app_label, one.name) for one, _ in steps]

out = []
for applied in json.load(sys.stdin):
    try:
        out.append(plan(applied))
    except Exception as error:
        out.append("%s: %s" % (type(error).__name__, str(error)[:300]))
print(json.dumps(out))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="PROJECT")
    parser.add_argument("--store", default=str(STORE), metavar="DIR")
    options = parser.parse_args(arguments)
    bad = refused = 0
    for name in options.names or DEFAULT:
        with tempfile.TemporaryDirectory() as folder:
            try:
                sys.stdout.write(f"{name}\n")
                bad += not _holds(name, Path(options.store).resolve(), Path(folder))
            except (Refused, OSError) as error:
                sys.stdout.write(f"  {error}\n")
                refused += 1
    return 2 if refused else int(bool(bad))


def _holds(name: str, store: Path, folder: Path) -> bool:
    ground = laid_out(name, store, folder, SQLite(folder))
    found = ground.planned("replaces").partition
    if not found.possible:
        _say(f"impossible: {found.why}")
        for bond in found.circle:
            _say(f"  {'.'.join(bond.child)} needs {'.'.join(bond.parent)}{' (new files)' * bond.new}")
        places = _without(ground, found.moves)
        possible = ground.planned("replaces").partition.possible
        _say(
            f"{'ok  ' if possible else 'NOT '} possible without the {len(found.moves)} dependencies it names"
        )
        needless = [move for move in found.moves if _possible_with(ground, move, places[move])]
        _say(f"{'NOT ' if needless else 'ok  '} impossible with each one of them {needless or ''}")
        if needless or not possible:
            return False
    stage = staged(ground, "replaces")
    stage.databases.empty("old")
    old = _loaded(stage, [[]])[0]
    if isinstance(old, str):
        raise Refused(old)
    anchored(stage)
    remade(stage)
    ends = [[app, name] for (app, _), name in stage.made.remade.items()]
    anchors = [[app, name] for app, name in stage.made.anchors]
    step = max(1, len(old) // MOST)
    on_the_way = [old[:place] for place in range(step, len(old), step)]
    early = [*old, *anchors] if stage.made.partition.anchored.early else old
    told = _loaded(stage, [[], old, [*early, *ends], [*old, *anchors, *ends], *on_the_way])
    wrong = [one for one in told if isinstance(one, str)]
    circles = [one for one in wrong if "CircularDependencyError" in one]
    _say(
        f"{'NOT ' if wrong else 'ok  '} {len(told)} databases, {len(on_the_way)} of them on the way; "
        f"{len(circles)} end in CircularDependencyError, {len(wrong) - len(circles)} in something else"
    )
    for one in wrong[:3]:
        _say(f"  {one}")
    return not wrong and all(holds for holds, _ in stage.held)


def _say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


def _loaded(stage: Stage, applied: Sequence[Sequence[Sequence[str]]]) -> list[Any]:
    """What is left to apply for each database, or how Django refuses it."""
    command = [str(stage.python), "-c", LOAD]
    given = json.dumps(applied)
    done = subprocess.run(
        command,
        cwd=stage.tree,
        env=stage.env("old"),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(done.stderr[-600:])
    answer: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


# ---------------------------------------------------------------- what is named as the cause


def _without(ground: Ground, moves: Sequence[tuple[Key, Key]]) -> dict[tuple[Key, Key], Path]:
    """Take dependencies out of the old files; where each stood."""
    files = ground.files()
    out = {}
    for child, (app, name) in moves:
        path = ground.tree / files[child]
        pair = rf"\(\s*(['\"]){re.escape(app)}\1\s*,\s*(['\"]){re.escape(name)}\2\s*,?\s*\)\s*,?"
        text, count = re.subn(pair, "", path.read_text(encoding="utf-8"))
        if not count:
            raise Refused(f"{files[child]} does not name {app}.{name}")
        path.write_text(text, encoding="utf-8")
        out[child, (app, name)] = path
    return out


def _possible_with(ground: Ground, move: tuple[Key, Key], path: Path) -> bool:
    """Whether it is possible although one dependency is there again."""
    text = path.read_text(encoding="utf-8")
    again = text.replace("dependencies = [", f"dependencies = [{move[1]!r}, ", 1)
    path.write_text(again, encoding="utf-8")
    possible = ground.planned("replaces").partition.possible
    path.write_text(text, encoding="utf-8")
    return possible


if __name__ == "__main__":
    sys.exit(main())
