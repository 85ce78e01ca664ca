"""MS602, MS603, MS619: rows of the project's apps that have no file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.reset import environments_sql as sql
from analyzer.reset.environments_disk import File
from analyzer.reset.environments_git import Fate
from analyzer.reset.environments_history import AGAIN
from analyzer.reset.environments_values import Evidence, Situation, Verdict, dotted
from analyzer.reset.environments_view import Case, names, several

DAY = timedelta(days=1)
"""Dates in headers and in databases may be of different time zones: less than this says nothing."""

FORMER = ("replaced", "reset")
_NUMBERED = re.compile(r"(\d+)_?(.*)")


class _Generation(Struct, frozen=True):
    """Rows of an app's former migrations: `after` were written after those of the present ones."""

    app: str
    rows: tuple[Key, ...]
    waiting: tuple[Key, ...]
    after: tuple[Key, ...]
    why: str


def generations(case: Case) -> Iterator[Situation]:
    """MS619: an app was reset, and the database holds rows of both generations or a part of the new one.

    Rows of a whole former generation, older than a whole new one, are what waits for `--prune` (MS602).
    """
    by_app: dict[str, list[Key]] = {}
    for key in case.view.ghosts:
        by_app.setdefault(key[0], []).append(key)
    for app, ghosts in sorted(by_app.items()):
        found = _generation(case, app, sorted(ghosts))
        if found is None:
            continue
        case.told.update(found.rows)
        if found.waiting or found.after:
            case.told.update(found.waiting)
            yield _half_done(case, found)
        else:
            yield _unpruned(case, found)


def _generation(case: Case, app: str, ghosts: Sequence[Key]) -> _Generation | None:
    files = case.disk.own(app)
    roots = [file for file in files if not any(parent[0] == app for parent in file.parents)]
    fates = {key: case.past.fates.get(key) for key in ghosts}
    former = [key for key in ghosts if (fate := fates[key]) is not None and fate.kind in FORMER]
    waiting = tuple(key for key in case.view.own_pending() if key[0] == app)
    if former:
        first = fates[former[0]]
        why = f"Git: {first.commit} took the place of the former migrations" if first else ""
    elif case.expect_new and not case.past.fates:
        former, why = list(ghosts), "a reset was announced (--expect new)"
    else:
        former = [key for key in ghosts if _older(case, key, roots)] if waiting else []
        why = "they were applied before the app's first migration file was generated"
    if not former:
        return None
    after = tuple(key for key in former if _after(case, key, fates[key], roots))
    return _Generation(app, tuple(former), waiting, after, why)


def _older(case: Case, key: Key, roots: Sequence[File]) -> bool:
    when = case.view.when(key)
    dates = [file.generated for file in roots if file.generated is not None]
    return when is not None and bool(dates) and when + DAY < min(dates)


def _after(case: Case, key: Key, fate: Fate | None, roots: Sequence[File]) -> bool:
    """Whether a former migration was recorded after the one that took its place."""
    squash = (key[0], fate.squash) if fate is not None and fate.kind == "replaced" else None
    anchors = [squash] if squash is not None else [file.key for file in roots]
    return any(case.view.before(anchor, key) is True for anchor in anchors)


def _half_done(case: Case, found: _Generation) -> Situation:
    present = [file.key for file in case.disk.own(found.app) if file.key in case.view.recorded]
    case.told.update(present)
    parts = [f"{several(found.rows, 'row')} of former migrations ({names(found.rows)})"]
    if found.waiting:
        parts.append(f"the new {names(found.waiting)} not recorded")
    if found.after:
        parts.append(f"{names(found.after)} recorded after the new ones")
    steps = (
        "stop everything that runs `migrate` with the old release (containers, cron, workers)",
        "look whether old data migrations ran a second time",
    ) if found.after else (
        "do not run `migrate`: it would create what exists",
        f"go back to the last release before the reset, run `python manage.py migrate {found.app}` there",
    )  # fmt: skip
    return case.say(
        "MS619", Verdict.BLOCKER, found.app,
        f"the reset of {found.app} is half done here: {', '.join(parts)} ({found.why}).",
        [*found.rows, *found.waiting, *present],
        (*steps, "then carry the reset's procedure through from its backup of django_migrations", AGAIN),
    )  # fmt: skip


def _unpruned(case: Case, found: _Generation) -> Situation:
    known = bool(case.past.fates)
    verdict = Verdict.OK if case.expect_new and known else Verdict.ADVICE
    prune = "when every environment is through and no rollback is wanted: python manage.py migrate"
    look = () if known else ("compare these rows with the files of the last release before the reset",)
    return case.say(
        "MS602", verdict, found.app,
        f"{several(found.rows, 'row')} of former migrations of {found.app} ({names(found.rows)}): "
        f"{found.why}. The migrations that took their place are all recorded.",
        found.rows, (*look, f"{prune} {found.app} --prune"),
    )  # fmt: skip


def renamed(case: Case) -> Iterator[Situation]:
    """MS603: a row without file, and a file without row, that are one migration."""
    ghosts = [key for key in case.view.ghosts if key not in case.told]
    waiting = [key for key in case.view.own_pending() if key not in case.told]
    for ghost in ghosts:
        fate = case.past.fates.get(ghost)
        found = [key for key in waiting if key[0] == ghost[0] and _same(ghost, key, fate, case)]
        if len(found) != 1:
            continue
        (now,) = found
        waiting.remove(now)
        case.told.update((ghost, now))
        sure = fate is not None and fate.kind == "renamed"
        said = (
            f"was renamed to {now[1]} (Git: {fate.commit})" if sure and fate else f"looks renamed to {now[1]}"
        )
        file = case.disk.files[now].file
        look = () if sure else (f"compare {dotted(ghost)} as it was deployed with {file}",)
        refused = [dotted(child) for child, parent in case.view.loaded.inconsistent if parent == now]
        stop = f" Until then Django refuses everything, since {refused[0]} is applied." if refused else ""
        yield case.say(
            "MS603", Verdict.BLOCKER, ghost[0],
            f"{dotted(ghost)} is recorded and has no file; it {said}. `migrate` would run it again.{stop}",
            [ghost, now],
            (*look, f"{'' if sure else 'if they do the same: '}{sql.rename(ghost, now[1])}", AGAIN),
        )  # fmt: skip


def _same(ghost: Key, key: Key, fate: Fate | None, case: Case) -> bool:
    if fate is not None and fate.kind != "never":
        return fate.kind == "renamed" and fate.path == case.disk.files[key].file
    if fate is not None:
        return False
    one, other = _NUMBERED.fullmatch(ghost[1]), _NUMBERED.fullmatch(key[1])
    if one is None or other is None:
        return False
    return one[1] == other[1] or (bool(one[2]) and one[2] == other[2])


def ghosts(case: Case) -> Iterator[Situation]:
    """MS602: rows of an own app that nothing explains."""
    by_story: dict[tuple[str, str], list[Key]] = {}
    for key in case.view.ghosts:
        if key not in case.told:
            by_story.setdefault((key[0], _story(case, key)), []).append(key)
    for (app, story), keys in sorted(by_story.items()):
        yield case.say(
            "MS602", Verdict.BLOCKER, app,
            f"{several(keys, 'row')} of {app} without a file: {names(keys)}{story}",
            keys, _steps(case, keys), _commits(case, keys),
        )  # fmt: skip


def _story(case: Case, key: Key) -> str:
    fate = case.past.fates.get(key)
    limits = f" ({case.past.limits})" if case.past.limits else ""
    match fate:
        case Fate(kind="deleted", commit=commit):
            return f"; Git: deleted by {commit}, so what it did is still in this database."
        case Fate(kind="renamed", path=path, commit=commit):
            return f"; Git: renamed to {path} by {commit}, which is not what waits here."
        case Fate(kind="branch", branches=branches, commit=commit):
            return f"; Git: only on {', '.join(branches[:5]) or 'another branch'}, added by {commit}."
        case Fate(kind="never"):
            return f"; Git never had a file of that name{limits}: a hot fix, or another repository's code."
        case _:
            return "; nothing says where it comes from."


def _steps(case: Case, keys: Sequence[Key]) -> tuple[str, ...]:
    kinds = {fate.kind for key in keys if (fate := case.past.fates.get(key)) is not None}
    forget = f"only when its effect is not in the database: {sql.forget(keys)}"
    if kinds == {"branch"}:
        back = f"python manage.py migrate {keys[0][0]} <the last migration that both have>"
        return (f"merge that branch, or migrate this database back with its code ({back})", AGAIN)
    if kinds == {"deleted"}:
        look = (
            "see what the deleted file did (git show <commit>^:<path>), and bring it back or undo it by hand"
        )
        return (look, forget, AGAIN)
    ask = (
        "ask who runs this environment where it comes from: another branch, code that was rolled back, a hot "
        "fix; bring its file into the project"
    )
    return (ask, forget, AGAIN)


def _commits(case: Case, keys: Sequence[Key]) -> list[Evidence]:
    found = [(key, fate) for key in keys if (fate := case.past.fates.get(key)) is not None and fate.path]
    return [Evidence(fate.path, 0, f"{fate.kind}: {fate.commit}") for _, fate in found]
