"""Fields that a module gives to a model from outside: `Model.add_to_class("name", Field(…))`."""

from __future__ import annotations

from analyzer.schema.classes import Class
from analyzer.schema.models import Registry
from analyzer.source.facts import Call, Evaluate, Ref
from analyzer.source.modules import Module
from analyzer.source.scopes import flatten

ADDS = ".add_to_class"


def add_fields(registry: Registry) -> None:
    """Fill `registry.added` from what stands at the top of the project's modules."""
    modules = registry.classes.names.modules
    for path, facts in modules.files.loaded():
        module = modules.find(modules.name_of(path), path)
        if module is None or module.path != path:
            continue
        for stmt in flatten(facts.body):
            if isinstance(stmt, Evaluate) and isinstance(stmt.value, Call):
                _add(registry, module, stmt.value, stmt.line)


def _add(registry: Registry, module: Module, call: Call, line: int) -> None:
    if not isinstance(call.func, Ref) or not call.func.name.endswith(ADDS):
        return
    said, value = call.argument("name", 0), call.argument("value", 1)
    name = registry.classes.evaluator.evaluate(said, module) if said is not None else None
    names = registry.classes.names
    cls = registry.classes.of_binding(names.resolve(module, call.func.name.removesuffix(ADDS)))
    if cls is None or value is None or not isinstance(name, str):
        return
    holder = Class(module, cls.qualname, cls.node)
    field = registry.fields.field(name, value, holder, line)
    if field is not None:
        registry.added.setdefault(cls.key, {})[name] = field
