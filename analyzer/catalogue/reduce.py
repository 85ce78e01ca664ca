"""What the catalogue keeps of a package's facts: what models, fields, relations and apps need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Expr,
    FileFacts,
    FuncDef,
    Handler,
    If,
    Import,
    Items,
    Literal,
    Mapping,
    Op,
    Ref,
    Stmt,
    Try,
)
from analyzer.source.scopes import heads

KEPT_ARGUMENTS = frozenset(
    {
        "to", "null", "on_delete", "through", "through_fields", "related_name", "primary_key", "to_field",
        "db_constraint", "parent_link", "max_length", "unique", "symmetrical", "ct_field", "fk_field",
        "db_column",
    }
)  # fmt: skip
"""Arguments that are kept wherever a call stands."""

KEPT_BODIES = ("__init__", "deconstruct", "state_forwards")
"""Methods that say what a field is made of, or what an operation does to a state."""

KEPT_OF_MIGRATIONS = ("dependencies", "run_before", "replaces", "initial")
"""What is kept of a migration: the edges of the graph, no operations."""

LONG = 100
"""Characters of the longest text that is kept: what is longer is documentation or a template."""


NO_MODELS = frozenset(
    {
        "adapter", "admin", "api", "backends", "client", "commands", "context_processors", "feeds", "filters",
        "filtersets", "forms", "graphql", "http", "inputs", "jinja2", "mail", "middleware", "provider",
        "renderers", "schema", "schemas", "serializers", "signals", "sitemaps", "tables", "template",
        "templatetags", "throttling", "urls", "views", "viewsets", "wagtail_hooks", "widgets", "wsgi",
    }
)  # fmt: skip
"""Modules and packages of them whose classes are no models, fields or apps."""

MODELS = frozenset({"abstract_models", "apps", "base_models", "fields", "managers", "models"})
"""Modules and packages of them that may hold such classes wherever they stand."""

MANY = 60
"""Names and constants of the longest list that is kept of a module: choices, but no lists of countries."""

FORMS = ("django.forms.", "rest_framework.fields")
"""Modules whose fields are not those of models, whatever their names say."""

_CONSTRUCTED = re.compile(
    r"(Column|Constraint|Expression|Field|Func|Index|Key|Manager|Operation|Relation|Validator)s?$"
)
"""Names of classes, or of their bases, whose constructors say what ends up in a migration."""


def reduced(facts: FileFacts, module: str) -> FileFacts:
    """A module without what does not concern models."""
    body = _detailed(facts.body, True) if speaks_of_models(module) else _outline(facts.body)
    return FileFacts(_scope(body, count(1)), (), True)


def speaks_of_models(module: str) -> bool:
    """Whether a module's classes may be models, fields or apps, to judge by its name."""
    parts = set(module.split("."))
    if module.startswith(FORMS):
        return False
    return not parts.isdisjoint(MODELS) or parts.isdisjoint(NO_MODELS)


def reduced_migration(facts: FileFacts) -> FileFacts:
    """A migration's edges, with the imports that these need."""
    classes = [stmt for stmt in facts.body if isinstance(stmt, ClassDef) and stmt.name == "Migration"]
    edges = tuple(s for cls in classes for s in cls.body if isinstance(s, Assign) and _is_edge(s))
    names = {name for edge in edges for name in heads(edge.value)}
    imports = [s for s in facts.body if isinstance(s, Import) and not names.isdisjoint(_bound(s))]
    kept: list[Stmt] = [*imports, *(replace(cls, bases=(), body=edges) for cls in classes[:1])]
    return FileFacts(_scope(tuple(kept), count(1)), (), True)


def _is_edge(stmt: Assign) -> bool:
    return any(isinstance(target, Ref) and target.name in KEPT_OF_MIGRATIONS for target in stmt.targets)


def _bound(stmt: Import) -> set[str]:
    if stmt.names is None:
        return {stmt.alias or stmt.module.partition(".")[0]}
    return {alias for _, alias in stmt.names}


def _outline(body: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """Imports and classes with their bases: enough to tell that a class is no model."""

    def kept(stmt: Stmt) -> Stmt | None:
        bare = isinstance(stmt, ClassDef)
        return replace(stmt, keywords=(), decorators=(), body=()) if bare else None

    return _blocks(body, _outline, kept)


def _detailed(body: tuple[Stmt, ...], top: bool = False) -> tuple[Stmt, ...]:
    """The statements that are kept of a module, or of a class in it."""

    def kept(stmt: Stmt) -> Stmt | None:
        match stmt:
            case ClassDef(name="Meta"):
                return replace(stmt, body=tuple(s for s in stmt.body if isinstance(s, Assign)))
            case ClassDef():
                inner = _detailed(stmt.body)
                return replace(stmt, body=inner if _is_constructed(stmt) else _without_constructor(inner))
            case Assign(op="="):
                value = _value(stmt.value, top)
                return replace(stmt, value=value) if value is not None else None
            case FuncDef(name="__getattr__") if top:
                return FuncDef(stmt.name, (), (), None, stmt.line)
            case FuncDef(name=name) if not top and name in KEPT_BODIES:
                return stmt
            case _:
                return None

    return _blocks(body, lambda inner: _detailed(inner, top), kept)


def _blocks(
    body: tuple[Stmt, ...],
    within: Callable[[tuple[Stmt, ...]], tuple[Stmt, ...]],
    kept: Callable[[Stmt], Stmt | None],
) -> tuple[Stmt, ...]:
    """Statements as `kept` leaves them, those in `if` and `try` by `within`; imports always."""
    out: list[Stmt | None] = []
    for stmt in body:
        match stmt:
            case Import():
                out.append(stmt)
            case If():
                both = replace(stmt, body=within(stmt.body), orelse=within(stmt.orelse))
                out.append(both if both.body or both.orelse else None)
            case Try():
                inner = Try(within(stmt.body), (), within(stmt.orelse), (), stmt.line)
                out.append(inner if inner.body else None)
            case _:
                out.append(kept(stmt))
    return tuple(stmt for stmt in out if stmt is not None)


def _is_constructed(cls: ClassDef) -> bool:
    """Whether a class may be one whose instances stand in models and migrations."""
    bases = [base.name for base in cls.bases if isinstance(base, Ref)]
    own = {stmt.name for stmt in cls.body if isinstance(stmt, FuncDef)}
    return "deconstruct" in own or any(_CONSTRUCTED.search(name) for name in (cls.name, *bases))


def _without_constructor(body: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    return tuple(stmt for stmt in body if not isinstance(stmt, FuncDef))


def _value(value: Expr, top: bool) -> Expr | None:
    """What is kept of an assigned value; None where nothing is."""
    match value:
        case Literal(text):
            return value if not isinstance(text, str) or len(text) < LONG else None
        case Call():
            return value if not top else _call_outline(value)
        case Ref():
            return value
        case Items() | Mapping():
            return value if not top or _size(value) <= MANY else None
        case _:
            return None if top else value


def _size(value: Expr) -> int:
    """How many names and constants a value is written with, as far as that is not too many."""
    pending, size = [value], 0
    while pending and size <= MANY:
        match pending.pop():
            case Items(items=items) | Op(args=items):
                pending += items
            case Mapping(pairs):
                pending += [part for pair in pairs for part in pair if part is not None]
            case Call(args=args, kwargs=kwargs):
                pending += [*args, *(given for _, given in kwargs)]
            case _:
                size += 1
    return size


def _call_outline(call: Call) -> Call:
    """A call with what names its arguments, and with those keywords that say where a field points."""
    args = tuple(arg if isinstance(arg, (Literal, Ref)) else Op("?", ()) for arg in call.args)
    kwargs = tuple((name, value) for name, value in call.kwargs if name in KEPT_ARGUMENTS)
    return Call(call.func, args, kwargs, call.line)


Value = TypeVar("Value")


def unplaced(value: Value) -> Value:
    """A statement or expression as if all of it stood in one line: equal wherever it is written alike."""
    return _at(value, 0)


def _scope(body: tuple[Stmt, ...], places: Iterator[int]) -> tuple[Stmt, ...]:
    """Statements with their place in their module or class for a line, which changes less from version to
    version; those in functions keep their line, since reasons name it."""
    return tuple(_placed(stmt, next(places), places) for stmt in body)


def _placed(stmt: Stmt, place: int, places: Iterator[int]) -> Stmt:
    if isinstance(stmt, FuncDef):
        return replace(stmt, line=place)
    inner = count(1) if isinstance(stmt, ClassDef) else places
    changed: dict[str, object] = {"line": place}
    for name in stmt.__struct_fields__:
        value = getattr(stmt, name)
        if name in ("body", "orelse", "final") and value is not None:
            changed[name] = _scope(value, inner)
        elif name == "handlers":
            changed[name] = tuple(Handler(_at(h.exception, place), _scope(h.body, inner)) for h in value)
        elif name != "line":
            changed[name] = _at(value, place)
    return replace(stmt, **changed)


def _at(value: Value, place: int) -> Value:
    """An expression, or a tuple of such, as if it stood in that line."""
    if isinstance(value, tuple):
        return tuple(_at(item, place) for item in value)  # type: ignore[return-value]
    if not isinstance(value, Struct):
        return value
    fields = {name: _at(getattr(value, name), place) for name in value.__struct_fields__}
    return replace(value, **({**fields, "line": place} if "line" in fields else fields))
