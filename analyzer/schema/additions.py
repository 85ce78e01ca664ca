"""Fields that modules give to models from outside, or change there, once the models are made.

What `given` carries out: the bodies of modules, `AppConfig.ready()`, decorators and functions of the
project, and the `contribute_to_class` of its own fields.  And `field = Model._meta.get_field("name")`
followed by `field.null = True`.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from analyzer.schema.classes import Class
from analyzer.schema.fields import Declared
from analyzer.schema.given import (
    CONTRIBUTES,
    SELF,
    WORDS,
    Asked,
    Gift,
    Givers,
    Giving,
    functions_in,
    may_give,
)
from analyzer.schema.imports import is_test
from analyzer.schema.models import Registry, classes_of
from analyzer.schema.values import Unknown
from analyzer.source.facts import Assign, Call, Evaluate, FuncDef, Literal, Op, Ref, Stmt
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External
from analyzer.source.scopes import flatten
from analyzer.source.values import Named, Undecided

GETS = "._meta.get_field"
CHANGED = frozenset(
    {
        "null", "blank", "editable", "help_text", "verbose_name", "default", "db_column", "db_index",
        "max_length", "choices", "validators", "error_messages",
    }
)  # fmt: skip
"""What is followed when a module changes it on a field: attributes that are called as the arguments are."""

ELSEWHERE = Op("?", ())
"""Stands for a value that means something in the module that sets it, not in the field's own."""

PREPARED = "class_prepared"
COMPUTED = "the field that is given is not decided"


def add_fields(registry: Registry) -> tuple[list[Unknown], list[Asked]]:
    """Fill `registry.added`; what is given but not known comes back, and calls that may ask for models."""
    unknown: list[Unknown] = []
    asked: list[Asked] = []
    givers = _givers(registry)
    words = (*WORDS, *(name.encode() for name in givers))
    for module, body in _modules(registry):
        data = registry.classes.names.modules.files.data(module.path)
        got: dict[str, Call] = {}
        if GETS.encode() in data:
            for stmt in flatten(body):
                if isinstance(stmt, Assign):
                    _change(registry, module, stmt, got)
        if givers and any(word in data for word in words) and not is_test(module.path):
            giving = Giving(registry.classes, givers)
            giving.run(body, module, {})
            unknown += _take(registry, giving.gifts)
            asked += giving.asked
            unknown += _receivers(registry, module, body, data)
    if givers:
        for config in registry.apps.configs:
            giving = _ready(registry, config, givers)
            unknown += _take(registry, giving.gifts)
            asked += giving.asked
        unknown += _contributed(registry)
    return unknown, asked


def _modules(registry: Registry) -> Iterator[tuple[Module, tuple[Stmt, ...]]]:
    modules = registry.classes.names.modules
    for path, facts in list(modules.files.loaded()):
        module = modules.find(modules.name_of(path), path)
        if module is not None and module.path == path:
            yield module, facts.body


def _givers(registry: Registry) -> Givers:
    """The functions of modules that give fields or ask packages for models, by name."""
    found: dict[str, list[tuple[Module, FuncDef]]] = {}
    for module, body in _modules(registry):
        if may_give(registry.classes.names.modules.files.data(module.path)):
            for function in flatten(body):
                if isinstance(function, FuncDef) and not function.name.startswith("__"):
                    found.setdefault(function.name, []).append((module, function))
            found.setdefault(CONTRIBUTES, [])
    return found


def _ready(registry: Registry, config: Class, givers: Givers) -> Giving:
    """What the `ready` of an app's config gives."""
    giving = Giving(registry.classes, givers)
    found = registry.classes.lookup(config, "ready")
    if found is None or not isinstance(found[1], FuncDef) or not found[0].module.own:
        return giving
    app = registry.apps.containing(config.module.name)
    giving.app_label = app.label if app is not None else ""
    node = giving.function(found[0].module, found[1])
    env = {SELF: Named(Defined(config.module, config.qualname, config.node))}
    giving.run(node.body or (), found[0].module, dict(env), depth=1)
    return giving


def _contributed(registry: Registry) -> list[Unknown]:
    """What the `contribute_to_class` of the project's own fields gives to the classes that have them."""
    classes, modules = registry.classes, registry.classes.names.modules
    unknown: list[Unknown] = []
    for path, _facts in list(modules.files.loaded()):
        for cls in classes_of(classes, path, modules.name_of(path)):
            if registry.candidate(cls) is None:
                continue
            for name, declared in registry.fields.declared(cls).items():
                found = classes.lookup(declared.field.cls, CONTRIBUTES) if declared.field.cls else None
                if found is None or not isinstance(found[1], FuncDef) or not found[0].module.own:
                    continue
                giving = Giving(classes)
                node = giving.function(found[0].module, found[1])
                names = [param for param in node.params if not param.startswith("*")][1:3]
                values = (Named(Defined(cls.module, cls.qualname, cls.node)), name)
                giving.run(node.body or (), found[0].module, dict(zip(names, values, strict=False)), depth=1)
                unknown += _take(registry, [gift for gift in giving.gifts if gift.name != name])
    return unknown


def _receivers(registry: Registry, module: Module, body: tuple[Stmt, ...], data: bytes) -> list[Unknown]:
    """Functions that give fields to every class that Django prepares."""
    if PREPARED.encode() not in data:
        return []
    why = f"it gives fields to models as a receiver of `{PREPARED}`, which is not followed"
    connected: set[str] = set()
    for stmt in flatten(body):
        match stmt:
            case Evaluate(value=Call(func=Ref(func), args=(Ref(name), *_))) if func.endswith(
                f"{PREPARED}.connect"
            ):
                connected.add(name)
            case FuncDef(name=name, decorators=decorators):
                if any(isinstance(d, Call) and any(_is_prepared(arg) for arg in d.args) for d in decorators):
                    connected.add(name)
            case _:
                pass
    return [
        Unknown(module.path, function.line, f"{module.name}.{function.name}", why)
        for function in functions_in(body)
        if function.name in connected
    ]


def _is_prepared(expr: object) -> bool:
    return isinstance(expr, Ref) and expr.name.rpartition(".")[2] == PREPARED


def _take(registry: Registry, gifts: list[Gift]) -> list[Unknown]:
    """Add what is given to the classes; what is not known of it comes back."""
    unknown: list[Unknown] = []
    for gift in gifts:
        model = gift.model
        label = model if isinstance(model, str) else gift.written
        field: Declared | None = None
        if isinstance(model, Class):
            candidate = registry.candidate(model)
            label = candidate.label if candidate is not None else model.path
            if gift.call is not None and gift.name is not None:
                holder = Class(gift.module, model.qualname, model.node)
                field = registry.fields.field(gift.name, gift.call, holder, gift.line)
            if field is not None:
                made = replace(field.made, local=(*field.made.local, *gift.local))
                registry.added.setdefault(model.key, {})[field.name] = replace(field, made=made)
        computed = ""
        if gift.call is not None and gift.name is not None and isinstance(model, Class) and field is None:
            computed = _computed(registry, gift, gift.call)
            if not computed:
                continue  # a manager, a method
        why = (
            gift.why
            or computed
            or ("" if isinstance(model, Class) else f"the source of {label} is not known")
        )
        if why:
            named = f"{label}.{gift.name}" if gift.name is not None else label
            unknown.append(Unknown(gift.module.path, gift.line, named, why))
    return unknown


def _computed(registry: Registry, gift: Gift, call: Call) -> str:
    """Why it is not known whether a call makes a field; "" where it makes none."""
    names = registry.classes.names
    if not isinstance(call.func, Ref) or call.func.name.partition(".")[0] in dict(gift.local):
        return ""
    binding = names.resolve(gift.module, call.func.name)
    match binding:
        case Defined(module, _, FuncDef()) if module.own:
            value = registry.classes.evaluator.evaluate(call, gift.module, dict(gift.local))
            return COMPUTED if isinstance(value, Undecided) else ""
        case External(path) if names.modules.find(path.partition(".")[0]) is None:
            return COMPUTED if path.rpartition(".")[2][:1].islower() and not _is_builtin(path) else ""
        case _:
            return ""


def _is_builtin(path: str) -> bool:
    return path.partition(".")[0] in ("builtins", "functools")


def _change(registry: Registry, module: Module, stmt: Assign, got: dict[str, Call]) -> None:
    """Follow `got = Model._meta.get_field("name")` and `got.null = True`, in one statement or two."""
    match stmt:
        case Assign(targets=(Ref(name),), value=Call(func=Ref(called)) as call) if called.endswith(GETS):
            got[name] = call
        case Assign(targets=(Ref(written),), op="=") if written.rpartition(".")[0] in got:
            held, _, option = written.rpartition(".")
            _override(registry, module, got[held], option, stmt)
        case Assign(targets=(Op(op, (Call(func=Ref(called)) as call,)),)) if called.endswith(GETS):
            _override(registry, module, call, op.removeprefix("."), stmt)
        case _:
            pass


def _override(registry: Registry, module: Module, got: Call, option: str, stmt: Assign) -> None:
    cls = _named(registry, module, got.func.name.removesuffix(GETS)) if isinstance(got.func, Ref) else None
    name = got.args[0].value if got.args and isinstance(got.args[0], Literal) else None
    if cls is None or option not in CHANGED or not isinstance(name, str):
        return
    field = _declared(registry, cls, name)
    if field is not None:
        call = field.made.call
        given = tuple((key, value) for key, value in call.kwargs if key != option)
        value = stmt.value if isinstance(stmt.value, Literal) else ELSEWHERE
        changed = replace(call, kwargs=(*given, (option, value)))
        made = replace(field.made, call=changed)
        registry.added.setdefault(cls.key, {})[name] = replace(field, made=made)


def _declared(registry: Registry, cls: Class, name: str) -> Declared | None:
    known = registry.added.get(cls.key, {}).get(name)
    found: tuple[Class, Stmt] | None = registry.classes.lookup(cls, name) if known is None else None
    if found is None or not isinstance(found[1], Assign):
        return known
    return registry.fields.field(name, found[1].value, found[0], found[1].line)


def _named(registry: Registry, module: Module, name: str) -> Class | None:
    return registry.classes.of_binding(registry.classes.names.resolve(module, name))
