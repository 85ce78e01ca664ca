"""MS608, MS616, MS620, and the table of differences: environments beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analyzer.history.values import Key
from analyzer.reset.environments_disk import Disk, File
from analyzer.reset.environments_history import AGAIN
from analyzer.reset.environments_values import Difference, Evidence, Situation, Verdict, dotted
from analyzer.reset.environments_view import NAMED, SHOWN, View, names, several


def between(views: Sequence[View], disk: Disk) -> Iterator[Situation]:
    """What only several exports together tell."""
    yield from _recorded(views, disk)
    yield from _databases(views, disk)
    yield from _skew(views, disk)
    yield from _ahead(views, disk)


def _recorded(views: Sequence[View], disk: Disk) -> Iterator[Situation]:
    """MS608: a squash that every environment has recorded with all that it replaces."""
    for file in sorted(disk.files.values(), key=lambda file: file.key):
        if not file.own or not file.replaces or not all(_has(view, file) for view in views):
            continue
        there = [key for key in file.replaces if key in disk.files]
        first = (
            ("delete the old files: " + ", ".join(disk.files[key].file for key in there),) if there else ()
        )
        inside = {file.key, *file.replaces}
        named = sorted(
            other.key
            for other in disk.files.values()
            if other.own and other.key not in inside and not {*file.replaces}.isdisjoint(other.parents)
        )
        point = (
            (f"let {', '.join(map(dotted, named[:NAMED]))} depend on {dotted(file.key)}",) if named else ()
        )
        rows = [view.row(view.rows[file.key][0]) for view in views]
        yield Situation(
            "MS608", Verdict.OK, "", file.app,
            f"every environment has recorded {dotted(file.key)} and all that it replaces: `replaces` may go.",
            (*rows, Evidence(file.file, file.line, dotted(file.key)))[:SHOWN],
            (*first, *point, f"remove `replaces` from {file.file}, deploy everywhere",
             f"for every database: python manage.py migrate {file.app} --prune (no way back after it)"),
        )  # fmt: skip


def _has(view: View, file: File) -> bool:
    whole = not view.export.partial and file.key in view.rows
    return whole and file.key in view.loaded.applied and file.key in view.loaded.nodes


def _databases(views: Sequence[View], disk: Disk) -> Iterator[Situation]:
    """MS620: the databases of one environment hold different rows."""
    by_name: dict[str, list[View]] = {}
    for view in views:
        by_name.setdefault(view.name, []).append(view)
    for name, found in by_name.items():
        lacking = _lacking(found)
        if not lacking:
            continue
        own = any(_is_own(disk, key) for key, _, _ in lacking)
        shown = [(key, view) for key, present, _ in lacking for view in present[:1] if key in view.rows]
        lines = [
            f"{dotted(key)} not in {', '.join(v.label for v in absent[:3])}" for key, _, absent in lacking
        ]
        more = f" and {len(lines) - NAMED} more" if len(lines) > NAMED else ""
        yield Situation(
            "MS620", Verdict.BLOCKER if own else Verdict.ADVICE, name, lacking[0][0][0],
            f"the {len(found)} databases of {name} differ: {'; '.join(lines[:NAMED])}{more}.",
            tuple(view.row(view.rows[key][0]) for key, view in shown[:SHOWN]),
            ("migrate every database of it (python manage.py migrate --database=ALIAS; every tenant)", AGAIN),
        )  # fmt: skip


def _labels(views: Sequence[View]) -> str:
    more = f" and {len(views) - NAMED} more" if len(views) > NAMED else ""
    return ", ".join(view.label for view in views[:NAMED]) + more


def _lacking(views: Sequence[View]) -> list[tuple[Key, list[View], list[View]]]:
    """(migration, who has it, who has not), of what counts as applied somewhere."""
    has = [frozenset(view.recorded | view.loaded.applied) for view in views]
    out = []
    for key in sorted(frozenset().union(*has)):
        absent = [
            view for view, keys in zip(views, has, strict=True) if key not in keys and not _passed(view, key)
        ]
        if absent:
            out.append((key, [v for v, keys in zip(views, has, strict=True) if key in keys], absent))
    return out


def _passed(view: View, key: Key) -> bool:
    """Whether a database needs no such row: it has the squash, or all that the squash replaces."""
    squash = view.disk.replaced.get(key)
    file = view.disk.files.get(key)
    covered = squash is not None and squash in view.recorded
    hidden = view.export.partial and key not in view.disk.files
    return covered or hidden or bool(file and file.replaces and view.recorded.issuperset(file.replaces))


def _skew(views: Sequence[View], disk: Disk) -> Iterator[Situation]:
    """MS616: packages stand at different versions."""
    whole = [view for view in views if not view.export.partial]
    lacking = _lacking(_one_each(whole))
    for app in sorted({key[0] for key, _, _ in lacking if key[0] in disk.packages}):
        keys = [(key, present, absent) for key, present, absent in lacking if key[0] == app]
        who = {view.label for _, _, absent in keys for view in absent}
        proof = [
            view.row(view.rows[key][0]) for key, present, _ in keys for view in present if key in view.rows
        ]
        yield Situation(
            "MS616", Verdict.ADVICE, "", app,
            f"{app} is not at the same migration everywhere: {', '.join(sorted(who))} without "
            f"{names(key for key, _, _ in keys)}.",
            tuple(proof[:SHOWN]),
            (f"bring {disk.packages[app].name} to one version everywhere and migrate it before the reset",
             "never a bare `migrate --fake`: it would fake these too"),
        )  # fmt: skip


def _one_each(views: Sequence[View]) -> list[View]:
    """One database of each environment: those of one are compared apart."""
    return list({view.name: view for view in reversed(views)}.values())[::-1]


def _ahead(views: Sequence[View], disk: Disk) -> Iterator[Situation]:
    """MS616: the first environment, production by custom, has what a later one has not."""
    each = _one_each(views)
    if len(each) < 2:
        return
    first = each[0]
    for view in each[1:]:
        lacking = _lacking([first, view])
        keys = [
            key for key, _, absent in lacking if absent == [view] and key in first.rows and _is_own(disk, key)
        ]
        if keys:
            yield Situation(
                "MS616", Verdict.ADVICE, view.label, keys[0][0],
                f"{first.label} has {several(keys)} that {view.label} has not: "
                f"{', '.join(map(dotted, keys[:NAMED]))}. Usually it is the other way round.",
                tuple(first.row(first.rows[key][0]) for key in keys[:SHOWN]),
                (f"find out how {first.label} came by them: a hot fix, or {view.label} is out of date",),
            )  # fmt: skip


def _is_own(disk: Disk, key: Key) -> bool:
    return key[0] in disk.apps


def differences(views: Sequence[View], disk: Disk) -> Iterable[Difference]:
    """Which environments have a migration, and which have not."""
    for key, present, absent in _lacking(views):
        yield Difference(
            key[0], _is_own(disk, key), key[1],
            tuple(view.label for view in present), tuple(view.label for view in absent),
        )  # fmt: skip
