"""Field objects that a package makes of others: what becomes of one, step by step (`schema.fields.Step`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analyzer.schema.classes import Ancestry
from analyzer.schema.fields import Step
from analyzer.source.values import Sequence, Table, Value, truth
from analyzer.states.builtin import BASE_PARAMS, behaviour
from analyzer.states.construct import ARGUMENTS, Field

Find = Callable[[str], Ancestry | None]
"""The class of a dotted path with its ancestors, if its source is known."""

INDEXED: Mapping[str, Value] = {"primary_key": False, "unique": False, "db_index": True, "serialize": True}


def carried_out(field: Field, step: Step, find: Find) -> Field:
    """The field after a step; what is not decided makes it fail."""
    match step.kind:
        case "turn":
            return _turned(field, step.path, find)
        case "put":
            for name, value in step.named:
                _put(field, name, value)
            return field
        case "index":
            return _indexed(field)
        case _:
            return _rebuilt(field, step, find)


def _turned(field: Field, path: str, find: Find) -> Field:
    """The same object as one of another class of Django: it keeps what that class knows."""
    ancestry = find(path)
    rules = behaviour(tuple(cls.path for cls in ancestry.order)) if ancestry is not None else None
    if rules is None:
        field.fail(f"the source of {path} is not known")
        return field
    other = field.another(ancestry)
    other.behaviour = rules
    other.state = dict(field.state)
    other.arguments = {
        name: value for name, value in field.arguments.items() if name in rules.omitted or name in BASE_PARAMS
    }
    other.why = field.why
    return other


def _put(field: Field, name: str, value: Value) -> None:
    """Set an attribute; `deconstruct` tells only of those that the class knows."""
    rules = field.behaviour
    if rules is not None and (name in rules.omitted or name in BASE_PARAMS):
        field.set(name, value)
    else:
        field.state[f"self.{name}"] = value


def _indexed(field: Field) -> Field:
    """No longer unique, but indexed (simple_history.models.transform_field)."""
    known = [truth(field.arguments.get(name)) for name in ("primary_key", "unique")]
    if any(known):
        for name, value in INDEXED.items():
            _put(field, name, value)
    elif None in known:
        field.fail("whether it is unique is not decided")
    return field


def _rebuilt(field: Field, step: Step, find: Find) -> Field:
    parts = field.deconstruct()
    if parts.why or ARGUMENTS in parts.kwargs:
        field.fail(parts.why or "its positional arguments are not followed")
        return field
    path = step.path or (parts.path if step.written and parts.path != field.path() else "")
    ancestry = find(path) if path else None
    if path and ancestry is None:
        field.fail(f"the source of {path} is not known")
        return field
    other = field.another(ancestry)
    other.construct(Sequence("tuple", ()), Table(tuple({**parts.kwargs, **dict(step.named)}.items())))
    return other
