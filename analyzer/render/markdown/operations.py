"""Data operations by app and verdict: what a reset would lose, and what it need not care about."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from analyzer.data.values import VERDICTS, DataOperation, Verdict
from analyzer.render.links import Link
from analyzer.render.markdown.text import code, codes, folded, section, short, table, text, where
from analyzer.render.words import count, number
from analyzer.reset.ledgers import LIKELY

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

MEANING: dict[Verdict, str] = {
    "seed": "creates rows that a fresh database still needs: **a reset loses them**",
    "schema": "creates what no model expresses (trigger, view, function, extension, index by hand): "
    "**a reset loses it**",
    "mixed": "does several of these at once: **take it apart**",
    "unknown": "source does not decide: **read it**",
    "one-time": "changes rows that were there; does nothing on an empty database",
    "redundant": "writes schema that the models express anyway",
    "noop": "does nothing",
}
INTRO = (
    "Operations that run code or SQL. A verdict is a candidate with its evidence and a confidence "
    "between 0 and 1, below 0.6 marked as unsure: read the code before you drop it."
)
EVIDENCE_SHOWN = 3


def operations(analysis: Analysis, link: Link) -> list[str]:
    if not analysis.data_operations:
        return section("Data operations", ["No migration runs code or SQL."])
    verdicts = Counter(operation.verdict for operation in analysis.data_operations)
    rows = [
        (f"**{verdict}**", number(verdicts[verdict]), MEANING[verdict])
        for verdict in VERDICTS
        if verdicts[verdict]
    ]
    ordered = sorted(analysis.data_operations, key=_order)
    return section(
        "Data operations",
        [INTRO],
        table(["verdict", "operations#", "it"], rows),
        *(
            _app(app, list(group), link)
            for app, group in groupby(ordered, key=lambda operation: operation.app)
        ),
    )


def _order(operation: DataOperation) -> tuple[str, int, str, str, int]:
    rank = VERDICTS.index(operation.verdict)
    return (operation.app, rank, operation.migration, operation.file, operation.line)


def _app(app: str, operations: list[DataOperation], link: Link) -> list[str]:
    verdicts = Counter(operation.verdict for operation in operations)
    parts = ", ".join(f"{number(verdicts[verdict])} {verdict}" for verdict in VERDICTS if verdicts[verdict])
    head = ["verdict", "operation", "touches", "because", "confidence#", "where"]
    body = table(head, [_operation(operation, link) for operation in operations])
    return folded(f"<b>{text(app)}</b>: {parts}", body)


def _operation(operation: DataOperation, link: Link) -> list[str]:
    what = code(operation.operation)
    if operation.forward:
        what += f" {code(short(operation.forward))}"
    if operation.superseded_by:
        what += f"<br>undone by {code(operation.superseded_by)}"
    return [
        f"**{operation.verdict}**",
        what,
        codes(operation.tables_or_models),
        _because(operation, link),
        _confidence(operation),
        where(link, operation.file, operation.line, label=f"{operation.migration}:{operation.line}"),
    ]


def _confidence(operation: DataOperation) -> str:
    unsure = operation.confidence < LIKELY and operation.verdict != "unknown"
    return f"{operation.confidence:.2f}{', unsure' if unsure else ''}"


def _because(operation: DataOperation, link: Link) -> str:
    lines = []
    for evidence in operation.evidence[:EVIDENCE_SHOWN]:
        label = _line(operation, evidence.file, evidence.line)
        lines.append(f"{text(short(evidence.why))} ({where(link, evidence.file, evidence.line, label)})")
    rest = len(operation.evidence) - EVIDENCE_SHOWN
    if rest > 0:
        lines.append(f"and {count(rest, 'line')} more")
    return "<br>".join(lines) or "no evidence"


def _line(operation: DataOperation, file: str, line: int) -> str:
    """Short where the evidence is in the migration itself, as it nearly always is."""
    return f"line {line}" if file == operation.file else f"{file}:{line}"
