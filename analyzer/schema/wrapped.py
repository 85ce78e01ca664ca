"""Objects of the project's own around Django's settings: what they hand on."""

from __future__ import annotations

from analyzer.schema.classes import Class, Classes
from analyzer.source.asked import SETTINGS
from analyzer.source.facts import Call, Evaluate, FuncDef, Ref, Return, Try
from analyzer.source.names import Defined, External

BEFORE_GETATTR = ("__init__", "__new__", "__getattribute__")
"""What may answer for an attribute before `__getattr__` is asked."""


def hands_on(classes: Classes, cls: Class | None, name: str) -> bool:
    """Whether the `__getattr__` of a class asks Django's settings first, and nothing comes before it."""
    if cls is None or any(classes.lookup(cls, word) for word in (name, *BEFORE_GETATTR)):
        return False
    found = classes.lookup(cls, "__getattr__")
    if found is None or not isinstance(found[1], FuncDef):
        return False
    stmt = next((stmt for stmt in found[1].body or () if not isinstance(stmt, Evaluate)), None)
    first = stmt.body[0] if isinstance(stmt, Try) and stmt.body else stmt
    match first:
        case Return(value=Call(func=Ref("getattr"), args=(Ref(asked), Ref(wanted), *_))):
            resolved = classes.names.resolve(found[0].module, asked)
            is_django = isinstance(resolved, (Defined, External)) and f"{resolved.path}." == SETTINGS
            return is_django and found[1].params[1:] == (wanted,)
        case _:
            return False
