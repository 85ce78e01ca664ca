"""MS1xx: what must not happen to migrations that others have run: judged against a revision of git."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from analyzer.audits.examples import FIRST, PACKAGE, SECOND, written
from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.words import listed
from analyzer.history.recorded import Change, Essence, Recorded, essence
from analyzer.history.values import Key, Migration
from analyzer.source.discover import parent

_URL = "https://docs.djangoproject.com/en/stable/topics/migrations/#history-consistency"
_BODY = written("0003_body", '("blog", "0002_title")')
_OTHER = SECOND.replace("operations = []", 'operations = [migrations.RunSQL("DROP TABLE blog_tag")]')

NAME_REUSED = Rule(
    code="MS116",
    name="migration-name-reused",
    severity=Severity.ERROR,
    title="A new migration has the name of one that was deleted",
    why="A database that recorded the old one takes the new one for applied, and never runs it; Django's "
    "checks stay silent.",
    fix="Give the migration another name.",
    bad=PACKAGE + FIRST + _OTHER,
    good=PACKAGE + FIRST + _OTHER.replace("0002_title", "0002_no_tags"),
    base=PACKAGE + FIRST,
    before=PACKAGE + FIRST + SECOND,
    url=_URL,
)

EDITED = Rule(
    code="MS117",
    name="merged-migration-edited",
    severity=Severity.ERROR,
    title="A migration that others may have run does something else now",
    why="Where it is applied it does not run again: those databases keep what it did before, and differ "
    "from new ones for good.",
    fix="Undo the change, and write a further migration.",
    bad=PACKAGE + FIRST + _OTHER,
    good=PACKAGE + FIRST + SECOND.replace("operations", "# Nothing to do.\n            operations"),
    base=PACKAGE + FIRST + SECOND,
    url=_URL,
)

GONE = Rule(
    code="MS118",
    name="merged-migration-gone",
    severity=Severity.ERROR,
    title="A migration that others may have run was deleted or renamed",
    why="Databases keep its row and what it did; under a new name it runs there once more, and fails or "
    "does it twice.",
    fix="Bring it back; to undo what it did, write a further migration, to shorten the history, squash.",
    bad=PACKAGE + FIRST + SECOND,
    good=PACKAGE + FIRST + SECOND + _BODY,
    base=PACKAGE + FIRST + SECOND + _BODY,
    url=_URL,
)


class Past(Struct, frozen=True):
    """The ground of these rules: what git knows, and the migrations that Django loads now."""

    recorded: Recorded
    migrations: tuple[Migration, ...]

    def folders(self) -> dict[str, str]:
        """The apps by the folders of their migrations."""
        return {parent(migration.file): migration.app for migration in self.migrations}


def name_reused(past: Past) -> Iterator[Hit]:
    known = {migration.file: migration for migration in past.migrations}
    now = {change.path: change.after for change in past.recorded.changes}
    for earlier in past.recorded.earlier:
        migration, data = known.get(earlier.path), now.get(earlier.path)
        if migration is None or data is None or _same(essence(data), essence(earlier.data)):
            continue  # brought back as it was
        said = f"{'.'.join(migration.key)} has the name of a migration that {earlier.commit[:10]} deleted: "
        yield _hit(NAME_REUSED, migration, said + "where that ran, this one never will")


def edited(past: Past) -> Iterator[Hit]:
    known = {migration.file: migration for migration in past.migrations}
    new = {known[c.path].key for c in past.recorded.changes if c.before is None and c.path in known}
    reset = _reset(past)
    for change in past.recorded.changes:
        migration = known.get(change.path)
        if migration is None or change.before is None or change.after is None or parent(change.path) in reset:
            continue
        before, after = essence(change.before), essence(change.after)
        if before is not None and after is not None:
            yield from _edits(past.recorded.revision, migration, before, after, new)


def _edits(
    revision: str, migration: Migration, before: Essence, after: Essence, new: set[Key]
) -> Iterator[Hit]:
    name = ".".join(migration.key)
    later = sorted(
        key for key in (after.dependencies - before.dependencies) & new if key not in after.replaces
    )
    if later:
        keys = listed([".".join(key) for key in later])
        said = (
            f"{name} depends on {keys} now, which {'are' if len(later) > 1 else 'is'} new since {revision}: "
        )
        yield _hit(EDITED, migration, said + "databases that applied it refuse every command")
    if before.schema != after.schema:
        said = (
            f"{name} does other operations than on {revision}: databases that applied it keep what those did"
        )
        yield _hit(EDITED, migration, said)
    elif before.code != after.code:
        said = f"{name} runs other code than on {revision}: databases that applied it keep what that did"
        yield _hit(EDITED, migration, said, Severity.WARNING)


def gone(past: Past) -> Iterator[Hit]:
    folders, reset = past.folders(), _reset(past)
    replaced = {key for migration in past.migrations for key in migration.replaces}
    added = [change for change in past.recorded.changes if change.before is None and change.after is not None]
    for change in past.recorded.changes:
        if change.before is not None:
            then = essence(change.before)
            replaced |= then.replaces if then is not None else frozenset()
    for change in past.recorded.changes:
        app, name = folders.get(parent(change.path)), _name(change.path)
        lost = change.after is None and change.before is not None
        then = essence(change.before or b"") if lost else None
        if app is None or then is None or (app, name) in replaced or parent(change.path) in reset:
            continue
        said = f"{app}.{name} is on {past.recorded.revision} and gone now, and nothing replaces it: "
        said += "databases that applied it keep its row and what it did"
        other = _renamed(change, then, added)
        if other:
            said = f"{app}.{name} of {past.recorded.revision} is called {_name(other)} now: databases that "
            said += "applied it run it a second time"
        yield Hit(GONE, change.path, 1, said, app=app, subject=name)


def _renamed(change: Change, then: Essence, added: list[Change]) -> str:
    """The new file in the same folder that does what a lost one did."""
    alike = [
        c.path
        for c in added
        if parent(c.path) == parent(change.path) and _same(essence(c.after or b""), then)
    ]
    return alike[0] if alike else ""


def _same(one: Essence | None, other: Essence | None) -> bool:
    return one is not None and other is not None and (one.schema, one.code) == (other.schema, other.code)


def _reset(past: Past) -> frozenset[str]:
    """The folders of which no migration is left as it was: their history was made anew."""
    touched = {change.path for change in past.recorded.changes}
    there: dict[str, set[str]] = {}
    for path in past.recorded.there:
        name = path.rpartition("/")[2]
        if name.endswith(".py") and name[0] not in "_~":
            there.setdefault(parent(path), set()).add(path)
    return frozenset(folder for folder, paths in there.items() if len(paths) > 1 and paths <= touched)


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")


def _hit(rule: Rule, of: Migration, message: str, severity: Severity | None = None) -> Hit:
    return Hit(rule, of.file, of.line, message, severity, app=of.app, subject=of.name)


AUDITS: tuple[tuple[Rule, Callable[[Past], Iterator[Hit]]], ...] = (
    (NAME_REUSED, name_reused),
    (EDITED, edited),
    (GONE, gone),
)
RULES = tuple(rule for rule, _ in AUDITS)
