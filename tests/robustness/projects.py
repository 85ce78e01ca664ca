"""Small projects as text, and migscan run on them as its own process, as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = 120
"""After so many a run counts as hanging; how fast it is is not tested."""

HEALTHY = """
# setup.cfg
[options]
install_requires = Django==5.2
# manage.py
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# config/__init__.py
# config/settings.py
INSTALLED_APPS = ["shop", "odd"]
# shop/__init__.py
# shop/models.py
from django.db import models

class Maker(models.Model):
    name = models.CharField(max_length=50)

class Product(models.Model):
    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)
# shop/migrations/__init__.py
# shop/migrations/0001_initial.py
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Maker",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=50)),
            ],
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("maker", models.ForeignKey(on_delete=models.CASCADE, to="shop.Maker")),
            ],
        ),
    ]
# odd/__init__.py
"""
"""A project in which nothing is wrong; the tests add the wrong thing to its app `odd`."""


def files(root: Path) -> dict[str, bytes | str]:
    """What lies under `root`, links as their target, without the cache that migscan may keep there."""
    found: dict[str, bytes | str] = {}
    for folder, directories, names in os.walk(root):
        directories[:] = [name for name in directories if name != ".migscan_cache"]
        for name in (*directories, *names):
            path = Path(folder, name)
            where = path.relative_to(root).as_posix()
            if path.is_symlink():
                found[where] = str(path.readlink())
            elif path.is_file() and os.access(path, os.R_OK):
                found[where] = path.read_bytes()
            else:
                found[where] = ""
    return found


@dataclass(frozen=True)
class Run:
    """One finished run of migscan."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document on standard output."""
        document: dict[str, Any] = json.loads(self.stdout)
        return document

    def findings(self, file: str) -> list[dict[str, Any]]:
        """The findings about one file."""
        return [finding for finding in self.document["findings"] if finding["file"] == file]

    def unknown(self, file: str) -> list[dict[str, Any]]:
        """What was not decided about one file."""
        return [entry for entry in self.document["unknown"] if entry["file"] == file]

    @property
    def models(self) -> set[str]:
        """Labels of all models."""
        return {model["label"] for model in self.document["models"]}

    @property
    def migrations(self) -> set[tuple[str, str]]:
        """(app, name) of all migrations."""
        return {(migration["app"], migration["name"]) for migration in self.document["migrations"]}


def migscan(
    *arguments: str | Path,
    cwd: Path,
    env: dict[str, str] | None = None,
    memory: int | None = None,
    seconds: int = SECONDS,
) -> Run:
    """Run migscan in a process of its own.  Whatever it was given, it must not end in a traceback.

    `memory` limits its address space, in bytes, where the system can do that.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
        **(env or {}),
    }
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=seconds,
        preexec_fn=None if memory is None or sys.platform == "win32" else partial(_limit, memory),
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr[-400:]
    assert done.returncode in (0, 1, 2), (done.returncode, done.stderr[-400:])
    return Run(done.returncode, done.stdout, done.stderr)


def _limit(memory: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def audit(root: Path, *arguments: str, memory: int | None = None, seconds: int = SECONDS) -> Run:
    """The JSON of a project, and the promise that the project is left as it was."""
    before = files(root)
    beside = sorted(path.name for path in root.parent.iterdir())
    run = migscan(root, "--format", "json", *arguments, cwd=root.parent, memory=memory, seconds=seconds)
    assert files(root) == before, "migscan changed the project"
    assert sorted(path.name for path in root.parent.iterdir()) == beside, "migscan wrote beside it"
    return run


def assert_rest_is_analysed(run: Run) -> None:
    """The healthy app is all there, and nothing is said against it."""
    assert run.models >= {"shop.Maker", "shop.Product"}
    assert ("shop", "0001_initial") in run.migrations
    assert not [finding for finding in run.document["findings"] if finding["file"].startswith("shop/")]
