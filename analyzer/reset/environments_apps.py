"""MS613, MS614, MS615, MS617: rows of apps that have no files, or other ones than these rows."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.history.values import Key
from analyzer.reset import environments_sql as sql
from analyzer.reset.environments_disk import File
from analyzer.reset.environments_history import AGAIN
from analyzer.reset.environments_values import Situation, Verdict
from analyzer.reset.environments_view import USUAL, Case, names, several

ALIKE = 0.5
"""From this share of common names on, two apps may be one: common names by all names of both."""


def unmigrated(case: Case) -> Iterator[Situation]:
    """MS615, and MS614 for an app that is on disk but not installed."""
    for app, rows in _by_app(case).items():
        why = case.disk.unread.get(app)
        if why is None:
            continue
        case.told.update(rows)
        if case.disk.apps[app].installed is False:
            yield _removed(case, app, rows, why)
            continue
        back = (
            f"give {app} its migrations package back, with an __init__.py and the migrations; or name the "
            "settings that this environment runs with (--settings)"
        )
        yield case.say(
            "MS615", Verdict.BLOCKER, app,
            f"{several(rows, 'row')} of {app} ({names(rows)}), and Django takes it for an app without "
            f"migrations: {why}. `makemigrations` says that nothing changed, a new database gets no tables.",
            rows,
            (back, AGAIN),
        )  # fmt: skip


def gone(case: Case) -> Iterator[Situation]:
    """MS613 and MS614: a label that no app has any more."""
    nameless = unnamed(case)
    applied = {key[0] for key in case.view.recorded}
    fresh = sorted({file.app for file in case.disk.files.values() if file.own} - applied)
    for app, rows in _by_app(case).items():
        if not is_stranger(case, app):
            continue
        case.told.update(rows)
        now = _successor(case, app, rows, fresh)
        if now is not None:
            yield _relabelled(case, app, now, rows)
        elif not nameless:
            yield _removed(case, app, rows, "no app of this label is on disk or among the installed packages")


def is_stranger(case: Case, app: str) -> bool:
    """Whether neither the project nor a package that it installs is known to have an app of this label."""
    disk = case.disk
    return app not in disk.packages and app not in disk.unread and not disk.own(app)


def unnamed(case: Case) -> list[str]:
    """Installed packages whose source is not known and whose supposed labels have no rows.

    Rows of unknown labels may be theirs: an AppConfig can give any label.
    """
    seen = {key[0] for key in case.view.rows}
    packages = case.disk.packages.values()
    return sorted(p.name for p in packages if not p.exact and not p.names and p.label not in seen)


def _by_app(case: Case) -> dict[str, list[Key]]:
    out: dict[str, list[Key]] = {}
    for key in sorted(case.view.rows):
        out.setdefault(key[0], []).append(key)
    return out


def _successor(case: Case, app: str, rows: list[Key], fresh: list[str]) -> str | None:
    """The app that has an old label's migrations; `fresh` are the apps of which none is applied."""
    fits = []
    for label in fresh:
        files = case.disk.own(label)
        if _moved(case, rows, files) or _alike(case, app, rows, label, files):
            fits.append(label)
    return fits[0] if len(fits) == 1 else None


def _moved(case: Case, rows: list[Key], files: list[File]) -> bool:
    """Whether Git saw the files of these rows become files of that app."""
    fates = (case.past.fates.get(key) for key in rows)
    targets = {fate.path for fate in fates if fate is not None and fate.kind == "renamed"}
    return not targets.isdisjoint(file.file for file in files)


def _alike(case: Case, app: str, rows: list[Key], label: str, files: list[File]) -> bool:
    ours, theirs = {key[1] for key in rows}, {file.name for file in files}
    common = ours & theirs
    told = case.disk.apps[label].name.rpartition(".")[2] == app if label in case.disk.apps else False
    return len(common) >= ALIKE * len(ours | theirs) and (told or bool(common - {USUAL}))


def _relabelled(case: Case, app: str, now: str, rows: list[Key]) -> Situation:
    files = [file.key for file in case.disk.own(now)]
    case.told.update(files)
    return case.say(
        "MS613", Verdict.BLOCKER, now,
        f"the rows of {app} are those of {now} before its label changed: nothing of {now} is applied here, "
        "and `migrate` would create its tables anew.",
        [*rows, *files],
        (f"with the deploy of the new label: {sql.relabel(app, now)} {sql.relabel_types(app, now)}",
         f"tables are still called {app}_…: set Meta.db_table, or rename them",
         "check: python manage.py migrate --check"),
    )  # fmt: skip


def _removed(case: Case, app: str, rows: list[Key], why: str) -> Situation:
    return case.say(
        "MS614", Verdict.ADVICE, app,
        f"{several(rows, 'row')} of {app} ({names(rows)}): {why}. Its tables, content types and permissions "
        "are still there.",
        rows,
        ("make sure that the app is meant to be gone, with these settings too",
         "remove its content types: python manage.py remove_stale_contenttypes --include-stale-apps",
         f"drop its tables ({app}_…), then: {sql.forget_app(app)}"),
    )  # fmt: skip


def strangers(case: Case) -> Iterator[Situation]:
    """MS617: a row of a package's app that the version in use has no file for."""
    by_app: dict[str, list[Key]] = {}
    for key in case.view.unknown:
        package = case.disk.packages.get(key[0])
        if package is not None and package.exact and key not in case.told:
            by_app.setdefault(key[0], []).append(key)
    for app, keys in sorted(by_app.items()):
        package = case.disk.packages[app]
        yield case.say(
            "MS617", Verdict.ADVICE, app,
            f"{several(keys, 'row')} of {app} ({names(keys)}) that {package.name} has no file for "
            f"({package.why}): generated on one machine into the installed package, or of another version.",
            sorted(keys),
            ("look whether another version of the package has it",
             f"where none has: see what it changed in the tables of {app}",
             f"when nothing of it is left in the database: {sql.forget(sorted(keys))}"),
        )  # fmt: skip
