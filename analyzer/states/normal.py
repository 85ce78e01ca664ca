"""Arguments of a field as Django's own field keeps them, whatever they were given as."""

from __future__ import annotations

from analyzer.source.values import Sequence, Undecided, Value
from analyzer.states.values import UNORDERED, Built, Dictionary, Form, Listing, Unsure

DEFAULT_STORAGE = "django.core.files.storage.DefaultStorage"


def tidied(arguments: dict[str, Form]) -> dict[str, Form]:
    """Without arguments that are left out when they are empty; validators always as a list."""
    storage = arguments.get("storage")
    if isinstance(storage, Built) and storage.path == DEFAULT_STORAGE:
        del arguments["storage"]
    for name in ("validators", "limit_choices_to"):
        if name in arguments and _is_empty(arguments[name]):
            del arguments[name]
    validators = arguments.get("validators")
    if isinstance(validators, Listing):
        arguments["validators"] = Listing("list", validators.items)
        if not validators.items:
            del arguments["validators"]
    return arguments


def _is_empty(form: Form) -> bool:
    match form:
        case Listing(items=()) | Dictionary(pairs=()):
            return True
        case _:
            return not form


def plain_lists(form: Form) -> Form:
    """Lists and tuples as one kind: Django makes its own of both (django.utils.choices).

    A set comes in no order that source decides.
    """
    match form:
        case Listing("set" | "frozenset", items) if len(items) > 1:
            return Listing(UNORDERED, tuple(map(plain_lists, items)))
        case Listing(items=items):
            return Listing("list", tuple(map(plain_lists, items)))
        case Dictionary(pairs):
            return Listing("list", tuple(Listing("list", tuple(map(plain_lists, pair))) for pair in pairs))
        case _:
            return form


def as_value(form: Form) -> Value:
    """What an operation sets an argument to, as a value again."""
    if isinstance(form, (str, int, float, bool)) or form is None:
        return form
    if isinstance(form, Listing):
        return Sequence(form.kind, tuple(map(as_value, form.items)))
    return Undecided(form.why if isinstance(form, Unsure) else "set by a later operation")
