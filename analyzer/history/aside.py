"""Whether a method leaves the models of a migration state alone that it is given.

Operations of packages hang notes of their own on a state (`state.sql_state = …`).  What is no
attribute of django.db.migrations.state.ProjectState changes no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analyzer.source.facts import (
    Call,
    ClassDef,
    Expr,
    FuncDef,
    Items,
    Literal,
    Mapping,
    Op,
    Ref,
    Stmt,
)
from analyzer.source.scopes import children, expressions, inside

STATE = frozenset(
    {
        "_alter_option", "_append_option", "_find_concrete_model_from_proxy", "_find_reload_model",
        "_get_concrete_models_mapping_and_proxy_models", "_relations", "_reload", "_remove_option",
        "add_constraint", "add_field", "add_index", "add_model", "alter_constraint", "alter_field",
        "alter_model_managers", "alter_model_options", "apps", "clear_delayed_apps_cache", "clone",
        "concrete_apps", "from_apps", "get_concrete_model_key", "is_delayed", "models", "real_apps",
        "relations", "reload_model", "reload_models", "remove_constraint", "remove_field", "remove_index",
        "remove_model", "remove_model_options", "rename_field", "rename_index", "rename_model",
        "resolve_fields_and_relations", "resolve_model_field_relations", "resolve_model_relations",
        "update_model_field_relation",
    }
)  # fmt: skip
"""What a ProjectState has itself, in any version of Django."""

ASKING = ("hasattr", "getattr", "setattr")
MAX_DEPTH = 3

Lookup = Callable[[str], FuncDef | None]
"""The method of a name that `self` has, with its body."""


def leaves_alone(body: tuple[Stmt, ...], state: str, method: Lookup, depth: int = 0) -> bool:
    """Whether statements use a state for nothing but attributes that are none of its own."""
    return all(_is_harmless(expr, state, method, depth) for expr in all_expressions(body))


def all_expressions(body: tuple[Stmt, ...]) -> Iterator[Expr | None]:
    """The expressions of all statements; None for a function or class, which is not looked into."""
    for stmt in body:
        if isinstance(stmt, (FuncDef, ClassDef)):
            yield None
        else:
            yield from expressions(stmt)
            yield from all_expressions(inside(stmt))


def _is_harmless(expr: Expr | None, state: str, method: Lookup, depth: int) -> bool:
    match expr:
        case Literal():
            return True
        case Ref(name):
            owner, _, attribute = name.partition(".")
            return owner != state or (bool(attribute) and attribute.partition(".")[0] not in STATE)
        case Call(func=Ref(asked), args=(Ref(name), Literal(str() as attribute), *rest)) if (
            name == state and asked in ASKING
        ):
            return attribute not in STATE and all(_is_harmless(arg, state, method, depth) for arg in rest)
        case Call(func=Ref(called), args=args, kwargs=kwargs) if called.startswith("self."):
            given = (*args, *(value for _, value in kwargs))
            handed = [place for place, arg in enumerate(args) if arg == Ref(state)]
            others = [arg for arg in given if arg != Ref(state)] if handed and not kwargs else list(given)
            followed = not handed or _follows(called.removeprefix("self."), handed, method, depth)
            return followed and all(_is_harmless(arg, state, method, depth) for arg in others)
        case Call() | Op() | Items() | Mapping():
            return all(_is_harmless(part, state, method, depth) for part in children(expr))
        case _:
            return False


def _follows(name: str, handed: list[int], method: Lookup, depth: int) -> bool:
    """Whether a method of the operation's own leaves a state alone that it gets at these places."""
    found = method(name) if depth < MAX_DEPTH and "." not in name else None
    if found is None or found.body is None or found.decorators:
        return False
    params = [param for param in found.params if not param.startswith("*")]
    if any(place + 1 >= len(params) for place in handed):
        return False
    return all(leaves_alone(found.body, params[place + 1], method, depth + 1) for place in handed)
