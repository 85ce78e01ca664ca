"""One file's bytes to facts, and the byte scan that decides whether a file can matter.

Both are pure and total: bad input becomes a `Problem`, never an exception.
"""

from __future__ import annotations

import codecs
import re
import warnings
from collections.abc import Iterator

from msgspec import Struct

from analyzer.source.facts import FileFacts, Problem
from analyzer.source.marks import INSTALLED_APPS, marks

MAX_BYTES = 5_000_000
"""Beyond this a Python file is data; reading it would cost more than it can tell."""

MAX_LINE = 1_000_000

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


def extract(data: bytes, full: bool) -> FileFacts:
    """Facts of one file.  `full` reads every function body, else only those that matter to models."""
    refusal = _refusal(data)
    if refusal is not None:
        return FileFacts((), (refusal,), full)
    text, problem = decode(data)
    if problem is not None and not text:
        return FileFacts((), (problem,), full)
    from analyzer.source import syntax

    facts = syntax.parse(text, full)
    if problem is None:
        return facts
    return FileFacts(facts.body, (problem, *facts.problems), full)


def _refusal(data: bytes) -> Problem | None:
    if len(data) > MAX_BYTES:
        return Problem(1, "size", f"{len(data):,} bytes: too large to be read as source")
    if len(data) > MAX_LINE and max(map(len, data.split(b"\n"))) > MAX_LINE:
        return Problem(1, "size", f"a line of more than {MAX_LINE:,} bytes: not read as source")
    return None


def decode(data: bytes) -> tuple[str, Problem | None]:
    """Text of a source file as Python reads it (PEP 263), or as near as possible with a problem.

    Bytes that are no UTF-8 are read as Latin-1, so that the file's names are still found.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        return "", Problem(1, "encoding", "UTF-16 or UTF-32: Python cannot import this file")
    data = data.removeprefix(codecs.BOM_UTF8)
    problem = None
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        problem = Problem(line, "encoding", "contains null bytes: Python cannot import this file")
        data = data.replace(b"\0", b" ")
    encoding = _declared(data)
    try:
        return _plain(data, encoding), problem
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _plain(data, "latin-1"), Problem(line, "encoding", f"is not valid {encoding}; read as Latin-1")
    except (LookupError, ValueError):
        return _plain(data, "latin-1"), Problem(
            1, "encoding", f"unknown encoding `{encoding}`; read as Latin-1"
        )


def _plain(data: bytes, encoding: str) -> str:
    """Decoded, with Python's one kind of newline and without the surrogates that some encodings make."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = data.decode(encoding)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if encoding == "utf-8" else text.encode("utf-8", "replace").decode()


def _declared(data: bytes) -> str:
    for line in data.split(b"\n", 2)[:2]:
        cookie = _COOKIE.match(line)
        if cookie:
            return cookie.group(1).decode("ascii", "replace")
        if not _BLANK.match(line):
            break
    return "utf-8"


COMPUTED = "()"


class Scan(Struct, frozen=True, array_like=True):
    """What a look at the bytes says about a file, without parsing it.

    `likely` means that it may well define models; `headers` are its classes with the last
    identifiers of their bases; `aliases` maps names to what they are called here, by import or by
    assignment; `settings` are modules named as DJANGO_SETTINGS_MODULE.  COMPUTED stands for a base
    or an assigned value of which no name tells what it is.  `marks` are words that it holds (see
    `source.marks`).
    """

    likely: bool
    headers: tuple[tuple[str, tuple[str, ...]], ...]
    aliases: tuple[tuple[str, str], ...]
    settings: tuple[str, ...]
    installed_apps: bool
    app_config: bool
    marks: tuple[str, ...]


_HEADER = re.compile(rb"class[ \t]+(\w+)(?:\[[^\]\n]*\])?[ \t]*\(([^)#]*(?:#[^\n]*\n[^)#]*)*)\)")
_BASE = re.compile(rb"(?:^|[,\s(])\(?(?:\w+\s*\.\s*)*(\w+)\s*(?=[,(\[]|$)")
_MADE = re.compile(rb"(?<!\w)(?!with_metaclass|namedtuple|NamedTuple)\w+\s*\(")
_WORD = re.compile(rb"\w+")
_ASSIGNED = re.compile(
    rb"\n[ \t]*([A-Z]\w*)[ \t]*=[ \t]*((?:\w+\.)*([A-Za-z_]\w*)[ \t]*(?=[#\n]|\Z)|[A-Za-z_(])"
)
_SETTINGS = re.compile(rb"""DJANGO_SETTINGS_MODULE["']?\]?\s*[,=:]\s*\(?\s*["']([\w.]+)["']""")
_FIELD = re.compile(rb"models\.\w*(?:Field|Key)\s*\(")
_BARE_FIELD = re.compile(rb"=\s*(?:ForeignKey|OneToOneField|ManyToManyField)\s*\(")
_OPTION = re.compile(
    rb"\n[ \t]+(?:abstract|app_label|constraints|db_table|index_together|indexes|managed|ordering|permissions"
    rb"|proxy|swappable|unique_together|verbose_name|verbose_name_plural)\s*="
)
_MODEL_BASE = re.compile(r"Model$|^Abstract(?:Base)?User|^MP_Node$|^NS_Node$|^AL_Node$")
_NO_MODEL = frozenset({"BaseModel", "RootModel"})

_ASKS = (
    b"add_to_class", b".contribute_to_class(", b"TranslationOptions", b".set_global(", b"class_prepared",
    b"simple_history import register", b"simple_history.register(",
)  # fmt: skip
"""Words of modules that give models or fields to others, whatever they define themselves."""


def scan(data: bytes) -> Scan:
    """Look at the bytes of one file."""
    settings: tuple[str, ...] = ()
    if b"DJANGO_SETTINGS_MODULE" in data:
        settings = tuple(match.decode("ascii") for match in _SETTINGS.findall(data) if match.isascii())
    found = marks(data)
    installed = INSTALLED_APPS.decode() in found
    if b"class\t" in data:
        data = data.replace(b"class\t", b"class ")
    aliases = (*_imported(data), *_assigned(data))
    asks = any(word in data for word in _ASKS)
    if b"class " not in data:
        return Scan(asks, (), aliases, settings, installed, False, found)
    headers = tuple(_headers(data))
    bases = {base for _, names in headers for base in names}
    django = b"django.db" in data or b"models" in data
    likely = any(_MODEL_BASE.search(base) for base in bases) and (django or not bases <= _NO_MODEL)
    likely = likely or (bool(bases) and django and _has_fields(data)) or asks
    likely = likely or (b"class Meta" in data and _OPTION.search(data) is not None)
    return Scan(likely, headers, aliases, settings, installed, "AppConfig" in bases, found)


def _has_fields(data: bytes) -> bool:
    if b"Field" not in data and b"Key" not in data:
        return False
    return _FIELD.search(data) is not None or _BARE_FIELD.search(data) is not None


def _headers(data: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Classes with bases; found by plain search, since a pattern tried at each line costs ten times more."""
    at = data.find(b"class ")
    while at >= 0:
        begin = data.rfind(b"\n", 0, at) + 1
        match = _HEADER.match(data, at) if not data[begin:at].strip() else None
        if match is not None:
            inner = re.sub(rb"#[^\n]*", b"", match.group(2))
            names = tuple(base.decode("utf-8", "replace") for base in _BASE.findall(inner))
            if _MADE.search(inner):
                names += (COMPUTED,)
            yield match.group(1).decode("utf-8", "replace"), names
        at = data.find(b"class ", at + 6)


def _assigned(data: bytes) -> Iterator[tuple[str, str]]:
    """(value, name) of every assignment of a name to a capitalised one; COMPUTED for other values."""
    for name, _, value in _ASSIGNED.findall(data):
        yield value.decode("ascii", "replace") or COMPUTED, name.decode("utf-8", "replace")


def _imported(data: bytes) -> Iterator[tuple[str, str]]:
    """(name, alias) of every `name as alias`."""
    at = data.find(b" as ")
    while at >= 0:
        name, alias = data[max(0, at - 80) : at].split(), _WORD.match(data, at + 4)
        if name and alias is not None and _WORD.fullmatch(name[-1]):
            yield name[-1].decode("utf-8", "replace"), alias.group().decode("utf-8", "replace")
        at = data.find(b" as ", at + 4)
