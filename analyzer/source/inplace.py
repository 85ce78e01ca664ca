"""Values that a module changes after it has bound them: `FORMATS[name] = …`, `CHOICES += …`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import Enum

from analyzer.source.facts import Assign, Call, Evaluate, For, If, Op, Ref, Stmt, Try, While, With
from analyzer.source.modules import Module, Modules
from analyzer.source.scopes import bound_names, flatten, heads
from analyzer.source.values import Sequence, Table, Value

METHODS = frozenset(
    {
        "append", "extend", "insert", "remove", "add", "update", "setdefault", "pop", "clear", "discard",
        "sort", "reverse",
    }
)  # fmt: skip
FILLED = rb"[ \t]*(?:\+=|\|=|\[[^\]\n]*\][ \t]*=(?!=)|\.(?:append|extend|insert|add|update|setdefault)\()"
"""What fills a list or dict, wherever it stands."""

HANDED = rb"(?<!\w)(\w+)\([ \t]*(?:[^()\n]*,[ \t]*)?%s[ \t]*[,)]"
"""A call that is handed a list or dict itself."""

READING = frozenset(
    {
        b"all", b"any", b"bool", b"dict", b"enumerate", b"frozenset", b"isinstance", b"iter", b"len", b"list",
        b"max", b"min", b"print", b"repr", b"reversed", b"set", b"sorted", b"str", b"sum", b"tuple", b"zip",
        b"join", b"extend", b"update",
    }
)  # fmt: skip
"""Functions that leave what they are handed as it is."""


class Change(Enum):
    """When a list or dict is changed: never, while its module is imported, or when something is called."""

    NEVER = 0
    AT_IMPORT = 1
    BY_CALLS = 2


def change(value: Value, modules: Modules, module: Module, name: str) -> Change:
    """When the value of a name at the top of a module is changed after it is bound, or bound anew.

    A container that is bound empty is there to be filled, which any function may do.
    """
    if not module.path or "." in name:
        return Change.NEVER
    if name in _rebound(modules, module):
        return Change.AT_IMPORT
    if not isinstance(value, (Sequence, Table)):
        return Change.NEVER
    empty = not (value.items if isinstance(value, Sequence) else value.pairs)
    if empty and _is_filled_by_calls(modules, module, name):
        return Change.BY_CALLS
    return Change.AT_IMPORT if name in _changed(modules, module) else Change.NEVER


def _rebound(modules: Modules, module: Module) -> frozenset[str]:
    """The names that the statements of a module bind more than once, under a condition or in a loop; in
    a block that may fail, where they are bound outside of it too; or by `+=` and its like.  And those
    that are made of a name which means something else further down.
    """
    if module.path not in modules.rebound:
        body = modules.facts(module).body
        bound = Counter(name for stmt in flatten(body) for name in _assigned(stmt))
        forks = flatten(tuple(stmt for stmt in body if isinstance(stmt, (If, For, While))))
        again = {name for stmt in forks for name in _assigned(stmt) if bound[name] > 1}
        again.update(name for stmt in flatten(body) for name in _added_to(stmt) if bound[name])
        for stmt in body:
            if isinstance(stmt, (Try, With)):
                inside = Counter(name for inner in flatten((stmt,)) for name in _assigned(inner))
                again.update(name for name, times in inside.items() if bound[name] > times)
        again.update(_made_of_earlier(body, bound))
        modules.rebound[module.path] = frozenset(again)
    return modules.rebound[module.path]


def _made_of_earlier(body: tuple[Stmt, ...], bound: Mapping[str, int]) -> Iterator[str]:
    """The names whose values refer to what a name means above a line that binds it anew."""
    left = {name: times for name, times in bound.items() if times > 1}
    for stmt in body if left else ():
        if isinstance(stmt, Assign):
            if any(0 < left.get(name, 0) < bound[name] for name in heads(stmt.value)):
                yield from bound_names(stmt)
            for name in bound_names(stmt):
                if name in left:
                    left[name] -= 1


def _added_to(stmt: Stmt) -> list[str]:
    return [] if not isinstance(stmt, Assign) or stmt.op == "=" else changed_names(stmt)


def _assigned(stmt: Stmt) -> list[str]:
    return bound_names(stmt) if isinstance(stmt, Assign) else []


def _changed(modules: Modules, module: Module) -> frozenset[str]:
    """The names whose values the statements of a module change in place."""
    if module.path not in modules.changed:
        names = {name for stmt in flatten(modules.facts(module).body) for name in changed_names(stmt)}
        modules.changed[module.path] = frozenset(names)
    return modules.changed[module.path]


def changed_names(stmt: Stmt) -> list[str]:
    """The names whose lists and dicts a statement changes."""
    match stmt:
        case Assign(op="=", targets=targets):
            items = (target for target in targets if isinstance(target, Op) and target.op == "[]")
            return [owner.name for item in items if isinstance(owner := item.args[0], Ref)]
        case Assign(targets=(Ref(name),)):
            return [name]
        case Evaluate(value=Call(func=Ref(name))) if name.rpartition(".")[2] in METHODS:
            return [name.rpartition(".")[0]]
        case _:
            return []


def _is_filled_by_calls(modules: Modules, module: Module, name: str) -> bool:
    """Whether the text fills it at more places than the module's own statements do, or has others do so."""
    data = modules.files.data(module.path)
    word = re.escape(name.encode())
    handed = re.finditer(HANDED % word, data) if re.search(word + rb"[ \t]*[,)]", data) else ()
    if any(called[1] not in READING for called in handed):
        return True
    pattern = rb"(?<![\w.])" + word + FILLED
    places = len(re.findall(pattern, data))
    own = (
        sum(changed_names(stmt).count(name) for stmt in flatten(modules.facts(module).body)) if places else 0
    )
    return places > own
