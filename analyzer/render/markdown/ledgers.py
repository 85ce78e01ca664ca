"""The ledgers of a reset: what to carry over, what to leave out, what to decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from analyzer.data.sqltext import HOLE
from analyzer.data.values import DataOperation, Row, SchemaObject
from analyzer.render.concerns import carried
from analyzer.render.links import Link
from analyzer.render.markdown.text import (
    FOLD_FROM,
    bullets,
    code,
    codes,
    folded,
    long_table,
    section,
    short,
    table,
    text,
    where,
)
from analyzer.render.words import count, number, printable, shortened
from analyzer.reset.elidable import Marked
from analyzer.reset.ledgers import ledgers
from analyzer.reset.values import Droppable, HiddenObject, Ledgers, Question, Seed

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

PATCH = "elidable.patch"
ROWS_SHOWN = 4
KEYS_SHOWN = 3
NAMES_SHOWN = 3
LONGEST_VALUE = 40
LONGEST_QUESTION = 400

INTRO = (
    "What `makemigrations` cannot write again, in the order in which migrations run. "
    "[Data operations](#data-operations) has the evidence for each; `migscan explain-op` says all about one."
)
SEEDS = (
    "Rows that a fresh database needs: put them into new migrations behind the tables, into a fixture, "
    "or into a `post_migrate` receiver."
)
HIDDEN = (
    "Schema that no model makes and that is there at the end of history. Add it back in this order; "
    "what must come *before* something goes to the top of the first file that needs it."
)
ONE_TIME = "They do nothing on an empty database, or what the models say anyway. Leave them out."
RECEIVERS = "Receivers that make rows after every `migrate`: a reset does not touch them."
QUESTIONS = "Source does not decide these: read them, answer, and keep what you are not sure of."


def ledger_pages(analysis: Analysis, link: Link, marked: Marked | None = None) -> list[str]:
    """The section with the four ledgers; nothing where no migration runs code or SQL."""
    found = ledgers(analysis)
    if not analysis.data_operations:
        return []
    parts = (
        ("Seeds", SEEDS, [_seeds(found.seeds, link)] if found.seeds else []),
        ("Hidden schema", HIDDEN, [_hidden(found.hidden, link)] if found.hidden else []),
        ("To decide", QUESTIONS, [_questions(found.undecided, link)] if found.undecided else []),
        ("One-time", ONE_TIME, _one_time(found, link, marked)),
        ("Made by `post_migrate`", RECEIVERS, [_receivers(analysis, link)] if analysis.receivers else []),
    )
    inner = [section(title, [intro], *blocks, level=3)[:-1] for title, intro, blocks in parts if blocks]
    return section("What a reset must carry over", [_numbers(found), "", INTRO], *inner, _aside(found))


def _numbers(found: Ledgers) -> str:
    sure = sum(one.sure for one in found.one_time)
    parts = (
        *carried(found),
        f"{number(len(found.one_time))} to leave out ({number(sure)} of them for certain)",
    )
    return f"**{' · '.join(parts)}**"


# ---------------------------------------------------------------- seeds


def _seeds(seeds: Sequence[Seed], link: Link) -> list[str]:
    """By app, in the order in which the apps can be seeded."""
    head = ["seed", "rows", "rests on", "mind"]
    if len(seeds) < FOLD_FROM:
        return table(head, [_seed(one, link) for one in seeds])
    apps = list(dict.fromkeys(one.operation.app for one in seeds))
    lines: list[str] = []
    for at, app in enumerate(apps, 1):
        own = [one for one in seeds if one.operation.app == app]
        summary = f"{at}. <b>{text(app)}</b>: {count(len(own), 'seed')} of {_targets(own)}"
        lines += [*folded(summary, table(head, [_seed(one, link) for one in own])), ""]
    return lines


def _targets(seeds: Iterable[Seed]) -> str:
    labels = sorted({row.target for one in seeds for row in one.operation.rows})
    return text(_some(labels)) or "rows that source does not name"


def _seed(one: Seed, link: Link) -> list[str]:
    return [
        _operation(one.operation, link),
        _rows(one.operation.rows),
        "<br>".join(_after(one)),
        "<br>".join(_mind(one)),
    ]


def _rows(rows: Sequence[Row]) -> str:
    """What the rows are, those of one model together."""
    lines = []
    for target, group in groupby(sorted(rows, key=lambda row: row.target), key=lambda row: row.target):
        listed = list(group)
        keys = [shown for row in listed if (shown := _key(row))]
        many = "several" if any(row.many for row in listed) else number(len(listed))
        said = f"{code(target)}: {many}"
        if keys:
            rest = len(keys) - ROWS_SHOWN
            said += f" ({', '.join(keys[:ROWS_SHOWN])}{f' and {number(rest)} more' if rest > 0 else ''})"
        lines.append(said)
    return "<br>".join(lines) or "source does not say which"


def _key(row: Row) -> str:
    known = [(name, value) for name, value in row.key if value and HOLE not in value]
    return " ".join(code(f"{name}={_value(value)}") for name, value in known[:KEYS_SHOWN])


def _value(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"


def _after(one: Seed) -> list[str]:
    labels = dict.fromkeys(label for label, _ in one.after)
    made = {row.target for row in one.operation.rows}
    used = [label for label in one.operation.needs if label not in labels and label not in made]
    lines = [f"model {codes_of(used)}"] if used else []
    return lines + [
        f"{code(label)} of {codes_of('.'.join(key) for other, key in one.after if other == label)}"
        for label in labels
    ]


def _mind(one: Seed) -> list[str]:
    notes = []
    if one.fails:
        notes.append(f"**fails on a fresh database**: {text(one.fails)}")
    notes += [text(said) for said in one.stale]
    if one.same is not None:
        notes.append(f"by the same code as {code('.'.join(one.same))}: once is enough")
    if one.later:
        notes.append(f"worked on later by {codes_of('.'.join(key) for key in one.later)}")
    if one.operation.net == "mixed":
        notes.append("does one-time work, too: take it apart")
    return notes


def codes_of(names: Iterable[str]) -> str:
    listed = list(names)
    rest = len(listed) - NAMES_SHOWN
    return codes(listed[:NAMES_SHOWN]) + (f" and {number(rest)} more" if rest > 0 else "")


def _some(names: Sequence[str]) -> str:
    rest = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {number(rest)} more" if rest > 0 else "")


# ---------------------------------------------------------------- hidden schema


def _hidden(hidden: Sequence[HiddenObject], link: Link) -> list[str]:
    rows = [
        [
            _object(one.made),
            _owner(one, link),
            "<br>".join(_order(one)),
            text(one.meta),
        ]
        for one in hidden
    ]
    return long_table("objects", ["object", "made by", "order", "who else says it?"], rows)


def _object(made: SchemaObject) -> str:
    table = f" of {code(made.table)}" if made.table and made.table != made.name else ""
    return f"{text(made.kind)} {code(made.name) or 'without a name'}{table}"


def _owner(one: HiddenObject, link: Link) -> str:
    operation = one.operation
    owner = where(link, one.made.file, one.made.line, label=f"{operation.app}.{operation.migration}")
    notes = [f"made {number(one.remade + 1)} times"] if one.remade else []
    if operation.reverse_kind == "none":
        notes.append("without a reverse")
    return ", ".join([owner, *notes])


def _order(one: HiddenObject) -> list[str]:
    lines = [f"before {codes_of(one.before)}"] if one.before else []
    return [*lines, f"behind {codes_of(one.behind)}"] if one.behind else lines


# ---------------------------------------------------------------- one-time


def _one_time(found: Ledgers, link: Link, marked: Marked | None) -> list[list[str]]:
    sure = [one for one in found.one_time if one.sure]
    check = [one for one in found.one_time if not one.sure]
    blocks = []
    if marked is not None and marked.done:
        blocks.append(_patch(marked))
    head = ["operation", "why", "confidence#"]
    if sure:
        rows = [_droppable(one, link) for one in sure]
        blocks.append(folded(f"{number(len(sure))} for certain", table(head, rows)))
    if check:
        rows = [_droppable(one, link) for one in check]
        blocks.append(folded(f"{number(len(check))} that deserve a look before", table(head, rows)))
    return blocks


def _patch(marked: Marked) -> list[str]:
    said = (
        f"[{PATCH}]({PATCH}) adds `elidable=True` to {number(len(marked.done))} of them, so that "
        "`squashmigrations` drops them: `git apply` it in the project's folder."
    )
    listing = ["```text", *(f"{file}:{line}: elidable=True" for file, line in marked.done), "```"]
    lines = [said, "", *folded("The same as a list", listing)]
    if marked.left:
        rows = [f"{code(f'{one.file}:{one.line}')}: {text(one.why)}" for one in marked.left]
        lines += ["", *folded(f"{number(len(rows))} to mark by hand", bullets(rows))]
    return lines


def _droppable(one: Droppable, link: Link) -> list[str]:
    return [_operation(one.operation, link), text(one.why), f"{one.operation.confidence:.2f}"]


# ---------------------------------------------------------------- the rest


def _questions(questions: Sequence[Question], link: Link) -> list[str]:
    """The same question about several operations of one migration is asked once."""
    lines = []
    for _, group in groupby(questions, key=_asked):
        first, *rest = group
        more = f" (and {count(len(rest), 'operation')} more there)" if rest else ""
        asked = text(shortened(printable(first.question), LONGEST_QUESTION))
        lines.append(f"{_operation(first.operation, link)}: {asked}{more}")
    listed = bullets(lines)
    return listed if len(listed) < FOLD_FROM else folded(count(len(listed), "question"), listed)


def _asked(one: Question) -> tuple[str, str, str, str | None]:
    operation = one.operation
    return operation.app, operation.migration, operation.operation, operation.forward


def _operation(operation: DataOperation, link: Link) -> str:
    label = f"{operation.app}.{operation.migration}:{operation.line}"
    what = operation.forward or operation.operation
    return f"{where(link, operation.file, operation.line, label=label)} {code(short(what))}"


def _receivers(analysis: Analysis, link: Link) -> list[str]:
    rows = [
        [
            where(link, one.file, one.line, label=one.name),
            code(one.sender),
            _rows(one.rows),
            "" if one.certain else "whether it is connected is not certain",
        ]
        for one in analysis.receivers
    ]
    return long_table("receivers", ["receiver", "sender", "rows", "mind"], rows)


def _aside(found: Ledgers) -> list[str]:
    if not found.aside:
        return []
    said = count(len(found.aside), "operation")
    return [
        f"{said} of migrations that squashed ones replace, or that Django does not load, are not counted."
    ]
