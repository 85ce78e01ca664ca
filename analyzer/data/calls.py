"""Calls in a migration's code: who is called, with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.data import orm, packages
from analyzer.data.attributes import ancestors, attribute, is_manager
from analyzer.data.builtin import on_bag, on_text
from analyzer.data.effects import FREE
from analyzer.data.items import pour
from analyzer.data.orm import Args, Kwargs
from analyzer.data.tools import on_tool, run_sql
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
    Model,
    OneOf,
    Outside,
    Partial,
    Relation,
    Row,
    Rows,
    Some,
    Super,
    Tool,
    Value,
    all_needs,
    either,
    needs_of,
)
from analyzer.source.facts import Call, FuncDef, Op, Ref

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

TASKS = ("delay", "apply_async", "enqueue", "send_task", "send_robust")


def evaluate(machine: Machine, call: Call, frame: Frame) -> Value:
    """What a call gives; its effects are recorded."""
    args, kwargs = _arguments(machine, call, frame)
    line = machine.line
    machine.line = call.line
    machine.bare = machine.statement is call
    match call.func:
        case Ref("super") if not args:
            found = _super(frame)
        case Ref("super") if len(args) == 2 and isinstance(args[0], Defines):
            found = Super(args[0], args[1])
        case Ref(name) if "." in name:
            owner, _, method = name.rpartition(".")
            found = on(machine, machine.evaluate(Ref(owner), frame), method, args, kwargs)
        case Op(op, (inner,)) if op.startswith("."):
            found = on(machine, machine.evaluate(inner, frame), op[1:], args, kwargs)
        case func:
            found = called(machine, machine.evaluate(func, frame), args, kwargs)
    machine.line = line
    return found


def _arguments(machine: Machine, call: Call, frame: Frame) -> tuple[Args, Kwargs]:
    args: Args = []
    for arg in call.args:
        if isinstance(arg, Op) and arg.op == "*" and arg.args:
            bag = Bag("list")
            pour(machine, bag, machine.evaluate(arg.args[0], frame))
            args.extend(bag.items)
        else:
            args.append(machine.evaluate(arg, frame))
    kwargs: Kwargs = {}
    for name, value in call.kwargs:
        found = machine.evaluate(value, frame)
        if name != "**":
            kwargs[name] = found
        elif isinstance(found, Bag):
            kwargs.update({str(key): item for key, item in found.pairs.items()})
    return args, kwargs


def _super(frame: Frame) -> Value:
    owner = frame.find("self") or frame.find("cls")
    if frame.cls is not None and owner is not None:
        return Super(frame.cls, owner)
    return ANY


def on(machine: Machine, owner: Value, name: str, args: Args, kwargs: Kwargs) -> Value:
    """`owner.name(…)`"""
    match owner:
        case Model():
            return _on_model(machine, owner, name, args, kwargs)
        case Rows():
            return orm.on_rows(machine, owner, name, args, kwargs)
        case Row():
            return orm.on_row(machine, owner, name, args, kwargs)
        case Relation():
            return orm.on_relation(machine, owner, name, args, kwargs)
        case Bag():
            return on_bag(machine, owner, name, args, kwargs)
        case Fixed():
            return on_text(owner, name, args, kwargs)
        case Tool():
            return on_tool(machine, owner, name, args, kwargs)
        case Some():
            return _on_some(machine, owner, name, args, kwargs)
        case OneOf(options):
            found = [on(machine, o, name, args, kwargs) for o in options if o != NONE]
            result = found[0] if found else ANY
            for value in found[1:]:
                result = either(result, value)
            return result
        case Outside(path) if name in ("connect",) and "signal" in path:
            return packages.connected(machine, path, args, kwargs, called)
        case Made(_, given):
            _callbacks(machine, args, kwargs)
            return Some(all_needs([*given, *args]))
        case Partial() | Bound():
            _callbacks(machine, args, kwargs)
            return Some(all_needs(args))
        case _:
            return called(machine, attribute(machine, owner, name), args, kwargs)


def _on_model(machine: Machine, model: Model, name: str, args: Args, kwargs: Kwargs) -> Value:
    if is_manager(name):
        return attribute(machine, model, name)
    return orm.on_model(machine, model, name, args, kwargs)


def _on_some(machine: Machine, owner: Some, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of something unknown; the words of Django's API count all the same."""
    needs = owner.needs
    if name in ("execute", "executemany") and args:
        run_sql(machine, args[0])
    elif name in TASKS:
        machine.record("task", "", f"starts a task by .{name}()", needs)
    elif name == "save":
        kind = "change" if needs or not owner.own else "unclear"
        machine.record(kind, "?", "saves an object", needs)  # type: ignore[arg-type]
    elif orm.creates(name) and name not in ("create_function",):
        with machine.doubting():
            machine.record("create", "?", f"{name}() on something that is not known", needs)
        if name in ("get_or_create", "update_or_create"):
            return Bag("tuple", [Row("?", needs, True), ANY], True)
    elif name in ("delete", "bulk_update"):
        machine.record("change", "?", f"{name}() on something that is not known", needs)
    elif owner.own and not needs:
        machine.record("unclear", "", f"calls .{name}() of what was not found: {owner.why}")
    _callbacks(machine, args, kwargs)
    return Some(needs | all_needs(args), owner.why, owner.own)


def called(machine: Machine, value: Value, args: Args, kwargs: Kwargs) -> Value:
    """`value(…)`"""
    match value:
        case Code():
            return machine.call(value, args, kwargs)
        case Lambda(params, body, frame):
            inner = Frame(frame.module, frame, frame.cls)
            for at, param in enumerate(params):
                inner.names[param.lstrip("*")] = args[at] if at < len(args) else kwargs.get(param, ANY)
            return machine.evaluate(body, inner)
        case Partial(func, first, named):
            return called(machine, func, [*first, *args], {**dict(named), **kwargs})
        case Bound(owner, name) if name.startswith("super:"):
            return _base_method(machine, owner, name, args, kwargs)
        case Bound(owner, name):
            return on(machine, owner, name, args, kwargs)
        case Model(label):
            return orm.made(label, kwargs)
        case Defines():
            return instantiate(machine, value, args, kwargs)
        case Instance():
            return called(machine, attribute(machine, value, "__call__"), args, kwargs)
        case Outside(path):
            return packages.call(machine, path, args, kwargs, called)
        case OneOf(options):
            found = [called(machine, option, args, kwargs) for option in options if option != NONE]
            return either(found[0], found[-1]) if found else ANY
        case Some(needs, why, own):
            if own:
                machine.record("unclear", "", f"calls what was not found in the project: {why}", needs)
            _callbacks(machine, args, kwargs)
            return Some(needs | all_needs(args), why, own)
        case Rows():
            return value
        case _:
            _callbacks(machine, args, kwargs)
            return Some(needs_of(value) | all_needs(args))


def _callbacks(machine: Machine, args: Args, kwargs: Kwargs) -> None:
    """Functions handed to something unknown are taken to be called."""
    packages.callbacks(machine, [*args, *kwargs.values()], called)


def instantiate(machine: Machine, cls: Defines, args: Args, kwargs: Kwargs) -> Value:
    """An object of a project class, its constructor run."""
    instance = Instance(cls, {}, [], machine.line, machine.file)
    init = attribute(machine, instance, "__init__")
    if isinstance(init, Code) and isinstance(init.node, FuncDef):
        machine.call(init, args, kwargs)
    else:
        kinds = [path.rpartition(".")[2] for path in ancestors(machine, cls)]
        _give(instance, next((kind for kind in kinds if kind in ("RunPython", "RunSQL")), ""), args, kwargs)
    return instance


def _base_method(machine: Machine, owner: Value, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of a class outside the project, reached through `super()`."""
    _, path, method = name.split(":")
    if not isinstance(owner, Instance):
        return ANY
    if method == "__init__":
        _give(owner, path.rpartition(".")[2], args, kwargs)
    elif method == "database_forwards":
        _base_forwards(machine, owner, path.rpartition(".")[2])
    return ANY


def _give(owner: Instance, kind: str, args: Args, kwargs: Kwargs) -> None:
    """The constructor of a class outside the project keeps its arguments."""
    owner.base.append((tuple(args), dict(kwargs)))
    words = {"RunPython": ("code", "reverse_code"), "RunSQL": ("sql", "reverse_sql")}.get(kind, ())
    for at, word in enumerate(words):
        value = kwargs.get(word, args[at] if at < len(args) else None)
        if value is not None:
            owner.attributes[word] = value


def _base_forwards(machine: Machine, owner: Instance, kind: str) -> None:
    """What RunPython and RunSQL do once a subclass hands over to them."""
    given = owner.attributes.get("code" if kind == "RunPython" else "sql")
    if given is None:
        given = attribute(machine, owner, "code" if kind == "RunPython" else "sql")
    if kind == "RunPython":
        called(machine, given, [Tool("apps"), Tool("editor")], {})
    elif kind == "RunSQL" and not isinstance(given, Outside):
        run_sql(machine, given)


def bind_parameters(
    code: Code, node: FuncDef, args: list[Value], kwargs: dict[str, Value], frame: Frame
) -> None:
    """Give a function's parameters their values; what is not given may be anything."""
    given = list(args)
    static = any(isinstance(d, Ref) and d.name == "staticmethod" for d in node.decorators)
    if code.owner is not None and not static:
        given.insert(0, code.owner)
    rest = dict(kwargs)
    for param in node.params:
        if param.startswith("**"):
            bag = Bag("dict", filled=None if not rest else False)
            for name, value in rest.items():
                bag.put(value, FREE, name)
            frame.names[param[2:]] = bag
        elif param.startswith("*"):
            frame.names[param[1:]] = Bag("tuple", given, bool(given))
            given = []
        elif given:
            frame.names[param] = given.pop(0)
        else:
            frame.names[param] = rest.pop(param, ANY)
