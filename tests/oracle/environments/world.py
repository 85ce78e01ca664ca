"""A small project with real migrations and real databases, at dates that a test chooses."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

SERVER = Path(__file__).with_name("django_server.py")

SETTINGS = """
import os
SECRET_KEY = "x"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    {apps}
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["DATABASE"],
        "OPTIONS": {{"init_command": "PRAGMA synchronous=OFF"}},
    }}
}}
"""

FIRST = datetime(2024, 1, 10, 10, tzinfo=UTC)
"""When the first command runs; each later one a minute after the one before."""

POST = "class Post(models.Model):\n    title = models.CharField(max_length=20)\n"
ITEM = "class Item(models.Model):\n    name = models.CharField(max_length=20)\n"


class Server:
    """The process that runs Django."""

    def __init__(self) -> None:
        self.kept = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **request: object) -> tuple[int, str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        code, said = json.loads(self.process.stdout.readline())
        return int(code), str(said)


@contextmanager
def server() -> Iterator[Server]:
    running = Server()
    try:
        yield running
    finally:
        running.process.communicate(timeout=60)
        running.kept.cleanup()


class World:
    """A project in `root` with the apps blog and shop, and databases beside it."""

    def __init__(self, folder: Path, running: Server) -> None:
        self.folder = folder
        self.running = running
        self.root = folder / "project"
        self.clock = FIRST
        self.path: list[str] = []
        self.write("config/__init__.py", "")
        self.write("requirements.txt", f"Django=={django.get_version()}\n")
        self.install("blog", "shop")
        self.models("blog", POST)
        self.models("shop", ITEM)
        for app in ("blog", "shop"):
            self.write(f"{app}/__init__.py", "")
            self.write(f"{app}/migrations/__init__.py", "")

    def _kept(self) -> Path:
        """Where a project with these settings is kept."""
        settings = (self.root / "config/settings.py").read_bytes()
        return Path(self.running.kept.name, hashlib.blake2b(settings, digest_size=8).hexdigest())

    def keep(self) -> None:
        """Keep the project and its database for other worlds that begin alike."""
        self.clock = FIRST + timedelta(hours=1)
        shutil.copytree(self.folder, self._kept())

    def recall(self) -> bool:
        """Go on from what an alike world kept."""
        if not self._kept().exists():
            return False
        shutil.copytree(self._kept(), self.folder, dirs_exist_ok=True)
        self.clock = FIRST + timedelta(hours=1)
        return True

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def install(self, *apps: str) -> None:
        self.write("config/settings.py", SETTINGS.format(apps=" ".join(f'"{app}",' for app in apps)))

    def models(self, app: str, text: str) -> None:
        self.write(f"{app}/models.py", f"from django.db import models\n{text}")

    def add_field(self, app: str, name: str, migration: str | None = None) -> None:
        """Give the app's model a field more, and let Django write the migration."""
        path = self.root / app / "models.py"
        path.write_text(f"{path.read_text()}    {name} = models.IntegerField(default=0)\n")
        self.make(app, migration or name)

    def make(self, app: str, name: str) -> None:
        self.run("makemigrations", app, "-n", name)

    def history(self, app: str, *fields: str) -> None:
        """An initial migration and one for each field."""
        self.make(app, "initial")
        for field in fields:
            self.add_field(app, field)

    def run(self, *arguments: str, database: str = "prod", fails: bool = False) -> str:
        """What a management command prints."""
        self.clock += timedelta(minutes=1)
        code, said = self.running.ask(
            root=str(self.root), database=str(self.database(database)), clock=self.clock.isoformat(),
            path=self.path, args=list(arguments),
        )  # fmt: skip
        assert bool(code) == fails, said
        return said

    def migrate(self, *arguments: str, database: str = "prod") -> None:
        self.run("migrate", "-v0", *arguments, database=database)

    def database(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def sql(self, statement: str, database: str = "prod") -> None:
        with closing(sqlite3.connect(self.database(database))) as connection:
            connection.execute(statement)
            connection.commit()

    def file(self, app: str, start: str) -> Path:
        """The migration whose name begins so."""
        (found,) = (self.root / app / "migrations").glob(f"{start}*.py")
        return found

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text()
        assert old in text, text
        path.write_text(text.replace(old, new))

    def remove(self, *paths: Path) -> None:
        for path in paths:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def table(self, database: str = "prod") -> Path:
        """The rows as CSV, as sqlite3 -csv -header writes them."""
        with closing(sqlite3.connect(self.database(database))) as connection:
            rows = connection.execute(
                "SELECT id, app, name, applied FROM django_migrations ORDER BY id"
            ).fetchall()
        path = self.folder / f"{database}.csv"
        with path.open("w", newline="") as stream:
            csv.writer(stream).writerows([("id", "app", "name", "applied"), *rows])
        return path

    def listing(self, *arguments: str, database: str = "prod") -> Path:
        """What showmigrations prints."""
        path = self.folder / f"{database}.txt"
        path.write_text(self.run("showmigrations", *arguments, database=database))
        return path

    def git(self, *arguments: str) -> str:
        program = shutil.which("git")
        assert program is not None
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
        when = self.clock.isoformat()
        done = subprocess.run(
            [program, *identity, *arguments], cwd=self.root, capture_output=True, text=True, check=True,
            env={**os.environ, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when},
        )  # fmt: skip
        return done.stdout

    def commit(self, subject: str) -> None:
        if not (self.root / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)
