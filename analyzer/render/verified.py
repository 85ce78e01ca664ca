"""Two histories compared, in words: the answer first, then every difference with both places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from msgspec import Struct

from analyzer.render.encoding import described, encoded
from analyzer.render.words import count, place, printable, some
from analyzer.reset.accounts import FATES, Account, Fate
from analyzer.reset.equivalence import KINDS, Kind, StateDifference
from analyzer.reset.verify import Verified

SCHEMA_VERSION = 1
SHOWN = 50
WIDTH = 100

HEADINGS: dict[Kind, str] = {
    "schema": "The databases differ",
    "undecided": "Source does not decide whether the databases differ",
    "python": "Only Python differs: no table does",
    "order": "Only the order differs: the same columns, made in another order",
}
FATE_HEADINGS: dict[Fate, str] = {
    "missing": "Lost: a fresh database of the new side lacks this",
    "changed": "Changed: the new side makes it by other words",
    "undecided": "To be looked at: source does not say whether the new side makes the same",
    "superseded": "Not needed: undone by later migrations of the old side",
    "kept": "Kept: the new side makes the same",
}

UNSEEN = """\
What reading source cannot show: names that Django makes for constraints, sequences, and whatever was
done to a database by hand. A dump of both schemas does:

  createdb old && DATABASE_URL=postgres:///old python manage.py migrate   # with the old code
  createdb new && DATABASE_URL=postgres:///new python manage.py migrate   # with the new code
  pg_dump --schema-only --no-owner --no-privileges old > old.sql
  pg_dump --schema-only --no-owner --no-privileges new > new.sql
  diff <(sort old.sql) <(sort new.sql)        # columns may stand in another order
"""


def verified_text(found: Verified, old: str, new: str) -> str:
    """The comparison for a terminal or a log."""
    lines = [*_answer(found), "", *_ground(found, old, new)]
    for kind in KINDS:
        lines += _section(HEADINGS[kind], [_difference(one) for one in found.differences if one.kind == kind])
    for fate in FATES:
        lines += _section(FATE_HEADINGS[fate], [_account(one) for one in found.accounts if one.fate == fate])
    return "\n".join([*lines, "", UNSEEN])


def _answer(found: Verified) -> Iterator[str]:
    said = {
        True: "The new migrations add up to the same schema as the old ones.",
        False: "The new migrations do not add up to the same schema.",
        None: "No difference of schema is certain, but source does not decide everything.",
    }
    yield said[found.equal]
    lost = {
        True: "Rows and hidden schema of the old migrations: all there."
        if found.accounts
        else "The old migrations hold no rows and no hidden schema that a fresh database needs.",
        False: "Rows or hidden schema of the old migrations are lost or changed.",
        None: "Whether rows and hidden schema are all there is not decided.",
    }
    yield lost[found.nothing_lost]


def _ground(found: Verified, old: str, new: str) -> Iterator[str]:
    before, after = found.migrations
    yield f"old  {printable(old)}  {count(before, 'migration')}"
    yield f"new  {printable(new)}  {count(after, 'migration')}"
    compared = f"{count(found.models, 'model')} with {count(found.fields, 'field')}"
    yield f"Compared: {count(len(found.apps), 'app')}, {compared}."
    for apps, side in ((found.only_old, "old"), (found.only_new, "new")):
        if apps:
            yield f"With migrations on the {side} side only: {some(map(printable, apps))}."


def _section(heading: str, entries: Sequence[Iterable[str]]) -> list[str]:
    if not entries:
        return []
    shown = [line for entry in entries[:SHOWN] for line in entry]
    left = len(entries) - SHOWN
    rest = [f"  … and {left} more; --format json lists all"] if left > 0 else []
    return ["", f"{heading} ({len(entries)})", *shown, *rest]


def _difference(one: StateDifference) -> Iterable[str]:
    yield from _wrapped(f"{one.model or one.app}  {one.part}: {one.why}")
    yield from _places(one.old, one.new)


def _account(one: Account) -> Iterable[str]:
    yield from _wrapped(f"{one.app}.{one.migration}  {one.operation} ({one.verdict}): {one.why}")
    yield from _places((one.file, one.line), one.new)


def _wrapped(text: str) -> list[str]:
    return wrap(
        printable(text), WIDTH, initial_indent="  ", subsequent_indent="    ",
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip


def _places(old: tuple[str, int], new: tuple[str, int]) -> Iterator[str]:
    for word, where in (("old", old), ("new", new)):
        if where[0]:
            yield f"      {word}  {place(*where)}"


class VerifiedReport(Struct, frozen=True):
    """The comparison as JSON; `equal` and `nothing_lost` are null where source does not decide."""

    schema_version: int
    equal: bool | None
    nothing_lost: bool | None
    comparison: Verified


def verified_json(found: Verified) -> str:
    return encoded(VerifiedReport(SCHEMA_VERSION, found.equal, found.nothing_lost, found))


def schema() -> str:
    """The JSON Schema of the document, as it is published in `verify.schema.json`."""
    return described(VerifiedReport, "migscan verify")
