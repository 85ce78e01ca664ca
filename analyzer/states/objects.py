"""One form for objects that can be written in several ways and are equal all the same.

What is equal to what follows the classes themselves: django.db.models.query_utils.Q and
django.utils.tree.Node, django.db.models.expressions, datetime.timedelta, decimal.Decimal, and
django.db.migrations.utils.RegexObject.
"""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from analyzer.states.values import Built, Form, Listing, Name, Unsure

Q = "django.db.models.Q"
VALUE = "django.db.models.Value"
COMBINED = "django.db.models.CombinedExpression"
REGEX = "re.compile"
DATETIME = "datetime.datetime"
ZONE = "tzinfo"

UTC = "datetime.timezone.utc"
ZONES = frozenset({UTC, "datetime.UTC", "django.utils.timezone.utc", "pytz.UTC", "pytz.utc"})
"""Names of the one time zone; whichever it is, a time in it is the same."""

ALIASES = {
    "django.utils.regex_helper._lazy_re_compile": REGEX,
    "django.utils.timezone.timedelta": "datetime.timedelta",
}
SHORTER = (
    ("django.db.models.query_utils.", "django.db.models."),
    ("django.db.models.expressions.", "django.db.models."),
    ("django.db.models.indexes.", "django.db.models."),
    ("django.db.models.constraints.", "django.db.models."),
    ("django.db.models.deletion.", "django.db.models."),
    ("django.core.files.storage.filesystem.", "django.core.files.storage."),
    ("django.core.files.storage.memory.", "django.core.files.storage."),
    ("django.db.models.aggregates.", "django.db.models."),
    ("django.db.models.fields.files.", "django.db.models."),
    ("django.db.models.fields.related.", "django.db.models."),
    ("django.db.models.fields.json.", "django.db.models."),
    ("django.db.models.fields.proxy.", "django.db.models."),
    ("django.db.models.fields.generated.", "django.db.models."),
    ("django.db.models.fields.composite.", "django.db.models."),
    ("django.db.models.fields.", "django.db.models."),
    ("django.contrib.postgres.fields.array.", "django.contrib.postgres.fields."),
    ("django.contrib.postgres.fields.citext.", "django.contrib.postgres.fields."),
    ("django.contrib.postgres.fields.hstore.", "django.contrib.postgres.fields."),
    ("django.contrib.postgres.fields.jsonb.", "django.contrib.postgres.fields."),
    ("django.contrib.postgres.fields.ranges.", "django.contrib.postgres.fields."),
)
"""Modules whose classes migrations name by a shorter path."""

FLAGS = {"A": 256, "ASCII": 256, "I": 2, "IGNORECASE": 2, "L": 4, "LOCALE": 4, "M": 8, "MULTILINE": 8}
FLAGS |= {"S": 16, "DOTALL": 16, "U": 32, "UNICODE": 32, "X": 64, "VERBOSE": 64}
UNICODE = 32
LEVELS = {
    "NOTSET": 0,
    "DEBUG": 10,
    "INFO": 20,
    "WARNING": 30,
    "WARN": 30,
    "ERROR": 40,
    "CRITICAL": 50,
    "FATAL": 50,
}
TEXTS = {name: text for name, text in vars(string).items() if isinstance(text, str) and name[0] != "_"}
KNOWN: dict[str, Mapping[str, Form]] = {
    "re": FLAGS,
    "re.RegexFlag": FLAGS,
    "logging": LEVELS,
    "string": TEXTS,
}
"""Constants of the standard library by module and name."""
ENVIRONMENT = ("configurations.values.", "environ.")
"""Packages whose objects stand for what the environment says."""

LAZY = ("django.utils.functional.SimpleLazyObject", "django.utils.functional.LazyObject")
"""Classes whose objects equal what they stand for."""

SETTINGS = "django.conf.settings"
FAMILIAR = frozenset({"django", *sys.stdlib_module_names})
"""Packages whose names are functions and classes, but for those in capitals."""

OPERATORS = {"+": "+", "-": "-", "*": "*", "/": "/", "%": "%%", "**": "^"}
CONNECTORS = {"&": "AND", "|": "OR", "^": "XOR"}
JOINERS = {
    f"{module}.{name}": sign
    for module in ("operator", "_operator")
    for name, sign in (("and_", "&"), ("or_", "|"), ("xor", "^"), ("add", "+"), ("mul", "*"))
}


def short(path: str) -> str:
    """The path under which migrations name a class of Django."""
    if path in ALIASES:
        return ALIASES[path]
    if path.startswith("django."):
        for long, brief in SHORTER:
            rest = path.removeprefix(long)
            if rest != path and "." not in rest:
                return brief + rest
    return path


def normal(built: Built) -> Form:
    """The one form of an object; `Unsure` where its parts do not decide it."""
    built = Built(short(built.path), built.args, built.kwargs, built.unread)
    if built.path.startswith(ENVIRONMENT):
        return Unsure("a value that the environment may set")
    if built.path in LAZY:
        return Unsure(f"what an object of {built.path} stands for is not decided")
    match built.path:
        case "django.db.models.Q":
            return _condition(built)
        case "re.compile":
            return _pattern(built)
        case "datetime.timedelta":
            return _duration(built)
        case "datetime.datetime" | "datetime.date" | "datetime.time":
            return _moment(built)
        case "django.core.validators.int_list_validator":
            return _int_list(built)
        case "functools.reduce":
            return _reduced(built)
        case "decimal.Decimal":
            return _decimal(built)
        case _:
            return built


# ---------------------------------------------------------------- conditions


def _condition(built: Built) -> Form:
    """`Q(a=1, b=2)` and `Q(("a", 1), ("b", 2))`: children in order, and how they are joined."""
    given = dict(built.kwargs)
    connector, negation = given.pop("_connector", "AND"), given.pop("_negated", False)
    if not isinstance(connector, str | None) or not isinstance(negation, bool):
        return Unsure("how conditions are joined is not decided")
    children = [*built.args, *(Listing("tuple", (key, value)) for key, value in sorted(given.items()))]
    return _q(tuple(children), connector or "AND", negation)


def _q(children: tuple[Form, ...], connector: str, negation: bool) -> Built:
    flat: list[Form] = []
    for child in children:
        inner = parts(child)
        if inner is not None and not inner[2] and (inner[1] == connector or len(inner[0]) == 1):
            flat.extend(inner[0])
        else:
            flat.append(child)
    if len(flat) == 1:
        only = parts(flat[0])
        if only is not None:
            return _q(only[0], only[1], negation != only[2])
        connector = "AND"
    joined = (("_connector", connector), ("_negated", negation))
    return Built(Q, tuple(flat), joined, unread=any(map(_is_vague, flat)))


def parts(form: Form) -> tuple[tuple[Form, ...], str, bool] | None:
    """(children, connector, negated) of a condition."""
    if not isinstance(form, Built) or form.path != Q:
        return None
    given = dict(form.kwargs)
    return form.args, str(given.get("_connector")), given.get("_negated") is True


def negated(form: Built) -> Form:
    """`~Q(…)`"""
    inner = parts(form)
    if inner is None:
        return Unsure("`~` of something that is no condition")
    return _q(inner[0], inner[1], not inner[2])


def combined(op: str, one: Form, other: Form) -> Form | None:
    """`Q(…) | Q(…)` and `F("a") + 1`; None for other operators and operands."""
    if op == "|" and isinstance(one, int) and isinstance(other, int):
        return one | other
    if isinstance(one, Unsure) or isinstance(other, Unsure):
        return one if isinstance(one, Unsure) else other
    if op in CONNECTORS and parts(one) is not None and parts(other) is not None:
        joined = [form for form in (one, other) if isinstance(form, Built) and form.args]
        return _q(tuple(joined), CONNECTORS[op], False)
    if op in OPERATORS and (_is_expression(one) or _is_expression(other)):
        left, right = (form if _is_expression(form) else Built(VALUE, (form,), ()) for form in (one, other))
        return Built(COMBINED, (left, OPERATORS[op], right), ())
    return None


def _is_vague(form: Form) -> bool:
    """Whether a part of a condition may hold any number of others."""
    return isinstance(form, (Unsure, Name)) or (isinstance(form, Built) and form.unread)


def _reduced(built: Built) -> Form:
    """`reduce(operator.or_, [Q(…), Q(…)])`: what the operator makes of one after the other."""
    match built.args:
        case (Name(path), Listing(items=(first, *others)), *rest) if path in JOINERS and not built.kwargs:
            found: Form | None = first if not rest else combined(JOINERS[path], rest[0], first)
        case _:
            return built
    for other in others:
        found = combined(JOINERS[path], found, other) if found is not None else None
    return built if found is None else found


def _is_expression(form: Form) -> bool:
    return isinstance(form, Built) and form.path.startswith("django.db.models.")


# ---------------------------------------------------------------- plain objects


def _pattern(built: Built) -> Form:
    """`re.compile("x", re.I)` and `re.compile("x", 34)`: pattern and flags as a number."""
    flags = built.args[1] if len(built.args) > 1 else dict(built.kwargs).get("flags", 0)
    number = flags if isinstance(flags, int) else None
    pattern = (
        built.args[0] if built.args else dict(built.kwargs).get("pattern", dict(built.kwargs).get("regex"))
    )
    if number is None or not isinstance(pattern, str):
        return Unsure("a regular expression is not decided")
    return Built(REGEX, (pattern, number | UNICODE), ())


def constant(path: str, unread: bool) -> Form:
    """A name of the standard library by the number or text it stands for, else the name itself."""
    module, _, name = path.rpartition(".")
    if module == SETTINGS:
        return Unsure(f"setting {name} is not found in the settings read")
    if path in ZONES:
        return Name(UTC)
    known = KNOWN.get(module, {})
    familiar = path.partition(".")[0] in FAMILIAR and not name.isupper()
    return known.get(name, Name(path, unread and not familiar))


_UNITS = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
_MICROSECONDS = (86_400_000_000, 1_000_000, 1, 1_000, 60_000_000, 3_600_000_000, 604_800_000_000)


def _duration(built: Built) -> Form:
    given: dict[str, Form] = {**dict(zip(_UNITS, built.args, strict=False)), **dict(built.kwargs)}
    total = 0.0
    for unit, size in zip(_UNITS, _MICROSECONDS, strict=True):
        amount = given.pop(unit, 0)
        if not isinstance(amount, (int, float)):
            return Unsure("a duration is not decided")
        total += amount * size
    return Built(built.path, (round(total),), ()) if not given else Unsure("a duration is not understood")


_PARTS = {
    DATETIME: ("year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"),
    "datetime.date": ("year", "month", "day"),
    "datetime.time": ("hour", "minute", "second", "microsecond", "tzinfo"),
}


def _moment(built: Built) -> Form:
    """A date or time by its parts; those that are zero or nothing are as good as left out."""
    names = _PARTS[built.path]
    given = {**dict(zip(names, built.args, strict=False)), **dict(built.kwargs)}
    kept = {name: form for name, form in given.items() if form is not None and form != 0}
    return Built(built.path, (), tuple(sorted(kept.items(), key=lambda pair: pair[0])))


def _int_list(built: Built) -> Form:
    """The validator that django.core.validators.int_list_validator makes."""
    names = ("sep", "message", "code", "allow_negative")
    given = {**dict(zip(names, built.args, strict=False)), **dict(built.kwargs)}
    sep, negative = given.get("sep", ","), given.get("allow_negative", False)
    if not isinstance(sep, str) or not isinstance(negative, bool) or "message" not in given:
        return Unsure("a validator for a list of numbers is not decided")
    number = r"(-)?\d+" if negative else r"\d+"
    pattern = Built(REGEX, (rf"^{number}(?:{re.escape(sep)}{number})*\Z", UNICODE), ())
    kwargs = (("code", given.get("code", "invalid")), ("message", given["message"]))
    return Built("django.core.validators.RegexValidator", (pattern,), kwargs)


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?").fullmatch


def _decimal(built: Built) -> Form:
    """A decimal equals every number of its value."""
    match built.args:
        case ():
            return 0
        case (int() | float() as number,):
            return number
        case (str() as text,) if len(text) < 100 and _NUMBER(text.strip()):
            try:
                value = Decimal(text.strip())
            except InvalidOperation:
                return built
            return (
                int(value) if value == value.to_integral_value() and abs(value) < 10**30 else _fraction(value)
            )
        case _:
            return built


def _fraction(value: Decimal) -> Form:
    as_float = float(value)
    exact = Decimal(as_float) == value
    return as_float if exact else Built("decimal.Decimal", (str(value.normalize()),), ())
