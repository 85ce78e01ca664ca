"""The history around an operation: what earlier ones seeded, what later ones take away again."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from analyzer.data.effects import Effect, Key, Needs, Origin
from analyzer.data.operations import Run
from analyzer.data.sql import Thing
from analyzer.data.values import DataOperation
from analyzer.history.values import Key as MigrationKey
from analyzer.history.values import Migration, Operation, WrittenOperation
from analyzer.source.facts import Call, Expr, Items, Literal, Mapping, Op

_NAMED = ("AddIndex", "AddConstraint", "AddIndexConcurrently", "CreateModel", "AlterModelOptions")


class History:
    """Migrations in an order in which they may run, and what their operations left behind."""

    def __init__(self, migrations: tuple[Migration, ...]) -> None:
        self.ordered = in_order(migrations)
        self._place = {migration.key: at for at, migration in enumerate(self.ordered)}
        self._seeded: dict[str, list[Key]] = {}
        self._made: dict[MigrationKey, list[tuple[Run, tuple[Effect, ...]]]] = {}
        self._things: dict[Thing, list[tuple[int, bool]]] = {}
        self._deleted: list[tuple[int, str, Key]] = []
        self._words: dict[str, frozenset[str]] = {}

    def learn(self, migration: Migration, run: Run, lasting: tuple[Effect, ...]) -> None:
        """Remember what an operation made and took away."""
        at = self._place[migration.key]
        self._made.setdefault(migration.key, []).append((run, lasting))
        for effect in lasting:
            self._seeded.setdefault(_label(effect.target), []).append(effect.key)
        for effect in run.effects:
            if effect.thing is not None and effect.kind == "schema":
                self._things.setdefault(effect.thing, []).append((at, True))
            if effect.drops is not None:
                self._things.setdefault(effect.drops, []).append((at, False))
            if effect.kind == "change" and effect.why.startswith("deletes") and effect.key:
                self._deleted.append((at, _label(effect.target), effect.key))

    def seeds(self, needs: Needs) -> bool:
        """Whether these rows are ones that an earlier migration puts there, picked by constants."""
        return bool(needs) and all(self._is_seeded(origin) for origin in needs)

    def _is_seeded(self, origin: Origin) -> bool:
        keys = self._seeded.get(_label(origin.label), ())
        return bool(origin.key) and any(_agree(origin.key, key) for key in keys)

    def touches_seeds(self, effect: Effect) -> bool:
        return any(_label(origin.label) in self._seeded for origin in effect.needs)

    # ------------------------------------------------------------ state beside it

    def paired(self, migration: Migration, operation: Operation) -> bool:
        """Whether state operations stand beside it that say the same to the models' state."""
        group: list[Operation] = []
        for other in migration.operations:
            if other.inside is None:
                if any(known is operation for known in group):
                    break
                group = []
            group.append(other)
        if not any(known is operation for known in group):
            return False
        return any(other.inside == "state_operations" for other in group)

    def in_state(self, app: str, thing: Thing | None) -> bool:
        """Whether a schema operation of the app speaks of an index or constraint by this name."""
        if thing is None:
            return False
        if app not in self._words:
            named = (
                expr
                for migration in self.ordered
                if migration.app == app
                for operation in migration.operations
                for expr in _naming(operation)
            )
            self._words[app] = frozenset(word.lower() for expr in named for word in _literals(expr))
        return thing[1] in self._words[app]

    # ------------------------------------------------------------ later history

    def superseded(self, operation: DataOperation) -> DataOperation:
        """The operation with the later migration that undoes it, if one does."""
        key = (operation.app, operation.migration)
        runs = [
            (run, lasting)
            for run, lasting in self._made.get(key, ())
            if run.operation.line == operation.line and run.operation.file == operation.file
        ]
        if operation.verdict not in ("seed", "schema", "mixed") or not runs:
            return operation
        run, lasting = runs[0]
        at = self._place[key]
        if lasting:
            undone = [self._undone(at, effect) for effect in lasting]
        else:
            undone = [self._dropped(at, effect.thing) for effect in run.effects if effect.kind == "schema"]
        known = [place for place in undone if place is not None]
        if not known or len(known) < len(undone):
            return operation
        by = self.ordered[max(known)]
        return replace(operation, superseded_by=f"{by.app}.{by.name}")

    def _dropped(self, at: int, thing: Thing | None) -> int | None:
        events = [event for event in self._things.get(thing, ()) if event[0] > at] if thing else []
        return events[-1][0] if events and not events[-1][1] else None

    def _undone(self, at: int, effect: Effect) -> int | None:
        """Where the rows go: with their model, or by a later delete that picks them."""
        for place, label, key in self._deleted:
            if place > at and label == _label(effect.target) and set(key) <= set(effect.key):
                return place
        return self._model_deleted(at, effect.target)

    def _model_deleted(self, at: int, label: str) -> int | None:
        app, _, name = label.rpartition(".")
        if not app or not name:
            return None
        name = name.lower()
        for place, migration in enumerate(self.ordered[at:], at):
            if migration.app.lower() != app.lower():
                continue
            for operation in migration.operations:
                if operation.cls not in ("RenameModel", "DeleteModel"):
                    continue
                words = _words(operation)
                if operation.cls == "RenameModel" and words[:1] == [name] and len(words) > 1:
                    name = words[1]
                elif operation.cls == "DeleteModel" and words[:1] == [name] and place > at:
                    return place
        return None


def in_order(migrations: tuple[Migration, ...]) -> tuple[Migration, ...]:
    """Parents before children; otherwise by app and name."""
    known = {migration.key: migration for migration in migrations}
    done: dict[MigrationKey, Migration] = {}
    for key in sorted(known):
        stack = [key]
        entered: set[MigrationKey] = set()
        while stack:
            top = stack[-1]
            waiting = [p for p in known[top].parents if p in known and p not in done and p not in entered]
            entered.add(top)
            if top in done or not waiting:
                done.setdefault(stack.pop(), known[top])
            else:
                stack.extend(sorted(waiting, reverse=True))
    return tuple(done.values())


def _agree(picked: Key, made: Key) -> bool:
    """Whether rows picked by some constants may be those that were made with others."""
    known = dict(made)
    return all(value in ("", known.get(field, value)) or not known.get(field) for field, value in picked)


def _label(label: str) -> str:
    return ".".join(label.lower().split(".")[:2])


def _words(operation: Operation) -> list[str]:
    """The names that a schema operation is given, in order, lower case."""
    if not isinstance(operation, WrittenOperation):
        return []
    call = operation.made.call
    given = [*call.args, *(value for _, value in call.kwargs)]
    return [
        value.value.lower() for value in given if isinstance(value, Literal) and isinstance(value.value, str)
    ]


def _naming(operation: Operation) -> tuple[Expr, ...]:
    """The parts of a schema operation that name indexes and constraints."""
    if operation.cls not in _NAMED or not isinstance(operation, WrittenOperation):
        return ()
    call = operation.made.call
    if operation.cls == "CreateModel":
        options = call.argument("options", 2)
        return () if options is None else (options,)
    return (call,)


def _literals(expr: Expr) -> Iterator[str]:
    match expr:
        case Literal(str() as value):
            yield value
        case Call(_, args, kwargs):
            for arg in args:
                yield from _literals(arg)
            for _, arg in kwargs:
                yield from _literals(arg)
        case Items(_, items) | Op(_, items):
            for item in items:
                yield from _literals(item)
        case Mapping(pairs):
            for _, inner in pairs:
                yield from _literals(inner)
        case _:
            pass
