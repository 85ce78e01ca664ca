"""What the project's own decorators put on the fields of the models below them: `field.help_text = …`.

What they put there is mostly worked out from other things, so that only the arguments are told that
they may set.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from analyzer.schema.classes import Class, Classes
from analyzer.source.facts import (
    Assign,
    Call,
    Evaluate,
    Expr,
    For,
    FuncDef,
    If,
    Literal,
    Op,
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from analyzer.source.modules import Module
from analyzer.source.names import Defined
from analyzer.source.values import Named
from analyzer.states.builtin import BASE_PARAMS

ANY = "*"
"""Stands for an argument whose name is not written."""


class Put(Struct, frozen=True):
    """An argument that a decorator sets; with `unset` only where the field has none."""

    argument: str
    unset: bool
    why: str


class Decorated:
    """Looks for what decorators set, once for each class."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._known: dict[str, tuple[Put, ...]] = {}

    def of(self, cls: Class, owner: Class) -> tuple[Put, ...]:
        """What decorators set on a field that a class has from `owner`: its own and those on the way."""
        found = list(self._puts(cls))
        for ancestor in self.classes.ancestry(cls).classes[1:]:
            if self._puts(ancestor) and owner.key in {c.key for c in self.classes.ancestry(ancestor).classes}:
                found += self._puts(ancestor)
        if owner.key != cls.key and not any(owner.key == c.key for c in self.classes.ancestry(cls).classes):
            found += self._puts(owner)  # a copy of a field of another model
        return tuple(dict.fromkeys(found))

    def _puts(self, cls: Class) -> tuple[Put, ...]:
        if not cls.node.decorators or not cls.module.own:
            return ()
        if cls.key not in self._known:
            found = (put for decorator in cls.node.decorators for put in self._decorator(decorator, cls))
            self._known[cls.key] = tuple(dict.fromkeys(found))
        return self._known[cls.key]

    def _decorator(self, decorator: Expr, cls: Class) -> Iterator[Put]:
        called = isinstance(decorator, Call)
        found = self._function(decorator.func if isinstance(decorator, Call) else decorator, cls.module)
        if found is None:
            return
        module, function = found
        inner = _returned(function) if called else function
        if inner is not None:
            path = f"{module.name}.{function.name}"
            for argument, unset in self._sets(inner, module, inner.params[:1], {(module.path, inner.line)}):
                yield Put(argument, unset, f"the decorator {path} may set it")

    def _function(self, expr: Expr, module: Module) -> tuple[Module, FuncDef] | None:
        """One of the project's functions, with its body."""
        value = self.classes.evaluator.evaluate(expr, module) if isinstance(expr, Ref) else None
        binding = value.binding if isinstance(value, Named) else None
        if (
            not isinstance(binding, Defined)
            or not isinstance(binding.node, FuncDef)
            or not binding.module.own
        ):
            return None
        whole = self.classes.names.modules.function(binding.module, binding.node)
        return None if whole is None else (binding.module, whole)

    def _sets(
        self, function: FuncDef, module: Module, itself: tuple[str, ...], seen: set[tuple[str, int]]
    ) -> Iterator[tuple[str, bool]]:
        """(argument, whether only where it is not set) of what a function sets on anything but `itself`."""
        for stmt, unset in _guarded(function.body or ()):
            match stmt:
                case Assign(targets=targets):
                    for owner, name in map(_attribute, targets):
                        if name in BASE_PARAMS and owner not in itself:
                            yield name, f"{owner}.{name}" in unset
                case Evaluate(value=Call(func=Ref("setattr"), args=(owner, name, *_))):
                    if not isinstance(owner, Ref) or owner.name not in itself:
                        written = name.value if isinstance(name, Literal) else ANY
                        if written == ANY or written in BASE_PARAMS:
                            yield str(written), False
                case _:
                    pass
            match stmt:
                case (
                    Assign(value=Call(func=func))
                    | Evaluate(value=Call(func=func))
                    | Return(value=Call(func=func))
                ):
                    yield from self._called(func, module, seen)
                case _:
                    pass

    def _called(self, func: Expr, module: Module, seen: set[tuple[str, int]]) -> Iterator[tuple[str, bool]]:
        found = self._function(func, module)
        if found is not None and (found[0].path, found[1].line) not in seen:
            seen.add((found[0].path, found[1].line))
            yield from self._sets(found[1], found[0], (), seen)


def _guarded(
    body: tuple[Stmt, ...], unset: frozenset[str] = frozenset()
) -> Iterator[tuple[Stmt, frozenset[str]]]:
    """Statements with those inside others; and what `if not …` around them says has no value."""
    for stmt in body:
        match stmt:
            case If(test=Op("not", (Ref(name),))):
                yield from _guarded(stmt.body, unset | {name})
                yield from _guarded(stmt.orelse, unset)
            case If() | For():
                yield from _guarded((*stmt.body, *stmt.orelse), unset)
            case While() | With():
                yield from _guarded(stmt.body, unset)
            case Try():
                failed = (inner for handler in stmt.handlers for inner in handler.body)
                yield from _guarded((*stmt.body, *failed, *stmt.orelse, *stmt.final), unset)
            case _:
                yield stmt, unset


def _attribute(target: Expr) -> tuple[str, str]:
    """What stands before the last dot of a target, as far as it is names, and what after it."""
    match target:
        case Ref(name) if "." in name:
            owner, _, last = name.rpartition(".")
            return owner, last
        case Op(op) if op.startswith("."):
            return "?", op[1:]
        case _:
            return "", ""


def _returned(function: FuncDef) -> FuncDef | None:
    """The inner function that a decorator with arguments returns."""
    body = function.body or ()
    names = {stmt.value.name for stmt in body if isinstance(stmt, Return) and isinstance(stmt.value, Ref)}
    return next((stmt for stmt in body if isinstance(stmt, FuncDef) and stmt.name in names), None)
