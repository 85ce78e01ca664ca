"""Fields that a module gives to a model from outside, or changes there.

`Model.add_to_class("name", Field(…))`, and `field = Model._meta.get_field("name")` followed by
`field.null = True`.
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.schema.classes import Class
from analyzer.schema.fields import Declared
from analyzer.schema.models import Registry
from analyzer.source.facts import Assign, Call, Evaluate, Literal, Op, Ref, Stmt
from analyzer.source.modules import Module
from analyzer.source.scopes import flatten

ADDS = ".add_to_class"
GETS = "._meta.get_field"
CHANGED = frozenset({"null"})
"""What is followed when a module changes it on a field."""


def add_fields(registry: Registry) -> None:
    """Fill `registry.added` from what stands at the top of the project's modules."""
    modules = registry.classes.names.modules
    for path, facts in modules.files.loaded():
        module = modules.find(modules.name_of(path), path)
        if module is None or module.path != path:
            continue
        got: dict[str, Call] = {}
        for stmt in flatten(facts.body):
            if isinstance(stmt, Evaluate) and isinstance(stmt.value, Call):
                _add(registry, module, stmt.value, stmt.line)
            elif isinstance(stmt, Assign):
                _change(registry, module, stmt, got)


def _add(registry: Registry, module: Module, call: Call, line: int) -> None:
    if not isinstance(call.func, Ref) or not call.func.name.endswith(ADDS):
        return
    said, value = call.argument("name", 0), call.argument("value", 1)
    name = registry.classes.evaluator.evaluate(said, module) if said is not None else None
    cls = _named(registry, module, call.func.name.removesuffix(ADDS))
    if cls is None or value is None or not isinstance(name, str):
        return
    holder = Class(module, cls.qualname, cls.node)
    field = registry.fields.field(name, value, holder, line)
    if field is not None:
        registry.added.setdefault(cls.key, {})[name] = field


def _change(registry: Registry, module: Module, stmt: Assign, got: dict[str, Call]) -> None:
    """Follow `got = Model._meta.get_field("name")` and `got.null = True`, in one statement or two."""
    match stmt:
        case Assign(targets=(Ref(name),), value=Call(func=Ref(called)) as call) if called.endswith(GETS):
            got[name] = call
        case Assign(targets=(Ref(written),), value=Literal(bool())) if written.rpartition(".")[0] in got:
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
        changed = replace(call, kwargs=(*given, (option, stmt.value)))
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
