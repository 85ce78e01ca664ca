"""MS601, MS604 to MS607, MS618: what Django's loader makes of an environment's rows."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.history.graph import SPECIAL
from analyzer.history.values import Key
from analyzer.reset import environments_sql as sql
from analyzer.reset.environments_disk import File
from analyzer.reset.environments_values import Evidence, Situation, Verdict, dotted
from analyzer.reset.environments_view import Case, names, several

AGAIN = "export django_migrations anew and run `migscan compare` again"


def leaves(case: Case) -> Iterator[Situation]:
    """MS618: an app with several leaf nodes, of which the environment may have some."""
    by_app: dict[str, list[Key]] = {}
    for key in case.view.loaded.leaves:
        if case.disk.files[key].own:
            by_app.setdefault(key[0], []).append(key)
    for app, found in by_app.items():
        if len(found) < 2:
            continue
        there = [key for key in found if key in case.view.loaded.applied]
        case.told.update(found)
        yield case.say(
            "MS618", Verdict.BLOCKER, app,
            f"{app} has {len(found)} leaf nodes ({names(found)}); applied here: "
            f"{names(there) or 'none'}. `migrate` refuses to run.",
            found,
            (f"merge them: python manage.py makemigrations --merge {app}",
             f"deploy, run `python manage.py migrate {app}`, {AGAIN}"),
        )  # fmt: skip


def squashes(case: Case) -> Iterator[Situation]:
    """MS605 to MS607: squashes that are recorded in part, not at all, or whose replaced rows are gone."""
    recorded = case.view.recorded
    for file in sorted(case.disk.files.values(), key=lambda file: file.key):
        if not file.replaces or not file.own or file.key in case.told:
            continue
        there = [key for key in file.replaces if key in recorded]
        lacking = [key for key in file.replaces if key not in recorded]
        nested = [key for key in lacking if key in case.disk.files and case.disk.files[key].replaces]
        if file.key in recorded and lacking and file.key not in case.view.loaded.applied:
            yield _rows_gone(case, file, lacking)
        elif file.key not in recorded and there and (lacking == nested) and _counts(case, file):
            yield _unrecorded(case, file)
        elif file.key not in recorded and there and lacking and not _counts(case, file):
            yield _partly(case, file, there, lacking)


def _counts(case: Case, file: File) -> bool:
    return file.key in case.view.loaded.applied


def _rows_gone(case: Case, file: File, lacking: list[Key]) -> Situation:
    case.told.add(file.key)
    case.told.update(key for key in lacking if key in case.disk.files)
    finish = (
        f"if every environment has recorded {dotted(file.key)}: delete `replaces` from its file; else write "
        f"the rows again: {sql.record(lacking)}"
    )
    return case.say(
        "MS607", Verdict.BLOCKER, file.app,
        f"{dotted(file.key)} is recorded, but of what it replaces {names(lacking)} is not: for Django the "
        "squash is not applied, and `migrate` would run it again on tables that exist.",
        [file.key, *(key for key in file.replaces if key in case.view.rows)],
        (finish, "check: python manage.py migrate --check"),
    )  # fmt: skip


def _unrecorded(case: Case, file: File) -> Situation:
    return case.say(
        "MS605", Verdict.ADVICE, file.app,
        f"all that {dotted(file.key)} replaces is applied, but the squash itself is not recorded; without "
        "`replaces` in its file Django would take it for new.",
        [*file.replaces, file.key],
        ("run `python manage.py migrate` here, which only records it, before `replaces` is removed", AGAIN),
        [Evidence(case.view.export.file, 0, f"no row {dotted(file.key)}")],
    )  # fmt: skip


def _partly(case: Case, file: File, there: list[Key], lacking: list[Key]) -> Situation:
    gone = [key for key in lacking if key not in case.disk.files]
    proof = [*there, file.key, *lacking]
    done = f"{len(there)} of the {len(file.replaces)} migrations that {dotted(file.key)} replaces are applied"
    if not gone:
        return case.say(
            "MS606", Verdict.OK, file.app,
            f"{done}; Django goes on with the old files ({names(lacking)}), which are all there.",
            proof, ("keep the old files until this environment has recorded the squash",),
        )  # fmt: skip
    stopped = sorted(edge for edge in case.view.loaded.missing if edge[1] in file.replaces)
    what = (
        f"every command fails with NodeNotFoundError ({dotted(stopped[0][0])} needs {dotted(stopped[0][1])})"
        if stopped
        else "`migrate` passes over what is missing without a word"
    )
    case.told.update(key for key in lacking if key in case.disk.files)
    case.told.update(edge[0] for edge in stopped)
    release = f"deploy the last release that has the files of {names(gone)}"
    return case.say(
        "MS606", Verdict.BLOCKER, file.app,
        f"{done}, and the files of {names(gone)} are gone: {what}.",
        proof, (f"{release}, run `python manage.py migrate {file.app}`", AGAIN),
    )  # fmt: skip


def inconsistent(case: Case) -> Iterator[Situation]:
    """MS604: a migration is recorded before one that it depends on."""
    for child, parent in case.view.loaded.inconsistent:
        if parent in case.told or not _certain(case, child, parent):
            continue
        case.told.add(parent)
        one, other = dotted(child), dotted(parent)
        there = f"find out whether what {other} does is in the database; if it is, record it: "
        absent = (
            f"if it is not: take the dependency out of {one} where it is not needed, or remove the row of "
            f"{one}, run `python manage.py migrate {parent[0]}` and write the row again"
        )
        yield case.say(
            "MS604", Verdict.BLOCKER, child[0],
            f"{one} is applied before {other}, on which it depends: Django refuses every `migrate` and "
            "`makemigrations` (InconsistentMigrationHistory).",
            [child, parent],
            (there + sql.record([parent]), absent, "check: python manage.py migrate --check"),
            [Evidence(case.view.export.file, 0, f"no row {other}")],
        )  # fmt: skip


def _certain(case: Case, child: Key, parent: Key) -> bool:
    """Whether the edge is: it is written in the project, or a package that is known exactly has it."""
    files = case.disk.files
    if parent[1] in SPECIAL:
        return False  # which migration of a package is meant is not known
    if files[child].own:
        return True
    package = case.disk.packages[child[0]]
    return package.exact or (parent in files and files[parent].own)


def pending(case: Case) -> Iterator[Situation]:
    """MS601: migrations that are on disk and not applied."""
    by_app: dict[str, list[Key]] = {}
    for key in sorted(case.view.loaded.pending - case.told):
        package = case.disk.packages.get(key[0])
        if case.disk.files[key].own or (package is not None and package.exact and _in_use(case, key[0])):
            by_app.setdefault(key[0], []).append(key)
    for app, keys in by_app.items():
        yield case.say(
            "MS601", Verdict.BLOCKER, app,
            f"{several(keys)} of {app} not applied: {names(keys)}.{_hint(case, app)}",
            keys, _steps(case, app),
        )  # fmt: skip


def _in_use(case: Case, app: str) -> bool:
    return any(key[0] == app for key in case.view.rows) or not case.view.export.partial


def _steps(case: Case, app: str) -> tuple[str, ...]:
    if case.disk.files and app in case.disk.packages:
        return (f"run `python manage.py migrate {app}` here: never `--fake` it along with a reset", AGAIN)
    if case.expect_new:
        return (
            f"the new migrations of {app} did not reach this database: finish the deploy",
            AGAIN,
        )
    return (f"deploy the code that is to be reset and run `python manage.py migrate {app}` here", AGAIN)


def _hint(case: Case, app: str) -> str:
    export = case.view.export
    listed = (*export.rows, *export.waiting, *export.unrecorded)
    if export.partial and not any(row.app == app for row in listed):
        return " The listing does not name the app: other code is deployed there, or it lists some apps only."
    return ""
