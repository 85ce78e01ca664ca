"""Real projects from PyPI, booted with real Django and read by migscan: do both say the same?

    python tests/oracle/real/run.py [--store DIR] [-v N] [--json] [NAME ...]

For each project of `projects.toml`: a virtual environment with its requirements, a copy of the
project's own packages with a thin settings file beside them, Django's facts about that copy
(`tests/oracle/django_facts.py`, no database), and migscan's twice, with its catalogue alone and
with the environment's packages.  Prints a table of how many facts differ, and with `-v N` up to N
of them per metric.  Differences whose model, field or migration migscan itself lists as unknown
are counted on their own.
Environments are kept in the store and made only once.

Exit code: 0 all facts agree, 1 some differ, 2 a project could not be installed or booted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
TRUTH = REPOSITORY / "tests/oracle/django_facts.py"
PROJECTS = Path(__file__).with_name("projects.toml")
STORE = REPOSITORY / ".oracle"

SETTINGS = "oracle_settings"
"""The module that a project's overlay is written to, beside its packages."""

EDGES = ("FK", "O2O", "M2M")
"""Kinds of relations that are columns or tables; generic ones and tags are neither."""

Facts = dict[str, set[Any]]
Json = Mapping[str, Any]


class Refused(Exception):  # noqa: N818 - a fact about the project, no error of ours
    """A project that cannot be installed or booted; the message says why."""


@dataclass(frozen=True)
class Project:
    """One entry of projects.toml.

    `alone` are requirements without their own, `packages` the top packages whose source is the
    project's own, `without` folders of them that are left out, `settings` the overlay's text,
    `files` small files written beside the packages, by path, `python` the interpreter to use where
    this one is too old.
    """

    name: str
    requirements: tuple[str, ...]
    packages: tuple[str, ...]
    settings: str
    alone: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    python: str = ""


@dataclass(frozen=True)
class Difference:
    """One metric of one project: what only Django has, and what only migscan has.

    `listed` counts the differences beside these whose subject migscan lists as unknown.
    """

    metric: str
    truth: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    listed: int = 0

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.extra)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the projects that the command line names, or all; print the table."""
    known = {project.name: project for project in read_projects()}
    options = _parser().parse_args(arguments)
    unknown = sorted(set(options.names) - known.keys())
    if unknown:
        sys.stderr.write(f"no project named {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    results: dict[str, dict[str, list[Difference]]] = {}
    refused: dict[str, str] = {}
    for name in options.names or known:
        sys.stderr.write(f"{name} …\n")
        try:
            results[name] = compare(known[name], Path(options.store).resolve())
        except Refused as error:
            refused[name] = str(error)
    if options.json:
        sys.stdout.write(json.dumps(_plain(results), indent=1) + "\n")
    else:
        sys.stdout.write("\n".join([*_table(results), *_details(results, options.verbose)]) + "\n")
    for name, why in refused.items():
        sys.stderr.write(f"{name}: {why}\n")
    if refused:
        return 2
    return int(any(row.count for modes in results.values() for rows in modes.values() for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="projects to compare (default: all)")
    parser.add_argument("--store", default=str(STORE), metavar="DIR", help="where environments are kept")
    parser.add_argument("-v", type=int, default=0, dest="verbose", metavar="N", help="show N differences")
    parser.add_argument("--json", action="store_true", help="print every difference as JSON")
    return parser


def read_projects() -> tuple[Project, ...]:
    entries = tomllib.loads(PROJECTS.read_text(encoding="utf-8"))
    return tuple(
        Project(
            name,
            tuple(entry["requirements"]),
            tuple(entry["packages"]),
            entry["settings"],
            tuple(entry.get("alone", ())),
            tuple(entry.get("without", ())),
            tuple(sorted(entry.get("files", {}).items())),
            entry.get("python", ""),
        )
        for name, entry in sorted(entries.items())
    )


# ---------------------------------------------------------------- what is compared


def compare(project: Project, store: Path) -> dict[str, list[Difference]]:
    """The differences by way of reading: with the catalogue alone, with the installed packages."""
    folder = store / project.name
    folder.mkdir(parents=True, exist_ok=True)
    site = install(project, folder)
    source = lay_out(project, folder, site)
    truth = boot(project, folder, source)
    wanted = django_says(truth)
    own = {label for label, _ in wanted["apps"]}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1), encoding="utf-8")
    found: dict[str, list[Difference]] = {}
    for mode, more in (("catalogue", []), ("packages", ["--site-packages", str(site)])):
        answer = read(source, more)
        (folder / f"{mode}.json").write_text(json.dumps(answer, indent=1), encoding="utf-8")
        unknown = {entry["what"] for entry in answer["unknown"]}
        found[mode] = list(differences(wanted, migscan_says(answer, own), unknown))
    return found


def differences(wanted: Facts, found: Facts, unknown: Collection[str]) -> Iterator[Difference]:
    """What only one side has; apart from that what migscan itself lists as unknown."""
    for metric, facts in wanted.items():
        other = found.get(metric, set())
        said = {fact for fact in facts ^ other if _subjects(fact) & set(unknown)}
        missing, extra = (sorted(map(_shown, side - said)) for side in (facts - other, other - facts))
        yield Difference(metric, len(facts), tuple(missing), tuple(extra), len(said))


def _subjects(fact: Any) -> set[str]:
    """What a fact is about, as migscan's list of unknown things calls it: model, field or migration."""
    words = [fact] if isinstance(fact, str) else [str(word) for word in fact]
    return {words[0], ".".join(words[:2])}


def _shown(fact: Any) -> str:
    return " ".join(map(str, fact)) if isinstance(fact, tuple) else str(fact)


def django_says(truth: Json) -> Facts:
    """Django's facts about the project's own apps, metric by metric."""
    models = [model for model in truth["models"] if model["in_tree"]]
    fields = [(model["label"], field) for model in models for field in model["fields"]]
    migrations = [migration for migration in truth["migrations"] if migration["in_tree"]]
    own = {app["label"] for app in truth["apps"] if app["in_tree"]}
    return {
        **_models(models),
        "apps": {(app["label"], app["name"]) for app in truth["apps"] if app["in_tree"]},
        "fields": {
            (label, f["name"], f["class"], f["null"], f["target"] if f["kind"] else None)
            for label, f in fields
            if f["kind"] in EDGES or (f["kind"] is None and f["target"] is None)
        },
        "relations": {
            (label, *_edge(f, f["name"])) for label, f in fields if f["kind"] in EDGES
        } | {(label, f["name"], "GFK") for label, f in fields if f["kind"] == "GFK"},
        "levels": {
            (model["label"], truth["levels_own"][model["label"]], truth["levels"][model["label"]])
            for model in models
            if not model["proxy"]
        },
        "cycles": {tuple(members) for members in truth["cycles_own"]},
        **_migrations(migrations),
        "leaves": {tuple(leaf) for leaf in truth["leaf_nodes"] if leaf[0] in own},
    }  # fmt: skip


def migscan_says(answer: Json, apps: Collection[str]) -> Facts:
    """migscan's facts about what Django loads, in the same form.

    An app that migscan says may or may not be installed counts as installed where it is among `apps`.
    """
    installed = {app["label"]: app["installed"] for app in answer["apps"]}
    absent = {label for label, said in installed.items() if said is False or (not said and label not in apps)}
    models = [
        model
        for model in answer["models"]
        if not model["abstract"]
        and not model["auto_created"]
        and model["label"].partition(".")[0] not in absent
        and model["installed"] is not False
    ]
    shown = {model["label"] for model in models}
    relations = [relation for relation in answer["relations"] if relation["source"] in shown]
    migrations = [migration for migration in answer["migrations"] if migration["app"] not in absent]
    return {
        **_models(models),
        "apps": {(app["label"], app["name"]) for app in answer["apps"] if app["label"] not in absent},
        "fields": {
            (model["label"], f["name"], f["class"], f["null"], f["target"])
            for model in models
            for f in model["fields"]
        },
        "relations": {
            (r["source"], *_edge(r, r["field"])) if r["kind"] in EDGES else (r["source"], r["field"], "GFK")
            for r in relations
        },
        "levels": {(m["label"], m["level"], m["level_all"]) for m in models if not m["proxy"]},
        "cycles": {tuple(sorted(cycle["members"])) for cycle in answer["cycles"]["models"]},
        **_migrations(migrations),
        "leaves": {tuple(leaf) for leaf in answer["leaf_nodes"] if leaf[0] not in absent},
    }


def _models(models: Sequence[Json]) -> Facts:
    return {
        "models": {model["label"] for model in models},
        "tables": {(m["label"], m["db_table"]) for m in models},
        "kinds": {(m["label"], m["proxy"], m["managed"], m["swappable"]) for m in models},
        "parents": {(m["label"], parent) for m in models for parent in m["parents"]},
        "ancestors": {(m["label"], ancestor) for m in models for ancestor in m["abstract_ancestors"]},
    }


def _edge(field: Json, name: str) -> tuple[Any, ...]:
    told = ("kind", "target", "null", "parent_link", "through")
    on_delete = field["on_delete"]
    return (name, *(field[key] for key in told), "SET" if on_delete == "set_on_delete" else on_delete)


def _migrations(migrations: Sequence[Json]) -> Facts:
    named = [((m["app"], m["name"]), m) for m in migrations]
    return {
        "migrations": {(*key, m["in_graph"]) for key, m in named},
        "edges": {(*key, *parent) for key, m in named for parent in m["dependencies"]}
        | {(*key, "before", *other) for key, m in named for other in m["run_before"]},
        "replaces": {(*key, *other) for key, m in named for other in m["replaces"]},
        "operations": {
            (*key, *counted) for key, m in named for counted in Counter[str](m["operations"]).items()
        },
    }


# ---------------------------------------------------------------- where it comes from


def install(project: Project, folder: Path) -> Path:
    """The site-packages of an environment with the project's requirements; made anew when they change."""
    wanted = "\n".join([*project.alone, *project.requirements])
    venv, stamp = folder / "venv", folder / "requirements.txt"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        python = shutil.which(project.python) if project.python else sys.executable
        if python is None:
            raise Refused(f"needs {project.python}, which is not installed")
        _run([python, "-m", "venv", "--clear", str(venv)], "venv")
        pip = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet", "--prefer-binary"]
        if project.alone:
            _run([*pip, "--no-deps", *project.alone], "pip install")
        _run([*pip, *project.requirements], "pip install")
        stamp.write_text(wanted, encoding="utf-8")
    return next(venv.glob("lib/python3*/site-packages"))


def lay_out(project: Project, folder: Path, site: Path) -> Path:
    """A tree with nothing but the project's own packages and the overlay."""
    source = folder / "src"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "static", "locale")
    for package in project.packages:
        shutil.copytree(site / package, source / package, ignore=ignored)
    for path in project.without:
        shutil.rmtree(source / path)
    for path, text in ((f"{SETTINGS}.py", project.settings), *project.files):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text, encoding="utf-8")
    return source


def boot(project: Project, folder: Path, source: Path) -> Json:
    """Django's facts, from the project's own environment; kept as long as what they follow from."""
    state = hashlib.sha256(f"{TRUTH.read_text(encoding='utf-8')}{project}".encode())
    stamp, stored = folder / "truth.sha256", folder / "truth.json"
    if not (stored.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == state.hexdigest()):
        command = [str(folder / "venv/bin/python"), str(TRUTH), str(source), SETTINGS]
        stored.write_text(_run(command, "django.setup()"), encoding="utf-8")
        stamp.write_text(state.hexdigest(), encoding="utf-8")
    truth: Json = json.loads(stored.read_text(encoding="utf-8"))
    return truth


def read(source: Path, more: Sequence[str]) -> Json:
    """migscan's JSON about the tree."""
    command = [sys.executable, "-m", "analyzer", str(source), "--format", "json", "--no-cache"]
    command += ["--settings", f"{SETTINGS}.py", *more]
    answer: Json = json.loads(_run(command, "migscan", accepted=(0, 1)))
    return answer


def _run(command: Sequence[str], what: str, accepted: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode not in accepted:
        lines = (done.stderr.strip() or "no message").splitlines()
        raise Refused(f"{what}: " + "\n".join(lines[-12:]))
    return done.stdout


# ---------------------------------------------------------------- what is printed

Results = Mapping[str, Mapping[str, Sequence[Difference]]]


def _table(results: Results) -> list[str]:
    """A line a project and way of reading: Django's facts, how many differ, how many more are listed."""
    width = max([8, *map(len, results)])
    lines = [f"{'project':{width}}  {'read with':9}  {'facts':>6}  {'differ':>6}  {'listed':>6}"]
    for name, modes in results.items():
        for mode, rows in modes.items():
            facts, differ = sum(row.truth for row in rows), sum(row.count for row in rows)
            listed = sum(row.listed for row in rows)
            where = ", ".join(f"{row.metric} {row.count} of {row.truth}" for row in rows if row.count)
            lines.append(f"{name:{width}}  {mode:9}  {facts:>6}  {differ:>6}  {listed:>6}  {where}".rstrip())
    return lines


def _details(results: Results, most: int) -> Iterator[str]:
    for project, modes in results.items() if most else ():
        for mode, rows in modes.items():
            for row in rows:
                for side in ("missing", "extra"):
                    items = getattr(row, side)
                    yield from (f"{project} {mode} {row.metric} {side}: {item}" for item in items[:most])
                    if len(items) > most:
                        yield f"{project} {mode} {row.metric} {side}: … {len(items) - most} more"


def _plain(results: Results) -> dict[str, Any]:
    return {
        name: {
            mode: {
                row.metric: {"truth": row.truth, "missing": row.missing, "extra": row.extra} for row in rows
            }
            for mode, rows in modes.items()
        }
        for name, modes in results.items()
    }


if __name__ == "__main__":
    sys.exit(main())
