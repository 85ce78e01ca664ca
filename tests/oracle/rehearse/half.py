"""Databases on which the old migrations got half of the way, and what `replaces` makes of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

SCRIPT = "rehearsal_steps.py"

STEPS = """import json, subprocess, sys

import django
from django.conf import settings
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

def begin():
    executor = MigrationExecutor(connection)
    return executor, executor.migration_plan(executor.loader.graph.leaf_nodes())

most, copying = int(sys.argv[1]), json.loads(sys.argv[2])
executor, plan = begin()
apps = set(json.loads(sys.argv[3]))
own = [place for place, (one, _) in enumerate(plan, 1) if one.app_label in apps]
step = max(1, len(own) // most)
wanted = own[::step][:-1] if own[-1] == own[::step][-1] else own[::step]
done = 0
for number, place in enumerate(wanted):
    executor = MigrationExecutor(connection)
    executor.migrate(None, plan=plan[done:place])
    done = place
    connection.close()
    *command, _, target = copying
    source = str(settings.DATABASES["default"]["NAME"])
    subprocess.run([*command, source, target.format(number)], check=True)
print(json.dumps(len(wanted)))
"""
"""Applies the old migrations in Django's order, and keeps copies of the database on the way."""

LAGS = "lags behind"

Run = Callable[..., tuple[int, str]]


def half_migrated(
    django: Run, schema: Callable[[str], set[str]], ready: Callable[[str], bool], wanted: Sequence[str]
) -> tuple[Counter[str], list[str]]:
    """What became of each: it went on to the schema of the others, or it was stopped with an error.

    One that is `ready`, as far as the plan says that it must be, has to go on.
    """
    counts: Counter[str] = Counter()
    wrong = []
    full = schema("old")
    for name in wanted:
        goes_on = ready(name)
        code, said = django(name, "migrate")
        if code:
            counts["stopped by the guard" if LAGS in said else "stopped by Django"] += 1
            wrong += [f"{name}: {said[-300:]}"] if goes_on else []
        elif schema(name) != full:
            counts["another schema"] += 1
            wrong.append(f"{name}: {sorted(full ^ schema(name))[:6]}")
        else:
            counts["went on"] += 1
    return counts, wrong


def steps(
    python: Path, root: Path, env: dict[str, str], copying: Sequence[str], apps: Sequence[str], most: int
) -> int:
    """Make the databases, numbered from 0 on; how many there are."""
    (root / SCRIPT).write_text(STEPS, encoding="utf-8")
    command = [str(python), str(root / SCRIPT), str(most), json.dumps(copying), json.dumps(list(apps))]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    (root / SCRIPT).unlink()
    if done.returncode:
        sys.stdout.write(f"{done.stderr[-1500:]}\n")
        return 0
    return int(json.loads(done.stdout.splitlines()[-1]))
