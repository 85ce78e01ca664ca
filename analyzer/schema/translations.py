"""Texts marked for translation: for the autodetector they equal the text as written.

`makemigrations` runs with translations off (django.core.management.base.no_translations), and a
lazily translated text compares by what it says then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzer.source.evaluate import Env, Result
from analyzer.source.operators import text
from analyzer.source.values import Undecided, Value, is_plain

MODULE = "django.utils.translation."
INNER = ("", "_trans.", "trans_null.", "trans_real.")
FIRST = ("gettext", "gettext_lazy", "gettext_noop", "ugettext", "ugettext_lazy", "ugettext_noop")
SECOND = ("pgettext", "pgettext_lazy")
PLURAL = ("ngettext", "ngettext_lazy", "ungettext", "ungettext_lazy")
SAFE = (
    "django.utils.safestring.mark_safe",
    "django.utils.encoding.force_str",
    "django.utils.encoding.force_text",
)


FORMAT = "django.utils.text.format_lazy"
_PLACES = re.compile(r"(?:[^{}]|\{\w*\})*").fullmatch
"""Formats without attributes, items or widths."""


def translations() -> Mapping[str, Result]:
    """What Django's text functions give for decided texts, by dotted path."""
    first = {MODULE + inner + name: _argument(0, "message") for inner in INNER for name in FIRST}
    second = {MODULE + name: _argument(1, "message") for name in SECOND}
    plural = {MODULE + name: _undecided for name in PLURAL}
    return {**first, **second, **plural, **{path: _argument(0, "s") for path in SAFE}, FORMAT: _formatted}


def _argument(position: int, name: str) -> Result:
    def result(args: tuple[Value, ...], named: Env) -> Value:
        given = args[position] if position < len(args) else named.get(name)
        return given if isinstance(given, str) else Undecided("a translated text is not decided")

    return result


def _formatted(args: tuple[Value, ...], named: Env) -> Value:
    template, *rest = args or (None,)
    decided = all(map(is_plain, (*rest, *named.values())))
    if not isinstance(template, str) or not decided or not _PLACES(template):
        return Undecided("a formatted text is not decided")
    try:
        return text(template.format(*rest, **named))
    except (IndexError, KeyError, ValueError):
        return Undecided("a format does not fit its values")


def _undecided(args: tuple[Value, ...], named: Env) -> Value:
    return Undecided("a text that depends on a number")
