"""MS1xx: squashed migrations that nobody has finished."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.audits.examples import FIRST, PACKAGE, SECOND, written
from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.audits.words import count, listed
from analyzer.history.squash import Squash, squashes
from analyzer.history.values import Key

_URL = "https://docs.djangoproject.com/en/stable/topics/migrations/#squashing-migrations"

_SQUASH = """
        # blog/migrations/0001_squashed_0002_title.py
        from django.db import migrations
        class Migration(migrations.Migration):
            replaces = [("blog", "0001_initial"), ("blog", "0002_title")]
            dependencies = []
            operations = []
"""

SQUASH = Rule(
    code="MS108",
    name="squash-unfinished",
    severity=Severity.NOTE,
    title="A squashed migration still lives beside what it replaces",
    why="Both histories have to be kept working until every database has recorded the squash.",
    fix="Once it has: delete the replaced files, point dependencies at the squash, then drop `replaces`.",
    bad=PACKAGE + FIRST + SECOND + _SQUASH,
    good=PACKAGE + written("0001_squashed_0002_title", ""),
    url=_URL,
)

FILES_GONE = Rule(
    code="MS111",
    name="replaced-files-gone",
    severity=Severity.WARNING,
    title="A migration says `replaces` of migrations whose files are gone",
    why="A database that recorded only a part of them has no way forward: Django skips the squash there, or "
    "stops at a missing node. While `replaces` stays, `migrate --prune` refuses to work.",
    fix="Once every database has recorded the squash, let nothing depend on the old names and remove "
    "`replaces`; until then bring the files back.",
    bad=PACKAGE + _SQUASH,
    good=PACKAGE + written("0001_squashed_0002_title", ""),
    url=_URL,
)


def _squashes(facts: Facts) -> Iterator[Squash]:
    yield from squashes(facts.loaded().values())


def unfinished(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    for squash in _squashes(facts):
        if squash.gone:
            continue
        where = known[squash.migration]
        said = f"{'.'.join(squash.migration)} replaces {count(len(squash.present), 'migration')} "
        said += "whose files are still there"
        if squash.named:
            said += f"; {count(len(squash.named), 'dependency', 'dependencies')} outside still name them"
        yield Hit(SQUASH, where.file, where.line, said)


def files_gone(facts: Facts) -> Iterator[Hit]:
    known = facts.loaded()
    for squash in _squashes(facts):
        if not squash.gone:
            continue
        where = known[squash.migration]
        line = where.lines.get(squash.gone[0], where.line)
        names = listed([_name(key, where.app) for key in squash.gone])
        said = f"{'.'.join(where.key)} replaces {count(len(squash.gone), 'migration')} without files: {names}"
        if squash.present:
            said += f"; files of {count(len(squash.present), 'other')} that it replaces are still there"
        named = sorted(".".join(other) for other, key in squash.named if key in squash.gone)
        if named:
            said += f"; {listed(named)} still {'depend' if len(named) > 1 else 'depends'} on them by name"
        yield Hit(FILES_GONE, where.file, line, said)


def _name(key: Key, app: str) -> str:
    return key[1] if key[0] == app else ".".join(key)


AUDITS = ((SQUASH, unfinished), (FILES_GONE, files_gone))
