"""Which operations of a migration run code or SQL, what they are given, and what running them does."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.attributes import ancestors, member
from analyzer.data.calls import called
from analyzer.data.effects import Effect
from analyzer.data.machine import Machine
from analyzer.data.sqltext import words
from analyzer.data.tools import run_sql
from analyzer.data.world import (
    ANY,
    NONE,
    Bag,
    Bound,
    Code,
    Defines,
    Fixed,
    Frame,
    Instance,
    Lambda,
    Made,
    OneOf,
    Outside,
    Partial,
    Some,
    Tool,
    Value,
)
from analyzer.history.values import Key, Migration, Operation, WrittenOperation
from analyzer.source.facts import Assign, ClassDef, FuncDef, If, Ref, Try
from analyzer.source.modules import Module
from analyzer.source.names import Defined, Names
from analyzer.source.scopes import flatten

SCHEMA_OPERATIONS = words(
    """CreateModel DeleteModel RenameModel AlterModelTable AlterModelTableComment AlterModelOptions
    AlterModelManagers AlterUniqueTogether AlterIndexTogether AlterOrderWithRespectTo AddField AlterField
    RemoveField RenameField AddIndex RemoveIndex RenameIndex AddConstraint RemoveConstraint AlterConstraint
    AddIndexConcurrently RemoveIndexConcurrently AddConstraintNotValid ValidateConstraint
    SeparateDatabaseAndState"""
)
"""What the migration's state holds: the models say it again."""

RUNNERS = ("RunPython", "RunSQL")


class Run(Struct, frozen=True):
    """One operation with what running it forwards on an empty database does.

    `paired` tells of state operations beside it that the migration as read does not show.
    """

    operation: Operation
    forward: str | None
    reverse: str | None
    elidable: bool | None
    effects: tuple[Effect, ...]
    noop: bool = False
    paired: bool = False


class Found(Struct, frozen=True):
    """An operation as a run of the class body makes it; `paired` as in `Run`."""

    made: Made | Instance
    paired: bool

    @property
    def place(self) -> tuple[str, int]:
        return (self.made.file, self.made.line)


class Runner:
    """Runs the operations of a migration."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._kinds: dict[str, str] = {}
        self._made: dict[Key, list[Found]] = {}

    def runs(self, migration: Migration) -> Iterator[Run]:
        """Every operation of the migration that is not plain schema."""
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
        return Machine(self.names, operation.file, operation.line)

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
        machine = Machine(self.names, binding.module.path, migration.line)
        frame = Frame(binding.module)
        machine.run(binding.node.body, frame)
        return list(_flat(frame.names.get("operations", ANY)))

    def of_value(self, machine: Machine, operation: Operation, made: Value) -> Run | None:
        machine.effects.clear()
        match made:
            case Made(path, args, kwargs):
                return self.outside(machine, operation, path, list(args), dict(kwargs))
            case Instance():
                return self.own(machine, operation, made)
            case _:
                machine.record("unclear", "", "source does not decide what this operation is")
                return Run(operation, None, None, None, tuple(machine.effects))

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
        if name in SCHEMA_OPERATIONS:
            return None
        self.hidden(machine, path, name)
        return Run(operation, None, None, _flag(kwargs.get("elidable")), tuple(machine.effects))

    def hidden(self, machine: Machine, path: str, name: str) -> None:
        """An operation of a package that is no schema operation of Django's."""
        if name.endswith("Extension"):
            machine.record("schema", "", f"{name}: makes an extension, which no model says")
        elif path.startswith("django.contrib.postgres.") and name.startswith("Create"):
            machine.record("schema", "", f"{name}: makes a collation, which no model says")
        elif path.startswith("django.contrib.postgres."):
            machine.record("restate", "", f"{name}: a fresh schema does not have it")
        elif path.startswith("pgtrigger."):
            machine.record("restate", "", f"{name}: the models' Meta.triggers says it")
        elif name.startswith("Remove"):
            machine.record("restate", "", f"{name}: a fresh schema does not have it")
        else:
            machine.record("unclear", "", f"{path} is an operation whose source is not known")

    def python(
        self, machine: Machine, operation: Operation, args: list[Value], kwargs: dict[str, Value]
    ) -> Run:
        code = kwargs.get("code", args[0] if args else ANY)
        reverse = kwargs.get("reverse_code", args[1] if len(args) > 1 else NONE)
        noop = forward(machine, code)
        return Run(
            operation,
            name_of(code),
            name_of(reverse),
            _flag(kwargs.get("elidable", args[4] if len(args) > 4 else None)),
            tuple(machine.effects),
            noop,
        )

    def sql(self, machine: Machine, operation: Operation, args: list[Value], kwargs: dict[str, Value]) -> Run:
        text = kwargs.get("sql", args[0] if args else ANY)
        reverse = kwargs.get("reverse_sql", args[1] if len(args) > 1 else NONE)
        execute(machine, text)
        return Run(
            operation,
            None,
            _reverse_sql(reverse),
            _flag(kwargs.get("elidable", args[4] if len(args) > 4 else None)),
            tuple(machine.effects),
            _is_noop(text),
        )

    # ------------------------------------------------------------ the project's operations

    def own(self, machine: Machine, operation: Operation, made: Instance) -> Run | None:
        kind = self.kind(machine, made.cls)
        args, kwargs = made.base[-1] if made.base else ((), {})
        overridden = member(machine, made.cls, "database_forwards", made)
        if kind in SCHEMA_OPERATIONS and not isinstance(overridden, Code):
            return None
        elidable = _flag(kwargs.get("elidable", made.attributes.get("elidable")))
        if elidable is None:
            elidable = _flag(member(machine, made.cls, "elidable", None))
        if isinstance(overridden, Code):
            machine.call(overridden, [Fixed("app"), Tool("editor"), Tool("state"), Tool("state")], {})
            effects = tuple(machine.effects)
            if kind in SCHEMA_OPERATIONS and not any(e.kind in ("create", "change") for e in effects):
                return None
            code = made.attributes.get("code", NONE)
            return Run(operation, name_of(code), _reverse(machine, made, kind), elidable, effects)
        if kind not in RUNNERS:
            machine.record("unclear", "", f"what {made.cls.qualname} does forwards was not found")
            return Run(operation, None, None, elidable, tuple(machine.effects))
        given = {**_class_values(machine, made, kind), **kwargs}
        found = (
            self.python(machine, operation, list(args), given)
            if kind == "RunPython"
            else self.sql(machine, operation, list(args), given)
        )
        return Run(operation, found.forward, found.reverse, elidable, found.effects, found.noop)

    def kind(self, machine: Machine, cls: Defines) -> str:
        """The operation class outside the project that a project's class comes from."""
        key = f"{cls.module.path}:{cls.qualname}"
        if key not in self._kinds:
            names = [path.rpartition(".")[2] for path in ancestors(machine, cls)]
            known = [name for name in names if name in RUNNERS or name in SCHEMA_OPERATIONS]
            self._kinds[key] = (known or names or [""])[0]
        return self._kinds[key]


_ATTRIBUTES = frozenset({"operations", "dependencies", "replaces", "run_before", "initial", "atomic"})


def _flat(value: Value, paired: bool = False) -> Iterator[Found]:
    """The operations in a list, those inside `SeparateDatabaseAndState` included."""
    for option in value.options if isinstance(value, OneOf) else ():
        yield from _flat(option, paired)
    for item in value.items if isinstance(value, Bag) else ():
        match item:
            case Made(path, args, kwargs) if path.endswith(".SeparateDatabaseAndState"):
                given = dict(kwargs)
                state = given.get("state_operations", args[1] if len(args) > 1 else NONE)
                inner = given.get("database_operations", args[0] if args else ANY)
                yield from _flat(inner, isinstance(state, Bag) and bool(state.items))
            case Made() | Instance():
                yield Found(item, paired)
            case _:
                pass


def forward(machine: Machine, code: Value) -> bool:
    """Run the function of a RunPython; True where it is Django's own noop."""
    if isinstance(code, Outside) and code.path.endswith("RunPython.noop"):
        return True
    if isinstance(code, Some):
        why = code.why or "source does not decide which function this is"
        machine.record("unclear", "", why)
        return False
    called(machine, code, [Tool("apps"), Tool("editor")], {})
    return False


def execute(machine: Machine, text: Value) -> None:
    if not _is_noop(text):
        run_sql(machine, text)


def _is_noop(value: Value) -> bool:
    if isinstance(value, Outside):
        return value.path.endswith(".noop")
    return isinstance(value, Fixed) and isinstance(value.value, str) and not value.value.strip()


def _class_values(machine: Machine, made: Instance, kind: str) -> dict[str, Value]:
    """What a subclass fixes as attributes instead of arguments: `sql = …`, `code = …`."""
    out: dict[str, Value] = {}
    for word in ("code", "reverse_code") if kind == "RunPython" else ("sql", "reverse_sql"):
        value = made.attributes.get(word) or member(machine, made.cls, word, None)
        if not isinstance(value, Some):
            out[word] = value
    return out


def _reverse(machine: Machine, made: Instance, kind: str) -> str | None:
    """How an operation of the project that overrides `database_forwards` is reversed."""
    if kind in RUNNERS:
        value = made.attributes.get("reverse_code" if kind == "RunPython" else "reverse_sql", NONE)
        return _reverse_sql(value) if kind == "RunSQL" else name_of(value)
    overridden = member(machine, made.cls, "database_backwards", made)
    return "database_backwards" if isinstance(overridden, Code) else None


def _reverse_sql(value: Value) -> str | None:
    if _is_noop(value):
        return "noop"
    return None if value == NONE else "SQL"


def name_of(value: Value) -> str | None:
    """How people call a function: by its name, `noop`, or `lambda`."""
    match value:
        case Code(qualname=qualname):
            return qualname.rpartition(".")[2]
        case Outside(path):
            return path.rpartition(".")[2]
        case Lambda():
            return "lambda"
        case Partial(func):
            return name_of(func)
        case Bound(_, name):
            return name
        case Instance(cls):
            return cls.qualname
        case OneOf(options):
            return name_of(options[0])
        case _:
            return None


def _flag(value: Value | None) -> bool | None:
    return value.value if isinstance(value, Fixed) and isinstance(value.value, bool) else None
