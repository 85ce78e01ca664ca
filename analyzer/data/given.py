"""What operations are given: the code or SQL to run, how it is undone, and what else they are told."""

from __future__ import annotations

from msgspec import Struct

from analyzer.data.attributes import member
from analyzer.data.calls import called
from analyzer.data.ddl import Object
from analyzer.data.effects import Origin
from analyzer.data.machine import Machine
from analyzer.data.packaged import BY_PACKAGE, PACKAGED, Packaged, extension
from analyzer.data.tools import run_sql
from analyzer.data.values import ReverseKind
from analyzer.data.world import (
    NONE,
    Bag,
    Bound,
    Code,
    Fixed,
    Instance,
    Kwargs,
    Lambda,
    OneOf,
    Outside,
    Partial,
    Some,
    Tool,
    Value,
)

PYTHON = ("code", "reverse_code", "atomic", "hints", "elidable")
SQL = ("sql", "reverse_sql", "state_operations", "hints", "elidable")
"""The parameters of Django's operations that run code or SQL, in order."""


class Given(Struct, frozen=True):
    """The arguments of an operation by the names of its parameters."""

    args: list[Value]
    kwargs: Kwargs
    params: tuple[str, ...]

    def value(self, name: str) -> Value | None:
        at = self.params.index(name)
        return self.kwargs.get(name, self.args[at] if at < len(self.args) else None)


def forward(machine: Machine, code: Value) -> bool:
    """Run the function of a RunPython; True where it is Django's own noop."""
    if isinstance(code, Outside) and code.path.endswith("RunPython.noop"):
        return True
    if isinstance(code, Some):
        why = code.why or "source does not decide which function this is"
        machine.record("unclear", "", why)
        return False
    called(machine, code, [Tool("apps"), Tool("editor")], {})
    return False


def execute(machine: Machine, text: Value) -> None:
    if not is_noop(text):
        run_sql(machine, text)


def is_noop(value: Value) -> bool:
    if isinstance(value, Outside):
        return value.path.endswith(".noop")
    return isinstance(value, Fixed) and isinstance(value.value, str) and not value.value.strip()


def class_values(machine: Machine, made: Instance, kind: str) -> dict[str, Value]:
    """What a subclass fixes as attributes instead of arguments: `sql = …`, `code = …`."""
    out: dict[str, Value] = {}
    for word in ("code", "reverse_code") if kind == "RunPython" else ("sql", "reverse_sql"):
        value = made.attributes.get(word) or member(machine, made.cls, word, None)
        if not isinstance(value, Some):
            out[word] = value
    return out


def reversing(machine: Machine, made: Instance, kind: str) -> tuple[str | None, ReverseKind]:
    """How an operation of the project that overrides `database_forwards` is reversed."""
    if kind == "RunSQL":
        value = made.attributes.get("reverse_sql", NONE)
        return reverse_sql(value), reverse_kind(value, "sql")
    if kind == "RunPython":
        value = made.attributes.get("reverse_code", NONE)
        return name_of(value), reverse_kind(value, "code")
    overridden = member(machine, made.cls, "database_backwards", made)
    return ("database_backwards", "code") if isinstance(overridden, Code) else (None, "none")


def reverse_kind(value: Value, kind: ReverseKind) -> ReverseKind:
    """What a reverse is: nothing given, Django's noop, or something of this kind."""
    if value == NONE:
        return "none"
    if is_noop(value):
        return "noop"
    return "unknown" if isinstance(value, Some) else kind


def has_hints(value: Value | None) -> bool:
    """Whether hints are given: an empty dict is none."""
    if isinstance(value, Bag):
        return bool(value.items)
    return value is not None and value != NONE


def reverse_sql(value: Value) -> str | None:
    if is_noop(value):
        return "noop"
    return None if value == NONE else "SQL"


def name_of(value: Value) -> str | None:
    """How people call a function: by its name, `noop`, or `lambda`."""
    match value:
        case Code(qualname=qualname):
            return qualname.rpartition(".")[2]
        case Outside(path):
            return path.rpartition(".")[2]
        case Lambda():
            return "lambda"
        case Partial(func):
            return name_of(func)
        case Bound(_, name):
            return name
        case Instance(cls):
            return cls.qualname
        case OneOf(options):
            return name_of(options[0])
        case _:
            return None


def flag(value: Value | None) -> bool | None:
    return value.value if isinstance(value, Fixed) and isinstance(value.value, bool) else None


# ---------------------------------------------------------------- packages' operations


def packaged(machine: Machine, path: str, args: list[Value], kwargs: Kwargs, called_as: str = "") -> bool:
    """Record what an operation of a package does that is no schema operation of Django's.

    False where it runs neither code nor SQL.
    """
    name = path.rpartition(".")[2]
    known = PACKAGED.get(path) or BY_PACKAGE.get((path.partition(".")[0], name))
    if known is None and name.endswith("Extension"):
        known = extension(name)
    if known is None:
        what = f"{called_as}, a {path}," if called_as else path
        machine.record("unclear", "", f"{what} is an operation whose source is not known")
    elif known.deed == "change":
        machine.record("change", "?", f"{name}: {known.why}", frozenset({Origin("?")}))
    elif known.deed == "nothing":
        return False
    else:
        objects = _objects(known, args, kwargs)
        machine.record(
            known.deed, objects[0].table if objects else "", f"{name}: {known.why}", objects=objects
        )
    return True


def _objects(known: Packaged, args: list[Value], kwargs: Kwargs) -> tuple[Object, ...]:
    """The object that a package's operation is about."""
    if not known.kind:
        return ()

    def text(place: tuple[str, int] | None) -> str:
        if place is None:
            return ""
        value = kwargs.get(place[0], args[place[1]] if place[1] < len(args) else None)
        return value.value if isinstance(value, Fixed) and isinstance(value.value, str) else ""

    return (Object(known.kind, known.name or text(known.named), text(known.table), known.action),)
