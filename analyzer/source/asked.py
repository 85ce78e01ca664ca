"""Settings that code asks for by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analyzer.source.values import Made, Maybe, Named, Undecided, Value

SETTINGS = "django.conf.settings."
"""How a setting is named once `from django.conf import settings` is resolved."""

Attribute = Callable[[Value, str], Value]


def asked(settings: Mapping[str, Value], path: str, attribute: Attribute) -> tuple[()] | tuple[Value]:
    """What a dotted path comes to: a setting, or an attribute of one; nothing where none says so."""
    if not path.startswith(SETTINGS):
        return ()
    name, dot, rest = path.removeprefix(SETTINGS).partition(".")
    value = settings.get(name)
    if not dot:
        return (value,) if name in settings else ()
    match value:
        case Made() | Named():
            return (attribute(value, rest),)
        case Undecided() | Maybe():
            return (Undecided(f"setting {name} is not decided, and so is its `{rest}`"),)
        case _:
            return ()
