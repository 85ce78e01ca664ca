"""Targets of assignments: the names they bind."""

from __future__ import annotations

from analyzer.source.facts import Expr, Items, Op, Ref
from analyzer.source.values import Sequence, Undecided, Value


def bind(target: Expr, value: Value, env: dict[str, Value]) -> bool:
    """Bind the names of an assignment target; False where the shapes do not fit."""
    match target:
        case Ref(name) if "." not in name:
            env[name] = value
            return True
        case Items(items=targets):
            if isinstance(value, Sequence) and value.complete and len(value.items) == len(targets):
                return all(bind(inner, item, env) for inner, item in zip(targets, value.items, strict=True))
            for inner in targets:
                bind(inner, Undecided("unpacked from a value that is not decided"), env)
            return False
        case _:
            return False


def written(target: Expr) -> list[str]:
    """The names that an assignment to the target changes."""
    match target:
        case Ref(name) if "." not in name:
            return [name]
        case Items(items=items):
            return [name for item in items for name in written(item)]
        case Op("[]", (Ref(name), _)):
            return [name]
        case _:
            return []
