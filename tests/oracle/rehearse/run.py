"""Resets carried out with real Django, step by step as PLAN.md says, on SQLite or PostgreSQL.

    python -m tests.oracle.rehearse.run [--store DIR] [--procedure NAME] [--engine NAME] [--half N]
        [PROJECT ...]

PROJECT is one of `tests/oracle/real/projects.toml` or `tests/oracle/verdicts/projects.toml` that can be
booted, or `marketplace`, the showcase.  For each procedure the plan is made by `migscan plan`, and its
commands are run as they stand in PLAN.md on a database that the old migrations made and that has rows in
all tables, on databases that lag behind by one migration and by many, and on an empty one.  Prints a line
for each thing that must hold, and whether it does.

Exit code: 0 all hold, 1 some do not, 2 a project could not be booted.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from analyzer.reset.plan import PROCEDURES
from tests.oracle.real.projects import REPOSITORY, Refused
from tests.oracle.rehearse.databases import Databases, Server, SQLite
from tests.oracle.rehearse.ground import MARKETPLACE, laid_out, staged
from tests.oracle.rehearse.half import steps
from tests.oracle.rehearse.procedures import REHEARSED, before
from tests.oracle.rehearse.stage import Stage
from tests.oracle.verdicts.servers import postgresql

STORE = REPOSITORY / ".oracle"
HELD: dict[str, tuple[str, ...]] = {
    "sqlite": (MARKETPLACE, "by-example-educa", "bakerydemo", "allianceauth", "rdmo", "richie"),
    "postgresql": (MARKETPLACE, "by-example-educa"),
}
"""The projects that are rehearsed by default, by engine."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="PROJECT")
    parser.add_argument("--store", default=str(STORE), metavar="DIR")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--procedure", choices=PROCEDURES[:3], action="append")
    parser.add_argument("--half", type=int, default=8, metavar="N", help="databases on the way (default: 8)")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # a server that was started is stopped
    bad = refused = 0
    for name in options.names or HELD[options.engine]:
        for procedure in options.procedure or PROCEDURES[:3]:
            sys.stdout.write(f"{name}, {options.engine}, {procedure}\n")
            begun = time.monotonic()
            with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
                stage = None
                try:
                    databases: Databases = SQLite(Path(folder))
                    if options.engine == "postgresql":
                        databases = Server(stack.enter_context(postgresql()))
                    ground = laid_out(name, Path(options.store).resolve(), Path(folder), databases)
                    stage = staged(ground, procedure)
                    half = _databases(stage, options.half)
                    before(stage)
                    REHEARSED[procedure](stage, half)
                    stage.all_done()
                except (Refused, OSError) as error:
                    sys.stdout.write(f"  {error}\n")
                    refused += 1
                held = stage.held if stage is not None else []
                wrong = sum(not holds for holds, _ in held)
                took = time.monotonic() - begun
                sys.stdout.write(f"  = {len(held) - wrong} of {len(held)} hold, {took:.0f} s\n")
                bad += wrong
    return 2 if refused else int(bool(bad))


# ---------------------------------------------------------------- the databases


def _databases(stage: Stage, most: int) -> int:
    """Make them with the old migrations; how many got half of the way."""
    databases = stage.databases
    for name in ("old", "again"):
        databases.empty(name)
        code, said = stage.django(name, "migrate")
        if code:
            raise Refused(f"migrate: {said[-600:]}")
    databases.copy("old", "seeded")
    _lag(stage)
    databases.empty("half")
    copying = databases.copying("half-{}")
    half = steps(stage.python, stage.root, stage.env("half"), copying, stage.made.apps, most)
    stage.hold(half > 0, f"{half} databases on the way")
    sys.stdout.write(f"  {databases.fill('old')} rows\n")
    return half


def _lag(stage: Stage) -> None:
    """A database without the last migration of an app that gets one file, where it can be undone."""
    made = stage.made
    for app, leaf in sorted(made.leaves, key=lambda leaf: len(made.layout.of(leaf[0]))):
        listed = [name for label, name in made.rows.required if label == app]
        if len(listed) < 2:
            continue
        stage.databases.copy("old", "behind")
        env = stage.env("behind")
        command = ["python", made.manage, "migrate", app, max(set(listed) - {leaf})]
        done = subprocess.run(command, cwd=stage.tree, env=env, capture_output=True, check=False)
        if done.returncode == 0:
            return
    raise Refused("no app's last migration can be undone")


if __name__ == "__main__":
    sys.exit(main())
