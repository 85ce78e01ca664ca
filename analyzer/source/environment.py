"""Look-ups of the environment in settings: which calls they are, and what their default stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.source.facts import Call, Literal, Ref
from analyzer.source.modules import Module
from analyzer.source.values import Made, Maybe, Sequence, Undecided, Value, is_plain

if TYPE_CHECKING:
    from analyzer.source.evaluate import Env, Evaluator

ENVIRONMENT = ("environ", "getenv", "env", "config", "getenv_bool", "get_env", "decouple")
"""Last parts of callables that look up the environment and take a default."""


SCHEMES = frozenset({"Env", "FileAwareEnv"})
"""Classes of django-environ whose objects know beforehand what they are asked for."""


def asks_environment(name: str) -> bool:
    """Whether a call of that name looks something up in the environment."""
    parts = name.split(".")
    if parts[-1] == "get" and len(parts) > 1:
        return parts[-2] == "environ"
    if len(parts) == 2 and parts[0] in ("env", "environ"):
        return parts[1] not in SCHEMES
    return parts[-1] in ENVIRONMENT


def default_of(evaluator: Evaluator, lookup: Call, place: tuple[Module, Env, int]) -> tuple[Value, ...]:
    """The default of a look-up, if it has one: its own, or that of `Env(NAME=(cast, default))`."""
    given = lookup.argument("default", 1)
    if given is not None:
        return (evaluator.evaluate(given, *place),)
    match lookup:
        case Call(func=Ref(name), args=(Literal(str() as key),)):
            owner = name if name.count(".") == 0 else name.rpartition(".")[0]
            asked = evaluator.evaluate(Ref(owner), *place)
        case _:
            return ()
    if not isinstance(asked, Made) or not asked.path.startswith("environ."):
        return ()
    said = evaluator.argument(asked, key) if asked.path.rpartition(".")[2] in SCHEMES else None
    known = isinstance(said, Sequence) and said.complete and len(said.items) == 2
    return (said.items[1],) if known and isinstance(said, Sequence) else ()


def looked_up(lookup: Call, *default: Value) -> Value:
    """What a look-up gives where the environment says nothing: its default, if it has one."""
    if not default:
        why = "comes from the environment"
        return Maybe(None, why) if is_lenient(lookup) else Undecided(why)
    value = default[0]
    if isinstance(value, str) and makes_something_else(lookup):
        return Undecided("comes from the environment, its default is a text to be read")
    return value if is_plain(value) or isinstance(value, Sequence) else Undecided("environment")


def is_lenient(lookup: Call) -> bool:
    """Whether a look-up without a default gives None, as `os.environ.get` and `os.getenv` do."""
    name = lookup.func.name if isinstance(lookup.func, Ref) else ""
    return len(lookup.args) == 1 and not lookup.kwargs and name.endswith(("environ.get", "getenv"))


def makes_something_else(lookup: Call) -> bool:
    """Whether a look-up makes something other than text of its default: `cast=bool`, `env.list(…)`."""
    cast = lookup.argument("cast")
    verb = lookup.func.name.rpartition(".")[2] if isinstance(lookup.func, Ref) else ""
    return cast not in (None, Ref("str")) or verb in ("bool", "int", "float", "list", "tuple", "dict", "json")
