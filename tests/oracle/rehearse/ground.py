"""The projects of the rehearsals, laid out with the plans of their resets."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from analyzer.analysis import worked_out
from analyzer.history.values import Key
from analyzer.options import Options
from analyzer.pipeline import Examined
from analyzer.reset.plan import Plan, Procedure, Wishes, plan
from analyzer.sources import sources
from tests.oracle.real.projects import REPOSITORY, SETTINGS, Refused, install, lay_out, read_projects
from tests.oracle.rehearse.databases import Databases
from tests.oracle.rehearse.stage import MANAGE, MIGSCAN, OVERLAY, OVERLAY_TEXT, Stage
from tests.oracle.verdicts.subjects import names, subject

MARKETPLACE = "marketplace"
DRIVER = "psycopg[binary]==3.3.9"
"""What a project gets that is to run on PostgreSQL."""


@dataclass(frozen=True)
class Ground:
    """A copy of a project: `root` is the folder of its tree that stands on `sys.path`."""

    folder: Path
    root: str
    python: Path
    site: Path | None
    databases: Databases

    @property
    def tree(self) -> Path:
        return self.folder / "src"

    @property
    def settings(self) -> str:
        return str(PurePosixPath(self.root, f"{OVERLAY}.py"))

    def read(self) -> Examined:
        options = Options(jobs=1, cache=False, settings=self.settings, site_packages=self.site)
        return worked_out(sources(self.tree, options), options, lambda *_: None)

    def files(self) -> dict[Key, str]:
        """The files of the migrations."""
        return {one.key: one.file for one in self.read().migrations}

    def planned(self, procedure: Procedure) -> Plan:
        return plan(self.read(), Wishes(procedure=procedure, dialects=(self.databases.dialect,)))


def laid_out(name: str, store: Path, folder: Path, databases: Databases) -> Ground:
    """Install the project, and copy it below a folder.  Raises Refused where that cannot be done."""
    root, settings, python, source = _found(name, store, databases)
    shutil.copytree(source, folder / "src")
    site = next(python.parent.parent.glob("lib/python3*/site-packages"))
    home = folder / "src" / root
    text = OVERLAY_TEXT.format(settings=settings, engine=databases.engine)
    (home / f"{OVERLAY}.py").write_text(text, encoding="utf-8")
    if not any((folder / "src").rglob("manage.py")):
        (home / "manage.py").touch()
    (folder / "src/.gitignore").unlink(missing_ok=True)
    return Ground(folder, root, python, None if name == MARKETPLACE else site, databases)


def _found(name: str, store: Path, databases: Databases) -> tuple[str, str, Path, Path]:
    """The project's root below its tree, its settings, its interpreter and the tree."""
    if name in names():
        one = subject(name, store)
        return one.project.root or ".", one.settings, one.python, one.source
    known = {project.name: project for project in read_projects()}
    if name not in known:
        raise Refused(f"no project named {name}")
    project, folder = known[name], store / name
    if databases.dialect == "postgresql":
        project = replace(project, requirements=(*project.requirements, DRIVER))
        folder = store / f"{name}-postgresql"
    folder.mkdir(parents=True, exist_ok=True)
    site = install(project, folder)
    return project.root or ".", SETTINGS, folder / "venv/bin/python", lay_out(project, folder, site)


def staged(ground: Ground, procedure: Procedure) -> Stage:
    """With the plan that `migscan plan` writes.  Raises Refused where it cannot be carried out."""
    made = ground.planned(procedure)
    folder, tree = ground.folder, ground.tree
    (tree / made.manage).write_text(MANAGE.format(overlay=OVERLAY), encoding="utf-8")
    _programs(folder)
    words = ["--procedure", procedure, "--dialect", ground.databases.dialect, "--settings", ground.settings]
    words += ["--site-packages", str(ground.site)] if ground.site is not None else []
    command = [str(folder / "bin/migscan"), "plan", str(tree), "-o", str(folder / "plan"), *words]
    command += ["--no-cache", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode not in (0, 1):
        raise Refused(f"migscan plan: {done.stderr[-600:]}")
    if not made.feasible:
        raise Refused("the plan says that it cannot be done: see its PLAN.md")
    document = (folder / "plan/PLAN.md").read_text(encoding="utf-8")
    stage = Stage(folder, tree / ground.root, ground.python, ground.databases, made, document)
    stage.git("init", "-q")
    stage.commit("old")
    stage.git("tag", "before-migration-reset")
    return stage


def _programs(folder: Path) -> None:
    """`migscan` as a command."""
    target = folder / "bin/migscan"
    target.parent.mkdir()
    target.write_text(MIGSCAN.format(repository=REPOSITORY, python=sys.executable), encoding="utf-8")
    target.chmod(0o755)
