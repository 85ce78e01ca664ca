"""What an expression comes to, as far as source decides it."""

from __future__ import annotations

from typing import Union

from msgspec import Struct
from msgspec.structs import force_setattr

from analyzer.source.facts import Call, ClassDef, FuncDef
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External, Package

Plain = Union[str, int, float, bool, None]

HEAVIEST = 200_000
"""Beyond this a value is cut off: what names itself twice, over and over, would fill any memory."""

LIGHT = frozenset({str, int, float, bool, type(None)})
"""The types of values that hold no others."""

TOO_HEAVY = f"more than {HEAVIEST:,} values"


class Sequence(Struct, frozen=True):
    """A list, tuple or set.  `complete` is False where more items may follow; `why` says what hides them.

    `weight` is how many values it would be written with: far more than it holds where these are shared.
    Who knows it says it; otherwise it is counted.
    """

    kind: str
    items: tuple[Value, ...]
    complete: bool = True
    why: str = ""
    weight: int = 0

    def __post_init__(self) -> None:
        heavy = self.weight or self._weighed()
        if heavy > HEAVIEST:
            heavy = 1
            for name, cut in (("items", ()), ("complete", False), ("why", TOO_HEAVY)):
                force_setattr(self, name, cut)
        force_setattr(self, "weight", heavy)

    def _weighed(self) -> int:
        light = LIGHT.issuperset(map(type, self.items))
        return 1 + (len(self.items) if light else sum(map(weight, self.items)))


class Table(Struct, frozen=True):
    """A dict with plain keys; `complete` and `weight` as in `Sequence`."""

    pairs: tuple[tuple[Plain, Value], ...]
    complete: bool = True
    weight: int = 0

    def __post_init__(self) -> None:
        heavy = self.weight or 1 + sum(weight(value) for _, value in self.pairs)
        if heavy > HEAVIEST:
            heavy = 1
            force_setattr(self, "pairs", ())
            force_setattr(self, "complete", False)
        force_setattr(self, "weight", heavy)

    def get(self, key: Plain) -> Value:
        for known, value in reversed(self.pairs):
            if known == key and type(known) is type(key):
                return value
        return Undecided(f"no key {key!r}" if self.complete else f"key {key!r} may be there")

    @property
    def items(self) -> tuple[tuple[Plain, Value], ...]:
        """The pairs as the dict holds them: each key at its first place, with its last value."""
        return tuple(dict(self.pairs).items())

    def has(self, key: Plain) -> bool:
        return any(known == key for known, _ in self.pairs)

    def without(self, key: Plain) -> Table:
        return Table(tuple(pair for pair in self.pairs if pair[0] != key), self.complete)


class Named(Struct, frozen=True):
    """A class, function, module or external name itself."""

    binding: Defined | External | Package

    @property
    def path(self) -> str:
        match self.binding:
            case Package(module):
                return module.name
            case Defined() | External():
                return self.binding.path


class Made(Struct, frozen=True):
    """A call that stays a call: `path` is what is called, `local` the values of local names in it.

    `weight` is as in `Sequence`.
    """

    path: str
    call: Call
    module: Module
    local: tuple[tuple[str, Value], ...] = ()
    weight: int = 0

    def __post_init__(self) -> None:
        heavy = 1 + sum(weight(value) for _, value in self.local)
        if heavy > HEAVIEST:
            heavy = 1 + len(self.local)
            cut = Undecided(TOO_HEAVY)
            force_setattr(self, "local", tuple((name, cut) for name, _ in self.local))
        force_setattr(self, "weight", heavy)


class Maybe(Struct, frozen=True):
    """A value that holds unless something says otherwise that source does not decide.

    An item of a sequence that a condition adds, or what the environment gives where it says nothing.
    """

    value: Value
    why: str


class Undecided(Struct, frozen=True):
    """Source does not decide it, because …"""

    why: str


Value = Union[str, int, float, bool, None, Sequence, Table, Named, Made, Maybe, Undecided]


def weight(value: Value) -> int:
    """How many values one would be written with."""
    match value:
        case Sequence() | Table() | Made():
            return value.weight
        case Maybe(inner):
            return weight(inner)
        case _:
            return 1


def identity(value: Value) -> object | None:
    """What two decided values have in common where they are the same; None where one is not decided."""
    match value:
        case Sequence(kind, items, complete=True):
            parts: list[object] = [kind, *map(identity, items)]
        case Table(pairs, complete=True):
            parts = [part for key, inner in pairs for part in (identity(key), identity(inner))]
        case Named(Defined(node=ClassDef(line=line) | FuncDef(line=line))):
            return ("named", value.path, line)  # a module may define a name more than once
        case Named(Defined(node=node)):
            return ("named", value.path, node)
        case Named():
            return ("named", value.path)
        case Sequence() | Table() | Made() | Maybe() | Undecided():
            return None
        case _:
            return (type(value), value)
    return None if None in parts else tuple(parts)


def is_plain(value: Value) -> bool:
    return value is None or isinstance(value, (str, int, float, bool))


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None where that is not decided."""
    match value:
        case Sequence():
            certain = any(not isinstance(item, Maybe) for item in value.items)
            return True if certain else (False if value.complete and not value.items else None)
        case Table():
            return True if value.pairs else (False if value.complete else None)
        case Named(Defined(node=FuncDef(decorators=()) | ClassDef(decorators=(), keywords=()))):
            return True
        case Named() | Made() | Maybe() | Undecided():
            return None
        case _:
            return bool(value)


def likely(value: Value) -> bool | None:
    """Whether a value counts as true where the environment says nothing; None where that is not known."""
    return truth(value.value) if isinstance(value, Maybe) else truth(value)


def merge(one: Value, other: Value, why: str) -> Value:
    """What holds when either of two values may: sequences keep what only one has as `Maybe`."""
    if one == other:
        return one
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        items: list[Value] = []
        for item in one.items:
            items.append(item if item in other.items or isinstance(item, Maybe) else Maybe(item, why))
        for item in other.items:
            if item not in one.items and not (isinstance(item, Maybe) and item in items):
                items.append(item if isinstance(item, Maybe) else Maybe(item, why))
        return Sequence(one.kind, tuple(items), one.complete and other.complete, one.why or other.why)
    if isinstance(one, Table) and isinstance(other, Table):
        return _merged(one, other, why)
    return Undecided(why)


def _merged(one: Table, other: Table, why: str) -> Table:
    """Either of two dicts: a key that only one has may be missing, so its value is not decided."""
    first, second = dict(one.pairs), dict(other.pairs)
    pairs = [
        (key, first[key] if key in first and key in second and first[key] == second[key] else Undecided(why))
        for key in {**first, **second}
    ]
    return Table(tuple(pairs), one.complete and other.complete)
