"""All that is known about one data operation, as text for a review."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from analyzer.data.sqltext import HOLE
from analyzer.data.values import DataOperation, OnEmpty, Row, SchemaObject, Verdict
from analyzer.render.words import count, joined, printable, some
from analyzer.reset.ledgers import ledgers
from analyzer.reset.values import Ledgers

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

Lines = Callable[[str], Sequence[str]]
"""The lines of a file of the project; none where it cannot be read."""

Mark = Callable[[str, str], str]
"""(what a text is, the text) to the text as it is shown: "head", "place", "good", "bad", "faint"."""

EXCERPT = 14
MAX_LENGTH = 160
MAX_CALL = 2_000
ROWS = 12

EMPTY: dict[OnEmpty, str] = {
    "creates_rows": "It creates rows.",
    "changes_schema": "It changes the schema.",
    "nothing": "It does nothing.",
    "unknown": "Source does not decide that.",
}
MEANING: dict[Verdict, str] = {
    "seed": "a seed: a fresh database needs the rows that it creates",
    "schema": "hidden schema: it makes what no model says",
    "mixed": "mixed: it does several of these at once",
    "unknown": "undecided",
    "one-time": "one-time: it works on rows that were there",
    "redundant": "redundant: it says what the models say anyway",
    "noop": "nothing: it has no effect",
}
REVERSE = {
    "none": "none: `migrate` cannot go back behind it",
    "noop": "does nothing",
    "code": "runs code",
    "sql": "runs SQL",
    "unknown": "source does not decide it",
}


def plain(kind: str, text: str) -> str:
    """Text without any mark."""
    return text


def operation_text(analysis: Analysis, operation: DataOperation, lines: Lines, mark: Mark = plain) -> str:
    """The whole reasoning about one operation, ending with what to do with it in a reset."""
    found = ledgers(analysis)
    parts = [
        list(_head(analysis, operation, mark)),
        _titled("Source", _excerpt(operation, lines, mark), mark),
        _titled("What it does, step by step", _steps(operation, lines, mark), mark),
        _titled("On an empty database", [*_on_empty(operation, mark)], mark),
        _titled("Verdict", [*_verdict(operation, mark)], mark),
        _titled("Later history", [*_later(analysis, operation, found)], mark),
        _titled("Findings", [*_findings(analysis, operation, mark)], mark),
        _titled("In a reset", [*_advice(operation, found)], mark),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _titled(title: str, body: list[str], mark: Mark) -> list[str]:
    return [mark("head", title), *(f"  {line}".rstrip() for line in body)] if body else []


def _head(analysis: Analysis, operation: DataOperation, mark: Mark) -> Iterator[str]:
    what = f"{operation.operation} {operation.forward}" if operation.forward else operation.operation
    name = f"{operation.app}.{operation.migration}"
    yield mark("head", printable(f"{name}: {what}"))
    yield mark("place", printable(f"{operation.file}:{operation.line}"))
    said = [f"reverse {REVERSE[operation.reverse_kind]}"]
    marks = {None: "elidable is not said", True: "elidable", False: "not elidable, says its author"}
    said.append(marks[operation.elidable])
    migration = analysis.migration((operation.app, operation.migration))
    if migration is not None and not migration.atomic:
        said.append("the migration is not atomic")
    if operation.hints:
        said.append("with hints for database routers")
    yield "; ".join(said)
    key = (operation.app, operation.migration)
    by = analysis.history.replaced.get(key)
    if by is not None:
        yield printable(f"{'.'.join(by)} replaces this migration: a fresh database does not run it.")
    elif key not in analysis.history.nodes:
        yield "Django does not load this migration."


def _excerpt(operation: DataOperation, lines: Lines, mark: Mark) -> list[str]:
    """The call, and the function that it is given where the same file has it."""
    source = lines(operation.file)
    out = _block(source, operation.line, mark)
    starts = (f"def {operation.forward}(", f"def {operation.forward} (")
    for at, line in enumerate(source, 1):
        if operation.forward and line.lstrip().startswith(starts):
            return [*_block(source, at, mark), "", *out]
    call = " ".join(source[operation.line - 1 : _end(source, operation.line)]) if out else ""
    for name in dict.fromkeys(re.findall(r"\b[A-Z_][A-Z0-9_]+\b", call[:MAX_CALL])):
        at = next((at for at, line in enumerate(source, 1) if line.startswith((f"{name} =", f"{name}="))), 0)
        if at:
            out = [*_block(source, at, mark), "", *out]
    return out


def _block(source: Sequence[str], line: int, mark: Mark) -> list[str]:
    """A statement and what is set in behind it, as far as there is room."""
    if not 1 <= line <= len(source):
        return []
    end = _end(source, line)
    shown = [printable(text.rstrip()) for text in source[line - 1 : min(end, line - 1 + EXCERPT)]]
    while not shown[-1].strip() and len(shown) > 1:
        shown.pop()
    listed = textwrap.dedent("\n".join(shown)).split("\n")
    numbered = [f"{mark('faint', f'{at:>5}')}  {text[:MAX_LENGTH]}" for at, text in enumerate(listed, line)]
    return [*numbered, mark("faint", "    …")] if end - line >= EXCERPT else numbered


def _end(source: Sequence[str], line: int) -> int:
    """The last line of the statement that begins at a line, going by how far lines are set in."""
    first = source[line - 1]
    quotes = next((one for one in ('"""', "'''") if first.count(one) % 2), "")
    if quotes:
        inside = enumerate(source[line : line + EXCERPT + 1], line + 1)
        return next((at for at, text in inside if quotes in text), min(line + EXCERPT, len(source)))
    margin = _margin(first)
    for at, text in enumerate(source[line : line + EXCERPT + 1], line):
        closing = text.lstrip().startswith((")", "]", "}"))
        if text.strip() and _margin(text) <= margin:
            if not closing:
                return at
            if not text.rstrip().endswith(":"):
                return at + 1
    return min(line + EXCERPT, len(source))


def _margin(text: str) -> int:
    return len(text) - len(text.lstrip())


def _steps(operation: DataOperation, lines: Lines, mark: Mark) -> list[str]:
    out = []
    for at, step in enumerate(operation.evidence, 1):
        out.append(f"{at}. {printable(step.why)}  {mark('place', printable(f'{step.file}:{step.line}'))}")
        source = lines(step.file)
        if 1 <= step.line <= len(source):
            out.append(mark("faint", f"   {printable(source[step.line - 1].strip())[:MAX_LENGTH]}"))
    return out


def _on_empty(operation: DataOperation, mark: Mark) -> Iterator[str]:
    yield EMPTY[operation.runs_on_empty]
    for row in operation.rows[:ROWS]:
        yield f"- {_row(row)}  {mark('place', printable(f'{row.file}:{row.line}'))}"
    if len(operation.rows) > ROWS:
        yield f"- and {count(len(operation.rows) - ROWS, 'row')} more"
    for made in operation.objects[:ROWS]:
        yield f"- {_object(made)}  {mark('place', printable(f'{made.file}:{made.line}'))}"
    if len(operation.objects) > ROWS:
        yield f"- and {count(len(operation.objects) - ROWS, 'object')} more"
    if operation.needs:
        yield printable(f"It works with {some(operation.needs, ROWS)}.")


def _row(row: Row) -> str:
    keys = ", ".join(f"{name}={value}" for name, value in row.key if HOLE not in value)
    many = "rows" if row.many else "a row"
    return printable(f"{many} of {row.target or 'a model that source does not name'} by {row.how}") + (
        f": {printable(keys)[:MAX_LENGTH]}" if keys else ""
    )


def _object(made: SchemaObject) -> str:
    on = f" on {made.table}" if made.table and made.table != made.name else ""
    return printable(f"{made.action} {made.kind} {made.name}{on}")


def _verdict(operation: DataOperation, mark: Mark) -> Iterator[str]:
    kept = operation.verdict in ("seed", "schema", "mixed", "unknown")
    yield mark("bad" if kept else "good", MEANING[operation.verdict])
    yield f"{sureness(operation.confidence)} ({operation.confidence:.2f})."


def sureness(confidence: float) -> str:
    """A confidence in words."""
    if confidence >= 0.9:
        return "Sure: every step that decides it stands in the source"
    if confidence >= 0.75:
        return "Quite sure: some of it rests on calls into packages or on conditions"
    if confidence >= 0.6:
        return "Likely: read the steps before you rely on it"
    if confidence > 0:
        return "Doubtful: a person has to decide"
    return "Not decided at all"


def _later(analysis: Analysis, operation: DataOperation, found: Ledgers) -> Iterator[str]:
    if operation.superseded_by:
        part = "part of it" if operation.net in ("seed", "schema", "mixed") else "it"
        end = f"at the end of history it is {operation.net}"
        yield printable(f"{operation.superseded_by} undoes {part}: {end}.")
    elif operation.net != operation.verdict:
        yield f"At the end of history it is {operation.net}."
    for seed in (one for one in found.seeds if one.operation == operation):
        yield from map(printable, (f"{said}." for said in seed.stale))
        if seed.later:
            yield printable(f"Rows of its models are worked on later by {some(map('.'.join, seed.later))}.")
        if seed.after:
            used = (f"{label} from {'.'.join(key)}" for label, key in seed.after)
            yield printable(f"It uses rows of {some(used)}.")
        if seed.fails:
            yield printable(f"On a fresh database it fails: it {seed.fails}.")
    for hidden in (one for one in found.hidden if one.operation == operation):
        if hidden.before:
            yield printable(f"{_object(hidden.made)} must come before {some(hidden.before)}.")
        if hidden.meta:
            yield printable(f"{_object(hidden.made)}: {hidden.meta} say it.".replace("does say", "says"))


def _findings(analysis: Analysis, operation: DataOperation, mark: Mark) -> Iterator[str]:
    about = f"{operation.app}.{operation.migration}"
    for finding in analysis.findings:
        here = finding.file == operation.file and finding.line == operation.line
        said = finding.message.startswith((f"{about} ", f"{about}:"))
        if finding.code.startswith("MS4") and (here or (said and finding.code > "MS406")):
            place = mark("place", printable(f"{finding.file}:{finding.line}"))
            yield f"{finding.code} {finding.severity.value}: {printable(finding.message)}  {place}"


def _advice(operation: DataOperation, found: Ledgers) -> Iterator[str]:
    if operation in found.aside or not operation.in_graph:
        yield "Nothing: it is not in the migration graph of a fresh database."
        return
    asked = [one.question for one in found.undecided if one.operation == operation]
    if asked:
        yield printable(f"Decide: {asked[0]}")
    if any(one.operation == operation for one in found.seeds):
        yield "Carry it over: put its rows into a new migration behind the tables, with get_or_create or"
        yield "update_or_create, historical models and dependencies on every app that it uses."
    hidden = [one for one in found.hidden if one.operation == operation]
    if hidden:
        objects = joined([_object(one.made).partition(" ")[2] for one in hidden[:ROWS]])
        yield printable(f"Carry it over: {objects}; add it back with its reverse.")
    for one in found.one_time:
        if one.operation == operation:
            yield printable(f"Leave it out: it {one.why}.")
            if one.sure and operation.elidable is None:
                yield "Mark it with `elidable=True` until then, so that a squash drops it, too."
            elif not one.sure:
                yield "Read it once more before: it is not certain."
