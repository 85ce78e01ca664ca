"""Parts of values of which only the name is known."""

from __future__ import annotations

from analyzer.source.facts import Assign
from analyzer.source.modules import Modules
from analyzer.source.scopes import flatten
from analyzer.source.values import Made
from analyzer.states.normal import DEFAULT_STORAGE
from analyzer.states.values import Built, Dictionary, Form, Listing, Name, Reference


def unread(form: Form) -> str:
    """The first part of a form of which only the name is known; empty if there is none."""
    match form:
        case Name(path, unread=True):
            return f"the source of {path} is not known"
        case Reference(unread=why):
            return why
        case Built(path, unread=True):
            return f"what `{path.rpartition('.')[2]}(…)` makes is not followed"
        case Built(args=items, kwargs=kwargs):
            parts: tuple[Form, ...] = (*items, *(value for _, value in kwargs))
        case Listing(items=items):
            parts = items
        case Dictionary(pairs):
            parts = tuple(part for pair in pairs for part in pair)
        case _:
            parts = ()
    return next((why for why in map(unread, parts) if why), "")


def is_outline(modules: Modules, made: Made) -> bool:
    """Whether a call is a constant of a catalogued module, of which not all arguments are kept."""
    if made.module.own or made.path == DEFAULT_STORAGE or modules.in_use(made.module):
        return False
    body = flatten(modules.facts(made.module).body)
    return any(isinstance(stmt, Assign) and stmt.value is made.call for stmt in body)
