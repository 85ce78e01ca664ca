"""What becomes of each app: reset, squashed, left as it is, or blocked because of something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from analyzer.data.values import DataOperation
from analyzer.history.order import reached
from analyzer.history.squash import squashes
from analyzer.history.values import Key, Migration
from analyzer.outcome import Analysis
from analyzer.reset.definitions import KEEPERS

if TYPE_CHECKING:
    from analyzer.pipeline import Examined
    from analyzer.reset.packages import Package
    from analyzer.reset.planned import Layout

Verdict = Literal["reset", "squash", "leave", "blocked"]

WORTH = 30
"""So few migrations of a whole project hardly cost anything: a reset of them saves nothing."""


class Decision(Struct, frozen=True):
    """What becomes of an app, and why; `file` and `line` are where that is seen, if anywhere.

    `before` and `operations` count its migration files and their operations, `after` the files that
    the layout predicts.
    """

    app: str
    verdict: Verdict
    why: str
    before: int
    operations: int
    after: int
    file: str = ""
    line: int = 0


class Block(Struct, frozen=True):
    """Why an app cannot be reset as it is."""

    why: str
    file: str = ""
    line: int = 0


def blocks(examined: Examined, packages: Iterable[Package]) -> dict[str, Block]:
    """The apps whose migrations cannot be replaced yet, with the first reason."""
    out: dict[str, Block] = {}
    for app, block in _blocks(examined):
        out.setdefault(app, block)
    known = {package.app for package in packages}
    return {app: block for app, block in out.items() if app in known}


def _blocks(examined: Examined) -> Iterator[tuple[str, Block]]:
    for app, file, why in examined.written.broken:
        yield app, Block(f"a migration cannot be read: {why}", file)
    yield from standing(examined.analysis)


def standing(analysis: Analysis) -> Iterator[tuple[str, Block]]:
    """What is in the way of a reset as an analysis tells it: by app, the first reason first."""
    history = analysis.history
    for circle in history.cycles:
        for app, name in circle:
            yield app, Block(f"{name} stands in a circle of migrations that need each other")
    for child, parent in history.missing:
        place = _place(analysis.migrations, child)
        yield child[0], Block(f"{child[1]} depends on {'.'.join(parent)}, which does not exist", *place)
    for app, count in sorted(Counter(app for app, _ in history.leaves).items()):
        if count > 1:
            names = ", ".join(name for label, name in history.leaves if label == app)
            yield app, Block(f"it has {count} leaf nodes ({names}): merge them first")
    for one in analysis.drift.differences:
        if one.certain:
            what = f"{one.operation} {one.model}{f'.{one.field}' if one.field else ''}"
            why = f"models and migrations disagree: makemigrations would write {what}"
            yield one.app, Block(why, one.file, one.line)


def _place(migrations: Iterable[Migration], key: Key) -> tuple[str, int]:
    return next(((one.file, one.line) for one in migrations if one.key == key), ("", 0))


def decisions(
    examined: Examined,
    layout: Layout,
    found: Mapping[str, Package],
    blocked: Mapping[str, Block],
    asked: Collection[str],
    modelled: Collection[str],
) -> tuple[Decision, ...]:
    """One decision an app that has migrations in the project; `modelled` are the apps that have models."""
    counts = Counter(migration.app for migration in examined.migrations)
    operations = Counter[str]()
    for migration in examined.migrations:
        operations[migration.app] += len(migration.operations)
    out = []
    for app in sorted(counts):
        after = len(layout.of(app))
        verdict, why, file, line = _decided(app, layout, found, blocked, asked, modelled)
        out.append(Decision(app, verdict, why, counts[app], operations[app], after, file, line))
    return tuple(out)


def _decided(
    app: str,
    layout: Layout,
    found: Mapping[str, Package],
    blocked: Mapping[str, Block],
    asked: Collection[str],
    modelled: Collection[str],
) -> tuple[Verdict, str, str, int]:
    package = found.get(app)
    if asked and app not in asked:
        return "leave", "not asked for", "", 0
    if package is None:
        return "leave", "the settings do not install it", "", 0
    if package.why:
        return "leave", package.why, package.init, 0
    if app in blocked:
        return "blocked", blocked[app].why, blocked[app].file, blocked[app].line
    if app not in layout.apps:
        if app in modelled:
            return "leave", "new files would be as many", "", 0
        return "leave", "it has no models any more: nothing would take the place of its migrations", "", 0
    if package.helpers:
        left = len(package.helpers) - 1
        moved = f"{package.helpers[0]} and {left} more have" if left else f"{package.helpers[0]} has"
        return "reset", f"once {moved} moved out of the migrations package", package.helpers[0], 0
    return "reset", "", "", 0


def standing_between(
    examined: Examined, apps: Collection[str], carried: Iterable[DataOperation]
) -> dict[str, Block]:
    """Apps with something to carry over that must run after a migration which stays, and cannot.

    One that depends on a reset app itself comes after all that is new.  That matters where it runs code
    or SQL of its own, which the two may then do in the wrong order, or makes what the other works with.
    """
    analysis = examined.analysis
    edges = analysis.history.edges
    children: dict[Key, list[Key]] = {}
    for child, parents in edges.items():
        for parent in parents:
            children.setdefault(parent, []).append(child)
    later = reached([key for key in children if key[0] in apps], children)
    behind = {key for key in later if key[0] not in apps}
    running = {(one.app, one.migration) for one in analysis.data_operations if one.net in KEEPERS}
    out: dict[str, Block] = {}
    for one in carried if behind else ():
        asked = {label.partition(".")[0] for label in (*one.needs, *one.tables_or_models) if "." in label}
        before = behind & reached([(one.app, one.migration)], edges)
        found = sorted(key for key in before if key in running or key[0] in asked)
        if found:
            label, name = found[0]
            why = (
                f"{one.migration} is to be carried over and runs after {label}.{name}, which stays and "
                "depends on apps that would be reset: the new order would turn the two round; make what it "
                f"makes anew in a migration of {label}, release that, and plan again"
            )
            out.setdefault(one.app, Block(why, one.file, one.line))
    return out


def unfinished(examined: Examined, apps: Collection[str]) -> dict[str, Block]:
    """Apps whose migrations still hold `replaces`: they cannot be replaced again before Django 6.0."""
    out: dict[str, Block] = {}
    for squash in squashes(examined.migrations):
        app, name = squash.migration
        if app in apps:
            left = f"{len(squash.present)} of its files there" if squash.present else "their files gone"
            place = _place(examined.migrations, squash.migration)
            why = f"{name} still has `replaces`, {left}: finish that squash first"
            out.setdefault(app, Block(why, *place))
    return out
