"""Conditions of indexes and constraints as Django compares them: by what can be hashed of them.

Follows django.db.models.query_utils.Q.identity and django.utils.hashable.make_hashable.
"""

from __future__ import annotations

from analyzer.states.objects import parts
from analyzer.states.values import UNORDERED, Built, Form, Listing

HASHES = (5, 0)
"""Since this version two conditions are equal when what can be hashed of them is."""

SIZES = (8, 32, 128, 512, 2048)
"""How many places a set may have; a number stands at its remainder."""

LARGEST = 2**31


def hashable(form: Form) -> Form:
    """An index or constraint with the values in its conditions as they are compared."""
    if not isinstance(form, Built):
        return form
    if parts(form) is not None:
        return Built(form.path, tuple(map(_child, form.args)), form.kwargs, form.unread)
    kwargs = tuple((key, hashable(value)) for key, value in form.kwargs)
    return Built(form.path, form.args, kwargs, form.unread)


def _child(form: Form) -> Form:
    match form:
        case Listing("tuple", (name, value)):
            return Listing("tuple", (name, _value(value)))
        case _:
            return hashable(form)


def _value(form: Form) -> Form:
    match form:
        case Listing("list" | "tuple", items):
            return Listing("tuple", tuple(map(_value, items)))
        case Listing("set", items):
            return _in_order(items)
        case _:
            return form


def _in_order(items: tuple[Form, ...]) -> Listing:
    """The items of a set one after another, where each has a place of its own however the set was made."""
    if len(items) < 2:
        return Listing("tuple", items)
    numbers = {item for item in items if isinstance(item, int) and 0 <= item < LARGEST}
    sizes = [size for size in SIZES if 2 * len(items) < size]
    orders = {tuple(sorted(numbers, key=size.__rmod__)) for size in sizes}
    crowded = any(len({number % size for number in numbers}) < len(items) for size in sizes)
    if crowded or len(orders) != 1 or len(numbers) < len(items):
        return Listing(UNORDERED, items)
    return Listing("tuple", orders.pop())
