"""The words in which SQL makes an object, in one form for all ways to write the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from analyzer.data.sqltext import literal, split, words

_MANNERS = (("OR", "REPLACE"), ("IF", "NOT", "EXISTS"), ("CONCURRENTLY",))
_ROUTINES = words("FUNCTION PROCEDURE")
_KINDS = _ROUTINES | words("TRIGGER VIEW INDEX TABLE")

_HEAD = 12
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_VALUES = words(
    """current_catalog current_date current_role current_schema current_time current_timestamp current_user
    localtime localtimestamp session_user system_user user"""
)
"""Names that are values where they are not quoted."""

_IN_SQL = words("sql plpgsql")


def wording(tokens: Sequence[str]) -> str:
    """A statement, given as its words, in one form.

    Comments, white space, and case outside quotes do not count, nor quotes around a plain name, the
    schema `public`, or whether an object that is there is replaced.  The body of a function in SQL or
    PL/pgSQL is put in this form, too; in another language it stays as it is.
    """
    body = _body(tokens)
    readable = body is not None and _after(tokens, "LANGUAGE") in _IN_SQL
    out: list[str] = []
    for word in _without_place(tuple(_without_manner(tokens))):
        if word != body:
            out.append(_word(word))
        else:
            said = literal(word) or ""
            out.append(f"$$ {_text(said)} $$" if readable else f"$${said}$$")
    return " ".join(_called(out) if body is None else _language_last(out))


def _body(tokens: Sequence[str]) -> str | None:
    """The word that is the body of a function or procedure, where a statement makes one."""
    head = [word.upper() for word in tokens[:_HEAD]]
    if head[:1] != ["CREATE"] or next(filter(_KINDS.__contains__, head), "") not in _ROUTINES:
        return None
    pairs = pairwise(tokens)
    return next((word for before, word in pairs if before.upper() == "AS" and literal(word) is not None), "")


def _after(tokens: Sequence[str], keyword: str) -> str:
    """The name that follows a keyword."""
    return next((_name(word) for before, word in pairwise(tokens) if before.upper() == keyword), "")


def _text(body: str) -> str:
    """A text of SQL in one form."""
    return " ; ".join(" ".join(map(_word, _without_place(statement))) for statement in split(body))


def _without_manner(tokens: Sequence[str]) -> Iterator[str]:
    """The words of a statement but for those that say how an object is made, not what it is."""
    at = 0
    while at < len(tokens):
        following = tuple(word.upper() for word in tokens[at : at + 3])
        manner = next((one for one in _MANNERS if following[: len(one)] == one), ()) if at < _HEAD else ()
        if not manner:
            yield tokens[at]
        at += len(manner) or 1


def _without_place(tokens: Sequence[str]) -> Iterator[str]:
    """The words but for `public.` before a name."""
    at = 0
    while at < len(tokens):
        placed = _name(tokens[at]) == "public" and at + 1 < len(tokens) and tokens[at + 1] == "."
        if not placed:
            yield tokens[at]
        at += 2 if placed else 1


def _word(word: str) -> str:
    return word if literal(word) is not None or word.startswith("[") else _name(word)


def _name(word: str) -> str:
    """A name without the quotes that change nothing, else in lower case where it has none."""
    if word[:1] not in ('"', "`", "'"):
        return word.lower()
    inner = word[1:-1]
    return inner if _PLAIN.fullmatch(inner) and inner not in _VALUES else word


def _language_last(out: list[str]) -> list[str]:
    """`LANGUAGE` may stand before the body or behind it."""
    if "language" not in out[:-1]:
        return out
    at = out.index("language")
    return [*out[:at], *out[at + 2 :], "language", _name(out[at + 1])]


def _called(out: list[str]) -> list[str]:
    """A trigger executes a function or procedure: two words for one thing."""
    if "trigger" not in out[:_HEAD]:
        return out
    pairs = zip(["", *out], out, strict=False)
    return ["function" if pair == ("execute", "procedure") else pair[1] for pair in pairs]
