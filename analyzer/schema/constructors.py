"""What reaches a field through the constructors of its class and of that class's ancestors.

Each `__init__` on the way to Django's own hands arguments on: as they came, under another name,
with a value of its own, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import force_setattr

from analyzer.source.evaluate import Evaluator
from analyzer.source.facts import Assign, Call, Evaluate, Expr, FuncDef, Literal, Mapping, Op, Ref
from analyzer.source.modules import Module
from analyzer.source.parameters import collector, keywords, positional
from analyzer.source.scopes import flatten, heads
from analyzer.source.values import Made, Undecided, Value

SELF = 1
"""Parameters of a constructor that no argument of a call fills."""


class Argument(Struct, frozen=True):
    """An expression with the module and the local names that give it its meaning."""

    expr: Expr
    module: Module
    local: tuple[tuple[str, Value], ...] = ()


class Constructor(Struct, frozen=True):
    """One `__init__` on the way, with the module that it stands in; `options` is how it calls `**kwargs`."""

    node: FuncDef
    module: Module
    options: str = ""
    keywords: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    _said: dict[tuple[str, int | None], tuple[Expr | None, Expr | None]] = {}

    def __post_init__(self) -> None:
        force_setattr(self, "options", collector(self.node.params, "**") or "kwargs")
        force_setattr(self, "keywords", keywords(self.node.params)[SELF:])
        force_setattr(self, "places", positional(self.node.params)[SELF:])

    def says(self, name: str, position: int | None) -> tuple[Expr | None, Expr | None]:
        """What it makes of a parameter of the next one: in any case, and where it was given nothing."""
        if (name, position) not in self._said:
            body = self.node.body or ()
            forced = (_forced(stmt, name, position, self.options) for stmt in reversed(body))
            offered = (_offered(stmt, name, position, self.options) for stmt in flatten(body))
            self._said[name, position] = _first(forced), _first(offered)
        return self._said[name, position]


class Chain:
    """The constructors of a class, its own first, and what is known of all calls of it."""

    def __init__(self, constructors: Sequence[Constructor]) -> None:
        self.constructors = tuple(constructors)
        self._levels: dict[str, int] = {}
        self._straight: dict[tuple[str, int | None], tuple[str, int | None] | None] = {}

    def level(self, name: str) -> int:
        """The first of Django's own constructors that names a parameter; those behind it only pass it on."""
        if name not in self._levels:
            named = (
                level
                for level, place in enumerate(self.constructors)
                if place.module.name.startswith("django.") and name in place.node.params
            )
            self._levels[name] = next(named, len(self.constructors))
        return self._levels[name]

    def straight(self, name: str, position: int | None) -> tuple[str, int | None] | None:
        """Name and place of the argument of the call that comes to a parameter as it is; None where a
        constructor on the way has a say."""
        key = (name, position)
        if key not in self._straight:
            self._straight[key] = self._look_up(name, position)
        return self._straight[key]

    def _look_up(self, name: str, position: int | None) -> tuple[str, int | None] | None:
        level = self.level(name)
        if level < len(self.constructors):
            places = self.constructors[level].places
            position = places.index(name) if name in places else position
        for place in reversed(self.constructors[:level]):
            if name in place.keywords or place.says(name, position) != (None, None):
                return None
            position = None if position is None else _collected(place.node, position)
        return name, position


class Construction:
    """The way of one call's arguments through constructors, that of the class itself first.

    Without a call it tells what the constructors give by themselves.
    """

    def __init__(self, evaluator: Evaluator, made: Made | None, chain: Chain) -> None:
        self._evaluator = evaluator
        self._made = made
        self._whole = chain
        self._chain = chain.constructors
        self._known: dict[tuple[int, str, int | None], Argument | None] = {}
        self._busy: set[tuple[int, str]] = set()

    def argument(self, name: str, position: int | None = None) -> Argument | None:
        """What the constructor that means something by a parameter gets; None where it gets nothing.

        `position` is the parameter's where that constructor's source is not known.
        """
        straight = self._whole.straight(name, position)
        if straight is not None:
            return self._given(*straight)
        level = self._whole.level(name)
        places = self._chain[level].places if level < len(self._chain) else ()
        return self._received(level, name, places.index(name) if name in places else position)

    def _received(self, level: int, name: str, position: int | None) -> Argument | None:
        """What the constructor at a level gets: what the one before it hands on, or the call itself."""
        key = (level, name, position)
        if key not in self._known:
            self._known[key] = None
            handed = self._given(name, position) if level == 0 else self._handed(level - 1, name, position)
            self._known[key] = handed
        return self._known[key]

    def _given(self, name: str, position: int | None) -> Argument | None:
        if self._made is None:
            return None
        call = self._made.call
        expr = call.argument(name, position)
        if expr is not None:
            return Argument(expr, self._made.module, self._made.local)
        value = self._evaluator.argument(self._made, name, position) if call.unpacks else None
        return None if value is None else Argument(Ref(name), self._made.module, ((name, value),))

    def _handed(self, level: int, name: str, position: int | None) -> Argument | None:
        """What a constructor hands on for a parameter of the next one."""
        forced, offered = self._chain[level].says(name, position)
        if forced is not None:
            return self._meaning(level, forced)
        passed = self._passed(level, name, position)
        if passed is not None or offered is None:
            return passed
        return self._meaning(level, offered)

    def _passed(self, level: int, name: str, position: int | None) -> Argument | None:
        """What arrives for a parameter that a constructor does not name itself."""
        place = self._chain[level]
        if name in place.keywords:
            return None
        return self._received(level, name, None if position is None else _collected(place.node, position))

    def _meaning(self, level: int, expr: Expr) -> Argument | None:
        """An expression of a constructor's body, its parameters and options replaced by what they are."""
        place = self._chain[level]
        match expr:
            case Call(func=Ref(func), args=(Literal(str() as name), *default)) if func in (
                f"{place.options}.pop",
                f"{place.options}.get",
            ):
                received = self._passed(level, name, None)
                return received if received or not default else self._meaning(level, default[0])
            case Ref(name) if _is_local(name) and (level, name) not in self._busy:
                self._busy.add((level, name))
                found = self._variable(level, name)
                self._busy.discard((level, name))
                own = name in place.node.params
                return found if found or own else Argument(expr, place.module)
            case Ref(name) if name in place.node.params:
                return self._parameter(level, name)
            case Ref() | Literal():
                return Argument(expr, place.module)
        return Argument(expr, place.module, self._locals(level, expr))

    def _variable(self, level: int, name: str) -> Argument | None:
        """A name in a constructor's body: what it is assigned there, else a parameter."""
        node = self._chain[level].node
        always = [s.value for s in node.body or () if isinstance(s, Assign) and Ref(name) in s.targets]
        if always:
            return self._meaning(level, always[-1])
        given = self._parameter(level, name) if name in node.params else None
        if given is not None and given.expr != Literal(None):
            return given
        within = flatten(node.body or ())
        maybe = [s.value for s in within if isinstance(s, Assign) and Ref(name) in s.targets]
        return self._meaning(level, maybe[-1]) if maybe else given

    def _parameter(self, level: int, name: str) -> Argument | None:
        """What a parameter of a constructor is given, or its default."""
        place = self._chain[level]
        places = place.places
        received = self._received(level, name, places.index(name) if name in places else None)
        default = dict(place.node.defaults).get(name)
        return received or (Argument(default, place.module) if default is not None else None)

    def _locals(self, level: int, expr: Expr) -> tuple[tuple[str, Value], ...]:
        params = self._chain[level].node.params
        out: list[tuple[str, Value]] = []
        for name in sorted(heads(expr)):
            if name in params:
                found = self._meaning(level, Ref(name))
                why = f"argument `{name}` is not given"
                out.append((name, self.value(found) if found is not None else Undecided(why)))
        return tuple(out)

    def value(self, argument: Argument) -> Value:
        """What an argument comes to."""
        return self._evaluator.evaluate(argument.expr, argument.module, dict(argument.local))


def _first(found: Iterable[Expr | None]) -> Expr | None:
    return next((expr for expr in found if expr is not None), None)


def _collected(init: FuncDef, position: int) -> int | None:
    """Where an argument stands in a constructor's call that comes to this place of the next one's."""
    rest = Op("*", (Ref(collector(init.params, "*") or ""),))
    for stmt in flatten(init.body or ()):
        if isinstance(stmt, Evaluate) and isinstance(call := stmt.value, Call) and _is_super_init(call):
            args = call.args[isinstance(call.func, Ref) :]
            if rest in args[: position + 1]:
                return len(positional(init.params)) - SELF + position - args.index(rest)
    return None


def _forced(stmt: object, name: str, position: int | None, options: str) -> Expr | None:
    """What a statement makes of a parameter of the next constructor whatever the caller gave."""
    match stmt:
        case Assign(targets=targets, value=value) if Op("[]", (Ref(options), Literal(name))) in targets:
            return value
        case Evaluate(value=Call(func=Ref(func), args=args, kwargs=given)) if func == f"{options}.update":
            return _entry(args[0], name) if args else dict(given).get(name)
        case Evaluate(value=Call() as call) if _is_super_init(call):
            shift = isinstance(call.func, Ref)  # `models.ForeignKey.__init__(self, to, …)`
            found = call.argument(name, None if position is None else position + shift)
            unpacked = [value for key, value in call.kwargs if key == "**"]
            return found or next((f for f in (_after(v, name, options) for v in unpacked) if f), None)
        case _:
            return None


def _offered(stmt: object, name: str, position: int | None, options: str) -> Expr | None:
    """What a statement makes of a parameter of the next constructor where the caller gave nothing."""
    match stmt:
        case Assign(value=Call(func=Ref("dict"), args=(), kwargs=given)):
            return dict(given).get(name)
        case Assign(value=Mapping() as table):
            return _entry(table, name)
        case Evaluate(value=Call(func=Ref(func), args=(Literal(key), value))) if (
            func == f"{options}.setdefault" and key == name
        ):
            return value
        case Evaluate(value=Call() as call) if _is_super_init(call):
            unpacked = [value for key, value in call.kwargs if key == "**"]
            forced = _forced(stmt, name, position, options)
            return forced or next((f for f in (_entry(v, name) for v in unpacked) if f), None)
        case _:
            return _forced(stmt, name, position, options)


def _after(expr: Expr, name: str, options: str) -> Expr | None:
    """The entry of a dict display that stands behind `**kwargs`, or of `dict(kwargs, name=…)`."""
    match expr:
        case Mapping(pairs) if (None, Ref(options)) in pairs:
            behind = Mapping(pairs[pairs.index((None, Ref(options))) :])
            return _entry(behind, name)
        case Call(func=Ref("dict"), args=(_, *_), kwargs=given):
            return dict(given).get(name)
        case _:
            return None


def _entry(expr: Expr, name: str) -> Expr | None:
    pairs = expr.pairs if isinstance(expr, Mapping) else ()
    return next((value for key, value in pairs if key == Literal(name)), None)


def _is_super_init(call: Call) -> bool:
    match call.func:
        case Op(".__init__", (Call(func=Ref("super")),)):
            return True
        case Ref(name):
            return name.endswith(".__init__")
        case _:
            return False


def _is_local(name: str) -> bool:
    """Whether a name is a variable of a constructor's body, or an attribute that the body sets."""
    return name.removeprefix("self.").isidentifier()
