"""Small losses and changes in the migrations of a project, one at a time, at random.

Every change is text in, text out, at places that Python's own parser gives.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.analysis import Analysis
from analyzer.data.values import DataOperation
from analyzer.history.values import Migration
from analyzer.reset.definitions import KEEPERS
from tests.oracle.verify.bodies import another, bodies, remade, reworded

DATA = ("RunPython", "RunSQL")
OTHER_CLASSES = {
    "CharField": "TextField", "TextField": "CharField", "IntegerField": "BigIntegerField",
    "BooleanField": "IntegerField", "DateField": "DateTimeField", "DateTimeField": "DateField",
    "PositiveIntegerField": "IntegerField", "SlugField": "CharField", "ForeignKey": "OneToOneField",
}  # fmt: skip
FLAGS = ("null", "unique", "db_index", "blank")


@dataclass(frozen=True)
class Edit:
    """A migration file with a new text.

    `lost` are the data operations that are gone with it, of those that a fresh database needs, and
    `changed` one that makes hidden schema by other words.
    """

    file: str
    text: str
    said: str
    lost: tuple[DataOperation, ...] = ()
    changed: tuple[DataOperation, ...] = ()


@dataclass(frozen=True)
class Place:
    """A migration file, its parsed text and the list of its operations."""

    migration: Migration
    text: str
    operations: ast.List
    data: tuple[DataOperation, ...]
    bodies: tuple[tuple[ast.Constant, DataOperation], ...]

    def source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or ""

    def replaced(self, node: ast.expr, new: str) -> str:
        start, end = self.span(node)
        raw = self.text.encode()
        return (raw[:start] + new.encode() + raw[end:]).decode()

    def without(self, item: ast.expr) -> str:
        """The text without an element of a list, its comma included."""
        start, end = self.span(item)
        raw = self.text.encode()
        after = raw[end:].lstrip()
        if after.startswith(b","):
            end = len(raw) - len(after) + 1
        return (raw[:start] + raw[end:]).decode()

    def span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        lines = self.text.encode().splitlines(keepends=True)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset


Kind = Callable[[Place, random.Random], Edit | None]


def edits(root: Path, analysis: Analysis, seed: int) -> Iterator[Edit]:
    """Changes without end, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - changes, no secrets
    data: dict[str, list[DataOperation]] = {}
    for operation in analysis.data_operations:
        data.setdefault(operation.file, []).append(operation)
    loaded = [one for one in analysis.migrations if one.key in analysis.history.nodes]
    shared = remade(one for one in analysis.data_operations if one.in_graph)
    found = (_place(root, one, tuple(data.get(one.file, ())), shared) for one in loaded)
    places = [place for place in found if place is not None]
    needed = [p for p in places if any(one.net in KEEPERS for one in p.data)]
    worded = [p for p in places if p.bodies]
    while places:
        kind = chance.choice(KINDS)
        fitting = needed if kind is lose_data else worded if kind in (change_body, reword_body) else places
        edit = kind(chance.choice(fitting or places), chance)
        if edit is not None and _compiles(edit.text):
            yield edit


def _place(
    root: Path, migration: Migration, data: tuple[DataOperation, ...], shared: set[str]
) -> Place | None:
    text = (root / migration.file).read_text(encoding="utf-8")
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            for stmt in node.body:
                if isinstance(stmt, ast.Assign) and ast.unparse(stmt.targets[0]) == "operations":
                    listed = stmt.value
                    if not isinstance(listed, ast.List) or not listed.elts:
                        return None
                    return Place(migration, text, listed, data, tuple(bodies(tree, data, shared)))
    return None


def drop_operation(place: Place, chance: random.Random) -> Edit | None:
    """An operation of the schema is gone."""
    chosen = [item for item in place.operations.elts if not _is_data(item)]
    if not chosen:
        return None
    item = chance.choice(chosen)
    text = place.without(item)
    return Edit(place.migration.file, text, f"drop {_told(place, item)}", _within(place, item))


def lose_data(place: Place, chance: random.Random) -> Edit | None:
    """An operation that makes rows or hidden schema is gone."""
    chosen = [item for item in place.operations.elts if any(o.net in KEEPERS for o in _within(place, item))]
    if not chosen:
        return None
    item = chance.choice(chosen)
    text = place.without(item)
    return Edit(place.migration.file, text, f"lose {_told(place, item)}", _within(place, item))


def drop_field(place: Place, chance: random.Random) -> Edit | None:
    """A new model has one field less."""
    lists = [
        node
        for item in place.operations.elts
        for node in ast.walk(item)
        if isinstance(node, ast.List) and node.elts and all(_is_field(element) for element in node.elts)
    ]
    if not lists:
        return None
    fields = chance.choice(lists)
    item = chance.choice(fields.elts)
    return Edit(place.migration.file, place.without(item), f"drop field {_told(place, item)}")


def change_number(place: Place, chance: random.Random) -> Edit | None:
    numbers = [
        word.value
        for word in _keywords(place)
        if isinstance(word.value, ast.Constant) and type(word.value.value) is int
    ]
    return _swap(place, chance, numbers, lambda node: str(int(_constant(node)) + 1))


def flip(place: Place, chance: random.Random) -> Edit | None:
    flags = [
        word.value
        for word in _keywords(place)
        if word.arg in FLAGS and isinstance(word.value, ast.Constant) and type(word.value.value) is bool
    ]
    return _swap(place, chance, flags, lambda node: str(not _constant(node)))


def change_class(place: Place, chance: random.Random) -> Edit | None:
    calls = [
        node.func
        for item in place.operations.elts
        for node in ast.walk(item)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in OTHER_CLASSES
    ]
    return _swap(place, chance, calls, lambda node: f"models.{OTHER_CLASSES[_attribute(node)]}")


def rename_text(place: Place, chance: random.Random) -> Edit | None:
    """A help text, a verbose name, a column or table has another name."""
    texts = [
        word.value
        for word in _keywords(place)
        if word.arg in ("help_text", "verbose_name", "db_column", "related_name")
        and isinstance(word.value, ast.Constant)
        and isinstance(word.value.value, str)
    ]
    return _swap(place, chance, texts, lambda node: repr(f"{_constant(node)}x"))


def change_body(place: Place, chance: random.Random) -> Edit | None:
    """The text of a function, view, trigger or the like is another one."""
    return _body(place, chance, another, changes=True)


def reword_body(place: Place, chance: random.Random) -> Edit | None:
    """The same text, written otherwise: no change at all."""
    return _body(place, chance, reworded, changes=False)


def _body(
    place: Place, chance: random.Random, new: Callable[[str, random.Random], str | None], *, changes: bool
) -> Edit | None:
    if not place.bodies:
        return None
    node, operation = chance.choice(place.bodies)
    text = new(place.source(node), chance)
    if text is None:
        return None
    said = f"{'another body' if changes else 'the same body'} at {place.migration.file}:{node.lineno}"
    return Edit(place.migration.file, place.replaced(node, text), said, changed=(operation,) * changes)


KINDS: tuple[Kind, ...] = (
    drop_operation, drop_operation, lose_data, lose_data, drop_field, change_number, flip, change_class,
    rename_text, change_body, reword_body,
)  # fmt: skip


def _swap(
    place: Place, chance: random.Random, nodes: Sequence[ast.expr], new: Callable[[ast.expr], str]
) -> Edit | None:
    if not nodes:
        return None
    node = chance.choice(nodes)
    said = f"{place.source(node)} becomes {new(node)} at {place.migration.file}:{node.lineno}"
    return Edit(place.migration.file, place.replaced(node, new(node)), said)


def _constant(node: ast.expr) -> int | str:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int | str)
    return node.value


def _attribute(node: ast.expr) -> str:
    assert isinstance(node, ast.Attribute)
    return node.attr


def _keywords(place: Place) -> Iterator[ast.keyword]:
    for item in place.operations.elts:
        if not _is_data(item):
            yield from (node for node in ast.walk(item) if isinstance(node, ast.keyword))


def _is_data(item: ast.expr) -> bool:
    return isinstance(item, ast.Call) and ast.unparse(item.func).endswith(DATA)


def _is_field(item: ast.expr) -> bool:
    return isinstance(item, ast.Tuple) and len(item.elts) == 2 and isinstance(item.elts[1], ast.Call)


def _within(place: Place, item: ast.expr) -> tuple[DataOperation, ...]:
    end = item.end_lineno or item.lineno
    return tuple(o for o in place.data if item.lineno <= o.line <= end)


def _told(place: Place, item: ast.expr) -> str:
    head = " ".join(place.source(item).split())[:60]
    return f"{head} at {place.migration.file}:{item.lineno}"


def _compiles(text: str) -> bool:
    try:
        compile(text, "?", "exec")
    except SyntaxError:
        return False
    return True
