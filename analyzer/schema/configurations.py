"""Settings that are attributes of a class: what they are, and the calls that put them into a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from analyzer.schema.classes import Class, Classes, Gap
from analyzer.schema.included import include, includes
from analyzer.source.bodies import outside
from analyzer.source.branches import RETURNED
from analyzer.source.evaluate import Evaluator
from analyzer.source.execute import MAX_STAR_DEPTH, Executor
from analyzer.source.facts import Assign, Call, ClassDef, Evaluate, Expr, FuncDef, Literal, Op, Ref, Stmt
from analyzer.source.modules import Module
from analyzer.source.parameters import positional
from analyzer.source.scopes import bound_names, flatten, heads
from analyzer.source.values import Maybe, Sequence, Table, Undecided, Value

CONFIGURATIONS = "configurations."
"""The package whose classes call the methods that stand for settings."""

PROPERTIES = ("property", "cached_property")
SUPER = "super"
THIS_MODULE = frozenset({"__name__", "globals", "locals"})
"""Words by which a module hands itself to a function."""

MAX_DEPTH = 20
"""So many attributes that ask for one another are followed."""

Scope = Callable[[Module], dict[str, Value]]
"""What the names at the top of a module are."""


class Attributes:
    """The attributes of an object of a class, as far as source decides them.

    `called` says that whoever reads them calls the methods among them.
    """

    def __init__(self, classes: Classes, cls: Class, scope: Scope, *, called: bool = False) -> None:
        self.classes = classes
        self.order = classes.ancestry(cls).order
        self.scope = scope
        self.called = called
        self._steps = 0
        self._methods: dict[str, dict[int, FuncDef]] = {}
        self._bound: dict[str, dict[str, Stmt]] = {}
        self._bodies: dict[str, dict[str, Value]] = {}
        self._values: dict[tuple[str, int], Value] = {}
        self._asked: list[tuple[str, int]] = []

    def settings(self) -> dict[str, Value]:
        """The attributes with names in upper case."""
        names = {name for cls in self.order if isinstance(cls, Class) for name in self._bindings(cls)}
        return {name: self.value(name) for name in sorted(names) if name.isupper()}

    def _bindings(self, cls: Class) -> dict[str, Stmt]:
        """The statement that binds each name of a class body last."""
        if cls.key not in self._bound:
            flat = flatten(cls.node.body)
            self._bound[cls.key] = {name: stmt for stmt in flat for name in bound_names(stmt)}
        return self._bound[cls.key]

    def value(self, name: str, start: int = 0) -> Value:
        """What the attribute is to the ancestors from that place in the order on."""
        key = (name, start)
        if key in self._asked:
            return Undecided(f"`{name}` is defined by itself")
        if len(self._asked) > MAX_DEPTH:
            return Undecided(f"`{name}` is asked for by way of too many others")
        if key not in self._values:
            self._asked.append(key)
            self._values[key] = self._find(name, start)
            self._asked.pop()
        return self._values[key]

    def _find(self, name: str, start: int) -> Value:
        gap: Gap | None = None
        for place, ancestor in enumerate(self.order[start:], start):
            if isinstance(ancestor, Gap):
                gap = gap or ancestor
                continue
            bound = self._bindings(ancestor).get(name)
            if bound is not None:
                found = self._own(ancestor, name, bound, place)
                return found if gap is None else _doubted(found, f"{gap.path} may set it: {gap.why}")
        return Undecided(f"no attribute `{name}`")

    def _own(self, cls: Class, name: str, stmt: Stmt, place: int) -> Value:
        if isinstance(stmt, FuncDef):
            return self._computed(cls, stmt, place)
        if cls.key not in self._bodies:
            self._bodies[cls.key] = env = dict(self.scope(cls.module))
            self._run(cls.node.body, cls.module, env, "")
        return self._bodies[cls.key].get(name, Undecided(f"`{name}` is not a plain value"))

    def _computed(self, cls: Class, outline: FuncDef, place: int) -> Value:
        """What a property returns, or a method that is called."""
        node = self._whole(cls.module, outline)
        is_property = any(_last(decorator) in PROPERTIES for decorator in outline.decorators)
        params = positional(outline.params if node is None else node.params)
        if node is None or node.body is None or len(params) != 1 or not (is_property or self._calls(node)):
            return Undecided(f"what `{outline.name}` of {cls.path} returns is not decided")
        body = _with_named_super(node.body)
        local = {**self.scope(cls.module), params[0]: Undecided("an object"), SUPER: Undecided("an object")}
        for written in sorted(set(_names(body))):
            owner, _, rest = written.partition(".")
            if rest and owner in (params[0], SUPER):
                attribute = rest.partition(".")[0]
                local[f"{owner}.{attribute}"] = self.value(attribute, place + 1 if owner == SUPER else 0)
        self._run(body, cls.module, local, f"{cls.qualname}.{node.name}")
        return local.get(RETURNED)

    def _whole(self, module: Module, outline: FuncDef) -> FuncDef | None:
        """A method with its body: those of a file are read at once."""
        modules = self.classes.names.modules
        if not module.path:
            return modules.function(module, outline)
        if module.path not in self._methods:
            every = outside(modules.facts(module, full=True).body)
            self._methods[module.path] = {stmt.line: stmt for stmt in every if isinstance(stmt, FuncDef)}
        return self._methods[module.path].get(outline.line)

    def _run(self, body: tuple[Stmt, ...], module: Module, env: dict[str, Value], inside: str) -> None:
        """Carry statements out; what loops may take of them counts for all attributes together."""
        executor = Executor(self.classes.evaluator)
        executor.inside, executor.steps = inside, self._steps
        executor.run(body, module, env, 1 if inside else 0)
        self._steps = executor.steps

    def _calls(self, node: FuncDef) -> bool:
        return self.called and not node.decorators


class SettingsExecutor(Executor):
    """Runs settings modules; what a class's method puts into one is among its names."""

    def __init__(self, evaluator: Evaluator) -> None:
        super().__init__(evaluator)
        self.classes = Classes(evaluator.names, evaluator)
        self._included: list[str] = []

    def step(self, stmt: Stmt, module: Module, env: dict[str, Value], calls: int) -> None:
        match stmt:
            case Evaluate(value=Call() as call) if includes(self.evaluator, call, module):
                include(self.evaluator, call, module, env, self._carry_out)
                return
            case _:
                pass
        cls = self._loaded(stmt, module) if isinstance(stmt, Evaluate) and not calls else None
        if cls is None:
            super().step(stmt, module, env, calls)
        else:
            env.update(Attributes(self.classes, cls, self.scope(module, env)).settings())

    def _carry_out(self, module: Module, env: dict[str, Value]) -> None:
        """Run another file over the same names; none within itself."""
        if module.path in self._included or len(self._included) > MAX_STAR_DEPTH:
            return
        self._included.append(module.path)
        self.run(self.evaluator.names.modules.facts(module).body, module, env)
        self._included.pop()

    def scope(self, module: Module, env: dict[str, Value]) -> Scope:
        """The names of every module, of the one that is run as far as it has come."""
        return lambda other: env if other.path == module.path else self.module(other) if other.own else {}

    def configuration(self, module: Module, values: dict[str, Value], cls: ClassDef) -> dict[str, Value]:
        """The settings of a module that takes those of one of its classes."""
        chosen = Class(module, cls.name, cls)
        called = any(path.startswith(CONFIGURATIONS) for path in self.classes.ancestry(chosen).paths)
        scope = self.scope(module, values)
        return {**values, **Attributes(self.classes, chosen, scope, called=called).settings()}

    def _loaded(self, stmt: Evaluate, module: Module) -> Class | None:
        """The class whose method, given the module, writes attributes of it by names that it computes."""
        call = stmt.value
        if not isinstance(call, Call) or not _hands_itself(call):
            return None
        match call.func:
            case Ref(name) if "." in name:
                owner, _, method = name.rpartition(".")
            case Op(op, (Call(func=Ref(owner), args=(), kwargs=()),)) if op.startswith("."):
                method = op[1:]
            case _:
                return None
        cls = self.classes.of_binding(self.evaluator.names.resolve(module, owner))
        found = self.classes.lookup(cls, method) if cls is not None else None
        if found is None or not isinstance(found[1], FuncDef):
            return None
        node = self.evaluator.names.modules.function(found[0].module, found[1])
        return cls if node is not None and _writes(node) else None


def _hands_itself(call: Call) -> bool:
    given = (*call.args, *(value for _, value in call.kwargs))
    return any(heads(value) & THIS_MODULE for value in given)


def _writes(node: FuncDef) -> bool:
    """Whether a function sets attributes or items by names that do not stand there."""
    for stmt in flatten(node.body or ()):
        match stmt:
            case Evaluate(value=Call(func=Ref("setattr"), args=(_, name, _))):
                if not isinstance(name, Literal):
                    return True
            case Evaluate(value=Call(func=Ref(written))) if written.endswith(".update"):
                if written.partition(".")[0] in node.params:
                    return True
            case Assign(targets=(Op("[]", (Ref(written), name)),)):
                if written in node.params and not isinstance(name, Literal):
                    return True
            case _:
                pass
    return False


def _doubted(value: Value, why: str) -> Value:
    match value:
        case Sequence(kind=kind, items=items):
            return Sequence(kind, items, False, value.why or why)
        case Table(pairs=pairs):
            return Table(pairs, False)
        case Undecided() | Maybe():
            return value
        case _:
            return Maybe(value, why)


def _last(decorator: Expr) -> str:
    return decorator.name.rpartition(".")[2] if isinstance(decorator, Ref) else ""


def _names(body: object) -> Iterator[str]:
    """The names that statements are written with."""
    pending = [body]
    while pending:
        part = pending.pop()
        if isinstance(part, Ref):
            yield part.name
        elif isinstance(part, Struct):
            pending += (getattr(part, name) for name in part.__struct_fields__)
        elif isinstance(part, tuple):
            pending += part


def _with_named_super(part: Any) -> Any:
    """Statements in which `super().name` is a dotted name, as `self.name` is."""
    match part:
        case Op(op, (Call(func=Ref("super")),)) if op.startswith("."):
            return Ref(SUPER + op)
        case Struct():
            return type(part)(*(_with_named_super(getattr(part, name)) for name in part.__struct_fields__))
        case tuple():
            return tuple(map(_with_named_super, part))
        case _:
            return part
