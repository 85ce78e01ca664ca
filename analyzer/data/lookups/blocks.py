"""One function's body gone through: what its names mean, and what it looks up by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from analyzer.source.facts import (
    Assign,
    Call,
    Expr,
    For,
    FuncDef,
    If,
    Import,
    Items,
    Jump,
    Literal,
    Mapping,
    Op,
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External
from analyzer.source.scopes import COMPOUND, bound_names, children, expressions, inside

if TYPE_CHECKING:
    from analyzer.data.lookups.ways import Way

MAKERS = frozenset(
    {
        "create_permissions", "create_contenttypes", "update_contenttypes", "emit_post_migrate_signal",
        "create_default_site", "get_for_model", "get_for_models",
    }
)  # fmt: skip
"""What makes permissions or content types before `post_migrate` does."""

MADE_LATE = {
    "auth.permission": "auth.Permission",
    "contenttypes.contenttype": "contenttypes.ContentType",
}
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
CREATING = frozenset({"create", "get_or_create", "update_or_create", "bulk_create"})
BY_FIELD = frozenset({"create", "get", "filter", "exclude", "get_or_create", "update_or_create", "update"})
WHOLE = frozenset({"create", "update"})
"""Methods whose keywords are fields and no lookups."""
OTHER_NAMES = frozenset(
    {"annotate", "alias", "extra", "values", "values_list", "aggregate", "union", "raw", "dates", "datetimes"}
)
"""Methods behind which keywords may name other things than fields."""
APPS = "apps"
GET_USER = "django.contrib.auth.get_user_model"
USER = f"{GET_USER}()"
"""Stands for the path of the user model, which a setting names."""


class Historical(Struct, frozen=True):
    """A model of the migration state."""

    app: str
    model: str


class Known(Struct, frozen=True):
    """What an import inside a function brings."""

    path: str
    function: tuple[Module, FuncDef] | None = None


Meaning = Historical | Known | str | None
"""Of a local name; None where it is something else, `APPS` for the models of the migration state."""

Env = dict[str, Meaning]


class Notes(Protocol):
    """Where a way notes what it comes by."""

    def model(self, file: str, line: int, app: str, model: str, certain: bool) -> None: ...
    def field(self, place: tuple[str, int], model: tuple[str, str], field: str, certain: bool) -> None: ...
    def real(self, place: tuple[str, int], path: str, through: str) -> None: ...
    def row(self, place: tuple[str, int], label: str) -> None: ...
    def makes(self) -> None: ...
    def is_model(self, path: str) -> bool: ...


class Block:
    """The body of one function, its names as they stand."""

    def __init__(self, way: Way, module: Module, env: Env, body: tuple[Stmt, ...]) -> None:
        self.way = way
        self.names = way.names
        self.notes = way.notes
        self.module = module
        self.env = env
        self.body = body
        self.nested: dict[str, FuncDef] = {}

    def run(self, certain: bool) -> None:
        self._statements(self.body, certain)

    def _statements(self, body: tuple[Stmt, ...], certain: bool) -> bool:
        """Whether what follows is as certain as what came before."""
        for stmt in body:
            certain = self._statement(stmt, certain)
        return certain

    def _statement(self, stmt: Stmt, certain: bool) -> bool:
        if isinstance(stmt, COMPOUND):
            return self._compound(stmt, certain)
        match stmt:
            case Import():
                self._import(stmt)
            case FuncDef(name=name):
                self.nested[name] = stmt
                self.env.pop(name, None)
            case Assign():
                self._expression(stmt.value, certain)
                self._forget(stmt)
                if len(stmt.targets) == 1 and isinstance(stmt.targets[0], Ref) and stmt.op == "=":
                    self.env[stmt.targets[0].name] = self.meaning(stmt.value)
            case _:
                for expr in expressions(stmt):
                    self._expression(expr, certain)
        return certain and not isinstance(stmt, (Return, Jump))

    def _compound(self, stmt: If | For | While | Try | With, certain: bool) -> bool:
        stays = certain and not _leaves(stmt)
        match stmt:
            case If(test, body, orelse):
                self._expression(test, certain)
                given = self._given(test)
                with self.way.guarded(_asks_for_apps(test)):
                    self._statements(body if given is not False else (), False)
                    self._statements(orelse if given is not True else (), False)
            case For(target, iterable, body, orelse):
                self._expression(iterable, certain)
                self._forget(Assign((target,), "=", iterable, stmt.line))
                self._statements(body, stays and self._is_constant(iterable))
                self._statements(orelse, False)
            case While(test, body):
                self._expression(test, certain)
                self._statements(body, False)
            case Try(body, handlers, orelse, final):
                with self.way.guarded(bool(handlers)):
                    self._statements(body, False)
                for one in (*(handler.body for handler in handlers), orelse, final):
                    self._statements(one, False)
            case With(items, body):
                for value, _ in items:
                    self._expression(value, certain)
                with self.way.guarded(any(_suppresses(value) for value, _ in items)):
                    return self._statements(body, certain)
        return stays

    def _given(self, test: Expr) -> bool | None:
        """Whether a condition that asks for a model of the migration state holds, where one is given."""
        match test:
            case Ref(name) | Op("is not", (Ref(name), Literal(None))):
                return True if isinstance(self.env.get(name), Historical) else None
            case Op("not" | "is", (Ref(name), *rest)) if rest in ([], [Literal(None)]):
                return False if isinstance(self.env.get(name), Historical) else None
            case _:
                return None

    def _forget(self, stmt: Assign) -> None:
        for name in bound_names(stmt):
            self.env[name] = None
            self.nested.pop(name, None)

    def _import(self, stmt: Import) -> None:
        for name in bound_names(stmt):
            binding = self.names.imported(self.module, stmt, name)
            match binding:
                case Defined(module, _, FuncDef() as node):
                    self.env[name] = Known(binding.path, (module, node))
                case Defined() | External():
                    self.env[name] = Known(binding.path)
                case _:
                    self.env[name] = None

    # ------------------------------------------------------------ what names mean

    def meaning(self, expr: Expr) -> Meaning:
        """What an expression is, as far as it matters here."""
        match expr:
            case Ref(name) if name in self.env:
                return self.env[name]
            case Call(Ref(name), ()) if self.path(name) == GET_USER:
                return Known(USER)
            case Call():
                return self._looked_up(expr)
            case _:
                return None

    def _looked_up(self, call: Call) -> Historical | None:
        """The model that `apps.get_model(…)` gives."""
        match call.func:
            case Ref(name) if name.endswith(".get_model") and self.env.get(name[:-10]) == APPS:
                app = self._text(call.argument("app_label", 0))
                model = self._text(call.argument("model_name", 1))
                if (
                    app is not None
                    and model is None
                    and "." in app
                    and len(call.args) + len(call.kwargs) == 1
                ):
                    app, _, model = app.partition(".")
                return Historical(app, model) if app and model else None
            case _:
                return None

    def _text(self, expr: Expr | None) -> str | None:
        """A constant text, also one that the module gives a name."""
        match expr:
            case Literal(str() as text):
                return text
            case Ref(name) if name not in self.env:
                binding = self.names.resolve(self.module, name)
                if isinstance(binding, Defined) and isinstance(binding.node, Literal):
                    return binding.node.value if isinstance(binding.node.value, str) else None
        return None

    def _is_constant(self, iterable: Expr) -> bool:
        """Whether a loop goes over something that is written down, and not empty."""
        match iterable:
            case Items(items=items):
                return any(not isinstance(item, Op) for item in items)
            case Mapping(pairs):
                return bool(pairs)
            case Ref(name) if name.partition(".")[0] not in self.env:
                binding = self.names.resolve(self.module, name)
                node = binding.node if isinstance(binding, Defined) else None
                return isinstance(node, (Items, Mapping)) and self._is_constant(node)
            case Call(Ref(name), ()) if name.endswith((".items", ".keys", ".values")):
                return self._is_constant(Ref(name.rpartition(".")[0]))
            case _:
                return False

    def path(self, name: str) -> str:
        """The dotted path of what is not a local name."""
        head, _, rest = name.partition(".")
        if head in self.env or head in self.nested:
            known = self.env.get(head)
            return f"{known.path}.{rest}".rstrip(".") if isinstance(known, Known) else ""
        binding = self.names.resolve(self.module, name)
        match binding:
            case Defined(module, _, Call(Ref(called), ())) if called.endswith(GET_USER.rpartition(".")[2]):
                made = self.names.resolve(module, called)
                return USER if isinstance(made, (Defined, External)) and made.path == GET_USER else ""
            case Defined() | External():
                return binding.path
            case _:
                return ""

    # ------------------------------------------------------------ expressions

    def _expression(self, expr: Expr, certain: bool) -> None:
        match expr:
            case Call():
                self._call(expr, certain)
                for child in children(expr):
                    self._expression(child, certain)
            case Op("if" | "and" | "or" | "for" | "lambda"):
                for child in children(expr):
                    self._expression(child, False)
            case _:
                for child in children(expr):
                    self._expression(child, certain)

    def _call(self, call: Call, certain: bool) -> None:
        found = self._looked_up(call)
        if found is not None and not self.way.guards:
            self.notes.model(self.module.path, call.line, found.app, found.model, certain)
        links = _chain(call)
        if links is not None:
            self._on_model(*links, call, certain)
        match call.func:
            case Ref(name):
                word = name.rpartition(".")[2]
                if word in MAKERS or (word == "call_command" and call.args[:1] != (Literal("loaddata"),)):
                    self.notes.makes()
                self._into(name, call, certain)
            case Op(op) if op[1:] in MAKERS:
                self.notes.makes()
            case _:
                pass

    def _into(self, name: str, call: Call, certain: bool) -> None:
        known = self.env.get(name)
        if name in self.nested:
            self.way.follow(self, call, self.module, self.nested[name], self.env, certain)
        elif isinstance(known, Known) and known.function is not None:
            self.way.follow(self, call, *known.function, {}, certain)
        elif name.partition(".")[0] not in self.env:
            binding = self.names.resolve(self.module, name)
            if isinstance(binding, Defined) and isinstance(binding.node, FuncDef) and binding.module.own:
                self.way.follow(self, call, binding.module, binding.node, {}, certain)

    def _on_model(self, root: str, methods: list[str], call: Call, certain: bool) -> None:
        """`Model(…)` and `Model.objects.….method(…)`, `call` being the last of the calls."""
        head, _, rest = root.partition(".")
        parts = rest.split(".") if rest else []
        model = self.env.get(head)
        place = (self.module.path, call.line)
        label = ""
        if isinstance(model, Historical):
            label = f"{model.app}.{model.model}".lower()
            self._fields(model, parts, methods, call, certain)
        else:
            label = self._on_real(root, call.line)
        if label not in MADE_LATE or not ({*parts} & MANAGERS):
            return
        words = [*parts[1:], *methods]
        if CREATING & {*words}:
            self.notes.makes()
        elif words[-1:] == ["get"] and certain and not self.way.guards:
            self.notes.row(place, MADE_LATE[label])

    def _on_real(self, root: str, line: int) -> str:
        """The label of the model as it is now that is used here, if one is."""
        before = root.split(".")
        at = next((at for at, part in enumerate(before) if part in MANAGERS), len(before))
        path = self.path(".".join(before[:at]))
        if not path or not self.notes.is_model(path):
            return ""
        place, through = self.way.blamed(self.module, line)
        self.notes.real(place, path, through)
        return ".".join(path.replace(".models", "").split(".")[-2:]).lower()

    def _fields(
        self, model: Historical, parts: list[str], methods: list[str], call: Call, certain: bool
    ) -> None:
        """The fields that the keywords of the last call name."""
        words = [*parts, *methods]
        method = words[-1] if words else ""
        constructed = not words
        if not constructed and (parts[:1] != ["objects"] or method not in BY_FIELD):
            return
        if self.way.guards or OTHER_NAMES & {*words} or (not constructed and len(parts) + len(methods) < 2):
            return
        for name, _ in call.kwargs:
            if name in ("**", "defaults", "create_defaults"):
                continue
            plain = name if constructed or method in WHOLE else name.partition("__")[0]
            self.notes.field((self.module.path, call.line), (model.app, model.model), plain, certain)


def _chain(call: Call) -> tuple[str, list[str]] | None:
    """The dotted name that a chain of calls begins with, and the methods called behind it."""
    methods: list[str] = []
    expr: Expr = call
    while True:
        match expr:
            case Call(Ref(name)):
                return name, methods[::-1]
            case Call(Op(op, (inner,))) if op.startswith("."):
                methods.append(op[1:])
                expr = inner
            case _:
                return None


def _leaves(stmt: Stmt) -> bool:
    """Whether a statement may end the function, or the round of a loop, that it stands in."""
    pending: list[Stmt] = [*inside(stmt)]
    while pending:
        one = pending.pop()
        if isinstance(one, (Return, Jump)):
            return True
        if not isinstance(one, FuncDef):
            pending += inside(one)
    return False


def _asks_for_apps(test: Expr) -> bool:
    """Whether a condition looks at what is installed."""
    words = {part for head in _names(test) for part in head.split(".")}
    return bool(words & {"is_installed", "INSTALLED_APPS", "app_configs", "all_models", "get_app_configs"})


def _names(expr: Expr) -> Iterator[str]:
    pending = [expr]
    while pending:
        one = pending.pop()
        if isinstance(one, Ref):
            yield one.name
        pending += children(one)


def _suppresses(value: Expr) -> bool:
    return isinstance(value, Call) and isinstance(value.func, Ref) and value.func.name.endswith("suppress")
