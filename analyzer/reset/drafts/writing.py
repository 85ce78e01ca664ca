"""How a draft is written down: operations below where they come from, and what could not be drafted."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from analyzer.data.sqltext import words
from analyzer.data.values import DataOperation
from analyzer.reset.drafts.assembly import INDENT, NOOP, REVERSE, Write
from analyzer.reset.drafts.module import Place, called, one_line
from analyzer.reset.drafts.rewriting import MARK

_CLASSES = words(
    """BloomExtension BtreeGinExtension BtreeGistExtension CITextExtension CryptoExtension HStoreExtension
    TrigramExtension UnaccentExtension"""
)


class Left(Struct, frozen=True):
    """An operation that is not drafted, because …"""

    operation: DataOperation
    why: str


class Needs:
    """The apps that a file depends on, with what of them it needs."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}

    def add(self, operation: DataOperation, labels: Iterable[tuple[str, str]]) -> None:
        for app, why in labels:
            self.labels.setdefault(app, why)


def extension_class(operation: DataOperation) -> str:
    """Django's class that an operation made elsewhere is of, if it makes an extension and takes nothing."""
    made = [one for one in operation.objects if one.kind == "extension" and one.name]
    return operation.operation if made and operation.operation in _CLASSES else ""


def left_notes(left: Iterable[Left]) -> Iterator[str]:
    for one in left:
        operation = one.operation
        yield f"{MARK.removeprefix('# ')} not drafted: {operation.app}.{operation.migration},"
        why = json.dumps(one.why, ensure_ascii=False)[1:-1]
        yield f"    {operation.file}:{operation.line} {operation.operation}: {why}"


def written(
    place: Place,
    given: dict[str, ast.expr] | None,
    operation: DataOperation,
    reverse: bool,
    notes: Sequence[str],
) -> tuple[list[ast.expr], Writer]:
    """The nodes of an operation that are copied, and what writes them."""
    origin = (f"# {operation.file}:{operation.line}", *(f"{MARK} {one}" for one in notes))
    node = place.node
    if not isinstance(node, ast.Call) or given is None:
        return [node], Writer(origin, node, {}, "", star="*" if place.listed else "")
    main = next(iter(given), "")
    undone = given.get(REVERSE[called(node)])
    kept = {main: given[main]} if main else {}
    extra = ""
    if undone is not None and (reverse or called(node) == "RunSQL"):
        kept[REVERSE[called(node)]] = undone
    elif not reverse:
        extra = f"{REVERSE[called(node)]}={NOOP[called(node)]}"
    kept |= {name: value for name, value in given.items() if name in ("atomic", "hints")}
    return [node.func, *kept.values()], Writer(origin, node.func, kept, extra)


class Writer:
    """Writes an operation below a comment that says where it comes from."""

    def __init__(
        self,
        origin: Sequence[str],
        node: ast.expr,
        kept: dict[str, ast.expr],
        extra: str,
        star: str = "",
    ) -> None:
        self.star = star
        self.origin = origin
        self.node = node
        self.kept = kept
        self.extra = extra

    def __call__(self, write: Write) -> str:
        lines = [f"{INDENT * 2}{one_line(line)}" for line in self.origin]
        if not self.kept:
            return "\n".join([*lines, f"{INDENT * 2}{self.star}{write(self.node)},"])
        lines.append(f"{INDENT * 2}{write(self.node)}(")
        for place, (name, value) in enumerate(self.kept.items()):
            lines.append(f"{INDENT * 3}{f'{name}=' if place else ''}{write(value)},")
        lines += [f"{INDENT * 3}{self.extra},"] if self.extra else []
        return "\n".join([*lines, f"{INDENT * 2}),"])
