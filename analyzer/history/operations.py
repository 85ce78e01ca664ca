"""The operations of a migration in order, those inside others behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from analyzer.history.forwards import INHERITED, own_names
from analyzer.history.kinds import DJANGO, Kind, Kinds
from analyzer.history.values import Operation, WrittenOperation
from analyzer.schema.classes import Classes
from analyzer.source.facts import Call, Ref
from analyzer.source.values import Made, Maybe, Sequence, Undecided, Value

NESTED = ("database_operations", "state_operations")

POSITIONS: Mapping[tuple[str, str], int] = {
    ("SeparateDatabaseAndState", "database_operations"): 0,
    ("SeparateDatabaseAndState", "state_operations"): 1,
    ("RunSQL", "state_operations"): 2,
}
"""Where operations that hold others take them without a keyword."""


MAX_DEPTH = 10
"""Operations inside operations: real ones stay below 3, and a helper may make them without end."""

MAX_OPERATIONS = 50_000
"""Operations of one migration."""


class Listed(Struct, frozen=True):
    """What `operations` holds; `further` as in `Migration`, `problems` all that is not decided about it."""

    operations: tuple[Operation, ...]
    further: str
    problems: tuple[str, ...]


class Operations:
    """Reads values of `operations`."""

    def __init__(self, classes: Classes) -> None:
        self.evaluator = classes.evaluator
        self.kinds = Kinds(classes)

    def listed(self, value: Value, path: str) -> Listed:
        """The operations of a migration in the file `path`."""
        return _Listing(self, path).read(value)


class _Listing:
    def __init__(self, reader: Operations, path: str) -> None:
        self.evaluator = reader.evaluator
        self.kinds = reader.kinds
        self.path = path
        self.out: list[Operation] = []
        self.problems: list[str] = []
        self.gaps: list[str] = []
        self.depth = 0

    def read(self, value: Value) -> Listed:
        self._items(value, "operations", None, "")
        return Listed(tuple(self.out), "; ".join(self.gaps), (*self.gaps, *self.problems))

    def _items(self, value: Value, name: str, inside: str | None, maybe: str) -> None:
        if not isinstance(value, Sequence):
            why = value.why if isinstance(value, (Undecided, Maybe)) else "not a list"
            self.gaps.append(f"`{name}`: {why}")
            return
        if not value.complete:
            self.gaps.append(f"`{name}`: {value.why}")
        if self.depth > MAX_DEPTH or len(self.out) + len(value.items) > MAX_OPERATIONS:
            self.gaps.append(f"`{name}`: more operations, or deeper inside each other, than are followed")
            return
        for item in value.items:
            if isinstance(item, Maybe):
                self.problems.append(f"`{name}`: one {item.why}")
            self._item(item, inside, maybe)

    def _item(self, item: Value, inside: str | None, maybe: str) -> None:
        if isinstance(item, Maybe):
            self._item(item.value, inside, maybe or item.why)
            return
        if not isinstance(item, Made):
            why = item.why if isinstance(item, Undecided) else "is not a call"
            self.gaps.append(f"an operation is not decided: {why}")
            return
        kind, cls = self.kinds.of(item), item.path.rpartition(".")[2]
        self.out.append(
            WrittenOperation(
                cls=cls,
                path=item.path,
                module=item.module.name,
                file=item.module.path or self.path,
                line=item.call.line,
                inside=inside,
                maybe=maybe,
                django=kind.django,
                made=item,
                why=kind.why,
            )
        )
        if inside in (None, "state_operations"):
            self.out += self._changes(item, kind, maybe)
        for parameter in kind.holds:
            value = self.evaluator.argument(item, parameter.name, parameter.position)
            if inside in (None, "state_operations"):
                listed = Sequence("list", (value,)) if isinstance(value, Made) else value
                self._inner(listed, f"{parameter.name}` of `{cls}", "state_operations", maybe)
        for argument in NESTED if kind.django or not (kind.holds or kind.changes) else ():
            value = self.kinds.argument(item, argument, POSITIONS.get((kind.django, argument)))
            if value is not None and inside in (None, argument):
                self._inner(value, f"{argument}` of `{cls}", argument, maybe)

    def _changes(self, made: Made, kind: Kind, maybe: str) -> Iterator[Operation]:
        """What a `state_forwards` of the project's own does, operation by operation."""
        for change in kind.changes:
            if change.django == INHERITED and kind.django:
                continue
            path, given = f"{DJANGO}{change.django}", made
            if change.django != INHERITED:
                own = (
                    (f"self.{name}", self.kinds.attribute(made, name)) for name in sorted(own_names(change))
                )
                itself = ("self", Undecided("the operation itself is not followed"))
                known = (itself, *((name, value) for name, value in own if value is not None))
                call = Call(Ref(path), (), change.given, change.line)
                given = Made(path, call, kind.home or made.module, known)
            yield WrittenOperation(
                cls=change.django or kind.inherited,
                path=path if change.django else made.path,
                module=made.module.name,
                file=made.module.path or self.path,
                line=made.call.line,
                inside="state_operations",
                maybe=maybe,
                django=change.django or kind.inherited,
                made=given,
            )

    def _inner(self, value: Value, name: str, inside: str, maybe: str) -> None:
        self.depth += 1
        self._items(value, name, inside, maybe)
        self.depth -= 1
