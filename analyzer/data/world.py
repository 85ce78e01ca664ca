"""What a name may stand for while a migration runs on an empty database.

Every value knows the rows it needs: what was drawn from an empty table is empty, None, 0 or False.
`Bag` alone can change, as lists do; all else is frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Union

from msgspec import Struct

from analyzer.data.effects import FREE, Key, Needs, Origin
from analyzer.source.facts import ClassDef, Expr, FuncDef
from analyzer.source.modules import Module
from analyzer.source.names import Package

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

Constant = Union[str, int, float, bool, None]


class Fixed(Struct, frozen=True):
    """A constant; texts may hold `sqltext.HOLE` where a part is not decided."""

    value: Constant


class Drawn(Struct, frozen=True):
    """What is computed from rows: `fresh` as long as they do not exist."""

    fresh: Constant
    needs: Needs


class Some(Struct, frozen=True):
    """Anything; `own` tells that it comes out of the project's own code that was not found."""

    needs: Needs = FREE
    why: str = ""
    own: bool = False


class OneOf(Struct, frozen=True):
    """One of several values; source does not decide which."""

    options: tuple[Value, ...]


class Model(Struct, frozen=True):
    """A model class, historical or real."""

    label: str
    definition: Defines | None = None


class Rows(Struct, frozen=True):
    """A manager or queryset; `plain` where it yields values instead of instances.

    `whole` tells that `key` says all of the conditions that its rows fit.
    """

    label: str
    needs: Needs
    plain: bool = False
    key: Key = ()
    manager: Defines | None = None
    whole: bool = True


class Row(Struct, frozen=True):
    """An instance: `new` where this run makes it, else of a row that exists; `saved` once it is a row."""

    label: str
    needs: Needs = FREE
    new: bool = False
    key: Key = ()
    saved: bool = False


class Relation(Struct, frozen=True):
    """An attribute of an instance: a related manager, a related row or a plain value."""

    row: Row
    name: str

    @property
    def label(self) -> str:
        return f"{self.row.label}.{self.name}"

    @property
    def needs(self) -> Needs:
        return self.row.needs


class Bag:
    """A list, set, dict, generator …: what is in it, and the rows that it takes to fill it.

    `filled` is True where something is in it on an empty database, None where that is not decided;
    `many` tells that an item stands for several; `default` is what a lookup puts under a new key.
    """

    __slots__ = ("default", "filled", "items", "kind", "many", "needs", "pairs")

    def __init__(
        self, kind: str, items: list[Value] | None = None, filled: bool | None = False, needs: Needs = FREE
    ) -> None:
        self.kind, self.items = kind, items if items is not None else []
        self.pairs: dict[Constant, Value] = {}
        self.filled: bool | None = filled
        self.needs, self.many = needs, False
        self.default: Bag | None = None

    def put(self, value: Value, under: Needs, key: Constant = None, doubtful: bool = False) -> None:
        """Something is added while the rows in `under` exist."""
        self.items.append(value)
        if key is not None:
            self.pairs[key] = value
        if under:
            self.needs |= under
        elif not self.filled:
            self.filled = None if doubtful else True


class Code(Struct, frozen=True, eq=False):
    """A function of the project with the names around it and, for methods, its owner."""

    node: FuncDef
    module: Module
    qualname: str
    outer: Frame | None = None
    owner: Value | None = None


class Lambda(Struct, frozen=True, eq=False):
    params: tuple[str, ...]
    body: Expr
    frame: Frame
    defaults: dict[str, Value] = {}


class Partial(Struct, frozen=True, eq=False):
    func: Value
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]


class Defines(Struct, frozen=True):
    """A class of the project."""

    module: Module
    qualname: str
    node: ClassDef


class Instance(Struct, frozen=True, eq=False):
    """An object of a project class that is no model; `attributes` fill up as its code runs.

    `base` holds the arguments that reached the constructor of a class outside the project.
    """

    cls: Defines
    attributes: dict[str, Value]
    base: list[tuple[tuple[Value, ...], dict[str, Value]]]
    line: int = 0
    file: str = ""


class Made(Struct, frozen=True, eq=False):
    """An object of a class outside the project, such as a migration operation."""

    path: str
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]
    line: int
    file: str


class Outside(Struct, frozen=True):
    """A function, class or module of a package."""

    path: str


class Holder(Struct, frozen=True):
    """A module or package of the project."""

    binding: Package


class Tool(Struct, frozen=True):
    """What Django hands to a migration: `apps`, `editor`, `connection`, `cursor`."""

    kind: str


class Bound(Struct, frozen=True, eq=False):
    """A method that was not called yet: `create = Model.objects.create`."""

    owner: Value
    name: str


class Inherited(Struct, frozen=True, eq=False):
    """A method of a class outside the project, reached through `super()`."""

    owner: Value
    path: str
    name: str


class Super(Struct, frozen=True, eq=False):
    """`super()`: the bases of a class, seen from an object."""

    cls: Defines
    owner: Value


Value = Union[
    Fixed,
    Drawn,
    Some,
    OneOf,
    Model,
    Rows,
    Row,
    Relation,
    Bag,
    Code,
    Lambda,
    Partial,
    Defines,
    Instance,
    Made,
    Outside,
    Holder,
    Tool,
    Bound,
    Inherited,
    Super,
]

Args = list[Value]
Kwargs = dict[str, Value]


class Open(Kwargs):
    """Keywords of a call that may hold more: it unpacks what is not known."""


Called = Callable[["Machine", Value, Args, Kwargs], Value]
"""How a function is called: handed to those that call what they are given."""


class Frame:
    """The names of a running function; those of the functions around it; the rest is the module's."""

    __slots__ = ("cls", "module", "names", "outer", "returned", "yielded")

    def __init__(self, module: Module, outer: Frame | None = None, cls: Defines | None = None) -> None:
        self.module = module
        self.outer = outer
        self.cls = cls
        self.names: dict[str, Value] = {}
        self.returned: list[tuple[Needs, Value]] = []
        self.yielded: Bag | None = None

    def find(self, name: str) -> Value | None:
        frame: Frame | None = self
        while frame is not None:
            found = frame.names.get(name)
            if found is not None:
                return found
            frame = frame.outer
        return None


NONE = Fixed(None)
ANY = Some()


def needs_of(value: Value) -> Needs:
    """The rows that a value needs in order to be anything."""
    match value:
        case Drawn() | Some() | Rows() | Row() | Relation():
            return value.needs
        case Bag():
            return FREE if value.filled is not False else value.needs
        case OneOf(options):
            return frozenset.intersection(*(needs_of(option) for option in options))
        case _:
            return FREE


def truth(value: Value, here: Needs) -> bool | None:
    """Whether a value counts as true on an empty database, where the rows in `here` exist."""
    if isinstance(value, Fixed):
        return bool(value.value)
    missing = needs_of(value) - here
    match value:
        case Drawn():
            return bool(value.fresh) if missing else None
        case OneOf(options):
            known = {truth(option, here) for option in options}
            return known.pop() if len(known) == 1 else None
        case Bag():
            if value.filled is not False:
                return value.filled
            return None if value.needs and not missing else False
        case Some() | Relation():
            return False if missing else None
        case Rows():
            return False if missing else None
        case Row():
            return not missing
        case Bound() | Outside() | Super() | Tool():
            return None
        case _:
            return True


def constant(value: Value, here: Needs) -> Fixed | None:
    """The constant that a value is on an empty database, if it is one."""
    match value:
        case Fixed():
            return value
        case Drawn(fresh, needs) if needs - here:
            return Fixed(fresh)
        case Row() | Some() | Relation() if needs_of(value) - here:
            return NONE
        case _:
            return None


def depending(value: Value, on: Needs) -> Value:
    """A value that is only there if the rows in `on` are."""
    if not on:
        return value
    match value:
        case Fixed():
            return Drawn(None, on)
        case Drawn(fresh, needs):
            return Drawn(fresh if needs else None, needs | on)
        case Some(needs, why, own):
            return Some(needs | on, why, own)
        case Rows(label, needs, plain, key, manager, whole):
            return Rows(label, needs | on, plain, key, manager, whole)
        case Row(label, needs, new, key, saved):
            return Row(label, needs | on, new, key, saved)
        case Relation(row, name):
            return Relation(Row(row.label, row.needs | on, row.new, row.key), name)
        case Bag():
            bag = Bag(value.kind, value.items, False, value.needs | on)
            bag.pairs, bag.many = value.pairs, value.many
            return bag
        case OneOf(options):
            return OneOf(tuple(depending(option, on) for option in options))
        case _:
            return Some(on)


def either(one: Value, other: Value) -> Value:
    """What holds when source does not decide between two values."""
    if one is other or (not isinstance(one, Bag) and one == other):
        return one
    options: list[Value] = []
    for value in (one, other):
        for option in value.options if isinstance(value, OneOf) else (value,):
            if not any(option is known for known in options):
                options.append(option)
    return OneOf(tuple(options[:6]))


def later(old: Value | None, new: Value, on: Needs) -> Value:
    """The value of a name after a block that only runs if the rows in `on` exist."""
    if old is new or not on:
        return new
    if old is None:
        return depending(new, on)
    known = truth(old, FREE)
    if known is False:
        fresh = constant(old, FREE)
        if isinstance(new, Fixed) and fresh is not None:
            return Drawn(fresh.value, on)
        return depending(new, on)
    if known is True and not isinstance(old, (Some, Fixed)):
        return old
    return old if isinstance(old, Fixed) else either(old, new)


def sources(label: str) -> Needs:
    """The rows of a model or table, none of them picked."""
    return frozenset({Origin(label)})


def all_needs(values: Iterable[Value]) -> Needs:
    """What several values need together."""
    return frozenset[Origin]().union(*(needs_of(value) for value in values))
