"""Code that gives fields to models from outside: what a block of statements adds, carried out.

`Model.add_to_class("name", field)` and `field.contribute_to_class(Model, "name")`, in loops over
values that source decides, and in the project's functions that are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from analyzer.catalogue.recipes import RECIPES
from analyzer.schema.classes import Class, Classes
from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Evaluate,
    Expr,
    For,
    FuncDef,
    If,
    Import,
    Op,
    Ref,
    Return,
    Stmt,
    Try,
    With,
)
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External, Package
from analyzer.source.parameters import bound
from analyzer.source.scopes import flatten, heads
from analyzer.source.targets import bind
from analyzer.source.values import Made, Named, Undecided, Value, merge, truth
from analyzer.source.values import Sequence as Items

SELF = "self"
ADDS, CONTRIBUTES = "add_to_class", "contribute_to_class"
GET_MODEL = ("app_label", "model_name")
OWN_GET_MODEL = "get_model"
"""The method of an AppConfig, whose app is known; what the registry's is given, by place."""

UNDECIDED = "depends on a condition that is not decided"
LOOP = "stands in a loop over values that are not decided"
WORDS = (f"{ADDS}(".encode(), f".{CONTRIBUTES}(".encode())
ASKS = tuple(
    (recipe.factory.partition(".")[0].encode(), f"{recipe.factory.rpartition('.')[2]}(".encode())
    for recipe in RECIPES
    if recipe.way != "attribute"
)
VERBS = frozenset(recipe.factory.rpartition(".")[2] for recipe in RECIPES if recipe.way != "attribute")
MAX_DEPTH = 5
MAX_STEPS = 5_000
"""Statements carried out for one block: far more than modules and `ready` need."""


class Gift(Struct, frozen=True):
    """A field given to a class: its name, the call that makes it, and where; else why not known.

    `model` is the class or its label, `name` and `call` are None where source does not decide them.
    """

    model: Class | str | None
    written: str
    name: str | None
    call: Call | None
    module: Module
    local: tuple[tuple[str, Value], ...]
    line: int
    why: str = ""


class Asked(Struct, frozen=True):
    """A call in a function that may ask a package for a model, with the local names in it."""

    call: Call
    module: Module
    local: tuple[tuple[str, Value], ...]
    line: int
    why: str = ""


Givers = Mapping[str, Sequence[tuple[Module, FuncDef]]]
"""Functions that may give fields or ask for models, by name."""

NONE: Givers = {}


class Giving:
    """Carries out one block after another; `gifts` is what they give, and
    `asked` are the calls in functions that may ask a package for a model.

    `givers` are functions that may be meant where a name leads nowhere.
    `app_label` is the app whose config `self` is, for `self.get_model(…)`.
    """

    def __init__(self, classes: Classes, givers: Givers = NONE) -> None:
        self.classes = classes
        self.evaluator = classes.evaluator
        self.gifts: list[Gift] = []
        self.asked: list[Asked] = []
        self.app_label = ""
        self._givers = givers
        self._steps = 0

    def run(
        self, body: Sequence[Stmt], module: Module, env: dict[str, Value], depth: int = 0, why: str = ""
    ) -> None:
        """Carry out statements; `why` says what decides whether they run at all, "" where they do."""
        for stmt in body:
            self._steps += 1
            if self._steps > MAX_STEPS:
                return
            match stmt:
                case Import() if depth or env:
                    self._import(stmt, module, env)
                case Assign(targets=(target, *_), op="=", value=value):
                    bind(target, self._value(value, module, env), env)
                case Evaluate(value=Call() as call):
                    self._call(call, module, env, stmt.line, depth, why)
                case ClassDef():
                    self._decorated(stmt, module, env, depth, why)
                case If():
                    self._branch(stmt, module, env, depth, why)
                case Try():
                    self.run((*stmt.body, *stmt.orelse, *stmt.final), module, env, depth, why)
                case With():
                    self.run(stmt.body, module, env, depth, why)
                case For():
                    self._loop(stmt, module, env, depth, why)
                case _:
                    pass

    def _branch(self, stmt: If, module: Module, env: dict[str, Value], depth: int, why: str) -> None:
        holds = truth(self.evaluator.evaluate(stmt.test, module, env))
        if holds is not None:
            self.run(stmt.body if holds else stmt.orelse, module, env, depth, why)
            return
        one, other = dict(env), dict(env)
        self.run(stmt.body, module, one, depth, why or UNDECIDED)
        self.run(stmt.orelse, module, other, depth, why or UNDECIDED)
        both = one.keys() & other.keys()
        env.update({**one, **other, **{name: merge(one[name], other[name], UNDECIDED) for name in both}})

    def _loop(self, stmt: For, module: Module, env: dict[str, Value], depth: int, why: str) -> None:
        values = self._value(stmt.iterable, module, env)
        if isinstance(values, Items) and values.complete:
            for value in values.items:
                bind(stmt.target, value, env)
                self.run(stmt.body, module, env, depth, why)
        else:
            bind(stmt.target, Undecided(LOOP), env)
            self.run(stmt.body, module, env, depth, why or LOOP)

    def _import(self, stmt: Import, module: Module, env: dict[str, Value]) -> None:
        for _, alias in stmt.names or ():
            binding = self.classes.names.imported(module, stmt, alias)
            if isinstance(binding, Defined) and not isinstance(binding.node, (ClassDef, FuncDef)):
                env[alias] = self.evaluator.binding_value(binding, alias)
            elif isinstance(binding, (Defined, External, Package)):
                env[alias] = Named(binding)

    def _value(self, expr: Expr, module: Module, env: Mapping[str, Value]) -> Value:
        if self.app_label and isinstance(expr, Call) and expr.func == Ref(f"{SELF}.get_model"):
            return Made(OWN_GET_MODEL, expr, module)
        return self.evaluator.evaluate(expr, module, env)

    # ------------------------------------------------------------ calls

    def _call(
        self, call: Call, module: Module, env: dict[str, Value], line: int, depth: int, why: str
    ) -> None:
        owner, verb = _parts(call)
        if verb == ADDS and owner is not None:
            name, value = call.argument("name", 0), call.argument("value", 1)
            self._give(owner, name, value, module, env, line, why)
        elif verb == CONTRIBUTES and owner is not None and len(call.args) >= 2:
            self._give(call.args[0], call.args[1], owner, module, env, line, why)
        else:
            if depth and _verb(call) in VERBS:
                local = tuple((name, env[name]) for name in sorted(heads(call) & env.keys()))
                self.asked.append(Asked(call, module, local, line, why))
            self._follow(call, module, env, depth, why)

    def _give(
        self,
        owner: Expr,
        name: Expr | None,
        value: Expr | None,
        module: Module,
        env: dict[str, Value],
        line: int,
        why: str,
    ) -> None:
        model = self.model(self._value(owner, module, env))
        called = self._value(name, module, env) if name is not None else None
        made = self._made(value, module, env) if value is not None else None
        if isinstance(made, Named) or (value is not None and made is None):
            return  # a method or a manager
        text = called if isinstance(called, str) else None
        reason = why or ("" if model is not None else "the model that it is given to is not decided")
        reason = reason or ("" if text is not None else "the name of the field that is given is not decided")
        if isinstance(made, Made):
            self.gifts.append(
                Gift(model, _written(owner), text, made.call, made.module, made.local, line, reason)
            )
        else:
            reason = reason or "the field that is given is not decided"
            self.gifts.append(Gift(model, _written(owner), text, None, module, (), line, reason))

    def _made(self, value: Expr, module: Module, env: dict[str, Value]) -> Value:
        """The call that makes a field, with the local names in it; None for what is no call."""
        if isinstance(value, Call):
            local = tuple((name, env[name]) for name in sorted(heads(value) & env.keys()))
            return Made("", value, module, local)
        found = self._value(value, module, env)
        return found if isinstance(found, (Made, Named, Undecided)) else None

    def model(self, value: Value) -> Class | str | None:
        """The class that a value is, or the label of the model that a call gives."""
        if isinstance(value, Named):
            return self.classes.of_binding(value.binding)
        if not isinstance(value, Made):
            return None
        called = value.path.rpartition(".")[2]
        params = GET_MODEL[value.path == OWN_GET_MODEL :]
        given = [value.call.argument(name, place) for place, name in enumerate(params)]
        words = [self.evaluator.evaluate(expr, value.module, dict(value.local)) for expr in given if expr]
        texts = [word for word in words if isinstance(word, str)]
        if called == "get_user_model":
            label = self.evaluator.settings.get("AUTH_USER_MODEL", "auth.User")
        else:
            label = ".".join(texts) if called in ("get_model", "get_registered_model") else None
            if label and "." not in label and self.app_label:
                label = f"{self.app_label}.{label}"
        found = self.classes.model_by_label(label) if isinstance(label, str) and "." in label else None
        return found or (label if isinstance(label, str) else None)

    def _follow(self, call: Call, module: Module, env: dict[str, Value], depth: int, why: str) -> None:
        """Carry out one of the project's functions, its parameters bound."""
        found = self._function(call.func, module, env)
        if found is None and isinstance(call.func, Ref):
            name = call.func.name.rpartition(".")[2]
            meant = self._givers.get(name, ())
            if len(meant) == 1 and self._leads_nowhere(call.func, module, env):
                place, node = meant[0]
                found = self.function(place, node), place
                why = (
                    why or f"`{name}` is taken for that of {place.name}, which the source read does not tell"
                )
        if found is None or depth >= MAX_DEPTH:
            return
        function, place = found
        inner = self._bound(function, call, module, env)
        self.run(function.body or (), place, inner, depth + 1, why)

    def _leads_nowhere(self, func: Ref, module: Module, env: Mapping[str, Value]) -> bool:
        value = self._value(func, module, env)
        outside = isinstance(value, Named) and isinstance(value.binding, External)
        return isinstance(value, Undecided) or outside

    def _bound(
        self, function: FuncDef, call: Call, module: Module, env: dict[str, Value]
    ) -> dict[str, Value]:
        args = [self._value(arg, module, env) for arg in call.args]
        named = {name: self._value(value, module, env) for name, value in call.kwargs if name != "**"}
        if isinstance(call.func, Ref) and call.func.name.partition(".")[0] == SELF and SELF in env:
            args.insert(0, env[SELF])
        given = bound(function.params, args, named)
        return {**dict.fromkeys(given.missing, Undecided("an argument that is not given")), **given.given}

    def _function(
        self, func: Expr, module: Module, env: Mapping[str, Value]
    ) -> tuple[FuncDef, Module] | None:
        value = self._value(func, module, env) if isinstance(func, Ref) else None
        binding = value.binding if isinstance(value, Named) else None
        if not isinstance(binding, Defined) or not isinstance(binding.node, FuncDef):
            return None
        if not binding.module.own:
            return None
        return self.function(binding.module, binding.node), binding.module

    def function(self, module: Module, node: FuncDef) -> FuncDef:
        """A function with its body, read now where only its name was."""
        if node.body is not None:
            return node
        if not may_give(self.classes.names.modules.files.data(module.path)):
            return node
        body = self.classes.names.modules.facts(module, full=True).body
        same = (f for f in functions_in(body) if f.name == node.name and f.line == node.line)
        return next(same, node)

    # ------------------------------------------------------------ decorators

    def _decorated(self, stmt: ClassDef, module: Module, env: dict[str, Value], depth: int, why: str) -> None:
        """What the project's own decorators give to the class below them."""
        if depth or not module.own:
            return
        decorated = Named(Defined(module, stmt.name, stmt))
        for decorator in reversed(stmt.decorators):
            call = decorator if isinstance(decorator, Call) else None
            found = self._function(call.func if call is not None else decorator, module, env)
            if found is None:
                continue
            function, place = found
            inner: dict[str, Value] = {}
            if call is not None:
                inner = self._bound(function, call, module, env)
                returned = _returned(function)
                if returned is None:
                    continue
                function = returned
            first = next((param for param in function.params if not param.startswith("*")), None)
            if first is not None:
                inner[first] = decorated
                self.run(function.body or (), place, inner, depth + 1, why)


def may_give(data: bytes) -> bool:
    """Whether a module's functions may give fields, or ask packages for models."""
    return any(word in data for word in WORDS) or any(top in data and verb in data for top, verb in ASKS)


def _verb(call: Call) -> str:
    """The last name of what is called, or of what makes what is called."""
    func = call.func.func if isinstance(call.func, Call) else call.func
    return func.name.rpartition(".")[2] if isinstance(func, Ref) else ""


def functions_in(body: Sequence[Stmt]) -> Iterator[FuncDef]:
    """The functions of a module and the methods of its classes."""
    for stmt in flatten(tuple(body)):
        if isinstance(stmt, FuncDef):
            yield stmt
        elif isinstance(stmt, ClassDef):
            yield from functions_in(stmt.body)


def _parts(call: Call) -> tuple[Expr | None, str]:
    """What stands before the last dot of a call, and what after it."""
    match call.func:
        case Ref(name) if "." in name:
            owner, _, verb = name.rpartition(".")
            return Ref(owner), verb
        case Op(op, (owner,)) if op.startswith("."):
            return owner, op[1:]
        case _:
            return None, ""


def _returned(function: FuncDef) -> FuncDef | None:
    """The inner function that a decorator with arguments returns."""
    body = function.body or ()
    names = {stmt.value.name for stmt in body if isinstance(stmt, Return) and isinstance(stmt.value, Ref)}
    return next((stmt for stmt in body if isinstance(stmt, FuncDef) and stmt.name in names), None)


def _written(expr: Expr) -> str:
    match expr:
        case Ref(name):
            return name
        case Call(func=Ref(name)):
            return f"{name}(…)"
        case _:
            return "a model"
