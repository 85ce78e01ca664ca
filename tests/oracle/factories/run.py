"""Models and fields that packages make by code: do real Django and migscan list the same ones?

    python -m tests.oracle.factories.run [--store DIR] [--python PATH] [-v] [NAME ...]

Each file of `cases/` is a tiny project that uses one package or a few: what it `requires` from
PyPI, the `apps` installed beside `shop`, more `settings`, then files under `# path.py` headers.
For each: an environment with the requirements (kept in the store, or the one of `--python` for
all), the models that Django registers there, and what migscan says about the same text, with its
catalogue alone and with the environment's packages; last the arguments of each field and the
options of each model as migrations would write them (`states`).
What migscan lists as unknown is no difference, but is counted.

Exit code: 0 all facts agree, 1 some differ, 2 a project could not be installed or booted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.analysis import Analysis, analyse
from analyzer.options import Options
from tests.oracle.factories import states
from tests.oracle.generated.agreement import found, wanted
from tests.projects import HEADER, files_of, write

REPOSITORY = Path(__file__).resolve().parents[3]
CASES = Path(__file__).with_name("cases")
STORE = REPOSITORY / ".oracle" / "factories"
TRUTH = REPOSITORY / "tests/oracle"

SETTINGS = """\
SECRET_KEY = "x"
USE_TZ = True
STATIC_URL = "/static/"
SITE_ID = 1
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3"}}}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sites", {apps} "shop",
]
{more}
"""

ASK = """\
import contextlib, json, pathlib, sys
sys.path.insert(0, {truth!r})
import django_facts
with contextlib.redirect_stdout(sys.stderr):
    django_facts.boot(pathlib.Path({project!r}), "settings")
    facts = django_facts.schema_facts(pathlib.Path({project!r}))
print(json.dumps(facts))
"""

Facts = Mapping[str, Any]


class Refused(Exception):  # noqa: N818 - a fact about the case, no error of ours
    """A case whose packages cannot be installed or that Django does not boot."""


@dataclass(frozen=True)
class Case:
    """One file of `cases/`."""

    name: str
    requires: tuple[str, ...]
    files: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """What Django and migscan say about one thing; `listed` where migscan says that it is unknown."""

    what: str
    django: object
    migscan: object
    listed: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the cases that the command line names, or all; print what differs."""
    options = _parser().parse_args(arguments)
    cases = [case for case in read_cases() if not options.names or case.name in options.names]
    worst = 0
    for case in cases:
        try:
            python = options.python or install(case, Path(options.store).resolve())
            results = compare(case, Path(python))
        except Refused as error:
            _say(f"{case.name}: {error}")
            worst = 2
            continue
        for mode, (facts, rows) in results.items():
            told = [row for row in rows if not row.listed]
            listed = len(rows) - len(told)
            _say(f"{case.name:20} {mode:10} {facts:5} facts {len(told):4} differ {listed:4} listed unknown")
            for row in rows if options.verbose else ():
                mark = "unknown" if row.listed else "differs"
                _say(f"    {mark} {row.what}: Django {row.django!r}, migscan {row.migscan!r}")
            worst = max(worst, int(bool(told)))
    return worst


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="cases to compare (default: all)")
    parser.add_argument("--store", default=str(STORE), metavar="DIR", help="where environments are kept")
    parser.add_argument("--python", metavar="PATH", help="the interpreter of an environment that has it all")
    parser.add_argument("-v", action="store_true", dest="verbose", help="show every difference")
    return parser


def read_cases() -> tuple[Case, ...]:
    return tuple(_case(path) for path in sorted(CASES.glob("*.txt")))


def _case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    start = next(at for at, line in enumerate(lines) if HEADER.fullmatch(line.rstrip()))
    head = tomllib.loads("".join(lines[:start]))
    apps = "".join(f"{app!r}, " for app in head["apps"])
    files = {
        "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
        "settings.py": SETTINGS.format(apps=apps, more=head.get("settings", "")),
        "shop/__init__.py": "",
        **files_of("".join(lines[start:])),
    }
    return Case(path.stem, tuple(head["requires"]), files)


def compare(case: Case, python: Path) -> dict[str, tuple[int, list[Difference]]]:
    """How many facts Django gives and where migscan differs, by way of reading."""
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder, "project"), case.files)
        script = ASK.format(truth=str(TRUTH), project=str(root))
        truth = wanted(_columns_only(json.loads(_run([str(python), "-c", script], "django.setup()"))))
        results: dict[str, tuple[int, list[Difference]]] = {}
        for mode, site in (("catalogue", None), ("packages", _site(python))):
            analysis = analyse(root, Options(jobs=1, cache=False, site_packages=site))
            results[mode] = (len(truth), list(differences(truth, analysis)))
        script = states.ASK.format(truth=str(TRUTH), project=str(root), options=states.OPTIONS)
        told = json.loads(_run([str(python), "-c", script], "ModelState.from_model"))
        fields, rows = states.compared(told, root, _site(python))
        results["state"] = (fields, [Difference(*row) for row in rows])
        return results


def _columns_only(truth: Facts) -> Facts:
    """The facts without fields that are no columns and no relations: tag managers and the like.

    A copy of a parent link is a foreign key that says `parent_link` still, but links no parent.
    """
    models = [
        {
            **model,
            "fields": [
                {**f, "parent_link": f["parent_link"] and f["kind"] != "FK"}
                for f in model["fields"]
                if f["kind"] or f["target"] is None
            ],
        }
        for model in truth["models"]
    ]
    return {**truth, "models": models}


def differences(truth: Facts, analysis: Analysis) -> Iterator[Difference]:
    """Facts that only one side has, or that both have differently; sorted."""
    ours = found(analysis)
    unknown = {said.what for said in analysis.unknown}
    for what in sorted(truth.keys() | ours.keys()):
        if not _same(truth.get(what), ours.get(what)):
            subject = what.rpartition(" ")[2]
            listed = subject in unknown or ".".join(subject.split(".")[:2]) in unknown
            yield Difference(what, truth.get(what), ours.get(what), listed)


def _same(django: object, migscan: object) -> bool:
    """Whether both say the same; what happens on deletion aside where Django's function has no name."""
    if isinstance(django, tuple) and isinstance(migscan, tuple) and django and django[0] in ("FK", "O2O"):
        return django == migscan if django[-1] else django[:-1] == migscan[:-1]
    return django == migscan


# ---------------------------------------------------------------- environments


def install(case: Case, store: Path) -> Path:
    """The interpreter of an environment with the case's packages; made anew when they change."""
    folder = store / case.name
    folder.mkdir(parents=True, exist_ok=True)
    stamp, requirements = folder / "requirements.txt", ["Django", *case.requires]
    python = folder / "venv/bin/python"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != "\n".join(requirements):
        _run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], "venv")
        pip = [str(python), "-m", "pip", "install", "--quiet", "--prefer-binary", "pillow", "psycopg2-binary"]
        _run([*pip, *requirements], "pip install")
        stamp.write_text("\n".join(requirements), encoding="utf-8")
    return python


def _site(python: Path) -> Path:
    return next(python.parents[1].glob("lib/python3*/site-packages"))


def _run(command: Sequence[str], what: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise Refused(f"{what} failed: {done.stderr.strip()[-1500:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
