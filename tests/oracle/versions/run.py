"""What several versions of Django say, and what migscan says when it is told which one it is.

    python -m tests.oracle.versions.run [--store DIR] [--count N] [--seed N] [-v N] [VERSION ...]

For each version an environment in the store, with an interpreter on which it runs, and then these
questions: fields taken apart (`tests/oracle/versions/shop.py`), the states that histories add up to
(`tests/oracle/histories.py`), what `makemigrations` would write for an app whose migrations that Django
or an earlier one wrote, as it stands and after random changes, and the same for the showcase project.
Prints a line a question: how many answers were compared, were right, were left open, were wrong.

Exit code: 0 no answer is wrong, 1 some are, 2 a version could not be had.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.options import Options
from analyzer.schema.version import Version, written
from tests.oracle.mutations.run import MARKETPLACE, SHOWCASE_SETTINGS, Project, judged
from tests.oracle.options import options
from tests.oracle.real.projects import REPOSITORY, Refused, run
from tests.oracle.replayed import migscan
from tests.oracle.test_state import histories, of_app
from tests.oracle.versions.fields import compared
from tests.oracle.versions.shop import FIELDS, OPTIONS, since
from tests.projects import write

VERSIONS: dict[Version, tuple[int, int]] = {
    (3, 2): (6, 10),
    (4, 2): (8, 12),
    (5, 0): (10, 12),
    (5, 2): (10, 14),
    (6, 0): (12, 14),
    (6, 1): (12, 14),
}
"""Which versions are asked, and the first and last Python 3 on which each runs."""

PACKAGES = ("social-auth-app-django", "pillow")
"""What the showcase and the fields need besides."""

PYENV = "~/.pyenv"

SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_I18N = False
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""


CONDITION: Version = (5, 1)
"""Since this version a check's `check` is called `condition`."""

_CONDITION = re.compile(r"(CheckConstraint\(\s*)(?:check|condition)=")

EARLY: tuple[Version, ...] = ((3, 2), (4, 2))
"""Versions whose migrations later ones are asked about."""


@dataclass(frozen=True)
class Row:
    """What one question came to."""

    question: str
    compared: int
    right: int
    open: int = 0
    wrong: tuple[str, ...] = ()


def rows(django: Version, store: Path, count: int, seed: int) -> Iterator[Row]:
    """The answers to all questions."""
    python = environment(django, store)
    total, differ = compared(python, django)
    wrong = tuple(f"{name}: migscan {found}, Django {told}" for name, (found, told) in differ.items())
    yield Row("fields", total, total - len(wrong), wrong=wrong)
    with tempfile.TemporaryDirectory() as folder:
        yield _states(Path(folder), django, python)
    for writer in (django, *(early for early in EARLY if early < django)):
        with tempfile.TemporaryDirectory() as folder:
            shop = _shop(Path(folder), django, python, writer, environment(writer, store))
            yield _drift(f"drift of {written(writer)}", shop, count, seed)
    with tempfile.TemporaryDirectory() as folder:
        yield _drift(MARKETPLACE, _showcase(Path(folder, MARKETPLACE), django, python), count, seed)


def _states(root: Path, django: Version, python: str) -> Row:
    labels, told, found = histories(root, django, python)
    ours = migscan(found.final)
    wrong = tuple(
        f"{app}: migscan {of_app(ours, app)}, Django {of_app(told['final'], app)}"
        for app in labels
        if of_app(ours, app) != of_app(told["final"], app)
    )
    return Row("states", len(labels), len(labels) - len(wrong), wrong=wrong)


def _shop(root: Path, django: Version, python: str, writer: Version, its: str) -> Project:
    """A project of one app, with the migrations that some Django wrote for what it then was."""
    write(root, since(FIELDS + OPTIONS, writer))
    write(root, {"settings.py": SETTINGS, "shop/migrations/__init__.py": ""})
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(root)}
    command = [its, "-m", "django", "makemigrations", "shop"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise Refused(done.stderr.strip().splitlines()[-1])
    write(root, since(FIELDS + OPTIONS, django))
    if django >= CONDITION:
        _rewrite(root, r"\1condition=")
    options = Options(jobs=1, django_version=written(django))
    return Project("shop", root, root, Path(python), "settings", options)


def _showcase(root: Path, django: Version, python: str) -> Project:
    """The showcase as a version could have it."""
    shutil.copytree(REPOSITORY / "fixtures" / MARKETPLACE, root)
    if django < CONDITION:
        _rewrite(root, r"\1check=")
    options = Options(jobs=1, django_version=written(django))
    return Project(MARKETPLACE, root, root, Path(python), SHOWCASE_SETTINGS, options)


def _rewrite(root: Path, condition: str) -> None:
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(_CONDITION.sub(condition, text), encoding="utf-8")


def _drift(question: str, project: Project, count: int, seed: int) -> Row:
    try:
        score = judged(project, count, seed)
    except Refused as error:
        sys.stderr.write(f"{question}: {error}\n")
        return Row(question, 0, 0)
    return Row(question, score.total, score.right, len(score.undecided), tuple(score.wrong))


# ---------------------------------------------------------------- the environments


def environment(django: Version, store: Path) -> str:
    """The interpreter of an environment with a version; made once.  Raises Refused."""
    home = store / "versions" / written(django)
    python = home / "venv/bin/python"
    stamp = home / "made"
    if not stamp.is_file():
        home.mkdir(parents=True, exist_ok=True)
        run([_interpreter(django), "-m", "venv", "--clear", str(home / "venv")], "venv")
        wanted = [f"Django=={written(django)}.*", *PACKAGES]
        run([str(python), "-m", "pip", "install", "--quiet", "--prefer-binary", *wanted], "pip install")
        stamp.touch()
    return str(python)


def _interpreter(django: Version) -> str:
    """The newest Python that is here and on which a version runs."""
    first, last = VERSIONS[django]
    for minor in range(last, first - 1, -1):
        for candidate in _candidates(minor):
            said = subprocess.run(
                [candidate, "-c", "import sys, venv; print(sys.version_info[1])"],
                capture_output=True,
                text=True,
            )
            if said.returncode == 0 and said.stdout.strip() == str(minor):
                return candidate
    raise Refused(f"needs Python 3.{first} to 3.{last}, which is not installed")


def _candidates(minor: int) -> Iterator[str]:
    if sys.version_info[1] == minor:
        yield sys.executable
    found = shutil.which(f"python3.{minor}")
    if found is not None:
        yield found
    home = Path(os.environ.get("PYENV_ROOT", PYENV)).expanduser()
    yield from map(str, sorted(home.glob(f"versions/3.{minor}.*/bin/python"), reverse=True))


# ---------------------------------------------------------------- what is printed


def main(arguments: Sequence[str] | None = None) -> int:
    asked = options(__doc__, name="VERSION", changes=True).parse_args(arguments)
    known = {written(version): version for version in VERSIONS}
    unknown = sorted(set(asked.names) - known.keys())
    if unknown:
        sys.stderr.write(f"no version {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    status = 0
    _say(f"{'Django':8}  {'question':14}  {'compared':>8}  {'right':>6}  {'open':>5}  {'wrong':>5}")
    for name in asked.names or known:
        try:
            for row in rows(known[name], asked.store, asked.count, asked.seed):
                _print(name, row, asked.verbose)
                status = status or int(bool(row.wrong))
        except Refused as error:
            sys.stderr.write(f"Django {name}: {error}\n")
            status = 2
    return status


def _print(name: str, row: Row, most: int) -> None:
    numbers = f"{row.compared:>8}  {row.right:>6}  {row.open:>5}  {len(row.wrong):>5}"
    _say(f"{name:8}  {row.question:14}  {numbers}")
    for said in row.wrong[:most]:
        _say(f"    {said}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
