"""Operations that a helper function chooses among at run time: each of them may be there."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.history.kinds import Kinds
from analyzer.source.facts import Call, Expr, FuncDef, Items, Op, Ref, Stmt
from analyzer.source.modules import Module
from analyzer.source.names import Defined
from analyzer.source.scopes import children, flatten
from analyzer.source.values import Made, Maybe, Named, Sequence, Table, Value

MAX_FUNCTIONS = 20
"""Functions looked into for one call; helpers of migrations are shorter than that."""


class Chooser:
    """Tells apart what is there for certain from what a function may pick."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.evaluator = kinds.evaluator

    def sequence(self, expr: Expr, module: Module) -> Sequence | None:
        """The items of a list, in order, those of a choice as `Maybe`; None where more may be in it."""
        found = self.evaluator.evaluate(expr, module)
        if isinstance(found, Sequence) and found.complete:
            return found
        match expr:
            case Op("+", (one, other)):
                return _joined([self.sequence(one, module), self.sequence(other, module)])
            case Items(items=items) if any(isinstance(item, Op) and item.op == "*" for item in items):
                return _joined([self._part(item, module) for item in items])
            case Call(func=Ref(name)):
                return self._choice(name, expr, module)
            case _:
                return None

    def _part(self, item: Expr, module: Module) -> Sequence | None:
        if isinstance(item, Op) and item.op == "*":
            return self.sequence(item.args[0], module)
        return Sequence("list", (self.evaluator.evaluate(item, module),))

    def _choice(self, name: str, call: Call, module: Module) -> Sequence | None:
        """The operations that a call is given, if it can give back no others."""
        callee = self.evaluator.evaluate(call.func, module)
        if not isinstance(callee, Named) or not self._makes_none(callee):
            return None
        args, named = self.evaluator.arguments(call, module, {})
        if not args.complete or not named.complete:
            return None
        why = f"is chosen by `{name}(…)` when it runs"
        given = [made for value in (args, named) for made in _operations(value)]
        return Sequence("list", tuple(Maybe(made, why) for made in given)) if given else None

    def _makes_none(self, callee: Named) -> bool:
        """Whether a function of the project, with those that it calls, makes no operation itself."""
        seen: set[str] = set()
        pending = [callee]
        while pending:
            function = pending.pop()
            if function.path in seen:
                continue
            seen.add(function.path)
            binding = function.binding
            if not isinstance(binding, Defined) or not isinstance(binding.node, FuncDef):
                if self._is_operation(function):
                    return False
                continue
            node = self.evaluator.names.modules.function(binding.module, binding.node)
            if node is None or node.body is None or len(seen) > MAX_FUNCTIONS:
                return False
            for call in _calls(node.body):
                called = self.evaluator.evaluate(call.func, binding.module)
                if isinstance(called, Named):
                    pending.append(called)
        return True

    def _is_operation(self, named: Named) -> bool:
        cls = self.kinds.classes.of_binding(named.binding)
        paths = self.kinds.classes.ancestry(cls).paths if cls is not None else (named.path,)
        return any(self.kinds.is_operation(path) for path in paths)


def _joined(parts: list[Sequence | None]) -> Sequence | None:
    items: list[Value] = []
    for part in parts:
        if part is None:
            return None
        items.extend(part.items)
    return Sequence("list", tuple(items))


def _operations(value: Value) -> Iterator[Made]:
    match value:
        case Made():
            yield value
        case Maybe(inner):
            yield from _operations(inner)
        case Sequence(items=items):
            for item in items:
                yield from _operations(item)
        case Table(pairs=pairs):
            for _, item in pairs:
                yield from _operations(item)
        case _:
            return


def _calls(body: tuple[Stmt, ...]) -> Iterator[Call]:
    """The calls in statements, at any depth."""
    pending: list[Expr | None] = []
    blocks = [body]
    while blocks:
        for stmt in flatten(blocks.pop()):
            if isinstance(stmt, FuncDef):
                blocks.append(stmt.body or ())
            pending.append(getattr(stmt, "value", None))
    while pending:
        part = pending.pop()
        if isinstance(part, Call):
            yield part
        pending += children(part) if part is not None else ()
