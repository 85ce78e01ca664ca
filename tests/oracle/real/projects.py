"""The real projects: what `projects.toml` says of each, and how its source and Django's facts are had.

A project's source is that of packages which pip installs, or of a public repository at one commit.
The latter lies bare in the project's folder of the store, as `repository.git`; `git fetch` brings
it there unless somebody has put it there before.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
TRUTH = REPOSITORY / "tests/oracle/django_facts.py"
PROJECTS = Path(__file__).with_name("projects.toml")

SETTINGS = "oracle_settings"
"""The module that a project's overlay is written to, beside its packages."""

LEFT_OUT = ("__pycache__", "node_modules", "static", "locale")
"""Folders that hold no Python and much else."""

TEXT = (".py", ".toml", ".cfg", ".ini", ".sql", ".json", ".yaml", ".yml", ".txt", ".md", ".html")
"""Files that are laid out of a repository."""

Json = Mapping[str, Any]


class Refused(Exception):  # noqa: N818 - a fact about the project, no error of ours
    """A project that cannot be installed or booted; the message says why."""


@dataclass(frozen=True)
class Project:
    """One entry of projects.toml.

    `alone` are requirements without their own, `packages` the top packages whose source is the
    project's own, `without` folders of them that are left out, `settings` the overlay's text,
    `files` small files written beside the packages, by path, `python` the interpreter to use where
    this one is too old.  With a `repository` (a URL) the source is its tree at `commit`, and `root`
    the folder of it that stands on `sys.path`; `kinds` are ends of more files that it needs.
    `versions` says what the catalogue has in another version than the project, so that it cannot be
    right about it.  A project without an overlay is
    read and never booted: `says` are facts about it found by eye, as `facts.spoken` words them.
    """

    name: str
    requirements: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    settings: str = ""
    alone: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    python: str = ""
    repository: str = ""
    commit: str = ""
    root: str = ""
    kinds: tuple[str, ...] = ()
    versions: str = ""
    says: tuple[str, ...] = ()

    @property
    def booted(self) -> bool:
        return bool(self.settings)


def read_projects() -> tuple[Project, ...]:
    """The entries of projects.toml by name.  Raises TypeError for a key that there is none of."""
    entries = tomllib.loads(PROJECTS.read_text(encoding="utf-8"))
    return tuple(Project(name, **frozen(entry)) for name, entry in sorted(entries.items()))


def frozen(entry: Json) -> dict[str, Any]:
    def value(given: Any) -> Any:
        if isinstance(given, Mapping):
            return tuple(sorted(given.items()))
        return tuple(given) if isinstance(given, list) else given

    return {key: value(given) for key, given in entry.items()}


# ---------------------------------------------------------------- the environment


def install(project: Project, folder: Path) -> Path:
    """The site-packages of an environment with the project's requirements; made anew when they change."""
    wanted = "\n".join([*project.alone, *project.requirements])
    venv, stamp = folder / "venv", folder / "requirements.txt"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        python = shutil.which(project.python) if project.python else sys.executable
        if python is None:
            raise Refused(f"needs {project.python}, which is not installed")
        run([python, "-m", "venv", "--clear", str(venv)], "venv")
        pip = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet", "--prefer-binary"]
        if project.alone:
            run([*pip, "--no-deps", *project.alone], "pip install")
        run([*pip, *project.requirements], "pip install")
        stamp.write_text(wanted, encoding="utf-8")
    return next(venv.glob("lib/python3*/site-packages"))


# ---------------------------------------------------------------- the source


def lay_out(project: Project, folder: Path, site: Path) -> Path:
    """A tree with nothing but the project's own source and the overlay."""
    source = folder / "src"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    if project.repository:
        _check_out(project, fetched(project, folder), source)
    ignored = shutil.ignore_patterns(*LEFT_OUT)
    for package in project.packages:
        shutil.copytree(site / package, source / package, ignore=ignored)
    for path in project.without:
        shutil.rmtree(source / path)
    overlay = ((f"{SETTINGS}.py", project.settings),) if project.booted else ()
    for path, text in (*overlay, *project.files):
        (source / project.root / path).parent.mkdir(parents=True, exist_ok=True)
        (source / project.root / path).write_text(text, encoding="utf-8")
    return source


def fetched(project: Project, folder: Path) -> Path:
    """The bare repository with the project's commit."""
    bare = folder / "repository.git"
    if not bare.exists():
        run(["git", "init", "--quiet", "--bare", str(bare)], "git init")
        fetch = ["git", "--git-dir", str(bare), "fetch", "--quiet", "--depth", "1"]
        try:
            run([*fetch, project.repository, project.commit], "git fetch")
        except Refused:
            shutil.rmtree(bare)
            raise
    return bare


def _check_out(project: Project, bare: Path, source: Path) -> None:
    """Write the text files of the commit, one by one: a large file may be absent from a copy."""
    git = ["git", "--git-dir", str(bare)]
    listed = run([*git, "ls-tree", "-r", "-z", project.commit], "git ls-tree")
    wanted: list[tuple[str, str]] = []
    for record in filter(None, listed.split("\0")):
        said, path = record.split("\t", 1)
        mode, _kind, blob = said.split()
        parts = PurePosixPath(path).parts
        left_out = set(parts) & set(LEFT_OUT) - ({"locale"} if path.endswith(".py") else set())
        if mode.startswith("100") and path.endswith((*TEXT, *project.kinds)) and not left_out:
            wanted.append((blob, path))
    with subprocess.Popen(
        [*git, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as blobs:
        assert blobs.stdin is not None
        assert blobs.stdout is not None
        for blob, path in wanted:
            blobs.stdin.write(f"{blob}\n".encode())
            blobs.stdin.flush()
            header = blobs.stdout.readline().split()
            if header[-1] == b"missing":
                continue
            text = blobs.stdout.read(int(header[2]) + 1)[:-1]
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes(text)
        blobs.stdin.close()


# ---------------------------------------------------------------- both sides


def boot(project: Project, folder: Path, source: Path) -> Json:
    """Django's facts, from the project's own environment; kept as long as what they follow from."""
    state = hashlib.sha256(f"{TRUTH.read_text(encoding='utf-8')}{project}".encode())
    stamp, stored = folder / "truth.sha256", folder / "truth.json"
    if not (stored.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == state.hexdigest()):
        command = [str(folder / "venv/bin/python"), str(TRUTH), str(source / project.root), SETTINGS]
        stored.write_text(run(command, "django.setup()"), encoding="utf-8")
        stamp.write_text(state.hexdigest(), encoding="utf-8")
    truth: Json = json.loads(stored.read_text(encoding="utf-8"))
    return truth


def read(project: Project, source: Path, more: Sequence[str] = ()) -> Json:
    """migscan's JSON about the tree."""
    command = [sys.executable, "-m", "analyzer", str(source), "--format", "json", "--no-cache", *more]
    if project.booted:
        command += ["--settings", str(PurePosixPath(project.root, f"{SETTINGS}.py"))]
    answer: Json = json.loads(run(command, "migscan", accepted=(0, 1)))
    return answer


def run(command: Sequence[str], what: str, accepted: tuple[int, ...] = (0,), given: str | None = None) -> str:
    """What a command prints.  Raises Refused, with the end of its complaint, for other exit codes.

    `given` is what it reads from standard input.
    """
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False, input=given
    )  # fmt: skip
    if done.returncode not in accepted:
        lines = (done.stderr.strip() or "no message").splitlines()
        raise Refused(f"{what}: " + "\n".join(lines[-12:]))
    return done.stdout
