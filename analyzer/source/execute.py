"""Statements carried out on values: module bodies (settings) and simple functions.

Undecided conditions take both branches and merge what they leave behind.
"""

from __future__ import annotations

from analyzer.source.branches import JUMPED, RETURNED, falls_back, joined, unknown_import
from analyzer.source.comprehension import gone_through
from analyzer.source.evaluate import MAX_CALLS, Env, Evaluator
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
    Jump,
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
from analyzer.source.names import Defined, External, absolute
from analyzer.source.operators import binary, concatenated
from analyzer.source.parameters import bound, collector, handed_over, positional
from analyzer.source.targets import bind, written
from analyzer.source.values import (
    Maybe,
    Named,
    Sequence,
    Table,
    Undecided,
    Value,
    is_plain,
    likely,
    merge,
    truth,
    weight,
)

MAX_STAR_DEPTH = 12
MAX_STEPS = 20_000
"""Statements carried out by one executor inside loops: far more than settings and migrations need."""

MAX_FORKS = 3
"""Undecided conditions with a `break` or `continue` in one block: each one doubles the work."""

MAX_GUARDS = 20
"""Undecided conditions in a function that return early: each one nests what follows it."""


class Executor:
    """Runs statements over an environment of names; star imports bring another module's names.

    `inside` names the function whose body is run, so that a class made in it can be told.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._modules: dict[str, dict[str, Value]] = {}
        self._running: dict[str, dict[str, Value]] = {}
        self.steps = 0
        self.inside = ""
        self.guards = 0

    def module(self, module: Module) -> dict[str, Value]:
        """The names of a module after its body has run; of one that is running, those it has so far."""
        key = module.path or module.name
        if key in self._running or len(self._running) > MAX_STAR_DEPTH:
            return self._running.get(key, {})
        if key not in self._modules:
            env = self._running[key] = {}
            self.run(self.evaluator.names.modules.facts(module).body, module, env)
            self._modules[key] = self._running.pop(key)
        return self._modules[key]

    def run(self, body: tuple[Stmt, ...], module: Module, env: dict[str, Value], calls: int = 0) -> None:
        if sum(map(_may_jump, body)) > MAX_FORKS:
            _forget(body, env, "depends on too many conditions")
            return
        for position, stmt in enumerate(body, 1):
            if JUMPED in env or (RETURNED in env and not isinstance(env[RETURNED], Maybe)):
                return
            if isinstance(stmt, If) and _may_jump(stmt):
                rest = body[position:]
                stmt = If(stmt.test, stmt.body + rest, stmt.orelse + rest, stmt.line)  # noqa: PLW2901
                self.step(stmt, module, env, calls)
                return
            if self._is_open_guard(stmt, module, env, calls) and isinstance(stmt, If):
                self.guards += 1
                self.step(If(stmt.test, stmt.body, body[position:], stmt.line), module, env, calls)
                return
            self.step(stmt, module, env, calls)

    def _is_open_guard(self, stmt: Stmt, module: Module, env: dict[str, Value], calls: int) -> bool:
        """Whether a condition that is not decided says if a function returns here or goes on."""
        if not isinstance(stmt, If) or stmt.orelse or self.guards >= MAX_GUARDS:
            return False
        if not stmt.body or not isinstance(stmt.body[-1], Return):
            return False
        return truth(self.evaluator.evaluate(stmt.test, module, env, calls)) is None

    def step(self, stmt: Stmt, module: Module, env: dict[str, Value], calls: int) -> None:
        match stmt:
            case Assign():
                self._assign(stmt, module, env, calls)
            case Evaluate(value=Call() as call):
                self._mutation(call, module, env, calls)
            case Import():
                self._import(stmt, module, env, calls)
            case If():
                self._if(stmt, module, env, calls)
            case For():
                self._for(stmt, module, env, calls)
            case Try():
                self._try(stmt, module, env, calls)
            case With():
                self.run(stmt.body, module, env, calls)
            case While():
                _forget(stmt.body, env, "changed in a while loop")
            case Return(value=value):
                result = None if value is None else self.evaluator.evaluate(value, module, env, calls)
                env[RETURNED] = result
            case Jump():
                _jump(stmt, env)
            case ClassDef() | FuncDef():
                self._define(stmt, module, env)
            case _:
                pass

    def _define(self, stmt: ClassDef | FuncDef, module: Module, env: dict[str, Value]) -> None:
        """A definition: of a module it is found by name, of a function it is bound."""
        if self.inside and isinstance(stmt, ClassDef):
            env[stmt.name] = Named(Defined(module, f"{self.inside}.<locals>.{stmt.name}", stmt))
        else:
            env.pop(stmt.name, None)

    def _assign(self, stmt: Assign, module: Module, env: dict[str, Value], calls: int) -> None:
        value = self.evaluator.evaluate(stmt.value, module, env, calls)
        for target in stmt.targets:
            if stmt.op == "=":
                if not bind(target, value, env):
                    self._assign_item(target, value, module, env, calls)
            elif isinstance(target, Ref):
                old = self.evaluator.evaluate(target, module, env, calls)
                bind(target, binary(stmt.op[:-1], old, value), env)

    def _assign_item(
        self, target: Expr, value: Value, module: Module, env: dict[str, Value], calls: int
    ) -> None:
        match target:
            case Op("[]", (Ref(name), key)) if isinstance(env.get(name), Table):
                table = env[name]
                known = self.evaluator.evaluate(key, module, env, calls)
                if isinstance(table, Table):
                    if known is None or isinstance(known, (str, int, float, bool)):
                        heavy = table.weight + weight(value)
                        env[name] = Table((*table.pairs, (known, value)), table.complete, heavy)
                    else:
                        env[name] = Table(table.pairs, False)
            case Op("[]", (Ref(name), Op("slice", ()))):
                env[name] = value
            case Op("[]", (Ref(name), _)) if name in env:
                _spoil(name, env, "one of its items is replaced")
            case _:
                pass

    def _mutation(self, call: Call, module: Module, env: dict[str, Value], calls: int) -> None:
        """`NAME.append(x)` and its like."""
        if not isinstance(call.func, Ref) or call.func.name.count(".") != 1:
            return
        name, _, verb = call.func.name.partition(".")
        owner = env.get(name)
        args = [self.evaluator.evaluate(arg, module, env, calls) for arg in call.args]
        match owner, verb, args:
            case Sequence(), "append" | "add", [item]:
                env[name] = concatenated(owner, Sequence("list", (item,)))
            case Sequence(), "insert", [_, item]:
                env[name] = concatenated(Sequence(owner.kind, (item,)), owner)
            case Sequence(), "extend" | "update", [more]:
                env[name] = concatenated(owner, more)
            case Sequence(), "remove" | "discard", [item] if is_plain(item):
                kept = tuple(known for known in owner.items if known != item)
                env[name] = Sequence(owner.kind, kept, owner.complete, owner.why)
            case Table(), "update", [Table() as more]:
                env[name] = Table(owner.pairs + more.pairs, owner.complete and more.complete)
            case Table(complete=True), "update", []:
                given = [(key, self.evaluator.evaluate(arg, module, env, calls)) for key, arg in call.kwargs]
                env[name] = Table((*owner.pairs, *given))
            case Table(complete=True), "setdefault", [str() as key, value]:
                env[name] = owner if owner.has(key) else Table((*owner.pairs, (key, value)))
            case Table(complete=True), "pop", [str() as key, *_]:
                env[name] = owner.without(key)
            case ((Sequence() | Table()), ("pop" | "clear" | "remove" | "update" | "setdefault"), _):
                _spoil(name, env, f"changed by `.{verb}(…)`")
            case _:
                pass

    def _import(self, stmt: Import, module: Module, env: dict[str, Value], calls: int) -> None:
        if calls and stmt.names is not None:
            self._import_locally(stmt, module, env)
            return
        source = self.evaluator.names.target(module, stmt)
        if stmt.names is None or source is None or not source.own or not source.path:
            for _, alias in stmt.names or ():
                env.pop(alias, None)
            return
        if source.path == module.path:
            return
        if stmt.names and stmt.names[0][0] == "*":
            env.update(self.module(source))
            return
        for name, alias in stmt.names:
            found = self.module(source).get(name) if _is_constant(name) else None
            if found is not None:
                env[alias] = found
            else:
                env.pop(alias, None)

    def _try(self, stmt: Try, module: Module, env: dict[str, Value], calls: int) -> None:
        """The body as if it did not fail; a handler's `return` makes the result undecided.

        Where a module at hand asks for a package that is not known, either may hold.
        """
        before = dict(env)
        missing = "" if calls else unknown_import(stmt, module, self.evaluator.names)
        self.run(stmt.body, module, env, calls)
        self.run(stmt.orelse + stmt.final, module, env, calls)
        for handler in stmt.handlers:
            local = dict(before)
            self.run(handler.body, module, local, calls)
            if RETURNED in local:
                why = f"depends on an exception at {module.at(stmt.line)}"
                env[RETURNED] = merge(env.get(RETURNED), local[RETURNED], why)
            elif missing and falls_back(handler):
                why = f"depends on whether `{missing}` can be imported"
                known = joined(env, local, why, True)
                env.clear()
                env.update(known)

    def _import_locally(self, stmt: Import, module: Module, env: dict[str, Value]) -> None:
        """An import in a function: it binds what the name means where it comes from."""
        source, path = self.evaluator.names.target(module, stmt), absolute(module, stmt)
        for name, alias in stmt.names or ():
            written = f"{path}.{name}"
            found = External(written) if source is None else self.evaluator.names.member(source, name)
            env[alias] = self.evaluator.binding_value(found, written)

    def _if(self, stmt: If, module: Module, env: dict[str, Value], calls: int) -> None:
        test = self.evaluator.evaluate(stmt.test, module, env, calls)
        known, expected = truth(test), likely(test)
        if known is not None:
            self.run(stmt.body if known else stmt.orelse, module, env, calls)
            return
        one, other = dict(env), dict(env)
        self.run(stmt.body, module, one, calls)
        self.run(stmt.orelse, module, other, calls)
        env.clear()
        env.update(joined(one, other, f"depends on a condition at {module.at(stmt.line)}", expected))

    def _for(self, stmt: For, module: Module, env: dict[str, Value], calls: int) -> None:
        source = gone_through(self.evaluator, self.evaluator.evaluate(stmt.iterable, module, env, calls))
        if not isinstance(source, Sequence) or not source.complete:
            why = f"changed in a loop at {module.at(stmt.line)} over values that are not decided"
            _forget(stmt.body, env, why)
            return
        for item in source.items:
            self.steps += len(stmt.body)
            if self.steps > MAX_STEPS:
                why = f"changed in a loop at {module.at(stmt.line)} that goes round too often"
                _forget(stmt.body, env, why)
                return
            if isinstance(item, Maybe):
                _forget(stmt.body, env, item.why)
                continue
            bind(stmt.target, item, env)
            self.run(stmt.body, module, env, calls)
            jumped = env.pop(JUMPED, "continue")
            if isinstance(jumped, Undecided):
                _forget(stmt.body, env, jumped.why)
            if jumped != "continue" or RETURNED in env:
                return
        self.run(stmt.orelse, module, env, calls)


def call_function(
    evaluator: Evaluator, function: Defined, call: Call, module: Module, env: Env, calls: int, owner: Value
) -> Value:
    """What a project's function, or a method of `owner`, returns where its body decides it."""
    node = function.node if calls < MAX_CALLS else None
    if isinstance(node, FuncDef):
        node = evaluator.names.modules.function(function.module, node)
    args, named = evaluator.arguments(call, module, env, calls + 1)
    handed = handed_over(node, args, owner) if isinstance(node, FuncDef) else None
    if not isinstance(node, FuncDef) or node.body is None or handed is None:
        return Undecided(f"what `{function.qualname}(…)` returns is not decided")
    local = parameters(evaluator, node, function.module, (handed, named))
    executor = Executor(evaluator)
    executor.inside = function.qualname
    executor.run(node.body, function.module, local, calls + 1)
    return local.get(RETURNED, Undecided(f"what `{function.qualname}(…)` returns is not decided"))


def _jump(stmt: Jump, env: dict[str, Value]) -> None:
    match stmt:
        case Jump(kind="delete", value=Op("[]", (Ref(name), Literal(str() as key)))):
            table = env.get(name)
            env[name] = table.without(key) if isinstance(table, Table) else Undecided("an item is deleted")
        case Jump(kind="break" | "continue" as kind):
            env[JUMPED] = kind
        case _:
            pass


def parameters(
    evaluator: Evaluator, node: FuncDef, home: Module, arguments: tuple[Sequence, Table]
) -> dict[str, Value]:
    """A function's local names as a call begins; defaults mean what they mean in its module."""
    args, named = arguments
    by_name = {name: named.get(name) for name, _ in named.pairs if isinstance(name, str)}
    found = bound(node.params, args.items, by_name)
    local, defaults = dict(found.given), dict(node.defaults)
    for name in found.missing:
        unpacked = not named.complete or (not args.complete and name in positional(node.params))
        if name in defaults and not unpacked:
            local[name] = evaluator.evaluate(defaults[name], home)
        else:
            local[name] = Undecided(f"argument `{name}` is not given")
    rest, options = collector(node.params, "*"), collector(node.params, "**")
    if rest is not None:
        local[rest] = Sequence("tuple", found.rest, args.complete, args.why)
    if options is not None:
        local[options] = Table(tuple(found.options.items()), named.complete)
    return local


def _may_jump(stmt: Stmt) -> bool:
    """Whether a condition decides if the rest of a loop's body is carried out."""
    if not isinstance(stmt, If):
        return False
    inner = stmt.body + stmt.orelse
    return any((isinstance(s, Jump) and s.kind in ("break", "continue")) or _may_jump(s) for s in inner)


def _is_constant(name: str) -> bool:
    return name.upper() == name


def _spoil(name: str, env: dict[str, Value], why: str) -> None:
    value = env.get(name)
    if isinstance(value, Sequence):
        items = tuple(item if isinstance(item, Maybe) else Maybe(item, why) for item in value.items)
        env[name] = Sequence(value.kind, items, False, why)
    elif isinstance(value, Table):
        env[name] = Table(value.pairs, False)
    else:
        env[name] = Undecided(why)


def _forget(body: tuple[Stmt, ...], env: dict[str, Value], why: str) -> None:
    """After statements that could not be followed, the names they change are no longer complete."""
    for stmt in body:
        match stmt:
            case Assign():
                for target in stmt.targets:
                    for name in written(target):
                        _loosen(name, env, why)
            case Evaluate(value=Call(func=Ref(name=name))) if name.partition(".")[0] in env:
                _loosen(name.partition(".")[0], env, why)
            case If():
                _forget(stmt.body + stmt.orelse, env, why)
            case For() | While() | With():
                _forget(stmt.body, env, why)
            case Try():
                _forget(stmt.body, env, why)
            case _:
                pass


def _loosen(name: str, env: dict[str, Value], why: str) -> None:
    value = env.get(name)
    if isinstance(value, Sequence):
        env[name] = Sequence(value.kind, value.items, False, why)
    elif isinstance(value, Table):
        env[name] = Table(value.pairs, False)
    elif not isinstance(value, Named):
        env[name] = Undecided(why)
