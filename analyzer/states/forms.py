"""Values taken apart, as the autodetector does before it compares them.

Follows django.db.migrations.autodetector.MigrationAutodetector.deep_deconstruct: functions and
classes stand for themselves, objects for the call that makes them, translated texts for what they
say.  Where Django compares by value what can be written in several ways (`Q`, durations, decimals,
regular expressions), the form is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from analyzer.source.comprehension import MEMBERS
from analyzer.source.evaluate import ITSELF, Evaluator
from analyzer.source.facts import Call, ClassDef, Expr, FuncDef, Items, Literal, Op, Ref
from analyzer.source.facts import Mapping as MappingExpr
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External, Unresolved
from analyzer.source.values import Made, Maybe, Named, Sequence, Table, Undecided, Value, is_plain
from analyzer.states.objects import (
    FAMILIAR,
    LAZY,
    ZONES,
    combined,
    constant,
    negated,
    normal,
    short,
)
from analyzer.states.unread import is_outline
from analyzer.states.values import Built, Dictionary, Form, Listing, Unsure

JOINING = frozenset({"|", "&", "~", "+", "-", "*", "/", "%"})
"""What joins conditions and expressions of queries."""

MAX_DEPTH = 40
MAX_BASES = 8
MAX_SIZE = 20_000
"""Parts of one value: far more than an argument of a field has."""

VALUES = frozenset(
    {
        "datetime.date",
        "datetime.datetime",
        "datetime.time",
        "datetime.timedelta",
        "datetime.timezone",
        "decimal.Decimal",
        "django.db.models.SET",
        "functools.partial",
        "re.compile",
        "uuid.UUID",
    }
)
"""Calls of functions, or outside Django, whose arguments decide what they make."""

FieldForm = Callable[[Made], Form | None]
"""The form of a field inside a value (`base_field` of an array); None for what is no field."""


class Former:
    """Takes values apart."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.field: FieldForm = lambda made: None
        self._left = MAX_SIZE

    def expression(self, expr: Expr, module: Module, env: Mapping[str, Value]) -> Form:
        """The form of what an expression comes to."""
        self._left = MAX_SIZE
        return self._expression(expr, module, env, 0)

    def value(self, value: Value) -> Form:
        """The form of a value."""
        self._left = MAX_SIZE
        return self._value(value, 0)

    def _expression(self, expr: Expr, module: Module, env: Mapping[str, Value], depth: int) -> Form:
        if depth > MAX_DEPTH:
            return Unsure("nested too deeply")
        match expr:
            case Items(kind, items) if not any(isinstance(item, Op) and item.op == "*" for item in items):
                self._left -= len(items)
                return Listing(kind, tuple(self._expression(item, module, env, depth + 1) for item in items))
            case MappingExpr(pairs) if all(key is not None for key, _ in pairs):
                self._left -= len(pairs)
                return Dictionary(
                    tuple(
                        (
                            self._expression(key, module, env, depth + 1),
                            self._expression(value, module, env, depth + 1),
                        )
                        for key, value in pairs
                        if key is not None
                    )
                )
            case Op():
                return self._operation(expr, module, env, depth)
            case Call(func=Op(op=op, args=(owner,))) if op.startswith("."):
                return self._method(expr, op[1:], owner, module, env, depth)
            case Ref(name) if name.lower().endswith("utc"):
                value = self.evaluator.evaluate(expr, module, env)
                zone = _zone(self.evaluator.names.resolve(module, name)) if name not in env else None
                return zone if isinstance(value, Undecided) and zone else self._value(value, depth)
            case Ref(name) if name not in env:
                return self._named(expr, module, env, depth)
            case _:
                return self._value(self.evaluator.evaluate(expr, module, env), depth)

    def _named(self, ref: Ref, module: Module, env: Mapping[str, Value], depth: int) -> Form:
        """What a name stands for, also where that is an expression of a query."""
        value = self.evaluator.evaluate(ref, module, env)
        binding = self.evaluator.names.resolve(module, ref.name) if isinstance(value, Undecided) else None
        self._left -= 1
        match binding:
            case Defined(node=Op(op) as node) if op in JOINING and self._left > 0:
                return self._expression(node, binding.module, {}, depth + 1)
            case _:
                return self._value(value, depth)

    def _operation(self, expr: Op, module: Module, env: Mapping[str, Value], depth: int) -> Form:
        value = self.evaluator.evaluate(expr, module, env)
        if not isinstance(value, Undecided):
            return self._value(value, depth)
        if expr.op == "[]":
            return self._by_name(expr, module, env, depth) or Unsure(value.why)
        if expr.op == "for":
            return Unsure(value.why)
        forms = [self._expression(arg, module, env, depth + 1) for arg in expr.args[:2]]
        match expr.op, forms:
            case "~", [Built() as one]:
                return negated(one)
            case op, [one, other] if not isinstance(one, str) and not isinstance(other, str):
                return combined(op, one, other) or Unsure(value.why)
            case _:
                return Unsure(value.why)

    def _by_name(self, expr: Op, module: Module, env: Mapping[str, Value], depth: int) -> Form | None:
        """`Status["LIVE"]`, as migrations write the members of enumerations; None for other items."""
        match expr.args:
            case (Ref(owner), Literal(str() as name)) if name.isidentifier():
                cls = self.evaluator.evaluate(Ref(owner), module, env)
            case _:
                return None
        match cls:
            case Named(binding=Defined(node=ClassDef())) | Named(binding=External("re.RegexFlag")):
                return self._value(self.evaluator.evaluate(Ref(f"{owner}.{name}"), module, env), depth)
            case _:
                return None

    def _method(
        self, call: Call, name: str, owner: Expr, module: Module, env: Mapping[str, Value], depth: int
    ) -> Form:
        """`F("a").desc()`, which makes an ordering of an expression; other methods are not followed."""
        value = self.evaluator.evaluate(call, module, env)
        if not isinstance(value, Undecided) or name not in ("asc", "desc"):
            return self._value(value, depth)
        inner = self._expression(owner, module, env, depth + 1)
        given = [(key, self._expression(option, module, env, depth + 1)) for key, option in call.kwargs]
        if isinstance(inner, Unsure):
            return inner
        if name == "desc":
            given.append(("descending", True))
        return Built("django.db.models.OrderBy", (inner,), tuple(sorted(given)))

    def _value(self, value: Value, depth: int) -> Form:
        self._left -= 1
        if depth > MAX_DEPTH or self._left < 0:
            return Unsure("too large to be followed")
        if is_plain(value):
            return value  # type: ignore[return-value]
        match value:
            case Sequence(kind, items, complete, why):
                unsure = next((item.why for item in items if isinstance(item, Maybe)), "")
                if unsure or not complete:
                    return Unsure(unsure or why or "items are not decided")
                return Listing(kind, tuple(self._value(item, depth + 1) for item in items))
            case Table(pairs, complete):
                if not complete:
                    return Unsure("keys are not decided")
                unique = dict(pairs)
                return Dictionary(tuple((key, self._value(item, depth + 1)) for key, item in unique.items()))
            case Named():
                member = self.evaluator.members(value, ITSELF)
                if member is None or member == value:
                    return constant(_path(value), unread=isinstance(value.binding, External))
                return self._value(member, depth)
            case Made():
                return self._made(value, depth)
            case Maybe(why=why):
                return Unsure(why)
            case Undecided(why):
                return Unsure(why)
            case _:
                return Unsure("a value of no known kind")

    def _made(self, made: Made, depth: int) -> Form:
        if is_outline(self.evaluator.names.modules, made):
            return Unsure(f"a value of {made.module.name} is known in part")
        field = self.field(made)
        if field is not None:
            return field
        member = self._member(made)
        if member is not None:
            return self._value(member, depth + 1)
        env = dict(made.local)
        args: list[Form] = []
        for arg in made.call.args:
            if isinstance(arg, Op) and arg.op == "*":
                unpacked = self._expression(arg.args[0], made.module, env, depth + 1)
                if not isinstance(unpacked, Listing):
                    return Unsure("an unpacked argument is not decided")
                args.extend(unpacked.items)
            else:
                args.append(self._expression(arg, made.module, env, depth + 1))
        kwargs: dict[str, Form] = {}
        for key, expr in made.call.kwargs:
            found = self._expression(expr, made.module, env, depth + 1)
            if key != "**":
                kwargs[key] = found
            elif isinstance(found, Dictionary):
                kwargs.update((str(name), item) for name, item in found.pairs)
            else:
                return Unsure("unpacked keywords are not decided")
        named = tuple(sorted(kwargs.items(), key=lambda pair: pair[0]))
        return normal(Built(made.path, tuple(args), named, self._is_unread(made)))

    def _is_unread(self, made: Made) -> bool:
        """Whether a call is of a function, or of something whose source is not known.

        What a function makes is not followed here; calls in `VALUES` are decided by their arguments.
        """
        if short(made.path) in VALUES or not isinstance(made.call.func, Ref):
            return False
        match self.evaluator.names.resolve(made.module, made.call.func.name):
            case Defined(node=FuncDef()):
                return True
            case Defined(node=ClassDef()) as cls:
                return self._inherits_unread(cls, 0) or _compares_itself(list(self._written(cls, 0)))
            case External() | Unresolved():
                return not made.path.startswith("django.") or made.path.rpartition(".")[2][:1].islower()
            case _:
                return False

    def _written(self, cls: Defined, depth: int) -> Iterator[ClassDef]:
        """A class of the project and those that it inherits."""
        if isinstance(cls.node, ClassDef) and cls.module.own and depth < MAX_BASES:
            yield cls.node
            for base in cls.node.bases:
                found = self.evaluator.names.resolve(cls.module, base.name) if isinstance(base, Ref) else None
                if isinstance(found, Defined):
                    yield from self._written(found, depth + 1)

    def _inherits_unread(self, cls: Defined, depth: int) -> bool:
        """Whether a class inherits one that may make objects equal: of a package, of unknown source, lazy."""
        for base in cls.node.bases if isinstance(cls.node, ClassDef) and depth < MAX_BASES else ():
            found = self.evaluator.names.resolve(cls.module, base.name) if isinstance(base, Ref) else None
            match found:
                case Defined() if found.module.own:
                    if self._inherits_unread(found, depth + 1):
                        return True
                case Defined() | External():
                    if found.path in LAZY or found.path.partition(".")[0] not in FAMILIAR:
                        return True
                case _:
                    pass
        return False

    def _member(self, made: Made) -> Value | None:
        """The member of an enumeration that a call with its value gives, `Status(1)`."""
        match made.call:
            case Call(func=Ref(name), args=(arg,), kwargs=()):
                binding = self.evaluator.names.resolve(made.module, name)
            case _:
                return None
        if not isinstance(binding, Defined) or not isinstance(binding.node, ClassDef):
            return None
        members = self.evaluator.members(Named(binding), MEMBERS)
        if not isinstance(members, Sequence):
            return None
        wanted = self.evaluator.evaluate(arg, made.module, dict(made.local))
        for member in members.items:
            if isinstance(member, Named) and self.evaluator.members(member, "value") == wanted:
                return self.evaluator.members(member, ITSELF)
        return None


def _compares_itself(classes: list[ClassDef]) -> bool:
    """Whether Django asks a class itself for its parts, or what its objects equal.

    It takes them apart where django.utils.deconstruct.deconstructible decorates a class.
    """
    methods = {stmt.name for node in classes for stmt in node.body if isinstance(stmt, FuncDef)}
    written = (decorator for node in classes for decorator in node.decorators)
    called = (decorator.func if isinstance(decorator, Call) else decorator for decorator in written)
    apart = any(isinstance(func, Ref) and func.name.endswith("deconstructible") for func in called)
    return "deconstruct" in methods or ("__eq__" in methods and not apart)


def _zone(binding: object) -> Form | None:
    """The time zone UTC, which packages make in ways of their own; None for other names."""
    match binding:
        case Defined() | External() if binding.path in ZONES:
            return constant(binding.path, unread=False)
        case _:
            return None


def _path(named: Named) -> str:
    """The dotted path of a function or class; a method's names its class, as its reference does."""
    binding = named.binding
    return f"{binding.module.name}.{binding.qualname}" if isinstance(binding, Defined) else named.path
