"""A function of a project's in the place of `Field.deconstruct`, carried out for one field."""

from __future__ import annotations

from msgspec import Struct

from analyzer.schema.classes import Class
from analyzer.source.bodies import outside
from analyzer.source.branches import RETURNED
from analyzer.source.facts import (
    Call,
    Expr,
    FuncDef,
    Jump,
    Op,
    Ref,
    Stmt,
)
from analyzer.source.modules import Module
from analyzer.source.names import Defined
from analyzer.source.scopes import children, expressions
from analyzer.source.values import Made, Named, Sequence, Table, Undecided, Value
from analyzer.states.builtin import BASE
from analyzer.states.construct import Field, Method, held

DECONSTRUCT = "django.db.models.fields.Field.deconstruct"
TOLD = frozenset(BASE) | {"default", "db_default", "validators"}
"""What `Field.deconstruct` itself tells; the classes below it tell the rest afterwards."""


class Patch(Struct, frozen=True):
    """The function, with what the names around it stand for where it is made in another function."""

    node: FuncDef
    module: Module
    around: tuple[tuple[str, Value], ...]
    place: str


class Patching:
    """Carries out the function, once for fields of one class with arguments of the same names where it
    looks at nothing else."""

    def __init__(self, patch: Patch) -> None:
        self.patch = patch
        self._by_name = not _asks_field(patch)
        self._kept: dict[tuple[str, frozenset[str]], frozenset[str] | None] = {}

    def __call__(self, field: Field, path: str, kwargs: dict[str, Value]) -> Value:
        """What the function makes of what Django's own would return for a field."""
        first = {name: value for name, value in kwargs.items() if name in TOLD}
        rest = {name: value for name, value in kwargs.items() if name not in TOLD}
        kept = self._names(field, path, frozenset(first))
        if kept is not None:
            found: Value = _told(path, {name: value for name, value in first.items() if name in kept})
        else:
            found = _Function(field, _told(path, first)).apply(self.patch)
        match found:
            case Sequence(items=(name, str() as other, Sequence() as args, Table(complete=True) as left)):
                if not {key for key in first if not left.has(key)} & _below(field):
                    return Sequence("tuple", (name, other, args, Table((*left.pairs, *rest.items()))))
            case _:
                pass
        return Undecided(f"the project sets its own `deconstruct` for all fields ({self.patch.place})")

    def _names(self, field: Field, path: str, names: frozenset[str]) -> frozenset[str] | None:
        """The arguments that the function leaves as they are, whatever they are; None where they matter."""
        key = (getattr(field.order[0], "key", ""), names)
        if not self._by_name or not key[0]:
            return None
        if key not in self._kept:
            blank: dict[str, Value] = {name: Undecided(f"any `{name}`") for name in sorted(names)}
            found = _Function(field, _told(path, blank)).apply(self.patch)
            match found:
                case Sequence(items=("", str() as other, Sequence(items=()), Table(complete=True) as left)):
                    same = other == path and all(blank.get(str(name)) is value for name, value in left.pairs)
                    self._kept[key] = frozenset(str(name) for name, _ in left.pairs) if same else None
                case _:
                    self._kept[key] = None
        return self._kept[key]


def _told(path: str, kwargs: dict[str, Value]) -> Sequence:
    return Sequence("tuple", ("", path, Sequence("list", ()), Table(tuple(kwargs.items()))))


def _asks_field(patch: Patch) -> bool:
    """Whether the function looks at more of a field than its class."""
    own = {name for name in patch.node.params if name not in ("/", "*")}
    pending: list[Expr] = []
    blocks: list[tuple[Stmt, ...]] = [patch.node.body or ()]
    while blocks:
        for stmt in outside(blocks.pop()):
            pending += expressions(stmt)
            if isinstance(stmt, FuncDef):
                blocks.append(stmt.body or ())
    while pending:
        expr = pending.pop()
        name = expr.name if isinstance(expr, Ref) else ""
        if name in ("getattr", "vars") or (name.partition(".")[0] in own and name not in own):
            return True
        pending += children(expr)
    return False


def _below(field: Field) -> set[str]:
    """The arguments that a class below `Field` expects to be told."""
    usual = field.behaviour.omitted if field.behaviour is not None else {}
    return {name for name in BASE if usual.get(name) != BASE[name]}


class _Function(Method):
    """Carries out the function; the one that it calls is Django's."""

    def __init__(self, field: Field, told: Value) -> None:
        super().__init__(field, 0)
        self.told = told
        self.itself = ""

    def apply(self, patch: Patch) -> Value:
        names = [name for name in patch.node.params if name not in ("/", "*")]
        cls = self.field.order[0]
        if len(names) != 1 or patch.node.decorators or not isinstance(cls, Class):
            return None
        self.itself = names[0]
        itself = Made(cls.path, Call(Ref(cls.path), (), (), patch.node.line), patch.module)
        state = {f"{names[0]}.{key.removeprefix('self.')}": value for key, value in self.field.state.items()}
        env = {**dict(patch.around), names[0]: itself, **state}
        self.run(patch.node.body or (), patch.module, env, 1)
        return env.get(RETURNED)

    def step(self, stmt: Stmt, module: Module, env: dict[str, Value], calls: int) -> None:
        match stmt:
            case Jump(kind="delete", value=Op("[]", (Ref(name), key))):
                found, table = self.evaluator.evaluate(key, module, env, calls), env.get(name)
                if isinstance(table, Table) and isinstance(found, str):
                    env[name] = table.without(found)
                else:
                    env[name] = Undecided("an item is deleted")
            case _:
                super().step(stmt, module, env, calls)

    def hoisted(self, expr: Expr, module: Module, env: dict[str, Value], calls: int) -> Expr:
        if isinstance(expr, Call) and isinstance(expr.func, Ref) and len(expr.args) == 1:
            called = self.evaluator.evaluate(expr.func, module, env, calls)
            if isinstance(called, Named) and called.path == DECONSTRUCT:
                return held(self.told, env)
        if isinstance(expr, Ref) and expr.name.startswith(f"{self.itself}.") and expr.name not in env:
            cls = self.field.order[0]
            kind = Named(Defined(cls.module, cls.qualname, cls.node)) if isinstance(cls, Class) else None
            return held(self.evaluator.evaluate(expr, module, {self.itself: kind}, calls), env)
        return super().hoisted(expr, module, env, calls)
