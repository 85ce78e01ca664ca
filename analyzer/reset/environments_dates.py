"""MS609 to MS612: what the dates of rows, and rows that stand twice, tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from analyzer.history.values import Key
from analyzer.reset import environments_sql as sql
from analyzer.reset.environments_disk import File
from analyzer.reset.environments_ghosts import DAY
from analyzer.reset.environments_history import AGAIN
from analyzer.reset.environments_values import Evidence, Situation, Verdict, dotted
from analyzer.reset.environments_view import NAMED, Case, names, several
from analyzer.reset.exports_values import Row

QUICK = timedelta(microseconds=250)
"""No database changes its schema faster, and Django alone takes longer; only recording is."""

FEWEST = 3
"""So many migrations in a row must have been too quick, with so many operations in all and more."""

FEWEST_OPERATIONS = 5


def reused(case: Case) -> Iterator[Situation]:
    """MS609: a row that is older than the file of its name."""
    for file in sorted(case.disk.files.values(), key=lambda file: file.key):
        when = case.view.when(file.key)
        if not file.own or when is None or file.key in case.told:
            continue
        made = _made(case, file, when)
        if made is None:
            continue
        date, seen = made
        case.told.add(file.key)
        known = case.past.added.get(file.file)
        rewritten = known is not None and known <= when + DAY and file.file not in case.past.readded
        dates = f"applied on {when:%Y-%m-%d %H:%M}, and its file is of {date:%Y-%m-%d %H:%M}"
        said = f"{dotted(file.key)} was {dates} ({seen})"
        if rewritten:
            yield case.say(
                "MS609", Verdict.ADVICE, file.app,
                f"{said}: written anew since, as a reset by placeholders does; else it is not what ran.",
                [file.key], ("compare the file with its version of that time (git log -p)",),
            )  # fmt: skip
        else:
            yield case.say(
                "MS609", Verdict.BLOCKER, file.app,
                f"{said}: the row is of another migration of that name, this one never ran here, and "
                "`migrate` passes over it.",
                [file.key],
                (_rename(file), AGAIN),
            )  # fmt: skip


def _rename(file: File) -> str:
    return (
        f"give {dotted(file.key)} a name that no environment has a row of, and let what depends on it "
        f"follow; or, where nothing needs the old row: {sql.forget([file.key])} and migrate"
    )


def _made(case: Case, file: File, when: datetime) -> tuple[datetime, str] | None:
    """When a file came into being after the row of its name, and how that is known."""
    again = case.past.readded.get(file.file)
    if file.generated is not None and when + DAY < file.generated:
        return file.generated, "its header"
    if again is not None and when + DAY < again:
        return again, "Git, which had another file there before"
    return None


def duplicates(case: Case) -> Iterator[Situation]:
    """MS612: a migration with more than one row."""
    for key, rows in case.view.rows.items():
        if len(rows) < 2:
            continue
        file = case.disk.files.get(key)
        data = bool(file and file.data)
        code = (
            [Evidence(file.file, line, "code or SQL that may have run twice") for line in file.data]
            if file
            else []
        )
        twice = " It runs code or SQL, which may have run twice." if data else ""
        yield case.say(
            "MS612", Verdict.ADVICE, key[0],
            f"{dotted(key)} has {len(rows)} rows: two processes ran `migrate` at the same time.{twice}",
            [key],
            ("let one process migrate at a time (a job of its own, or a lock)",
             *(("look for rows that the migration made twice",) if data else ()),
             *(sql.forget_row(key, row.id) for row in rows[1:NAMED]),
             *(("and so on for the other rows",) if len(rows) > NAMED else ())),
            code,
        )  # fmt: skip


def disorder(case: Case) -> Iterator[Situation]:
    """MS611: a migration that was applied before one that it depends on."""
    for key in sorted(case.view.rows):
        file = case.disk.files.get(key)
        for parent in file.parents if file is not None and file.own and not file.replaces else ():
            early, late = case.view.when(key), case.view.when(parent)
            if early is None or late is None or early >= late or not _told_order(case, parent, early):
                continue
            yield case.say(
                "MS611", Verdict.ADVICE, key[0],
                f"{dotted(key)} was applied {late - early} before {dotted(parent)}, on which it depends: a "
                "row was written by hand, the dependency came later, or a clock was wrong.",
                [key, parent],
                (f"see whether what {dotted(parent)} does is in the database",),
            )  # fmt: skip


def _told_order(case: Case, parent: Key, early: datetime) -> bool:
    """Whether the order of rows should be that of the files: a squash is recorded when all has run."""
    file = case.disk.files.get(parent)
    if file is None or not file.own or file.replaces or "squashed" in file.name or parent in case.told:
        return False
    root = file.initial or not any(key[0] == file.app for key in file.parents)
    later = [date for date in (file.generated, case.past.added.get(file.file)) if date is not None]
    return not (root and later and early - DAY < max(later))


def faked(case: Case) -> Iterator[Situation]:
    """MS610: rows that no run of `migrate` leaves behind."""
    rows = sorted((row for row in case.view.export.rows if row.applied is not None), key=_order)
    found = [*_at_once(rows), *_whole(rows)]
    how = "have the very same date, or one without a fraction among others that have one"
    if not found:
        found, how = _too_quick(case, rows), "are recorded faster than their operations can run"
    found = [row for row in dict.fromkeys(found) if row.key not in case.told]
    if not found or len({row.key for row in found}) < 2:
        return
    by_app: dict[str, list[Key]] = {}
    for row in found:
        by_app.setdefault(row.app, []).append(row.key)
    verdict = Verdict.OK if case.expect_new else Verdict.ADVICE
    listed = "; ".join(f"{app}: {names(dict.fromkeys(keys))}" for app, keys in sorted(by_app.items())[:5])
    yield case.say(
        "MS610", verdict, next(iter(by_app)) if len(by_app) == 1 else "",
        f"{several([row.key for row in found], 'row')} {how} ({listed}): written by `--fake`, by SQL or "
        "from a backup, so that nothing says that these migrations ran.",
        [row.key for row in found],
        ("compare the schema of this database with that of a new one before trusting these rows",),
    )  # fmt: skip


def _order(row: Row) -> tuple[float, int, int]:
    return (row.applied.timestamp() if row.applied else 0.0, row.id or 0, row.line)


def _at_once(rows: Sequence[Row]) -> list[Row]:
    """Rows with one date to the microsecond: `migrate` records one after the other."""
    if all(row.whole for row in rows):
        return []  # the export, or the database, keeps seconds only
    by_date: dict[datetime, list[Row]] = {}
    for row in rows:
        if row.applied is not None:
            by_date.setdefault(row.applied, []).append(row)
    return [row for found in by_date.values() if len({row.key for row in found}) > 1 for row in found]


def _whole(rows: Sequence[Row]) -> list[Row]:
    """Dates to the second after ones to the microsecond: `CURRENT_TIMESTAMP` of some databases."""
    first = next((index for index, row in enumerate(rows) if not row.whole), len(rows))
    return [row for row in rows[first:] if row.whole]


def _too_quick(case: Case, rows: Sequence[Row]) -> list[Row]:
    if any(row.whole for row in rows):
        return []
    best: list[Row] = []
    run: list[Row] = []
    for before, row in pairwise(rows):
        file = case.disk.files.get(row.key)
        heavy = file.heavy if file is not None and file.own else 0
        if row.applied is None or before.applied is None:
            continue
        if heavy and row.applied - before.applied < heavy * QUICK:
            run.append(row)
        elif heavy:
            best, run = max(best, run, key=len), []
    best = max(best, run, key=len)
    operations = sum(case.disk.files[row.key].heavy for row in best)
    return best if len(best) >= FEWEST and operations >= FEWEST_OPERATIONS else []
