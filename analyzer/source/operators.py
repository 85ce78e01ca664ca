"""What operators and methods give on decided values; `Undecided` on all else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from analyzer.source.facts import ClassDef, FuncDef
from analyzer.source.invoked import asked, part_of
from analyzer.source.names import Defined
from analyzer.source.values import (
    Made,
    Maybe,
    Named,
    Plain,
    Sequence,
    Table,
    Undecided,
    Value,
    is_plain,
)

NOTHING = Table(())

CONDITIONS = frozenset({"not", "==", "!=", "<", ">", "<=", ">=", "in", "not in", "is", "is not"})
"""Operators that give true or false."""

MAX_TEXT = 100_000
MAX_ITEMS = 20_000
MAX_NUMBER = 2**31
MAX_REPEATS = 1000


def binary(op: str, one: Value, other: Value) -> Value:
    if isinstance(one, Maybe) and is_plain(one.value) and is_plain(other):
        found = binary(op, one.value, other)
        return found if isinstance(found, Undecided) else Maybe(found, one.why)
    if op in ("+", "|") and isinstance(one, Sequence):
        return concatenated(one, other)
    if op == "+" and isinstance(other, Sequence) and isinstance(one, Undecided):
        return Sequence(other.kind, other.items, False, one.why)
    if op == "|" and isinstance(one, Table) and isinstance(other, Table):
        return Table(one.pairs + other.pairs, one.complete and other.complete)
    if op == "*" and isinstance(one, Sequence) and isinstance(other, int) and 0 <= other <= MAX_REPEATS:
        return bounded(one.kind, one.items * other, one.complete, one.why)
    if op in CONDITIONS and (compared := _compared(op, one, other)) is not None:
        return compared
    if op == "%" and isinstance(one, str):
        return _formatted(one, other)
    if isinstance(one, str) and isinstance(other, str) and op == "+":
        return text(one + other)
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return _computed(op, one, other)
    return Undecided("an operand is not decided")


def _compared(op: str, one: Value, other: Value) -> Value:
    """What a comparison says; None for those of numbers."""
    command = asked(op, one, other)
    if command is not None:
        return command
    if op in ("in", "not in"):
        return _contains(one, other, op == "in")
    if op in ("is", "is not"):
        return _identical(one, other, op == "is")
    return _equal(one, other, op == "==") if op in ("==", "!=") else None


_ARITHMETIC: dict[str, Callable[[int | float, int | float], Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _computed(op: str, one: int | float, other: int | float) -> Value:
    compute = _ARITHMETIC.get(op)
    if compute is None or max(abs(one), abs(other)) > MAX_NUMBER:
        return Undecided(f"operator `{op}` is not evaluated")
    return compute(one, other)


def text(value: str) -> Value:
    """A text that was put together, unless it outgrew anything that names something."""
    return value if len(value) <= MAX_TEXT else Undecided("a text too long to be a name")


def bounded(kind: str, items: tuple[Value, ...], complete: bool, why: str, weight: int = 0) -> Sequence:
    """A sequence cut off, and incomplete, where it outgrew anything that people write."""
    if len(items) > MAX_ITEMS:
        return Sequence(kind, items[:MAX_ITEMS], False, f"more than {MAX_ITEMS:,} items")
    return Sequence(kind, items, complete, why, weight)


def concatenated(one: Sequence, other: Value) -> Sequence:
    """`one + other`; what is not decided leaves the result incomplete."""
    if len(one.items) == MAX_ITEMS and not one.complete:
        return one  # it was cut off, and would be again
    if isinstance(other, Sequence):
        whole = one.complete and other.complete
        weight = one.weight + other.weight - 1
        return bounded(one.kind, one.items + other.items, whole, one.why or other.why, weight)
    why = other.why if isinstance(other, Undecided) else "a part is not decided"
    return Sequence(one.kind, one.items, False, one.why or why)


def _contains(item: Value, container: Value, wanted: bool) -> Value:
    if isinstance(container, str) and isinstance(item, str):
        return (item in container) == wanted
    if isinstance(container, Table) and is_plain(item) and container.complete:
        return any(key == item for key, _ in container.pairs) == wanted
    if isinstance(container, Sequence) and is_plain(item):
        if item in container.items:
            return wanted
        possible = [known.value if isinstance(known, Maybe) else known for known in container.items]
        if container.complete and all(map(is_plain, possible)) and item not in possible:
            return not wanted
    if isinstance(container, Sequence) and _is_written(item):
        known = [_identical(item, inner, True) for inner in container.items]
        if True in known:
            return wanted
        if container.complete and all(map(_is_instance, container.items)):
            return not wanted
    return Undecided("membership is not decided")


def _is_instance(value: Value) -> bool:
    """Whether a value can be no class and no function: plain, a collection, or what a class makes."""
    match value:
        case Made(path=path):
            return path.rpartition(".")[2][:1].isupper()
        case Sequence() | Table():
            return True
        case _:
            return is_plain(value)


def _equal(one: Value, other: Value, wanted: bool) -> Value:
    if is_plain(one) and is_plain(other):
        return (one == other) == wanted
    if is_decided(one) and is_decided(other):
        if one == other:
            return wanted
        if _are_apart(one, other):
            return not wanted
    if _is_other(one, other) or _is_other(other, one):
        return not wanted
    return Undecided("a comparison is not decided")


def _are_apart(one: Value, other: Value) -> bool:
    """Whether two lists or tuples that are decided hold different things."""
    if not isinstance(one, Sequence) or not isinstance(other, Sequence):
        return False
    if one.kind not in ("list", "tuple") or other.kind not in ("list", "tuple"):
        return False
    if one.kind != other.kind or len(one.items) != len(other.items):
        return True
    pairs = zip(one.items, other.items, strict=True)
    return any((is_plain(a) and is_plain(b) and a != b) or _are_apart(a, b) for a, b in pairs)


def _identical(one: Value, other: Value, wanted: bool) -> Value:
    """`one is other`: a collection is never None, a name always itself."""
    if is_plain(one) and is_plain(other):
        return (one == other and type(one) is type(other)) == wanted
    if isinstance(one, Named) and one == other:
        return wanted
    if _is_other(one, other) or _is_other(other, one):
        return not wanted
    return Undecided("a comparison is not decided")


def _is_other(one: Value, other: Value) -> bool:
    """Whether a collection, a class or a function cannot be the same as a plain value."""
    return is_plain(other) and (isinstance(one, (Sequence, Table)) or _is_written(one))


def _is_written(value: Value) -> bool:
    """Whether a name is that of a class or a function, whose source is known."""
    if not isinstance(value, Named) or not isinstance(value.binding, Defined):
        return False
    return isinstance(value.binding.node, (ClassDef, FuncDef)) and "." not in value.binding.qualname


def is_decided(value: Value) -> bool:
    """Whether a value is known to its last part; a name stands for itself."""
    match value:
        case Sequence(items=items, complete=complete):
            return complete and all(map(is_decided, items))
        case Table(pairs=pairs, complete=complete):
            return complete and all(is_decided(item) for _, item in pairs)
        case Named():
            return True
        case _:
            return is_plain(value)


TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (float,),
}


FORMER = {
    "basestring": "str",
    "unicode": "str",
    "string_types": "str",
    "text_type": "str",
    "integer_types": "int",
    "long": "int",
}
"""What names of Python 2, and of modules that stand for both, are called today."""


def _type_name(path: str) -> str:
    last = path.rpartition(".")[2]
    return FORMER.get(last, path.removeprefix("builtins."))


def is_instance(value: Value, kinds: Value) -> Value:
    """`isinstance(value, kinds)` of types of the language itself."""
    listed = kinds.items if isinstance(kinds, Sequence) and kinds.complete else (kinds,)
    names = [_type_name(kind.path) if isinstance(kind, Named) else "" for kind in listed]
    known = all(name in TYPES or name in ("list", "tuple", "set", "dict") for name in names)
    if not known or not names:
        return Undecided("`isinstance(…)` of another class is not evaluated")
    if isinstance(value, Sequence):
        return value.kind in names
    if isinstance(value, Table):
        return "dict" in names
    if is_plain(value):
        return isinstance(value, tuple(kind for name in names for kind in TYPES.get(name, ())))
    return False if _is_written(value) else Undecided("`isinstance(…)` of a value that is not decided")


def _formatted(template: str, values: Value) -> Value:
    args = values.items if isinstance(values, Sequence) and values.kind == "tuple" else (values,)
    if not all(is_plain(arg) for arg in args):
        return Undecided("a formatted value is not decided")
    if not _PLAIN_PERCENT(template):
        return Undecided("a format with widths is not evaluated")
    try:
        return text(template % tuple(args))
    except (TypeError, ValueError):
        return Undecided("a format does not fit its values")


def index(value: Value, key: Value) -> Value:
    """`value[key]`"""
    part = part_of(value, key)
    if part is not None:
        return part
    if isinstance(value, str) and isinstance(key, int):
        return value[key] if -len(value) <= key < len(value) else Undecided("an index or key is not decided")
    if isinstance(value, Table) and (key is None or isinstance(key, (str, int, float, bool))):
        return value.get(key)
    if not isinstance(value, Sequence) or not isinstance(key, int) or not value.complete:
        return Undecided("an index or key is not decided")
    if any(isinstance(item, Maybe) for item in value.items):
        return Undecided("an index of a list whose items may be there or not")
    if -len(value.items) <= key < len(value.items):
        return value.items[key]
    return Undecided("an index or key is not decided")


def method(owner: Value, name: str, given: Sequence, named: Table = NOTHING) -> Value:
    """`owner.name(*given, **named)` for the few methods that settings and migrations use on constants."""
    args = list(given.items)
    if not given.complete or not named.complete:
        return Undecided(f"method `{name}` with arguments that are not decided")
    keywords = {str(key): value for key, value in named.pairs}
    if isinstance(owner, str) and name == "join" and len(args) == 1 and not keywords:
        return _joined(owner, args[0])
    if isinstance(owner, str) and all(is_plain(arg) for arg in (*args, *keywords.values())):
        return _string_method(owner, name, args, keywords)
    match owner, name, args if not keywords else None:
        case Table(), "get", [key, *default] if key is None or isinstance(key, (str, int, float, bool)):
            found = owner.get(key)
            if isinstance(found, Undecided) and owner.complete:
                return default[0] if default else None
            return found
        case Table(), "keys", []:
            return Sequence("list", tuple(key for key, _ in owner.items), owner.complete)
        case Table(), "values", []:
            return Sequence("list", tuple(value for _, value in owner.items), owner.complete)
        case Table(), "items", []:
            pairs = tuple(Sequence("tuple", pair) for pair in owner.items)
            return Sequence("list", pairs, owner.complete)
        case Sequence(), "copy", []:
            return owner
        case _:
            return Undecided(f"method `{name}` is not evaluated")


def _joined(between: str, parts: Value) -> Value:
    texts = [part for part in parts.items if isinstance(part, str)] if isinstance(parts, Sequence) else []
    if not isinstance(parts, Sequence) or not parts.complete or len(texts) < len(parts.items):
        return Undecided("joined texts are not decided")
    if parts.kind in ("set", "frozenset") and len(texts) > 1:
        return Undecided("texts joined in no order")
    size = sum(map(len, texts)) + len(between) * len(texts)
    return between.join(texts) if size <= MAX_TEXT else Undecided("a text too long to be a name")


_STRING_METHODS = frozenset(
    {"format", "lower", "upper", "strip", "split", "replace", "title", "startswith", "endswith"}
)
_PLAIN_FORMAT = re.compile(r"(?:[^{}]|\{\{|\}\}|\{\w*\})*").fullmatch
_PLAIN_PERCENT = re.compile(r"(?:[^%]|%%|%[sdr])*").fullmatch
"""Formats without attributes, items or widths: those could ask for anything."""


def _string_method(owner: str, name: str, args: list[Value], named: dict[str, Value]) -> Value:
    growth = max((len(str(arg)) for arg in (*args, *named.values())), default=0) + 1
    plain = name != "format" or _PLAIN_FORMAT(owner)
    if name not in _STRING_METHODS or not plain or len(owner) * growth > MAX_TEXT:
        return Undecided(f"method `{name}` is not evaluated")
    try:
        found: object = getattr(owner, name)(*args, **named)
    except (TypeError, ValueError, IndexError, KeyError):
        return Undecided(f"method `{name}` does not fit its arguments")
    if isinstance(found, list):
        return Sequence("list", tuple(found))
    return found if isinstance(found, (str, bool, int)) else Undecided(f"method `{name}`")


def table_of(pairs: Iterable[Value]) -> Value:
    """The dict of a comprehension, from its (key, value) pairs."""
    out: list[tuple[Plain, Value]] = []
    for pair in pairs:
        if not isinstance(pair, Sequence) or len(pair.items) != 2:
            return Undecided("a dict comprehension is not decided")
        key = pair.items[0]
        if key is not None and not isinstance(key, (str, int, float, bool)):
            return Undecided("a dict comprehension's key is not decided")
        out.append((key, pair.items[1]))
    return Table(tuple(out))


def strings(value: Value) -> list[tuple[str, bool]]:
    """The strings of a sequence with whether each is certain; others are left out."""
    if not isinstance(value, Sequence):
        return []
    out: list[tuple[str, bool]] = []
    for item in value.items:
        if isinstance(item, str):
            out.append((item, True))
        elif isinstance(item, Maybe) and isinstance(item.value, str):
            out.append((item.value, False))
        elif isinstance(item, Named):
            out.append((item.path, True))
    return out
