"""Which operations of a migration run code or SQL, what they are given, and what running them does."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.attributes import ancestors, member
from analyzer.data.effects import FREE, Effect
from analyzer.data.given import (
    PYTHON,
    SQL,
    Given,
    class_values,
    execute,
    flag,
    forward,
    has_hints,
    is_noop,
    name_of,
    packaged,
    reverse_kind,
    reverse_sql,
    reversing,
)
from analyzer.data.labels import Labels
from analyzer.data.listing import OPERATIONS, found_in, is_open, listed_calls
from analyzer.data.machine import Machine
from analyzer.data.packaged import PACKAGED
from analyzer.data.sqltext import words
from analyzer.data.values import ReverseKind
from analyzer.data.world import (
    ANY,
    NONE,
    Code,
    Defines,
    Fixed,
    Frame,
    Instance,
    Kwargs,
    Made,
    Tool,
    Value,
)
from analyzer.history.values import Key, Migration, Operation, WrittenOperation
from analyzer.source.discover import is_migrations, parent
from analyzer.source.facts import Assign, Call, ClassDef, FuncDef, If, Ref, Try
from analyzer.source.modules import Module
from analyzer.source.names import Defined, Names
from analyzer.source.scopes import flatten

SCHEMA_OPERATIONS = words(
    """CreateModel DeleteModel RenameModel AlterModelTable AlterModelTableComment AlterModelOptions
    AlterModelManagers AlterUniqueTogether AlterIndexTogether AlterOrderWithRespectTo AddField AlterField
    RemoveField RenameField AddIndex RemoveIndex RenameIndex AddConstraint RemoveConstraint AlterConstraint
    SeparateDatabaseAndState"""
)
"""What the migration's state holds: the models say it again."""

RUNNERS = ("RunPython", "RunSQL")


class Run(Struct, frozen=True):
    """One operation with what running it forwards on an empty database does.

    `touched` are the labels of models that it asks for.  `line` is where the migration's list takes it
    from, where it is made in another file.  `paired` tells of state operations beside it
    that the migration as read does not show.
    """

    operation: Operation
    forward: str | None
    reverse: str | None
    elidable: bool | None
    effects: tuple[Effect, ...]
    noop: bool = False
    paired: bool = False
    reverse_kind: ReverseKind = "none"
    atomic: bool | None = None
    hints: bool = False
    touched: frozenset[str] = frozenset()
    line: int = 0


class Found(Struct, frozen=True):
    """An operation as a run of the class body makes it; `paired` as in `Run`."""

    made: Made | Instance
    paired: bool

    @property
    def place(self) -> tuple[str, int]:
        return (self.made.file, self.made.line)


class Runner:
    """Runs the operations of a migration."""

    def __init__(self, names: Names, labels: Labels) -> None:
        self.names = names
        self.labels = labels
        self._kinds: dict[str, str] = {}
        self._made: dict[Key, list[Found]] = {}
        self._taken: dict[tuple[Key, str, int], int] = {}
        self._open: dict[Key, list[Call]] = {}
        self._endless: set[tuple[str, str]] = set()

    def runs(self, migration: Migration) -> Iterator[Run]:
        """Every operation of the migration that is not plain schema.

        One that code beside all migrations makes stands where the migration's list takes it in.
        """
        for run in self._runs(migration):
            operation = run.operation
            if operation.file == migration.file or is_migrations(parent(operation.file)):
                yield run
            else:
                self.made(migration)
                line = self._taken.get((migration.key, operation.file, operation.line), migration.line)
                yield replace(run, line=line)

    def _runs(self, migration: Migration) -> Iterator[Run]:
        for operation in migration.operations:
            if operation.inside == "state_operations" or operation.cls in SCHEMA_OPERATIONS:
                continue
            found = self.run(migration, operation)
            if found is not None:
                yield found
        if not migration.complete or self.branches(migration):
            yield from self.unread(migration)

    def run(self, migration: Migration, operation: Operation) -> Run | None:
        module = self.names.modules.find(operation.module, operation.file)
        if module is None or not isinstance(operation, WrittenOperation):
            return None
        machine = self.machine(operation)
        made = machine.evaluate(operation.made.call, self.frame(machine, module))
        found = self.of_value(machine, operation, made)
        place = (operation.file, operation.line)
        repeated = sum((other.file, other.line) == place for other in migration.operations) > 1
        if found is not None and (repeated or any(effect.kind == "unclear" for effect in found.effects)):
            return self.in_place(migration, operation) or found
        return found

    def machine(self, operation: Operation) -> Machine:
        return self._machine(operation.file, operation.line)

    def _machine(self, file: str, line: int) -> Machine:
        made = Machine(self.names, self.labels, file, line)
        made.endless = self._endless
        return made

    # ------------------------------------------------------------ operations as a run finds them

    def in_place(self, migration: Migration, operation: Operation) -> Run | None:
        """An operation made in a loop or a helper, with the names that it was made with."""
        same = [o for o in migration.operations if (o.file, o.line) == (operation.file, operation.line)]
        place = (operation.file, operation.line)
        made = [found.made for found in self.made(migration) if found.place == place]
        index = next(at for at, other in enumerate(same) if other is operation)
        if index >= len(made):
            return None
        return self.of_value(self.machine(operation), operation, made[index])

    def unread(self, migration: Migration) -> Iterator[Run]:
        """Operations that are only known once the body of class Migration has been run."""
        known = {(operation.file, operation.line) for operation in migration.operations}
        for found in self.made(migration):
            made, (file, line) = found.made, found.place
            if (file, line) in known:
                continue
            path = made.path if isinstance(made, Made) else f"{made.cls.module.name}.{made.cls.qualname}"
            cls = path.rpartition(".")[2]
            operation = Operation(cls, path, migration.module, file, line)
            run = self.of_value(self.machine(operation), operation, made)
            if run is not None:
                yield replace(run, paired=found.paired)
        for call in self._open.get(migration.key, ()):
            yield self.undecided(migration, call)

    def undecided(self, migration: Migration, call: Call) -> Run:
        """A part of the list that comes out of a call which source does not decide."""
        name = call.func.name if isinstance(call.func, Ref) else "a computed function"
        operation = Operation(name, name, migration.module, migration.file, call.line)
        why = f"{name}() makes operations as the program runs; source does not decide which"
        effect = Effect("unclear", FREE, "", why, migration.file, call.line)
        return Run(operation, None, None, None, (effect,), reverse_kind="unknown")

    def branches(self, migration: Migration) -> bool:
        """Whether the list depends on a condition, such as the database: every branch counts."""
        module = self.names.modules.find(migration.module, migration.file)
        binding = self.names.resolve(module, "Migration") if module is not None else None
        node = binding.node if isinstance(binding, Defined) else None
        return isinstance(node, ClassDef) and any(isinstance(stmt, (If, Try)) for stmt in node.body)

    def made(self, migration: Migration) -> list[Found]:
        """What the list `operations` holds after the body of class Migration has run."""
        if migration.key not in self._made:
            self._made[migration.key] = self._run_body(migration)
        return self._made[migration.key]

    def _run_body(self, migration: Migration) -> list[Found]:
        module = self.names.modules.find(migration.module, migration.file)
        binding = self.names.resolve(module, "Migration") if module is not None else None
        if module is None or not isinstance(binding, Defined) or not isinstance(binding.node, ClassDef):
            return []
        machine = self._machine(binding.module.path, migration.line)
        frame = Frame(binding.module)

        def kind(made: Instance) -> str:
            return self.kind(machine, made.cls)

        machine.run(binding.node.body, frame)
        for call in listed_calls(binding.node):
            machine.line = call.line
            value = machine.evaluate(call, frame)
            inner = list(found_in(value, kind))
            for made, _ in inner:
                self._taken.setdefault((migration.key, made.file, made.line), call.line)
            if is_open(value):
                self._open.setdefault(migration.key, []).append(call)
        return [Found(made, paired) for made, paired in found_in(frame.names.get(OPERATIONS, ANY), kind)]

    def of_value(self, machine: Machine, operation: Operation, made: Value) -> Run | None:
        machine.effects.clear()
        match made:
            case Made(path, args, kwargs):
                found = self.outside(machine, operation, path, list(args), dict(kwargs))
            case Instance():
                found = self.own(machine, operation, made)
            case _:
                machine.record("unclear", "", "source does not decide what this operation is")
                found = Run(operation, None, None, None, tuple(machine.effects), reverse_kind="unknown")
        return None if found is None else replace(found, touched=frozenset(machine.touched))

    def frame(self, machine: Machine, module: Module) -> Frame:
        """The names that the body of class Migration sees: its functions and constants, too."""
        frame = Frame(module)
        binding = self.names.resolve(module, "Migration")
        if not isinstance(binding, Defined) or not isinstance(binding.node, ClassDef):
            return frame
        if binding.module.path != module.path:
            return frame
        for stmt in flatten(binding.node.body):
            match stmt:
                case FuncDef(name=name):
                    frame.names[name] = Code(stmt, module, f"{binding.qualname}.{name}")
                case Assign(targets=(Ref(name),), op="=") if name not in _ATTRIBUTES:
                    frame.names[name] = machine.evaluate(stmt.value, frame)
                case _:
                    pass
        return frame

    # ------------------------------------------------------------ Django's and packages' operations

    def outside(
        self, machine: Machine, operation: Operation, path: str, args: list[Value], kwargs: dict[str, Value]
    ) -> Run | None:
        name = path.rpartition(".")[2]
        if name == "RunPython":
            return self.python(machine, operation, args, kwargs)
        if name == "RunSQL":
            return self.sql(machine, operation, args, kwargs)
        if name in SCHEMA_OPERATIONS or (operation.django in SCHEMA_OPERATIONS and path not in PACKAGED):
            return None
        if not packaged(machine, path, args, kwargs):
            return None
        elidable = flag(kwargs.get("elidable"))
        return Run(operation, None, None, elidable, tuple(machine.effects), reverse_kind="code")

    def python(self, machine: Machine, operation: Operation, args: list[Value], kwargs: Kwargs) -> Run:
        given = Given(args, kwargs, PYTHON)
        noop = forward(machine, given.value("code") or ANY)
        return Run(
            operation,
            name_of(given.value("code") or ANY),
            name_of(given.value("reverse_code") or NONE),
            flag(given.value("elidable")),
            tuple(machine.effects),
            noop,
            reverse_kind=reverse_kind(given.value("reverse_code") or NONE, "code"),
            atomic=flag(given.value("atomic")),
            hints=has_hints(given.value("hints")),
        )

    def sql(self, machine: Machine, operation: Operation, args: list[Value], kwargs: Kwargs) -> Run:
        given = Given(args, kwargs, SQL)
        text, reverse = given.value("sql") or ANY, given.value("reverse_sql") or NONE
        execute(machine, text)
        return Run(
            operation,
            None,
            reverse_sql(reverse),
            flag(given.value("elidable")),
            tuple(machine.effects),
            is_noop(text),
            reverse_kind=reverse_kind(reverse, "sql"),
            hints=has_hints(given.value("hints")),
        )

    # ------------------------------------------------------------ the project's operations

    def own(self, machine: Machine, operation: Operation, made: Instance) -> Run | None:
        kind = self.kind(machine, made.cls).rpartition(".")[2]
        args, kwargs = made.base[-1] if made.base else ((), {})
        overridden = member(machine, made.cls, "database_forwards", made)
        backwards = member(machine, made.cls, "database_backwards", made)
        if kind in SCHEMA_OPERATIONS and not isinstance(overridden, Code):
            if not isinstance(backwards, Code):
                return None
            why = f"{kind} with a way back of its own: the models' state says it"
            machine.record("restate", "", why)
            return Run(
                operation, None, "database_backwards", None, tuple(machine.effects), reverse_kind="code"
            )
        elidable = flag(kwargs.get("elidable", made.attributes.get("elidable")))
        if elidable is None:
            elidable = flag(member(machine, made.cls, "elidable", None))
        if isinstance(overridden, Code):
            return self.overriding(machine, operation, made, overridden, elidable)
        if kind not in RUNNERS:
            packaged(machine, self.kind(machine, made.cls), list(args), kwargs, made.cls.qualname)
            return Run(operation, None, None, elidable, tuple(machine.effects), reverse_kind="code")
        given = {**class_values(machine, made, kind), **kwargs}
        run = self.python if kind == "RunPython" else self.sql
        return replace(run(machine, operation, list(args), given), elidable=elidable)

    def overriding(
        self, machine: Machine, operation: Operation, made: Instance, forwards: Code, elidable: bool | None
    ) -> Run | None:
        """An operation whose class writes `database_forwards` itself."""
        kind = self.kind(machine, made.cls).rpartition(".")[2]
        machine.call(forwards, [Fixed("app"), Tool("editor"), Tool("state"), Tool("state")], {})
        if kind in SCHEMA_OPERATIONS:
            kept = [effect for effect in machine.effects if effect.kind in ("create", "change")]
            machine.effects[:] = kept
            machine.record(
                "restate", "", f"{kind} carried out in a way of its own: the models' state says it"
            )
        effects = tuple(machine.effects)
        reverse, how = reversing(machine, made, kind)
        return Run(
            operation,
            name_of(made.attributes.get("code", NONE)),
            reverse,
            elidable,
            effects,
            reverse_kind=how,
            atomic=flag(made.attributes.get("atomic")),
        )

    def kind(self, machine: Machine, cls: Defines) -> str:
        """The path of the operation class outside the project that a project's class comes from."""
        key = f"{cls.module.path}:{cls.qualname}"
        if key not in self._kinds:
            paths = list(ancestors(machine, cls))
            names = (*RUNNERS, *SCHEMA_OPERATIONS)
            known = [path for path in paths if path.rpartition(".")[2] in names]
            self._kinds[key] = (known or paths or [""])[0]
        return self._kinds[key]


_ATTRIBUTES = frozenset({"operations", "dependencies", "replaces", "run_before", "initial", "atomic"})
