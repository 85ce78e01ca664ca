"""Migration history, app by app: how much there is, and where it ends."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from analyzer.history.values import Key, Migration
from analyzer.render.links import Link
from analyzer.render.markdown.images import Images, shown, starting
from analyzer.render.markdown.squashing import squashing
from analyzer.render.markdown.text import code, folded, long_table, section, table, text, where
from analyzer.render.words import count, number

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

HEAD = ["app", "migrations#", "squashes#", "replaced#", "data operations#", "oldest", "newest"]


def history(analysis: Analysis, link: Link, images: Images) -> list[str]:
    if not analysis.migrations:
        return section("Migration history", ["No migrations were found."])
    data: dict[str, int] = {}
    for operation in analysis.data_operations:
        data[operation.app] = data.get(operation.app, 0) + 1
    by_app = groupby(sorted(analysis.migrations, key=lambda m: m.key), key=lambda migration: migration.app)
    rows = [_app(analysis, app, list(group), data.get(app, 0), link) for app, group in by_app]
    return [
        *section(
            "Migration history",
            shown(images, "history"),
            long_table("apps", HEAD, rows),
            _ends(analysis),
            _missing(analysis, link),
            _incomplete(analysis, link),
            _chains(images),
        ),
        *squashing(analysis, link),
    ]


def _app(analysis: Analysis, app: str, migrations: list[Migration], data: int, link: Link) -> list[str]:
    leaves = [key for key in analysis.history.leaves if key[0] == app]
    by_key = {migration.key: migration for migration in migrations}
    ends = [_migration(key, by_key.get(key), link) for key in leaves] or [
        _migration(migrations[-1].key, migrations[-1], link)
    ]
    newest = f"**{count(len(ends), 'leaf')}:** {', '.join(ends)}" if len(ends) > 1 else ends[0]
    return [
        code(app),
        number(len(migrations)),
        number(sum(bool(migration.replaces) for migration in migrations)),
        number(sum(migration.key in analysis.history.replaced for migration in migrations)),
        number(data),
        _migration(migrations[0].key, migrations[0], link),
        newest,
    ]


def _migration(key: Key, migration: Migration | None, link: Link) -> str:
    return where(link, migration.file, 0, label=key[1]) if migration else code(key[1])


def _ends(analysis: Analysis) -> list[str]:
    """History that `migrate` cannot order at all."""
    return [
        f"- In a circle, so that no order exists: {', '.join(code('.'.join(key)) for key in cycle)}"
        for cycle in analysis.history.cycles
    ]


def _missing(analysis: Analysis, link: Link) -> list[str]:
    if not analysis.history.missing:
        return []
    rows = []
    for child, parent in analysis.history.missing:
        migration = analysis.migration(child)
        line = migration.lines.get(parent, migration.line) if migration else 0
        rows.append(
            (
                code(".".join(child)),
                code(".".join(parent)),
                where(link, migration.file if migration else "", line),
            )
        )
    return ["**Depended on, but not there:**", "", *table(["migration", "depends on", "where"], rows)]


def _chains(images: Images) -> list[str]:
    lines: list[str] = []
    for name in starting(images, "history-"):
        title = next(image.title for image in images if image.name == name)
        lines += [*([""] if lines else []), *folded(text(title), shown(images, name))]
    return lines


def _incomplete(analysis: Analysis, link: Link) -> list[str]:
    partly = [migration for migration in analysis.migrations if not migration.complete]
    if not partly:
        return []
    rows = [(code(".".join(m.key)), text(m.why), where(link, m.file, m.line)) for m in partly]
    return ["**Read in part only:**", "", *table(["migration", "why", "where"], rows)]
