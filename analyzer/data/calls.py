"""Calls in a migration's code: who is called, with what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.data import orm, packages, places
from analyzer.data.attributes import QUERY, ancestors, attribute, unread_base
from analyzer.data.builtin import on_bag, on_text
from analyzer.data.effects import FREE, Origin
from analyzer.data.items import pour
from analyzer.data.quiet import is_quiet
from analyzer.data.sqltext import words
from analyzer.data.tools import on_tool, run_sql
from analyzer.data.world import (
    ANY,
    NONE,
    Args,
    Bag,
    Bound,
    Code,
    Defines,
    Fixed,
    Frame,
    Inherited,
    Instance,
    Kwargs,
    Lambda,
    Made,
    Model,
    OneOf,
    Open,
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
from analyzer.source.facts import Call, Expr, FuncDef, Op, Ref
from analyzer.source.parameters import bound, collector

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

_RESETS = words("sequence_reset_sql sequence_reset_by_name_sql")
"""What a connection's `ops` write to put sequences where rows left them."""

_WRITES = words("write writelines write_text write_bytes unlink rmdir touch writerow writerows")
_IDLE = words(
    """close flush info debug warn warning error exception critical log append add extend update next start
    stop finish seek set_description set_postfix refresh display print join sort reverse pop clear insert
    setdefault remove discard get set activate deactivate acquire release enter exit lower upper strip"""
)
"""Methods whose names tell that they touch neither rows nor anything that lasts."""

_TASKS = words("delay apply_async enqueue send_task send_robust")
_GIVEN = {"RunPython": ("code", "reverse_code"), "RunSQL": ("sql", "reverse_sql")}
"""The first arguments of Django's operations that run code or SQL."""


def evaluate(machine: Machine, call: Call, frame: Frame) -> Value:
    """What a call gives; its effects are recorded."""
    args, kwargs = _arguments(machine, call, frame)
    line = machine.line
    machine.line = call.line
    machine.bare = machine.statement is call
    match call.func:
        case Ref("super"):
            found = _super(frame, args)
        case Ref(name) if "." in name:
            owner, _, method = name.rpartition(".")
            found = on(machine, machine.evaluate(Ref(owner), frame), method, args, kwargs)
        case Op(op, (inner,)) if op.startswith("."):
            owner_ = machine.evaluate(inner, frame)
            machine.line = call.line
            machine.bare = machine.statement is call
            found = on(machine, owner_, op[1:], args, kwargs)
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
        else:
            kwargs = Open(kwargs)
    return args, kwargs


def _super(frame: Frame, args: Args) -> Value:
    match args:
        case [Defines() as cls, owner]:
            return Super(cls, owner)
        case _:
            owner_ = frame.find("self") or frame.find("cls")
            return Super(frame.cls, owner_) if frame.cls is not None and owner_ is not None else ANY


def bind_parameters(
    machine: Machine, code: Code, node: FuncDef, args: Args, kwargs: Kwargs, frame: Frame
) -> None:
    """Give a function's parameters their values: what is not given is its default, or may be anything."""
    given = list(args)
    static = any(isinstance(d, Ref) and d.name == "staticmethod" for d in node.decorators)
    if code.owner is not None and not static:
        given.insert(0, code.owner)
    found = bound(node.params, given, kwargs)
    frame.names.update(found.given)
    defaults = {} if isinstance(kwargs, Open) else dict(node.defaults)
    for name in found.missing:
        frame.names[name] = _default(machine, defaults[name], code) if name in defaults else ANY
    rest, options = collector(node.params, "*"), collector(node.params, "**")
    if rest is not None:
        frame.names[rest] = Bag("tuple", list(found.rest), bool(found.rest))
    if options is not None:
        bag = Bag("dict", filled=False if found.options else None)
        for name, value in found.options.items():
            bag.put(value, FREE, name)
        frame.names[options] = bag


def _default(machine: Machine, default: Expr, code: Code) -> Value:
    """What a parameter is that no argument is given for: fixed when its function was defined."""
    frame = Frame(code.module, code.outer)
    if code.outer is not None:
        return machine.evaluate(default, frame)
    with machine.elsewhere(code.module.path):
        return machine.evaluate(default, frame)


# ---------------------------------------------------------------- methods


def on(machine: Machine, owner: Value, name: str, args: Args, kwargs: Kwargs) -> Value:
    """`owner.name(…)`"""
    method = _METHODS.get(type(owner))
    if method is not None:
        return method(machine, owner, name, args, kwargs)
    return called(machine, attribute(machine, owner, name), args, kwargs)


def _on_options(machine: Machine, owner: OneOf, name: str, args: Args, kwargs: Kwargs) -> Value:
    return _any([on(machine, option, name, args, kwargs) for option in owner.options if option != NONE])


def _any(found: list[Value]) -> Value:
    result = found[0] if found else ANY
    for value in found[1:]:
        result = either(result, value)
    return result


def _on_made(machine: Machine, owner: Made, name: str, args: Args, kwargs: Kwargs) -> Value:
    found = places.on_place(machine, owner, name, args)
    if found is not None:
        return found
    if owner.path == QUERY and name in ("as_sql", "sql_with_params"):
        return Bag("tuple", [orm.selected(owner), ANY], True)
    if orm.rebuilds(name):
        machine.record("change", "?", "rebuilds a tree of rows", frozenset({Origin("?")}))
    elif machine.bare and not is_quiet(owner.path):
        why = f"calls .{name}() of {owner.path}, whose source is not known"
        machine.record("outside", "", why, all_needs([*owner.args, *args]))
    _callbacks(machine, args, kwargs)
    return Some(all_needs([*owner.args, *args]))


def _on_function(machine: Machine, owner: Value, name: str, args: Args, kwargs: Kwargs) -> Value:
    _callbacks(machine, args, kwargs)
    return Some(all_needs(args))


def _on_code(machine: Machine, owner: Code, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A function of the project that a task queue may run: then all that it does happens, if later."""
    if name not in _TASKS:
        return called(machine, attribute(machine, owner, name), args, kwargs)
    machine.record("task", "", f"starts the task {owner.qualname}")
    if name != "delay":
        given, named = kwargs.get("args", args[0] if args else ANY), kwargs.get("kwargs")
        args = list(given.items) if isinstance(given, Bag) else []
        kwargs = Open(
            {str(key): value for key, value in named.pairs.items()} if isinstance(named, Bag) else {}
        )
    if owner.owner is None and owner.node.params[:1] == ("self",):
        args = [ANY, *args]
    machine.start(owner, args, kwargs)
    return ANY


def _on_outside(machine: Machine, owner: Outside, name: str, args: Args, kwargs: Kwargs) -> Value:
    if name == "connect" and "signal" in owner.path:
        return packages.connected(machine, owner.path, args, kwargs, called)
    return called(machine, attribute(machine, owner, name), args, kwargs)


def _on_some(machine: Machine, owner: Some, name: str, args: Args, kwargs: Kwargs) -> Value:
    """A method of something unknown; the words of Django's API count all the same."""
    needs = owner.needs
    if name in _RESETS:
        return Bag("list", [Fixed("SELECT setval('sequence', 1)")], True)
    if name in ("execute", "executemany") and args:
        run_sql(machine, args[0])
    elif name in _TASKS:
        machine.record("task", "", f"starts a task by .{name}()", needs)
    elif name == "save":
        kind = orm.UNCLEAR if owner.own and not needs else orm.CHANGE
        machine.record(kind, "?", "saves an object", needs)
    elif orm.creates(name):
        with machine.doubting():
            machine.record("create", "?", f"{name}() on something that is not known", needs, how=name)
        if name in orm.GET_OR_CREATE:
            return Bag("tuple", [Row("?", needs, True), ANY], True)
    elif name in ("delete", "bulk_update"):
        machine.record("change", "?", f"{name}() on something that is not known", needs)
    elif owner.own and not needs:
        machine.record("unclear", "", f"calls .{name}() of what was not found: {owner.why}")
    elif name in _WRITES:
        machine.record("task", "", f"writes to a file by .{name}()", needs | all_needs(args))
    elif machine.bare and name not in _IDLE:
        why = f"calls .{name}() of something that is not known"
        machine.record("outside", "", why, needs | all_needs([*args, *kwargs.values()]))
    _callbacks(machine, args, kwargs)
    return Some(needs | all_needs(args), owner.why, owner.own)


_METHODS: dict[type[Value], Callable[..., Value]] = {
    Model: orm.on_model,
    Rows: orm.on_rows,
    Row: orm.on_row,
    Relation: orm.on_relation,
    Bag: on_bag,
    Fixed: on_text,
    Tool: on_tool,
    Some: _on_some,
    OneOf: _on_options,
    Made: _on_made,
    Partial: _on_function,
    Bound: _on_function,
    Outside: _on_outside,
    Code: _on_code,
}


# ---------------------------------------------------------------- functions


def called(machine: Machine, value: Value, args: Args, kwargs: Kwargs) -> Value:
    """`value(…)`"""
    call = _CALLS.get(type(value))
    if call is not None:
        return call(machine, value, args, kwargs)
    _callbacks(machine, args, kwargs)
    return Some(needs_of(value) | all_needs(args))


def _code(machine: Machine, value: Code, args: Args, kwargs: Kwargs) -> Value:
    return machine.call(value, args, kwargs)


def _lambda(machine: Machine, value: Lambda, args: Args, kwargs: Kwargs) -> Value:
    if id(value.body) in machine.stack:
        return ANY
    inner = Frame(value.frame.module, value.frame, value.frame.cls)
    names = [param.lstrip("*") for param in value.params]
    inner.names.update(dict.fromkeys(names, ANY))
    inner.names.update(() if isinstance(kwargs, Open) else value.defaults)
    inner.names.update(bound(value.params, args, kwargs).given)
    machine.stack.append(id(value.body))
    found = machine.evaluate(value.body, inner)
    machine.stack.pop()
    return found


def _partial(machine: Machine, value: Partial, args: Args, kwargs: Kwargs) -> Value:
    return called(machine, value.func, [*value.args, *args], {**dict(value.kwargs), **kwargs})


def _bound(machine: Machine, value: Bound, args: Args, kwargs: Kwargs) -> Value:
    return on(machine, value.owner, value.name, args, kwargs)


def _model(machine: Machine, value: Model, args: Args, kwargs: Kwargs) -> Value:
    return orm.made(value.label, kwargs)


def _instance(machine: Machine, value: Instance, args: Args, kwargs: Kwargs) -> Value:
    return called(machine, attribute(machine, value, "__call__"), args, kwargs)


def _outside(machine: Machine, value: Outside, args: Args, kwargs: Kwargs) -> Value:
    return packages.call(machine, value.path, args, kwargs, called)


def _options(machine: Machine, value: OneOf, args: Args, kwargs: Kwargs) -> Value:
    return _any([called(machine, option, args, kwargs) for option in value.options if option != NONE])


def _some(machine: Machine, value: Some, args: Args, kwargs: Kwargs) -> Value:
    if value.own:
        machine.record("unclear", "", f"calls what was not found in the project: {value.why}", value.needs)
    _callbacks(machine, args, kwargs)
    return Some(value.needs | all_needs(args), value.why, value.own)


def _rows(machine: Machine, value: Rows, args: Args, kwargs: Kwargs) -> Value:
    return value


def _callbacks(machine: Machine, args: Args, kwargs: Kwargs) -> None:
    """Functions handed to something unknown are taken to be called."""
    packages.callbacks(machine, [*args, *kwargs.values()], called)


# ---------------------------------------------------------------- objects of the project's classes


def _instantiate(machine: Machine, cls: Defines, args: Args, kwargs: Kwargs) -> Value:
    """An object of a project class, its constructor run."""
    instance = Instance(cls, {}, [], machine.line, machine.file)
    init = attribute(machine, instance, "__init__")
    if isinstance(init, Code):
        machine.call(init, args, kwargs)
    else:
        base = unread_base(machine, cls)
        if base and machine.bare:
            why = f"makes a {cls.qualname}, which inherits {base}, whose source is not known"
            machine.record("outside", "", why, all_needs([*args, *kwargs.values()]))
        kinds = [path.rpartition(".")[2] for path in ancestors(machine, cls)]
        _give(instance, next((kind for kind in kinds if kind in _GIVEN), ""), args, kwargs)
    return instance


def _give(owner: Instance, kind: str, args: Args, kwargs: Kwargs) -> None:
    """The constructor of a class outside the project keeps its arguments."""
    owner.base.append((tuple(args), dict(kwargs)))
    for at, word in enumerate(_GIVEN.get(kind, ())):
        value = kwargs.get(word, args[at] if at < len(args) else None)
        if value is not None:
            owner.attributes[word] = value


def _inherited(machine: Machine, value: Inherited, args: Args, kwargs: Kwargs) -> Value:
    """A method of a class outside the project, reached through `super()`."""
    owner, kind = value.owner, value.path.rpartition(".")[2]
    if not isinstance(owner, Instance):
        return ANY
    if value.name == "__init__":
        _give(owner, kind, args, kwargs)
    elif value.name == "database_forwards" and kind in _GIVEN:
        given = attribute(machine, owner, _GIVEN[kind][0])
        if kind == "RunSQL":
            run_sql(machine, given)
        else:
            called(machine, given, [Tool("apps"), Tool("editor")], {})
    return ANY


_CALLS: dict[type[Value], Callable[..., Value]] = {
    Code: _code,
    Lambda: _lambda,
    Partial: _partial,
    Bound: _bound,
    Model: _model,
    Defines: _instantiate,
    Instance: _instance,
    Outside: _outside,
    OneOf: _options,
    Some: _some,
    Rows: _rows,
    Inherited: _inherited,
}
