"""Receivers of `post_migrate` that make rows: they run after every `migrate`, so a reset loses none.

Django sends the signal once per app when the database is as the models want it
(django.core.management.sql.emit_post_migrate_signal).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from analyzer.data.calls import called
from analyzer.data.given import name_of
from analyzer.data.labels import Labels
from analyzer.data.machine import Machine
from analyzer.data.outcomes import rows_of
from analyzer.data.values import Receiver
from analyzer.data.world import ANY, Code, Defines, Fixed, Frame, Instance, Open, Outside, Tool, Value
from analyzer.schema.values import App
from analyzer.source.discover import is_migrations, parent
from analyzer.source.facts import Assign, Call, ClassDef, Evaluate, Expr, FuncDef, Import, Items, Ref, Stmt
from analyzer.source.marks import POST_MIGRATE
from analyzer.source.modules import Module
from analyzer.source.names import Names
from analyzer.source.scopes import flatten

SIGNAL = POST_MIGRATE.decode()
CONNECT = "connect"
_TESTS = ("tests", "test", "conftest.py", "tests.py")


class Connection(Struct, frozen=True):
    """A receiver with what it is connected for, and where that is written."""

    receiver: Value
    sender: str
    file: str
    line: int


def receivers(apps: Iterable[App], names: Names, labels: Labels) -> tuple[Receiver, ...]:
    """Every receiver of `post_migrate` in the project's apps that makes rows, or may make some."""
    folders = [f"{app.path}/" if app.path else "" for app in apps if app.own and app.installed is not False]
    found = []
    for path in names.modules.files.holding(POST_MIGRATE):
        if is_migrations(parent(path)) or not set(_TESTS).isdisjoint(path.split("/")):
            continue
        if any(path.startswith(folder) for folder in folders):
            found += [_told(one, names, labels) for one in _connections(path, names, labels)]
    return tuple(sorted({one for one in found if one is not None}, key=lambda r: (r.file, r.line, r.name)))


def _told(connection: Connection, names: Names, labels: Labels) -> Receiver | None:
    """What a receiver makes on a database without rows; None where that is nothing."""
    machine = Machine(names, labels, connection.file, connection.line)
    given = Open({"sender": ANY, "apps": Tool("apps"), "using": Fixed("default"), "verbosity": Fixed(1)})
    called(machine, connection.receiver, [ANY] if not isinstance(connection.receiver, Code) else [], given)
    seeds = tuple(effect for effect in machine.effects if effect.kind == "create" and effect.live)
    unclear = any(effect.kind == "unclear" and effect.live for effect in machine.effects)
    if not seeds and not unclear:
        return None
    targets = {effect.target for effect in seeds}
    return Receiver(
        name=name_of(connection.receiver) or "?",
        sender=connection.sender,
        file=connection.file,
        line=connection.line,
        rows=rows_of(seeds, labels),
        needs=labels.models(targets | machine.touched),
        certain=bool(seeds) and not all(effect.doubtful for effect in seeds),
    )


def _connections(path: str, names: Names, labels: Labels) -> Iterator[Connection]:
    """The connections that a file writes: by decorators, in its body, in functions and methods."""
    modules = names.modules
    facts = modules.files.facts(path, full=True)
    module = modules.find(modules.name_of(path), path)
    if module is None:
        return
    machine = Machine(names, labels, path, 0)
    yield from _in_block(machine, facts.body, Frame(module), "")
    for stmt in flatten(facts.body):
        match stmt:
            case FuncDef():
                yield from _decorated(machine, stmt, module)
                yield from _in_function(machine, stmt, module, Frame(module), "")
            case ClassDef(name=name):
                cls = Defines(module, name, stmt)
                for method in stmt.body:
                    if isinstance(method, FuncDef) and method.params:
                        frame = Frame(module, None, cls)
                        frame.names[method.params[0]] = Instance(cls, {}, [])
                        yield from _in_function(machine, method, module, frame, name)
            case _:
                pass


def _in_function(
    machine: Machine, node: FuncDef, module: Module, frame: Frame, owner: str
) -> Iterator[Connection]:
    full = machine.names.modules.function(module, node)
    if full is not None and full.body is not None:
        machine.run(tuple(s for s in flatten(full.body) if isinstance(s, (Import, FuncDef))), frame)
        yield from _in_block(machine, full.body, frame, owner)


def _in_block(machine: Machine, body: tuple[Stmt, ...], frame: Frame, owner: str) -> Iterator[Connection]:
    """The calls of `post_migrate.connect` in a block."""
    for stmt in flatten(body):
        call = stmt.value if isinstance(stmt, (Evaluate, Assign)) else None
        if not isinstance(call, Call) or not isinstance(call.func, Ref):
            continue
        signal, _, method = call.func.name.rpartition(".")
        if method == CONNECT and signal and _is_signal(machine, Ref(signal), frame):
            receiver = call.argument("receiver", 0)
            value = machine.evaluate(receiver, frame) if receiver is not None else ANY
            yield Connection(value, _sender(call, owner), machine.file, call.line)


def _decorated(machine: Machine, node: FuncDef, module: Module) -> Iterator[Connection]:
    """A function under `@receiver(post_migrate)`."""
    for decorator in node.decorators:
        if not isinstance(decorator, Call) or not decorator.args:
            continue
        first = decorator.args[0]
        signals = first.items if isinstance(first, Items) else (first,)
        frame = Frame(module)
        if any(_is_signal(machine, signal, frame) for signal in signals):
            yield Connection(Code(node, module, node.name), _sender(decorator, ""), machine.file, node.line)


def _is_signal(machine: Machine, expr: Expr, frame: Frame) -> bool:
    value = machine.evaluate(expr, frame)
    return isinstance(value, Outside) and value.path.rpartition(".")[2] == SIGNAL


def _sender(call: Call, owner: str) -> str:
    """What the signal must be sent for, as it is written; an app config may stand for itself."""
    match dict(call.kwargs).get("sender"):
        case None:
            return ""
        case Ref("self") if owner:
            return owner
        case Ref(name):
            return name
        case _:
            return "?"
