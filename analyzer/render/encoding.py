"""JSON documents of ours: valid whatever bytes a file name holds."""

from __future__ import annotations

import msgspec
from msgspec import Struct


def encoded(value: object) -> str:
    """A document with one value a line and a newline at its end."""
    try:
        found = msgspec.json.encode(value)
    except UnicodeEncodeError:
        found = msgspec.json.encode(_as_text(msgspec.to_builtins(value)))
    return msgspec.json.format(found, indent=1).decode() + "\n"


def described(kind: type[Struct], title: str) -> str:
    """The JSON Schema of a document of ours, as it is published beside the code."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    whole = msgspec.json.encode({**head, **msgspec.json.schema(kind)}, order="sorted")
    return msgspec.json.format(whole, indent=1).decode() + "\n"


def _as_text(value: object) -> object:
    """The same with surrogates written out: a file name is bytes, and not all of them are text."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_as_text(key): _as_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_text(item) for item in value]
    return value
