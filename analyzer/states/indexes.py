"""Indexes and constraints as Django takes them apart, and the names that it makes for indexes.

Follows `deconstruct()` of django.db.models.indexes.Index and the constraints, and
`Index.set_name_with_model`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from analyzer.states.values import Built, Form, Listing, Unsure

F_OBJECT = "F"
LISTS = {"fields": "list", "include": "tuple", "opclasses": "tuple", "expressions": "list"}
EMPTY = ("fields", "include", "opclasses", "condition", "deferrable")
"""Arguments that `deconstruct()` leaves out where they are empty."""

OLD_NAMES = {"check": "condition"}
"""Keywords by the name that later versions of Django gave them."""

MESSAGE = ("violation_error_message", "Constraint “%(name)s” is violated.")
INDEX_TYPE = ("index_type", "GIST")
MAX_TABLE = 63
"""Longer names of tables are shortened by some databases and not by others."""

Item = TypeVar("Item")


def normal(form: Form) -> Form:
    """An index or constraint in one way of writing: two that are equal for Django come out equal."""
    if not isinstance(form, Built):
        return form
    given = {OLD_NAMES.get(key, key): _listed(key, value) for key, value in form.kwargs}
    kept = {key: value for key, value in given.items() if not _is_default(key, value)}
    return Built(form.path, tuple(map(_reference, form.args)), tuple(sorted(kept.items(), key=_first)))


def _first(pair: tuple[str, object]) -> str:
    return pair[0]


def _listed(key: str, value: Form) -> Form:
    kind = LISTS.get(key)
    return replace(value, kind=kind) if kind is not None and isinstance(value, Listing) else value


def _is_default(key: str, value: Form) -> bool:
    if value is None:
        return True
    if key in EMPTY and isinstance(value, Listing):
        return not value.items
    return (key, value) == MESSAGE or (key == INDEX_TYPE[0] and str(value).upper() == INDEX_TYPE[1])


def _reference(form: Form) -> Form:
    """`F("name")` among the expressions of an index is what the bare name says."""
    match form:
        case Built(path, (str() as name,), ()) if path.rpartition(".")[2] == F_OBJECT:
            return name
        case _:
            return form


def name_of(form: Form) -> str | None:
    """The name of an index or constraint; None where source does not decide it."""
    name = form.keyword("name") if isinstance(form, Built) else None
    return name if isinstance(name, str) else None


def nameless(form: Form) -> Form:
    """All but the name."""
    if not isinstance(form, Built):
        return form
    return replace(form, kwargs=tuple(pair for pair in form.kwargs if pair[0] != "name"))


def without(form: Form, *names: str) -> Form:
    """A constraint without some of its arguments."""
    if not isinstance(form, Built):
        return form
    return replace(form, kwargs=tuple(pair for pair in form.kwargs if pair[0] not in names))


def called(form: Form, name: Form) -> Form:
    """An index or constraint under another name."""
    if not isinstance(form, Built):
        return form
    others = [pair for pair in form.kwargs if pair[0] != "name"]
    return replace(form, kwargs=tuple(sorted([*others, ("name", name)], key=_first)))


def interpolated(form: Form, app: str, model: str) -> Form:
    """With `%(app_label)s` and `%(class)s` in the name put in, as Options does it for concrete models."""
    name = name_of(form)
    if name is None or "%" not in name:
        return form
    try:
        return called(form, name % {"app_label": app.lower(), "class": model.lower()})
    except (KeyError, ValueError, TypeError):
        return called(form, Unsure(f"the name {name!r} cannot be filled in"))


def is_unnamed(form: Form) -> bool:
    """Whether Django makes the name of an index itself."""
    if not isinstance(form, Built):
        return False
    given = dict(form.kwargs).get("name")
    return given is None or given == ""


def automatic_name(form: Built, table: str, suffix: str, column: Callable[[str], Form]) -> Form:
    """The name of an index that has none: parts of table and first column, and a digest of all.

    `column` tells the column of a field by the field's name.
    """
    fields = form.keyword("fields")
    if not isinstance(fields, Listing) or not fields.items:
        return Unsure("the fields of the index are not decided")
    columns: list[str] = []
    orders: list[str] = []
    for item in fields.items:
        found = column(item.removeprefix("-")) if isinstance(item, str) else item
        if not isinstance(item, str) or not isinstance(found, str):
            return found if isinstance(found, Unsure) else Unsure("the fields of the index are not decided")
        columns.append(found)
        orders.append("-" if item.startswith("-") else "")
    parts = table.split('"."')
    plain = (parts[1] if len(parts) == 2 else table).strip('"')
    if len(plain) > MAX_TABLE:
        return Unsure(f"the database may shorten the table's name {plain}")
    data = [plain, *(order + name for order, name in zip(orders, columns, strict=True)), suffix]
    name = f"{plain[:11]}_{columns[0][:7]}_{_digest(data)}_{suffix}"
    return f"D{name[1:]}" if name[0] == "_" or name[0].isdigit() else name


def _digest(words: list[str]) -> str:
    """django.db.backends.utils.names_digest, of length 6."""
    return hashlib.md5("".join(words).encode(), usedforsecurity=False).hexdigest()[:6]
