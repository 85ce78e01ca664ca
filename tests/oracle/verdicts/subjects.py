"""The projects whose migrations are run: where their source is, and the databases that they run on."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from tests.oracle.real.projects import (
    REPOSITORY,
    SETTINGS,
    Project,
    frozen,
    install,
    lay_out,
    read,
    read_projects,
    run,
)
from tests.oracle.verdicts.catalogs import Thing
from tests.oracle.verdicts.servers import PostgreSQL

PROJECTS = Path(__file__).with_name("projects.toml")

SHOWCASE = Project(
    "marketplace", ("django>=5.2,<5.3", "social-auth-app-django>=5.5", "psycopg[binary]>=3.2", "pillow")
)
"""What the fixture needs to run on both databases."""

RECORDING = ("recording", "catalogs", "queries", "rows")
"""The modules that run beside the project."""

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BACKEND = "django.db.backends"
REPLACED = "-replaced"
"""After the name of a database: the migrations that squashed ones replace run on it."""

START = """
import sys, types
root = sys.argv.pop(1)
for name in ("tests", "tests.oracle", "tests.oracle.verdicts"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [root + "/" + name.replace(".", "/")]
from tests.oracle.verdicts.recording import main
sys.exit(main(sys.argv[1:]))
"""
"""Runs our module in an environment that may have a package of the same name."""

Json = Mapping[str, Any]
Record = tuple[Json, Json]
"""What migrating left, and what the models alone make."""


@dataclass(frozen=True)
class Subject:
    """A project's tree, the interpreter that runs it, its settings and the databases that it runs on.

    `apart` says by `app.migration:operation` why what running an operation shows does not count.
    """

    project: Project
    source: Path
    python: Path
    settings: str
    databases: tuple[str, ...]
    apart: Mapping[str, str] = field(default_factory=dict)

    def record(self, kind: str, server: PostgreSQL | None) -> Record:
        """What became of one database.  Raises Refused where the project cannot be booted."""
        mode = "replaced" if kind.endswith(REPLACED) else "record"
        migrated = self._ask(mode, self._database(kind, server))
        return migrated, self.fresh(kind, server, migrated)

    def kept(self, kind: str, server: PostgreSQL | None, folder: Path) -> Record:
        """The same, from `folder` as long as what it follows from is the same."""
        stored, state = folder / f"{kind}.recorded.json", self._state(kind)
        if stored.is_file():
            found = json.loads(stored.read_text(encoding="utf-8"))
            if found["state"] == state:
                return found["migrated"], found["fresh"]
        migrated, fresh = self.record(kind, server)
        text = json.dumps({"state": state, "migrated": migrated, "fresh": fresh}, indent=1)
        stored.write_text(text, encoding="utf-8")
        return migrated, fresh

    def _state(self, kind: str) -> str:
        """Changes with the project's source, its requirements and the modules that record."""
        said = repr((self.project.alone, self.project.requirements, self.settings, kind))
        found = hashlib.sha256(said.encode())
        for path in [PROJECTS.with_name(f"{name}.py") for name in RECORDING]:
            found.update(path.read_bytes())
        for path in sorted(self.source.rglob("*.py")):
            found.update(path.relative_to(self.source).as_posix().encode() + path.read_bytes())
        return found.hexdigest()

    def _database(self, kind: str, server: PostgreSQL | None) -> dict[str, Any]:
        if kind.startswith(SQLITE):
            return {"ENGINE": f"{BACKEND}.sqlite3", "NAME": ":memory:"}
        assert server is not None
        return server.empty("project", f"{BACKEND}.postgresql")

    def fresh(self, kind: str, server: PostgreSQL | None, migrated: Json) -> Json:
        """What the models alone make, after what of a migrated database they may need."""
        first = [text for told in migrated["end"] for text in _first(Thing(**told))]
        return self._ask("fresh", {**self._database(kind, server), "first": first})

    def _ask(self, mode: str, database: Json) -> Json:
        command = [str(self.python), "-c", START, str(REPOSITORY), mode]
        command += [str(self.source / self.project.root), self.settings]
        answer: Any = json.loads(run(command, mode, given=json.dumps(database)))
        for operation in answer.get("operations", ()):
            places = [
                [str(PurePosixPath(self.project.root, path)), line] for path, line in operation["places"]
            ]
            operation["places"] = places
        found: Json = answer
        return found

    def answer(self) -> Json:
        """migscan's."""
        return read(self.project, self.source)


def _first(thing: Thing) -> Iterator[str]:
    """What tables made from the models may need, and what no model makes."""
    match thing.kind:
        case "extension":
            yield f'CREATE EXTENSION IF NOT EXISTS "{thing.name}"'
        case "collation":
            yield f"CREATE COLLATION {thing.name} {thing.text}"
        case "function" | "type" if thing.text.startswith("CREATE "):
            yield thing.text


def names() -> list[str]:
    return [SHOWCASE.name, *_entries()]


def subject(name: str, store: Path) -> Subject:
    """Install and lay out.  Raises Refused where that cannot be done."""
    folder = store / name
    folder.mkdir(parents=True, exist_ok=True)
    if name == SHOWCASE.name:
        install(SHOWCASE, folder)
        return showcase(folder / "venv/bin/python", (SQLITE, SQLITE + REPLACED, POSTGRESQL))
    entry = _entries()[name]
    own = {key: entry.pop(key) for key in ("databases", "apart") if key in entry}
    project = _project(entry.pop("of", name), entry)
    source = lay_out(project, folder, install(project, folder))
    python = folder / "venv/bin/python"
    return Subject(project, source, python, SETTINGS, tuple(own.pop("databases")), **own)


def _project(name: str, entry: Json) -> Project:
    known = {project.name: project for project in read_projects()}
    if name not in known:
        return Project(name, **frozen(entry))
    more = tuple(entry.get("requirements", ()))
    return replace(known[name], requirements=known[name].requirements + more)


def showcase(python: Path, databases: Sequence[str]) -> Subject:
    """The fixture as it stands in the repository."""
    source = REPOSITORY / "fixtures" / SHOWCASE.name
    return Subject(SHOWCASE, source, python, "config.settings.dev", tuple(databases))


def _entries() -> dict[str, dict[str, Any]]:
    return tomllib.loads(PROJECTS.read_text(encoding="utf-8"))
