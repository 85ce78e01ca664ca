"""A project as a repository with its plan and its databases, and what held so far of its reset."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.render.plan.commands import SHELL, manage
from analyzer.reset.plan import Plan
from tests.oracle.drafts.run import LEAVING, differing_rows
from tests.oracle.real.projects import REPOSITORY, Refused, run
from tests.oracle.rehearse.databases import Content, Databases

OVERLAY = "rehearsal_settings"
OVERLAY_TEXT = """from {settings} import *
import os
DATABASES = {{"default": {{"ENGINE": "{engine}", "NAME": os.environ["REHEARSAL"],
    "HOST": os.environ.get("REHEARSAL_HOST", ""), "USER": os.environ.get("REHEARSAL_USER", "")}}}}
"""
MANAGE = """import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "{overlay}"
from django.core.management import execute_from_command_line
execute_from_command_line([*sys.argv, "--skip-checks"])
"""
"""Whether the project is in order otherwise is not what is rehearsed."""

MIGSCAN = """#!/bin/sh
PYTHONPATH={repository} PYTHONDONTWRITEBYTECODE=1 exec {python} -m analyzer "$@"
"""
GIT = ("git", "-c", "user.name=rehearsal", "-c", "user.email=rehearsal@example.org")
SAID = 700
SHOWN = 12
ELSEWHERE = ("PLAN=", "#", "psql ", "mysql ", "sqlite3 ", "sqlplus ", "git fetch ", "git diff ", "git status",
             "for ", "done")  # fmt: skip
"""How commands of PLAN.md begin that are done otherwise here."""


@dataclass
class Stage:
    """`done` are commands of PLAN.md, `seeds` the rows that the old migrations make, twice."""

    folder: Path
    root: Path
    python: Path
    databases: Databases
    made: Plan
    document: str
    held: list[tuple[bool, str]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    seeds: list[Any] = field(default_factory=list)

    @property
    def tree(self) -> Path:
        return self.folder / "src"

    @property
    def plan(self) -> Path:
        return self.folder / "plan"

    # ------------------------------------------------------------ what holds

    def hold(self, holds: bool, what: str, said: str = "") -> None:
        self.held.append((holds, what))
        sys.stdout.write(f"  {'ok  ' if holds else 'NOT '} {what}\n" + ("" if holds else f"{said[-SAID:]}\n"))
        sys.stdout.flush()

    def must(self, what: str, database: str, *words: str) -> None:
        """That a command of Django's ends with 0."""
        code, said = self.django(database, *words)
        self.hold(code == 0, what, said)

    def same(self, what: str, before: Content, database: str) -> None:
        """That no row came, went or changed."""
        after = self.databases.content(database)
        other = sorted(table for table in {*before, *after} if before.get(table) != after.get(table))
        lines = [f"    {one}: {before.get(one, (0,))[0]} -> {after.get(one, (0,))[0]}" for one in other]
        self.hold(not other, what, "\n".join(lines[:SHOWN]))

    def alike(self, what: str, one: str, other: str) -> None:
        """That two databases have the same schema."""
        first, second = self.databases.schema(one), self.databases.schema(other)
        self.hold(first == second, what, "\n".join(_differing(first, second, one, other)))

    def seeded(self, what: str, database: str) -> None:
        """That an empty database got what the old migrations make on one."""
        if not self.seeds:
            self.seeds += [self._rows(name) for name in ("seeded", "again")]
        seeds, again = self.seeds
        wrong = list(differing_rows(seeds, self._rows(database), again))
        number = sum(map(len, seeds.values()))
        self.hold(
            not wrong, f"{what}: {number} rows", "\n".join(f"    {line[:300]}" for line in wrong[:SHOWN])
        )

    def _rows(self, database: str) -> Any:
        command = [str(self.python), "-c", LEAVING, str(REPOSITORY), "tell", str(self.root), OVERLAY]
        os.environ |= self.databases.env(database)
        return json.loads(run(command, "tell", given=json.dumps(self.databases.entry(database))))["rows"]

    def all_done(self) -> None:
        """That every command of PLAN.md was carried out, but for those on servers and repositories."""
        wanted = [line for line in _commands(self.document) if not line.startswith(ELSEWHERE)]
        left = [line for line in wanted if line not in self.done]
        self.hold(not left, f"{len(wanted)} commands of PLAN.md carried out", "\n".join(left))

    # ------------------------------------------------------------ commands

    def env(self, database: str) -> dict[str, str]:
        path = f"{self.folder / 'bin'}{os.pathsep}{self.python.parent}{os.pathsep}{os.environ['PATH']}"
        env = {**os.environ, **self.databases.env(database), "PYTHONDONTWRITEBYTECODE": "1", "PATH": path}
        return env | {
            "DJANGO_SETTINGS_MODULE": OVERLAY, "PYTHONPATH": str(self.root), "PLAN": str(self.plan)
        }  # fmt: skip

    def letter(self, command: str, database: str = "old") -> tuple[int, str]:
        """Carry out a command of PLAN.md.  Raises Refused where PLAN.md has none like it."""
        if command not in self.document:
            raise Refused(f"PLAN.md does not say: {command}")
        self.done.add(command)
        shell, env = ["/bin/sh", "-c", command], self.env(database)
        done = subprocess.run(
            shell,
            cwd=self.tree,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    def done_so(self, command: str, database: str = "old") -> None:
        code, said = self.letter(command, database)
        if code:
            raise Refused(f"{command}: {said[-SAID:]}")

    def django(self, database: str, *words: str) -> tuple[int, str]:
        """Exit code and the end of what `manage.py` says."""
        return self.letter(manage(self.made, *words), database)

    def git(self, *words: str) -> None:
        command = [*GIT, *words]
        done = subprocess.run(command, cwd=self.tree, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"git {' '.join(words[:3])}: {done.stderr[-400:]}{done.stdout[-400:]}")

    def commit(self, tag: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", tag)
        self.git("tag", "-f", tag)


def _differing(one: set[str], other: set[str], first: str, second: str) -> Iterator[str]:
    yield from (f"    only {first}: {line[:300]}" for line in sorted(one - other)[:SHOWN])
    yield from (f"    only {second}: {line[:300]}" for line in sorted(other - one)[:SHOWN])


def _commands(document: str) -> list[str]:
    """The lines of the blocks for a shell, without what is said beside them."""
    out = []
    inside = False
    for line in document.splitlines():
        if line.startswith("```"):
            inside = line == SHELL
        elif inside:
            out.append(re.split(r"\s{2,}# ", line)[0].strip())
    return list(dict.fromkeys(out))
