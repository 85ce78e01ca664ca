"""What changes or makes models in ways that are not followed, to be said where it happens.

A metaclass of the project's own that touches Meta or fields, and decorators that make models
(`catalogue.rules.MODEL_MAKERS`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.catalogue.rules import MODEL_MAKERS
from analyzer.schema.apps import Apps
from analyzer.schema.classes import Class, Classes, Gap
from analyzer.schema.values import Unknown
from analyzer.source.facts import Call, ClassDef, Expr, Ref
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External
from analyzer.source.scopes import flatten
from analyzer.source.values import Made

TOUCHES = re.compile(
    rb"""add_to_class|contribute_to_class|\["Meta"\]\.(?:abstract|app_label|db_table|managed|proxy) = """
)
"""What a metaclass that changes a model's fields or options writes."""


def rewriting_metaclass(classes: Classes, cls: Class) -> Gap | None:
    """The project's own metaclass of a class that may give it other fields or options than it says."""
    for ancestor in classes.ancestry(cls).classes:
        written = dict(ancestor.node.keywords).get("metaclass")
        if not ancestor.module.own or not isinstance(written, Ref):
            continue
        meta = classes.of_binding(classes.names.resolve(ancestor.module, written.name))
        if meta is not None and meta.module.own and TOUCHES.search(_source(classes, meta)):
            return Gap(meta.path, f"its metaclass {meta.path} may change fields and Meta")
    return None


def _source(classes: Classes, cls: Class) -> bytes:
    """The lines of a class at the top of a module, up to the next one."""
    lines = classes.names.modules.files.data(cls.module.path).splitlines()[cls.node.line :]
    end = next((at for at, line in enumerate(lines) if line.startswith((b"class ", b"def "))), len(lines))
    return b"\n".join(lines[:end])


def made_models(classes: Classes, apps: Apps) -> Iterator[Unknown]:
    """A line for each decorator that makes a model beside the class that it stands at."""
    modules = classes.names.modules
    for path, facts in modules.files.loaded():
        module = modules.find(modules.name_of(path), path)
        if module is None or module.path != path:
            continue
        for stmt in flatten(facts.body):
            if not isinstance(stmt, ClassDef):
                continue
            for decorator in stmt.decorators:
                template = MODEL_MAKERS.get(_path(classes, decorator, module))
                app = apps.containing(module.name)
                if template is not None and app is not None:
                    label = f"{app.label}.{template.format(stmt.name)}"
                    yield Unknown(path, stmt.line, label, "a decorator makes it, which is not followed")


def _path(classes: Classes, decorator: Expr, module: Module) -> str:
    func = decorator.func if isinstance(decorator, Call) else decorator
    if not isinstance(func, Ref):
        return ""
    owner, _, method = func.name.rpartition(".")
    if owner:
        binding = classes.names.resolve(module, owner)
        value = classes.evaluator.binding_value(binding, owner)
        if isinstance(value, Made):
            return f"{value.path}.{method}"
    found = classes.names.resolve(module, func.name)
    return found.path if isinstance(found, (Defined, External)) else ""
