"""What a project's own `state_forwards` does to a state, in the words of Django's operations.

`state.models[app_label, "post"].fields["x"] = …` adds a field, `….bases = …` gives a model other
bases, `state.remove_field(app_label, "post", "x")` removes a field, `super().state_forwards(…)` does
what the class inherits.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from analyzer.catalogue.reduce import unplaced
from analyzer.history.aside import Lookup, all_expressions, leaves_alone
from analyzer.history.holding import FORWARDS, is_idle
from analyzer.source.bodies import outside
from analyzer.source.facts import (
    Assign,
    Call,
    Evaluate,
    Expr,
    FuncDef,
    If,
    Items,
    Jump,
    Op,
    Ref,
    Return,
    Stmt,
)
from analyzer.source.facts import Mapping as MappingExpr
from analyzer.source.scopes import children, heads

INHERITED = ""
"""What stands for the operation that the class inherits."""

ALTER_BASES = "AlterModelBases"
"""No operation of Django's: what it would be called."""

METHODS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "add_field": ("AddField", ("model_name", "name", "field", "preserve_default")),
    "alter_field": ("AlterField", ("model_name", "name", "field", "preserve_default")),
    "remove_field": ("RemoveField", ("model_name", "name")),
    "rename_field": ("RenameField", ("model_name", "old_name", "new_name")),
    "remove_model": ("DeleteModel", ("name",)),
    "rename_model": ("RenameModel", ("old_name", "new_name")),
}
"""Methods of django.db.migrations.state.ProjectState that take a label first: operation and arguments."""

ASKING = ("type", "isinstance", "hasattr", "len")

RENDERING = frozenset({"reload_model", "reload_models", "clear_delayed_apps_cache"})
"""Methods that only make the classes of a state anew."""


class Change(Struct, frozen=True):
    """An operation of Django's, or `INHERITED`, and its arguments as the method writes them."""

    django: str
    given: tuple[tuple[str, Expr], ...] = ()
    line: int = 0


def changes(forwards: FuncDef, method: Lookup) -> tuple[Change, ...] | None:
    """What `state_forwards` does, in order; None where it may do anything else."""
    params = [param for param in forwards.params if not param.startswith("*")]
    if not forwards.body or forwards.decorators or len(params) != len(forwards.params) or len(params) != 3:
        return None
    body = forwards.body[:-1] if isinstance(forwards.body[-1], Return) else forwards.body
    return _Reader(params[1], params[2], method).block(body)


class _Reader:
    def __init__(self, label: str, state: str, method: Lookup) -> None:
        self.label = label
        self.state = state
        self.method = method
        self.models: dict[str, Expr] = {}

    def block(self, body: tuple[Stmt, ...]) -> tuple[Change, ...] | None:
        out: list[Change] = []
        for stmt in body:
            leaves = any(isinstance(inner, Return) for inner in outside((stmt,)))
            found = None if leaves else self._statement(stmt)
            if found is None:
                return None
            out += found
        return tuple(out)

    def _statement(self, stmt: Stmt) -> tuple[Change, ...] | None:
        match stmt:
            case _ if is_idle(stmt):
                return ()
            case If(test=test, body=body, orelse=orelse) if _only_asks(test):
                found = self._either(body, orelse)
            case Evaluate(value=Call() as call):
                found = self._call(call)
            case Assign(targets=(Ref(name),), op="=", value=value) if "." not in name and self._model(value):
                self.models[name] = value
                return ()
            case Assign(targets=(target,), op="=", value=value):
                found = self._assigned(target, value, stmt.line)
            case Jump(kind="delete", value=Op("[]", (owner, name))):
                found = self._of_fields(owner, "RemoveField", ((name, None),), stmt.line)
            case _:
                found = None
        if found is not None:
            return found
        asked = {name for expr in all_expressions((stmt,)) if expr is not None for name in heads(expr)}
        apart = self.models.keys().isdisjoint(asked)
        return () if apart and leaves_alone((stmt,), self.state, self.method) else None

    def _either(self, body: tuple[Stmt, ...], orelse: tuple[Stmt, ...]) -> tuple[Change, ...] | None:
        """What two blocks both do; None where they differ, or leave other names behind."""
        known = dict(self.models)
        one, other = self.block(body), self.block(orelse)
        same = one is not None and unplaced(one) == unplaced(other) and known == self.models
        self.models = known
        return one if same else None

    def _call(self, call: Call) -> tuple[Change, ...] | None:
        match call.func:
            case Op(op, (Call(func=Ref("super")),)) if op == f".{FORWARDS}":
                return (Change(INHERITED, (), call.line),)
            case Ref(name) if name.rpartition(".")[0] == self.state:
                return self._of_state(name.rpartition(".")[2], call)
            case Ref(name) if "." in name:
                owner, _, called = name.rpartition(".")
                return self._of_dict(Ref(owner), called, call)
            case Op(op, (inner,)) if op.startswith("."):
                return self._of_dict(inner, op[1:], call)
            case _:
                return None

    def _of_state(self, name: str, call: Call) -> tuple[Change, ...] | None:
        """A method of the state itself."""
        if name in RENDERING:
            return ()
        if name not in METHODS or call.unpacks or call.args[:1] != (Ref(self.label),):
            return None
        django, names = METHODS[name]
        if len(call.args) - 1 > len(names):
            return None
        given = (*zip(names, call.args[1:], strict=False), *call.kwargs)
        return (Change(django, given, call.line),)

    def _of_dict(self, owner: Expr, name: str, call: Call) -> tuple[Change, ...] | None:
        """A method of the fields of a model: a dict, a list of pairs before Django 3.1."""
        match name, call.args:
            case "update", (MappingExpr(pairs),) if not call.kwargs and all(key for key, _ in pairs):
                given = tuple((key, value) for key, value in pairs if key is not None)
                return self._of_fields(owner, "AddField", given, call.line)
            case ("append", (Items("tuple", (key, value)),)) | ("insert", (_, Items("tuple", (key, value)))):
                return self._of_fields(owner, "AddField", ((key, value),), call.line)
            case "pop", (key, *_):
                return self._of_fields(owner, "RemoveField", ((key, None),), call.line)
            case _:
                return None

    def _assigned(self, target: Expr, value: Expr, line: int) -> tuple[Change, ...] | None:
        match target:
            case Op("[]", (owner, key)):
                return self._of_fields(owner, "AddField", ((key, value),), line)
            case Ref() | Op() if (found := self._attribute(target)) is not None and found[1] == "bases":
                return (Change(ALTER_BASES, (("name", found[0]), ("bases", value)), line),)
            case _:
                return None

    def _of_fields(
        self, owner: Expr, django: str, pairs: tuple[tuple[Expr, Expr | None], ...], line: int
    ) -> tuple[Change, ...] | None:
        found = self._attribute(owner)
        if found is None or found[1] != "fields":
            return None
        named = ((("model_name", found[0]), ("name", key), ("field", value)) for key, value in pairs)
        return tuple(
            Change(django, tuple((name, expr) for name, expr in given if expr is not None), line)
            for given in named
        )

    def _attribute(self, expr: Expr) -> tuple[Expr, str] | None:
        """(the name of a model, an attribute of it)."""
        match expr:
            case Op(op, (inner,)) if op.startswith("."):
                model = self._model(inner)
                return (model, op[1:]) if model is not None else None
            case Ref(name) if name.partition(".")[0] in self.models:
                owner, _, attribute = name.partition(".")
                model = self._model(self.models[owner])
                return (model, attribute) if model is not None else None
            case _:
                return None

    def _model(self, expr: Expr) -> Expr | None:
        """The name of the model that `state.models[app_label, name]` is."""
        match expr:
            case Op("[]", (Ref(models), Items("tuple", (Ref(label), name)))) | Op(
                "[]", (Ref(models), Ref(label), name)
            ):
                return name if (models, label) == (f"{self.state}.models", self.label) else None
            case _:
                return None


def _only_asks(test: Expr) -> bool:
    """Whether a condition calls nothing that could change anything."""
    pending = [test]
    while pending:
        expr = pending.pop()
        if isinstance(expr, Call) and not (isinstance(expr.func, Ref) and expr.func.name in ASKING):
            return False
        pending += children(expr)
    return True


def own_names(change: Change) -> frozenset[str]:
    """The attributes of the operation itself that its arguments are written with."""
    found: set[str] = set()
    pending: list[Expr] = [expr for _, expr in change.given]
    while pending:
        expr = pending.pop()
        if isinstance(expr, Ref) and expr.name.startswith("self."):
            found.add(expr.name.split(".")[1])
        pending += children(expr)
    return frozenset(found)
