"""A field object as its constructors leave it, and what its `deconstruct` methods make of it.

Django's own classes follow the rules in `builtin`; the `__init__` and `deconstruct` of other classes
(the project's, an installed package's) are carried out on values, in the order of the MRO.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.reduce import speaks_of_models
from analyzer.catalogue.rules import WORKED_OUT
from analyzer.schema.classes import Ancestor, Ancestry, Class, Gap
from analyzer.source.branches import RETURNED
from analyzer.source.evaluate import Evaluator
from analyzer.source.execute import Executor, parameters
from analyzer.source.facts import (
    Assign,
    Call,
    Evaluate,
    Expr,
    FuncDef,
    If,
    Items,
    Op,
    Ref,
    Return,
    Stmt,
)
from analyzer.source.facts import Mapping as MappingExpr
from analyzer.source.modules import Module
from analyzer.source.names import Defined
from analyzer.source.parameters import bound
from analyzer.source.scopes import share
from analyzer.source.values import Made, Named, Sequence, Table, Undecided, Value, truth
from analyzer.states.builtin import Behaviour, behaviour, is_left_out, is_ruled
from analyzer.states.objects import short

INIT = ".__init__"
CLONE = ".clone"
MAX_CONSTRUCTORS = 12
DATED = frozenset({"auto_now", "auto_now_add"})
"""Arguments of date fields that make them neither editable nor required, and are told as True."""
ARGUMENTS = "*"
"""The name under which arguments are kept that no parameter names."""


_UNSET = Undecided("not set")

Defines = Callable[[Class, str], FuncDef | None]
"""The method of a name that a class itself defines."""

Patch = Callable[["Field", str, dict[str, Value]], Value]
"""What a project's own function in the place of `Field.deconstruct` makes of a path and keywords."""


class Parts(Struct, frozen=True):
    """What `deconstruct` returns, without the name: class path and keywords; `why` if that is not decided."""

    path: str
    kwargs: Mapping[str, Value]
    why: str = ""


class Field:
    """One field object: its attributes by name, as its constructors set them."""

    def __init__(self, evaluator: Evaluator, ancestry: Ancestry, method: Defines) -> None:
        self.evaluator = evaluator
        self.ancestry = ancestry
        self.order = ancestry.order
        self.method = method
        self.state: dict[str, Value] = {}
        self.arguments: dict[str, Value] = {}
        self.handed: dict[str, Mapping[str, Value]] = {}
        """What the constructor of each class was given, by the class's path."""
        self.behaviour: Behaviour | None = None
        self.patch: Patch | None = None
        self.why = ""

    def construct(self, args: Sequence, named: Table) -> None:
        """Carry out the constructors for what a call hands over."""
        if not args.complete or not named.complete:
            self.fail(args.why or "its keywords are not decided")
            return
        self.initialise(0, args, self._with_worked_out(named))
        if self.behaviour is None:
            self.fail("the constructor of its class does not call Django's")

    def _with_worked_out(self, named: Table) -> Table:
        """The keywords with the one that the class works out from data that are not read."""
        rule = WORKED_OUT.get(self.order[0].path)
        if rule is None or any(named.has(name) for name in (rule.argument, *rule.unless)):
            return named
        is_set = any(name in self.evaluator.settings for name in rule.settings)
        return named if is_set else Table((*named.pairs, (rule.argument, rule.value)))

    def fail(self, why: str) -> None:
        self.why = self.why or why

    def another(self, ancestry: Ancestry | None = None) -> Field:
        """A field that is not constructed yet, of the same class or another one."""
        return Field(self.evaluator, ancestry or self.ancestry, self.method)

    def has_own_code(self) -> bool:
        """Whether a class that is not Django's has a constructor or a `deconstruct`."""
        return any(self._next(0, method) is not None for method in ("__init__", "deconstruct"))

    def _next(self, start: int, method: str) -> tuple[int, Class, FuncDef] | None:
        """The first class from a place in the order on that has the method; None where Django's own begin."""
        for place, cls in enumerate(self.order[start:], start):
            if isinstance(cls, Gap):
                self.fail(cls.why)
                return None
            if is_ruled(cls.path):
                return None
            if is_bare(cls):
                self.fail(f"the code of {cls.path} is not read")
                return None
            node = self.method(cls, method)
            if node is not None:
                return place, cls, node
        return None

    def initialise(self, start: int, args: Sequence, named: Table) -> None:
        """Carry out the first constructor from a place in the order of classes on."""
        found = self._next(start, "__init__")
        if found is None or self.why:
            self._builtin_init(start, args, named)
            return
        place, cls, node = found
        if place > MAX_CONSTRUCTORS or node.body is None:
            self.fail(f"the constructor of {cls.path} is not followed")
            return
        bound_method = self._with_defaults(_bound_method(node), cls)
        local = parameters(self.evaluator, bound_method, cls.module, (args, named))
        self.handed[cls.path] = local.copy()
        Method(self, place).carry_out(node, cls, local)

    def _with_defaults(self, node: FuncDef, cls: Class) -> FuncDef:
        """The method with defaults that name what its class binds above it written out."""
        names = self.evaluator.names
        defaults = tuple(
            (param, inner if isinstance(names.resolve(cls.module, inner.name), Defined) else expr)
            for param, expr in node.defaults
            for inner in (Ref(f"{cls.qualname}.{expr.name}" if isinstance(expr, Ref) else ""),)
        )
        return replace(node, defaults=defaults)

    def _builtin_init(self, start: int, args: Sequence, named: Table) -> None:
        rules = behaviour(tuple(cls.path for cls in self.order[start:]))
        if rules is None or self.behaviour is not None:
            self.fail("it is no field of Django" if rules is None else "its constructor runs twice")
            return
        self.behaviour = rules
        given = bound(rules.params, args.items, {str(key): value for key, value in named.pairs})
        if given.rest:
            self.arguments[ARGUMENTS] = Sequence("list", given.rest)
        for key, value in {**rules.initial, **given.given, **given.options, **rules.forced}.items():
            if key not in rules.never:
                self.set(key, value)
        if any(is_true(self.arguments.get(name)) for name in DATED):
            self.set("editable", False)
            self.set("blank", True)

    def set(self, name: str, value: Value) -> None:
        self.arguments[name] = value
        self.state[f"self.{name}"] = value

    def keep(self, env: Mapping[str, Value]) -> None:
        """Take over what a method made of `self`; an attribute of Django's is an argument, too."""
        for name, value in env.items():
            if not name.startswith("self."):
                continue
            argument = name.removeprefix("self.")
            known = self.behaviour is not None and argument in self.behaviour.omitted
            if known and self.state.get(name, _UNSET) != value:
                self.arguments[argument] = value
            self.state[name] = value

    def remove(self, name: str) -> None:
        self.arguments.pop(name, None)

    def deconstruct(self) -> Parts:
        """The class path and the keywords that a migration would be written with."""
        returned = self.taken_apart(0)
        match returned:
            case _ if self.why:
                return Parts(self.path(), self._kwargs(), self.why)
            case Sequence(items=(_, str() as path, Sequence() as args, Table(complete=True) as kwargs)):
                named = {str(key): value for key, value in kwargs.pairs}
                extra = {ARGUMENTS: args} if args.items else {}
                return Parts(short(path), {**named, **extra})
            case _:
                why = (
                    returned.why if isinstance(returned, Undecided) else "its `deconstruct` is not understood"
                )
                return Parts(self.path(), self._kwargs(), why)

    def taken_apart(self, start: int) -> Value:
        """What `deconstruct` returns, from a place in the order of classes on."""
        found = self._next(start, "deconstruct")
        if found is None:
            kwargs = self._kwargs()
            if self.patch is not None:
                return self.patch(self, self.path(), kwargs)
            return Sequence("tuple", ("", self.path(), Sequence("list", ()), Table(tuple(kwargs.items()))))
        place, cls, node = found
        if place > MAX_CONSTRUCTORS or node.body is None:
            return Undecided(f"`deconstruct` of {cls.path} is not followed")
        return Method(self, place).carry_out(node, cls, {})

    def path(self) -> str:
        """The class path that Django's own `deconstruct` would tell."""
        return short(self.order[0].path)

    def _kwargs(self) -> dict[str, Value]:
        rules = self.behaviour
        given = dict(self.arguments)
        dated = any(is_true(given.get(name)) for name in DATED)
        out: dict[str, Value] = {}
        for key, value in sorted(given.items()):
            if dated and key in ("editable", "blank"):
                continue
            if rules is not None and is_left_out(key, value, rules.omitted):
                continue
            out[key] = True if key in DATED and is_true(value) else value
        return out


def is_true(value: Value) -> bool:
    """Whether a value counts as true, as functions and classes do; a name in capitals may be any value."""
    if isinstance(value, Named):
        return truth(value) is True or not value.path.rpartition(".")[2].isupper()
    return truth(value) is True


def is_bare(cls: Class) -> bool:
    """Whether only the name of a package's class is known, since its module holds forms, views and such."""
    return not cls.module.own and not cls.node.body and not speaks_of_models(cls.module.name)


def _bound_method(node: FuncDef) -> FuncDef:
    """The method as its caller sees it: without `self`."""
    return FuncDef(node.name, node.params[1:], node.decorators, node.body, node.line, node.defaults)


class Constructing(Protocol):
    """An object while its methods are carried out."""

    evaluator: Evaluator
    order: tuple[Ancestor, ...]
    state: dict[str, Value]

    def fail(self, why: str) -> None:
        """Keep why a method cannot be followed."""

    def keep(self, env: Mapping[str, Value]) -> None:
        """Take over what a method made of `self`."""

    def initialise(self, start: int, args: Sequence, named: Table) -> None:
        """Carry out the first constructor from a place in the order of classes on."""

    def taken_apart(self, start: int) -> Value:
        """What `deconstruct` returns, from a place in the order of classes on."""


class Method(Executor):
    """Carries out one method of a field class; what it does to `self` is kept by the field."""

    def __init__(self, field: Constructing, place: int) -> None:
        super().__init__(field.evaluator)
        self.field = field
        self.place = place
        self.forks = 0

    def carry_out(self, node: FuncDef, cls: Class, local: dict[str, Value]) -> Value:
        itself = Named(Defined(cls.module, cls.qualname, cls.node))
        env: dict[str, Value] = {"__name__": cls.module.name, **local, "self": itself, **self.field.state}
        self.run(node.body or (), cls.module, env, 1)
        self.field.keep(env)
        return env.get(RETURNED)

    def step(self, stmt: Stmt, module: Module, env: dict[str, Value], calls: int) -> None:
        match stmt:
            case Evaluate(value=Call() as call) | Return(value=Call() as call) if _is_super(call, INIT):
                self._super_init(call, module, env, calls)
            case Evaluate(value=Call(func=Ref(), args=(MappingExpr(pairs),), kwargs=()) as call):
                kept = tuple((key, self.hoisted(value, module, env, calls)) for key, value in pairs)
                update = Call(call.func, (MappingExpr(kept),), (), call.line)
                super().step(Evaluate(update, stmt.line), module, env, calls)
            case Evaluate(value=Call(func=func)) if isinstance(func, Op):
                self.hoisted(stmt.value, module, env, calls)
            case Assign(targets=(Ref(name),), op="=", value=value) if name.startswith("self."):
                env[name] = self.evaluator.evaluate(
                    self.hoisted(value, module, env, calls), module, env, calls
                )
            case Assign(targets=(Items(items=items),), op="=") if any(map(_is_own, items)):
                for target in items:
                    if isinstance(target, Ref):
                        self.step(
                            Assign((target,), "=", share(stmt, target.name), stmt.line), module, env, calls
                        )
            case Assign(targets=targets, op="=", value=value):
                hoisted = self.hoisted(value, module, env, calls)
                super().step(Assign(targets, "=", hoisted, stmt.line), module, env, calls)
            case Return(value=Call() as value):
                super().step(Return(self.hoisted(value, module, env, calls), stmt.line), module, env, calls)
            case If():
                undecided = truth(self.evaluator.evaluate(stmt.test, module, env, calls)) is None
                self.forks += undecided
                super().step(stmt, module, env, calls)
                self.forks -= undecided
            case _:
                super().step(stmt, module, env, calls)

    def _super_init(self, call: Call, module: Module, env: dict[str, Value], calls: int) -> None:
        if self.forks:
            self.field.fail("its constructor depends on a condition that is not decided")
        named = tuple((key, self.hoisted(value, module, env, calls)) for key, value in call.kwargs)
        unbound = isinstance(call.func, Ref)  # `models.CharField.__init__(self, …)`
        hoisted = Call(call.func, call.args[unbound:], named, call.line)
        args, kwargs = self.evaluator.arguments(hoisted, module, env, calls)
        if not args.complete or not kwargs.complete:
            self.field.fail("what its constructor hands on is not decided")
        self.field.state.update((name, value) for name, value in env.items() if name.startswith("self."))
        self.field.initialise(self.place + 1, args, Table(tuple(dict(kwargs.pairs).items())))
        env.update(self.field.state)

    def hoisted(self, expr: Expr, module: Module, env: dict[str, Value], calls: int) -> Expr:
        """The expression with `kwargs.pop(…)` and `super().deconstruct()` in it carried out."""
        match expr:
            case Call(func=Ref(name), args=(), kwargs=()) if name.endswith(CLONE):
                owner = self.evaluator.evaluate(Ref(name.removesuffix(CLONE)), module, env, calls)
                return held(owner, env) if isinstance(owner, Made) else expr
            case Call() if _is_super(expr, ".deconstruct"):
                return held(self.field.taken_apart(self.place + 1), env)
            case Call(func=Ref(name), args=args) if name.endswith(".pop") and isinstance(
                env.get(name.removesuffix(".pop")), Table
            ):
                return self._popped(name.removesuffix(".pop"), args, module, env, calls)
            case Call(func=func, args=args, kwargs=kwargs, line=line):
                return Call(
                    self.hoisted(func, module, env, calls) if isinstance(func, Op) else func,
                    tuple(self.hoisted(arg, module, env, calls) for arg in args),
                    tuple((key, self.hoisted(value, module, env, calls)) for key, value in kwargs),
                    line,
                )
            case Op(op=op, args=args):
                return Op(op, tuple(self.hoisted(arg, module, env, calls) for arg in args))
            case _:
                return expr

    def _popped(
        self, name: str, args: tuple[Expr, ...], module: Module, env: dict[str, Value], calls: int
    ) -> Expr:
        table = env[name]
        values = [self.evaluator.evaluate(arg, module, env, calls) for arg in args]
        if not isinstance(table, Table) or not values or not isinstance(values[0], str):
            return held(Undecided(f"`{name}.pop(…)` is not decided"), env)
        key = values[0]
        env[name] = table.without(key)
        found = (
            table.get(key) if table.has(key) else values[1] if len(values) > 1 else Undecided("no such key")
        )
        return held(found, env)


def _is_own(target: Expr) -> bool:
    """Whether an assignment sets an attribute of the field."""
    return isinstance(target, Ref) and target.name.startswith("self.")


def held(value: Value, env: dict[str, Value]) -> Ref:
    """A name of its own for a value, to stand in an expression."""
    name = f"<{len(env)}>"
    env[name] = value
    return Ref(name)


def _is_super(call: Call, method: str) -> bool:
    match call.func:
        case Op(op=op, args=(Call(func=Ref("super")),)):
            return op == method
        case Ref(name=name):
            return name.endswith(method) and bool(call.args) and call.args[0] == Ref("self")
        case _:
            return False
