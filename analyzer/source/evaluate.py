"""Partial evaluation of expressions and simple functions, without running anything.

Values that source does not decide come out as `Undecided(why)`.  Environment look-ups with a
default give the default: it is what a machine without that variable would see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from analyzer.source.asked import SETTINGS, asked
from analyzer.source.comprehension import Comprehension
from analyzer.source.environment import asks_environment, default_of, looked_up
from analyzer.source.facts import Call, ClassDef, Expr, FuncDef, Items, Literal, Op, Opaque, Ref
from analyzer.source.facts import Mapping as MappingExpr
from analyzer.source.inplace import Change, change
from analyzer.source.keyed import called
from analyzer.source.later import behind
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External, Names, Package, Unresolved
from analyzer.source.operators import (
    CONDITIONS,
    binary,
    bounded,
    index,
    is_instance,
    method,
    text,
)
from analyzer.source.scopes import heads
from analyzer.source.values import (
    Made,
    Maybe,
    Named,
    Plain,
    Sequence,
    Table,
    Undecided,
    Value,
    is_plain,
    likely,
    merge,
    truth,
)

MAX_CALLS, MAX_NAMES = 6, 25
FEW = 20
"""So many local names a call keeps as they are; of more it keeps those that it is written with."""

Env = Mapping[str, Value]
_NOTHING: Env = {}

Result = Callable[[tuple[Value, ...], Env], Value]
"""What a package's function returns for positional arguments and keywords."""

Members = Callable[[Named | Made, str], Value | None]
"""What an attribute of a class or an object is that its source does not bind as written."""

Asked = Callable[[str, Value, Value], bool | None]
"""What `isinstance` or `hasattr` (the first) say of an object whose class is known."""

ITSELF = ""
"""Asked of `Members`: what a member of an enumeration equals."""

OWN_NAME, OWN_PACKAGE = External("builtins.__name__"), External("builtins.__package__")
"""What `__name__` and `__package__` resolve to, which every module has for itself."""

DICTS = dict.fromkeys(("collections.OrderedDict", "django.utils.datastructures.SortedDict"), "builtins.dict")
TYPE_CHECKING = ("typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING")


class Evaluator:
    """Evaluates expressions in the scope of a module and, optionally, of local names."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.settings: Env = _NOTHING
        self.constants: Env = _NOTHING
        self.calls: Mapping[str, Result] = {}
        self.members: Members = lambda owner, dotted: None
        self.asked: Asked = lambda question, owner, what: None
        self.comprehension = Comprehension(self)
        self._memo: dict[tuple[str, str], tuple[Expr, Value]] = {}
        self._busy: set[tuple[str, str]] = set()
        self._ran: dict[str, Env] = {}

    def evaluate(self, expr: Expr, module: Module, env: Env = _NOTHING, calls: int = 0) -> Value:
        match expr:
            case Literal(value):
                return value
            case Ref(name):
                return self._name(name, module, env, calls)
            case Items(kind, items):
                return self._sequence(kind, items, module, env, calls)
            case MappingExpr(pairs):
                return self._table(pairs, module, env, calls)
            case Call():
                return self._call(expr, module, env, calls)
            case Op():
                return self._operation(expr, module, env, calls)
            case Opaque(text):
                return Undecided(f"`{text}` is not understood")

    # ------------------------------------------------------------ names

    def _name(self, dotted: str, module: Module, env: Env, calls: int) -> Value:
        head, _, rest = dotted.partition(".")
        if head in env:
            if dotted in env:
                return env[dotted]
            owner, _, last = dotted.rpartition(".")
            owner, rest = (owner, last) if owner in env else (head, rest)
            return self._attributes(env[owner], rest, calls)
        binding = self.names.resolve(module, dotted)
        if binding == OWN_NAME:
            return module.name
        if binding == OWN_PACKAGE:
            return module.name if module.package else module.name.rpartition(".")[0]
        if rest and isinstance(binding, Unresolved):
            member = self._member(dotted, module)
            if member is not None:
                return member
        return self.binding_value(binding, dotted, calls)

    def _member(self, dotted: str, module: Module) -> Value | None:
        """`Status.DRAFT`, `models.Status.choices`: what the longest part that is known makes of the rest."""
        owner, _, rest = dotted.rpartition(".")
        while owner:
            value = self.binding_value(self.names.resolve(module, owner), owner)
            if isinstance(value, (Named, Made)):
                return self.members(value, rest)
            owner, _, last = owner.rpartition(".")
            rest = f"{last}.{rest}"
        return None

    def _attributes(self, value: Value, dotted: str, calls: int = 0) -> Value:
        member = self.members(value, dotted) if isinstance(value, (Named, Made)) else None
        if member is not None:
            return member
        if isinstance(value, Named):
            found = self.names.attribute(value.binding, dotted)
            return self.binding_value(found, dotted, calls)
        return Undecided(f"attribute `{dotted}` of a value is not known")

    def binding_value(self, binding: object, written: str, calls: int = 0) -> Value:
        match binding:
            case Defined(module, qualname, node):
                if isinstance(node, (ClassDef, FuncDef)):
                    return Named(binding)
                if "." in qualname and (member := self._of_class(module, qualname)) is not None:
                    return member
                key = (module.path or module.name, qualname)
                if key in self._busy or len(self._busy) > MAX_NAMES:
                    return Undecided(f"`{written}` is defined by itself, or by too many others")
                if key not in self._memo or self._memo[key][0] != node:
                    self._busy.add(key)
                    value = self.evaluate(node, module, _NOTHING, calls)
                    self._memo[key] = (node, self._changed(value, module, qualname))
                    self._busy.discard(key)
                return self._memo[key][1]
            case External(path) if known := asked(self.settings, path, self._attributes):
                return known[0]
            case External(path) if path in self.constants:
                return self.constants[path]
            case External(path) if path in TYPE_CHECKING:
                return False
            case External() | Package():
                return Named(binding)
            case Unresolved(path, reason):
                return Undecided(f"`{written}`: {reason}" if reason else f"`{path}` is not found")
            case _:
                return Undecided(f"`{written}` is not found")

    def _changed(self, value: Value, module: Module, name: str) -> Value:
        """The value of a name once its module has been imported."""
        match change(value, self.names.modules, module, name):
            case Change.NEVER:
                return value
            case Change.AT_IMPORT:
                return self._imported(module).get(name, Undecided(f"`{name}` is changed in place"))
            case Change.BY_CALLS:
                return Undecided(f"`{name}` is changed in place in {module.path}")

    def _imported(self, module: Module) -> Env:
        """The names of a module after its body has run, kept unless another name is being asked for."""
        from analyzer.source.execute import Executor

        found = self._ran.get(module.path) or Executor(self).module(module)
        if len(self._busy) == 1:
            self._ran[module.path] = found
        return found

    def _of_class(self, module: Module, qualname: str) -> Value | None:
        """What a class makes of a name that its body binds."""
        outer, _, name = qualname.rpartition(".")
        owner = self.names.resolve(module, outer)
        return self.members(Named(owner), name) if isinstance(owner, Defined) else None

    # ------------------------------------------------------------ displays

    def _sequence(self, kind: str, items: Iterable[Expr], module: Module, env: Env, calls: int) -> Value:
        out: list[Value] = []
        complete, why = True, ""
        for item in items:
            if isinstance(item, Op) and item.op == "*" and len(item.args) == 1:
                inner = self.evaluate(item.args[0], module, env, calls)
                if isinstance(inner, Sequence):
                    out.extend(inner.items)
                    complete, why = complete and inner.complete, why or inner.why
                else:
                    complete, why = False, why or _why(inner, "an unpacked value is not decided")
            else:
                out.append(self.evaluate(item, module, env, calls))
        return bounded(kind, tuple(out), complete, why)

    def _table(
        self, pairs: Iterable[tuple[Expr | None, Expr]], module: Module, env: Env, calls: int
    ) -> Table:
        out: list[tuple[Plain, Value]] = []
        complete = True
        for key, value in pairs:
            evaluated = self.evaluate(value, module, env, calls)
            if key is None:
                if isinstance(evaluated, Table):
                    out.extend(evaluated.pairs)
                    complete = complete and evaluated.complete
                else:
                    complete = False
                continue
            name = self.evaluate(key, module, env, calls)
            if name is None or isinstance(name, (str, int, float, bool)):
                out.append((name, evaluated))
            else:
                complete = False
        return Table(tuple(out), complete)

    # ------------------------------------------------------------ operators

    def _operation(self, expr: Op, module: Module, env: Env, calls: int) -> Value:
        match expr.op, expr.args:
            case "if", (body, test, orelse):
                return self._conditional(body, test, orelse, module, env, calls)
            case "f", parts:
                texts = [self.evaluate(part, module, env, calls) for part in parts]
                if all(is_plain(part) for part in texts):
                    return text("".join(str(part) for part in texts))
                return Undecided("an f-string of values that are not decided")
            case "for", _:
                return self.comprehension.value(expr, module, env, calls)
            case "not", (inner,):
                known = truth(self.evaluate(inner, module, env, calls))
                return Undecided("a condition is not decided") if known is None else not known
            case ("and" | "or") as op, (left, right):
                return self._boolean(op, left, right, module, env, calls)
            case "[]", (value, key):
                owner, wanted = (self.evaluate(part, module, env, calls) for part in (value, key))
                if isinstance(owner, Named) and isinstance(wanted, str):
                    found = self.members(owner, wanted)
                    return index(owner, wanted) if found is None else found
                return index(owner, wanted)
            case op, (left, right):
                one, two = (self.evaluate(part, module, env, calls) for part in (left, right))
                return self._unless_asked(op, one, two, binary(op, one, two))
            case op, (inner,) if op.startswith("."):
                return self._attributes(self.evaluate(inner, module, env, calls), op[1:], calls)
            case _:
                return Undecided(f"operator `{expr.op}` is not evaluated")

    def _conditional(
        self, body: Expr, test: Expr, orelse: Expr, module: Module, env: Env, calls: int
    ) -> Value:
        known = truth(self.evaluate(test, module, env, calls))
        if known is not None:
            return self.evaluate(body if known else orelse, module, env, calls)
        one, other = self.evaluate(body, module, env, calls), self.evaluate(orelse, module, env, calls)
        return merge(one, other, "depends on a condition that is not decided")

    def _boolean(self, op: str, left: Expr, right: Expr, module: Module, env: Env, calls: int) -> Value:
        one = self.evaluate(left, module, env, calls)
        known = truth(one)
        if known is None and op == "or" and likely(one) is False:
            return self.evaluate(right, module, env, calls)  # the default of an environment variable
        if known is None:
            absorbing = isinstance(left, Op) and left.op in CONDITIONS
            two = self.evaluate(right, module, env, calls) if absorbing else None
            return two if two is (op == "or") else Undecided("a condition is not decided")
        if known == (op == "or"):
            return one
        return self.evaluate(right, module, env, calls)

    # ------------------------------------------------------------ calls

    def _call(self, expr: Call, module: Module, env: Env, calls: int) -> Value:
        if isinstance(expr.func, Op) and expr.func.op.startswith("."):
            owner = self.evaluate(expr.func.args[0], module, env, calls)
            return method(owner, expr.func.op[1:], *self.arguments(expr, module, env, calls))
        if not isinstance(expr.func, Ref):
            return Undecided("a call of a computed function")
        name = expr.func.name
        if asks_environment(name):
            return looked_up(expr, *default_of(self, expr, (module, env, calls)))
        owner_name, _, attribute = name.rpartition(".")
        if owner_name:
            owner = self._name(owner_name, module, env, calls)
            if is_plain(owner) or isinstance(owner, (Sequence, Table)):
                return method(owner, attribute, *self.arguments(expr, module, env, calls))
        callee = self._name(name, module, env, calls)
        if not isinstance(callee, Named):
            binding = self.names.resolve(module, name)
            path = binding.path if isinstance(binding, Defined) else ""
            meant = Named(External(path)) if path in self.calls else behind(self, callee, calls)
            if meant is None:
                return _unless(callee, f"`{name}` is not known")
            callee = meant
        path = DICTS.get(callee.path, callee.path)
        if path.startswith("builtins."):
            return self._builtin(path.removeprefix("builtins."), expr, module, env, calls)
        known = self.calls.get(callee.path)
        if known is not None:
            args, named = self.arguments(expr, module, env, calls)
            return known(args.items, {str(name): value for name, value in named.pairs})
        binding = callee.binding
        if isinstance(binding, Defined) and isinstance(binding.node, FuncDef) and binding.module.own:
            from analyzer.source.execute import call_function

            owner = self._name(owner_name, module, env, calls) if owner_name else None
            return call_function(self, binding, expr, module, env, calls, owner)
        local = set(env)
        if len(env) > FEW:
            used = heads(expr)
            local = {name for name in env if name in used or ("." in name and name.partition(".")[0] in used)}
        return Made(callee.path, expr, module, tuple((name, env[name]) for name in sorted(local)))

    def _builtin(self, name: str, expr: Call, module: Module, env: Env, calls: int) -> Value:
        arguments = self._arguments(expr, module, env, calls)
        match name, arguments:
            case "getattr", _:
                return self._getattr(expr, arguments, module, env, calls)
            case "hasattr", [owner, str() as attribute]:
                return self._unless_asked(name, owner, attribute, self._hasattr(owner, attribute))
            case "isinstance", [value, kinds]:
                return self._unless_asked(name, value, kinds, is_instance(value, kinds))
            case _:
                return called(self, name, expr, (module, env, calls), arguments)

    def _unless_asked(self, question: str, owner: Value, what: Value, otherwise: Value) -> Value:
        known = self.asked(question, owner, what) if isinstance(otherwise, Undecided) else None
        return otherwise if known is None else known

    def _arguments(self, expr: Call, module: Module, env: Env, calls: int) -> list[Value]:
        return [self.evaluate(arg, module, env, calls) for arg in expr.args]

    def arguments(self, call: Call, module: Module, env: Env, calls: int = 0) -> tuple[Sequence, Table]:
        """What a call hands over, unpacked: without and with keywords."""
        args = self._sequence("tuple", call.args, module, env, calls)
        args = args if isinstance(args, Sequence) else Sequence("tuple", (), False, _why(args, ""))
        return args, self.keywords(call, module, env, calls)

    def keywords(self, call: Call, module: Module, env: Env, calls: int = 0) -> Table:
        """The keywords that a call hands over."""
        pairs = [(None if name == "**" else Literal(name), value) for name, value in call.kwargs]
        return self._table(pairs, module, env, calls)

    def _getattr(self, expr: Call, args: list[Value], module: Module, env: Env, calls: int) -> Value:
        """`getattr(owner, "name", default)` as `owner.name`, or the default where that leads nowhere."""
        match expr.args, args:
            case (Ref(owner), *_), [_, str() as name, *default]:
                found = self._name(f"{owner}.{name}", module, env, calls)
                unset = isinstance(found, Named) and found.path.startswith(SETTINGS)
                return default[0] if default and (unset or isinstance(found, Undecided)) else found
            case _:
                return Undecided("`getattr(…)` is not evaluated")

    def _hasattr(self, owner: Value, name: str) -> Value:
        """`hasattr(owner, "name")` of a plain value, or of a member of an enumeration."""
        if is_plain(owner):
            return hasattr(owner, name)
        found = self.members(owner, name) if isinstance(owner, Named) else None
        known = found is not None and not isinstance(found, Undecided)
        return True if known else Undecided("`hasattr(…)` is not evaluated")

    def argument(self, made: Made, name: str, position: int | None = None) -> Value | None:
        """The value of an argument of a call that stayed a call; None where it is not given."""
        env = dict(made.local)
        expr = made.call.argument(name, position)
        if expr is not None or not made.call.unpacks:
            return None if expr is None else self.evaluate(expr, made.module, env)
        args, named = self.arguments(made.call, made.module, env)
        if position is not None and position < len(args.items):
            return args.items[position] if args.complete else None
        return named.get(name) if any(known == name for known, _ in named.pairs) else None


def _why(value: Value, otherwise: str) -> str:
    return value.why if isinstance(value, (Undecided, Maybe)) else otherwise


def _unless(value: Value, why: str) -> Undecided:
    return value if isinstance(value, Undecided) else Undecided(why)
