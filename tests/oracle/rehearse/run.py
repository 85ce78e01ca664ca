"""Resets carried out with real Django, step by step as the plan says, on SQLite or PostgreSQL.

    python -m tests.oracle.rehearse.run [--store DIR] [--procedure NAME] [--engine NAME] [PROJECT ...]

PROJECT is one of `tests/oracle/real/projects.toml` that can be booted, or `marketplace`, the showcase.
For each procedure: a database made by the old migrations, one that lags behind by a migration, and an
empty one.  Prints a line for each thing that must hold, and whether it does.

Exit code: 0 all hold, 1 some do not, 2 a project could not be booted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from analyzer.analysis import worked_out
from analyzer.options import Options
from analyzer.render.plan import plan_files
from analyzer.reset.ledgers import ledgers
from analyzer.reset.plan import PROCEDURES, Plan, Procedure, Wishes, plan
from analyzer.sources import sources
from tests.oracle.real.projects import REPOSITORY, SETTINGS, Refused, install, lay_out, read_projects
from tests.oracle.rehearse.databases import Databases, Server, SQLite
from tests.oracle.rehearse.half import half_migrated, steps
from tests.oracle.verdicts.servers import postgresql
from tests.oracle.verdicts.subjects import names, subject

STORE = REPOSITORY / ".oracle"
MARKETPLACE = "marketplace"
SHOWCASE_SETTINGS = "config.settings.dev"
OVERLAY = "rehearsal_settings"
OVERLAY_TEXT = """from {settings} import *
import os
DATABASES = {{"default": {{"ENGINE": os.environ["REHEARSAL_ENGINE"], "NAME": os.environ["REHEARSAL"],
    "HOST": os.environ.get("REHEARSAL_HOST", ""), "USER": os.environ.get("REHEARSAL_USER", "")}}}}
DATABASE_ROUTERS = []
"""
MANAGE = """import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{overlay}")
from django.core.management import execute_from_command_line
from django.db import ProgrammingError, transaction
from django.db.migrations import RunSQL
ONLY_ELSEWHERE = ("FUNCTION", "TRIGGER", "EXTENSION", "CONCURRENTLY")
run = RunSQL._run_sql
def run_here(self, schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql" and schema_editor.atomic_migration:
        try:
            with transaction.atomic():
                run(self, schema_editor, statements)
        except ProgrammingError:
            pass
    elif not any(word in str(statements).upper() for word in ONLY_ELSEWHERE):
        run(self, schema_editor, statements)
RunSQL._run_sql = run_here
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
"""
"""What a database does not understand is left out, by the old migrations as by the new ones."""
RUN = "rehearsal_manage.py"
MOST_PRUNED = 4
MOST_HALF = 14
"""So many databases that got half of the way are tried."""

GIT = ("git", "-c", "user.name=rehearsal", "-c", "user.email=rehearsal@example.org")


@dataclass
class Stage:
    """A project as a repository with databases beside it, and what held so far."""

    folder: Path
    root: Path
    python: Path
    databases: Databases
    aside: frozenset[str] = frozenset()
    held: list[tuple[bool, str]] = field(default_factory=list)

    @property
    def tree(self) -> Path:
        return self.folder / "src"

    @property
    def plan(self) -> Path:
        return self.folder / "plan"

    def schema(self, database: str) -> set[str]:
        """Without what no model makes: that is carried over by hand."""
        return self.databases.schema(database, self.aside)

    def env(self, database: str) -> dict[str, str]:
        env = {**os.environ, **self.databases.env(database), "PYTHONDONTWRITEBYTECODE": "1"}
        return env | {"DJANGO_SETTINGS_MODULE": OVERLAY, "PYTHONPATH": str(self.root)}

    def django(self, database: str, *words: str) -> tuple[int, str]:
        """Exit code and the end of what `manage.py` says."""
        env = self.env(database)
        done = subprocess.run([self.python, self.root / RUN, *words, "--skip-checks"], cwd=self.tree, env=env,
                              capture_output=True, text=True, check=False)  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).strip()[-700:]

    def must(self, what: str, database: str, *words: str) -> None:
        """That a command of Django's ends with 0."""
        code, said = self.django(database, *words)
        self.hold(code == 0, what, said)

    def hold(self, holds: bool, what: str, said: str = "") -> None:
        self.held.append((holds, what))
        sys.stdout.write(f"  {'ok  ' if holds else 'NOT '} {what}\n" + ("" if holds else f"{said}\n"))
        sys.stdout.flush()

    def shell(self, *command: str) -> None:
        done = subprocess.run(command, cwd=self.tree, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"{' '.join(command[:4])}: {done.stderr[-400:]}{done.stdout[-400:]}")

    def git(self, *words: str) -> None:
        self.shell(*GIT, *words)

    def commit(self, tag: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", tag)
        self.git("tag", "-f", tag)

    def script(self, name: str, *words: str) -> None:
        self.shell(sys.executable, str(self.plan / name), *words)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="PROJECT")
    parser.add_argument("--store", default=str(STORE), metavar="DIR")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--procedure", choices=PROCEDURES[:3], action="append")
    options = parser.parse_args(arguments)
    bad = refused = 0
    for name in options.names or [MARKETPLACE]:
        for procedure in options.procedure or PROCEDURES[:3]:
            sys.stdout.write(f"{name}, {procedure}\n")
            with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
                try:
                    databases: Databases = SQLite(Path(folder))
                    if options.engine == "postgresql":
                        databases = Server(stack.enter_context(postgresql()))
                    store = Path(options.store).resolve()
                    stage = _stage(name, store, Path(folder), procedure, databases)
                except (Refused, OSError) as error:
                    sys.stdout.write(f"  {error}\n")
                    refused += 1
                    continue
                bad += sum(not holds for holds, _ in stage.held)
    return 2 if refused else int(bool(bad))


def _stage(name: str, store: Path, folder: Path, procedure: Procedure, databases: Databases) -> Stage:
    on_server = databases.dialect == "postgresql"
    if name == MARKETPLACE:
        shutil.copytree(REPOSITORY / "fixtures/marketplace", folder / "src")
        python = subject(name, store).python if on_server else Path(sys.executable)
        stage = Stage(folder, folder / "src", python, databases)
        settings, options = SHOWCASE_SETTINGS, Options(jobs=1, cache=False)
    elif name in names():
        one = subject(name, store)
        shutil.copytree(one.source, folder / "src")
        stage = Stage(folder, folder / "src" / one.project.root, one.python, databases)
        settings = one.settings
        site = next(one.python.parent.parent.glob("lib/python3*/site-packages"))
        path = str(PurePosixPath(one.project.root, f"{settings}.py"))
        options = Options(jobs=1, cache=False, settings=path, site_packages=site)
    else:
        project = next(one for one in read_projects() if one.name == name)
        site = install(project, store / name)
        shutil.copytree(lay_out(project, store / name, site), folder / "src")
        stage = Stage(folder, folder / "src" / project.root, store / name / "venv/bin/python", databases)
        settings = SETTINGS
        path = str(PurePosixPath(project.root, f"{SETTINGS}.py"))
        options = Options(jobs=1, cache=False, settings=path, site_packages=site)
    found = worked_out(sources(stage.tree, options), options, lambda *_: None)
    made = plan(found, Wishes(procedure=procedure, dialects=(databases.dialect,)))
    hidden = ledgers(found.analysis).hidden
    stage.aside = frozenset(name for one in hidden for name in (one.made.name, one.made.name.lower()) if name)
    for path, text in plan_files(made).items():
        target = stage.plan / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if not made.feasible:
        raise Refused("the plan says that it cannot be done: see its PLAN.md")
    (stage.root / f"{OVERLAY}.py").write_text(OVERLAY_TEXT.format(settings=settings), encoding="utf-8")
    (stage.root / RUN).write_text(MANAGE.format(overlay=OVERLAY), encoding="utf-8")
    (stage.tree / ".gitignore").unlink(missing_ok=True)
    stage.git("init", "-q")
    stage.commit("old")
    databases.empty("old")
    code, said = stage.django("old", "migrate")
    if code:
        raise Refused(f"migrate: {said}")
    _lag(stage, made)
    sys.stdout.write(f"  {databases.fill('old')} rows\n")
    {"placeholder": _placeholder, "replaces": _replaces, "sql": _sql}[procedure](stage, made)
    return stage


def _lag(stage: Stage, made: Plan) -> None:
    """A database without the last migration of an app that gets one file, where it can be undone."""
    for app, leaf in sorted(made.leaves, key=lambda leaf: len(made.layout.of(leaf[0]))):
        names = [name for label, name in made.rows.required if label == app]
        if len(names) < 2:
            continue
        stage.databases.copy("old", "behind")
        before = max(set(names) - {leaf})
        if stage.django("behind", "migrate", app, before)[0] == 0:
            return
    raise Refused("no app's last migration can be undone")


def _checked(stage: Stage, rows: dict[str, int]) -> None:
    """What must hold with the new code: nothing to do, every row kept, the schema of a fresh database."""
    stage.must("migrate --check on the old database", "old", "migrate", "--check")
    stage.must("makemigrations --check", "old", "makemigrations", "--check", "--dry-run")
    stage.hold(stage.databases.rows("old") == rows, "all rows kept")
    stage.databases.empty("fresh")
    stage.must("migrate on an empty database", "fresh", "migrate")
    one, other = stage.schema("old"), stage.schema("fresh")
    stage.hold(one == other, "the schema of a fresh one", "\n".join(_differing(one, other)))


def _differing(one: set[str], other: set[str]) -> Iterator[str]:
    yield from (f"    only old: {line}" for line in sorted(one - other)[:12])
    yield from (f"    only new: {line}" for line in sorted(other - one)[:12])


def _regenerate(stage: Stage, made: Plan, folder: str) -> None:
    listed = stage.plan / folder / "delete.txt"
    stage.git("--literal-pathspecs", "rm", "-q", f"--pathspec-from-file={listed}")
    if (stage.plan / folder / "point.py").exists():
        stage.script(f"{folder}/point.py", "--first")
    stage.must("makemigrations", "old", "makemigrations", "--noinput")
    names = [stage.tree / made.packages[one.app].folder / f"{one.name}.py"
             for one in made.layout.migrations if one.app in made.packages]  # fmt: skip
    stage.hold(all(name.is_file() for name in names), "the predicted files are written")


def _point(stage: Stage, made: Plan, folder: str) -> None:
    files = sorted({one.file for one in made.inbound if not one.package})
    if files:
        stage.git("--literal-pathspecs", "restore", "--", *files)
        stage.script(f"{folder}/point.py")


def _placeholder(stage: Stage, made: Plan) -> None:
    rows = stage.databases.rows("old")
    shutil.copytree(stage.plan / "placeholder/release-n", stage.tree, dirs_exist_ok=True)
    stage.must("release N: makemigrations --check", "old", "makemigrations", "--check", "--dry-run")
    stage.commit("release-n")
    stage.must("release N: migrate", "old", "migrate")
    _regenerate(stage, made, "placeholder")
    stage.script("placeholder/new_names.py")
    _point(stage, made, "placeholder")
    predicted = {(one.app, one.name) for one in made.layout.migrations}
    extra = [one.path for one in made.placeholders if (one.app, one.stands_for) not in predicted]
    if extra:
        stage.git("--literal-pathspecs", "restore", "--source=HEAD", "--staged", "--worktree", *extra)
    stage.commit("release-n1")
    _checked(stage, rows)
    code, said = stage.django("behind", "migrate")
    stage.hold(code != 0, "a database that lags behind is stopped", said)
    stage.git("checkout", "-q", "release-n")
    stage.must("back to release N: migrate --check", "old", "migrate", "--check")
    stage.git("checkout", "-q", "release-n1")
    for app in made.apps[:MOST_PRUNED]:
        stage.must(f"migrate {app} --prune", "old", "migrate", app, "--prune")
    stage.must("migrate --check after it", "old", "migrate", "--check")


def _replaces(stage: Stage, made: Plan) -> None:
    rows = stage.databases.rows("old")
    half = _steps(stage, made.apps)
    stage.hold(half > 0, f"{half} databases on the way")
    if made.anchors:
        shutil.copytree(stage.plan / "replaces/release-0", stage.tree, dirs_exist_ok=True)
        stage.commit("release-0")
    if made.partition.anchored.early:
        stage.must("release 0: migrate", "old", "migrate")
        stage.must("release 0: migrate, behind", "behind", "migrate")
    _regenerate(stage, made, "replaces")
    stage.script("replaces/new_names.py")
    listed = stage.plan / "replaces/delete.txt"
    stage.git("--literal-pathspecs", "restore", "--source=HEAD", "--staged", "--worktree",
              f"--pathspec-from-file={listed}")  # fmt: skip
    files = sorted({one.file for one in made.inbound if not one.package})
    if files:
        stage.git("--literal-pathspecs", "restore", "--", *files)
    stage.commit("release-1")
    stage.must("release 1: migrate", "old", "migrate")
    _checked(stage, rows)
    _half(stage, made, half)
    stage.must("release 1: a database that lags behind goes on", "behind", "migrate")
    stage.hold(stage.schema("behind") == stage.schema("old"), "and gets the same schema")
    recorded = stage.databases.recorded("old")
    wanted = {(app, name) for (app, _), name in made.remade.items()}
    stage.hold(wanted <= recorded, "every new name is recorded", str(sorted(wanted - recorded)))
    stage.git("checkout", "-q", "release-0" if made.anchors else "old")
    stage.must("back to the release before: migrate --check", "old", "migrate", "--check")
    stage.git("checkout", "-q", "release-1")
    stage.git("--literal-pathspecs", "rm", "-q", f"--pathspec-from-file={listed}")
    stage.script("replaces/finish.py")
    _point(stage, made, "replaces")
    stage.commit("release-2")
    _checked(stage, rows)
    stage.git("checkout", "-q", "release-1")
    stage.must("back to release 1: migrate --check", "old", "migrate", "--check")
    stage.git("checkout", "-q", "release-2")
    for app in made.apps[:MOST_PRUNED]:
        stage.must(f"migrate {app} --prune", "old", "migrate", app, "--prune")


def _steps(stage: Stage, apps: Sequence[str]) -> int:
    stage.databases.empty("half")
    copying = stage.databases.copying("half-{}")
    return steps(stage.python, stage.root, stage.env("half"), copying, apps, MOST_HALF)


def _half(stage: Stage, made: Plan, count: int) -> None:
    """Databases that got half of the way go on, or are stopped by the guard and helped by the old code."""
    names = [f"half-{number}" for number in range(count)]
    for name in names:
        stage.databases.copy(name, f"{name}-kept")

    def ready(name: str) -> bool:
        """Whether it got as far as PLAN.md asks for."""
        recorded = stage.databases.recorded(name)
        begun = {app for app, _ in recorded}
        ends = made.partition.anchored
        return not ends.early and recorded >= {*ends.needed.values()} and begun >= {*made.apps}

    counts, wrong = half_migrated(stage.django, stage.schema, ready, names)
    told = ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
    stage.hold(not wrong, f"databases on the way: {told}", "\n".join(wrong))
    stage.git("checkout", "-q", "old")
    again = [name for name in names if stage.schema(name) != stage.schema("old")]
    for name in again[:2]:
        stage.databases.copy(f"{name}-kept", name)
        stage.must(f"{name}: restored, the old code goes on", name, "migrate")
    stage.git("checkout", "-q", "release-1")
    for name in again[:2]:
        stage.must(f"{name}: and then the new one", name, "migrate")


def _sql(stage: Stage, made: Plan) -> None:
    databases = stage.databases
    rows = databases.rows("old")
    _regenerate(stage, made, "sql")
    _point(stage, made, "sql")
    stage.commit("new")
    forth, back = (stage.plan / f"sql/{name}.{databases.dialect}.sql" for name in ("2_reset", "3_back"))
    before = databases.recorded("behind")
    stopped = databases.script("behind", forth.read_text(encoding="utf-8"))
    stage.hold("behind" in stopped, "a database that lags behind is stopped", stopped)
    stage.hold(databases.recorded("behind") == before, "and left as it was")
    databases.copy("old", "kept")
    stopped = databases.script("old", forth.read_text(encoding="utf-8"))
    stage.hold(not stopped, "the rows are exchanged", stopped)
    _checked(stage, rows)
    stopped = databases.script("old", back.read_text(encoding="utf-8"))
    stage.hold(
        not stopped and databases.recorded("old") == databases.recorded("kept"), "and back again", stopped
    )
    stage.git("checkout", "-q", "old")
    stage.must("with the old code: migrate --check", "old", "migrate", "--check")


if __name__ == "__main__":
    sys.exit(main())
