"""What `loaddata` puts into tables: the files of fixtures that it finds, as far as they can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from analyzer.data.effects import Key
from analyzer.source.discover import parent

if TYPE_CHECKING:
    from analyzer.data.machine import Machine

FOLDER = "fixtures"
MAX_RECORDS = 200
"""Records of one fixture that are told one by one."""

MAX_VALUE = 200
_YAML = re.compile(r"^-\s+(?:\w+:.*\n\s+)*?model:\s*[\"']?([\w.]+)", re.MULTILINE)
_XML = re.compile(r"<object\b[^>]*\bmodel=[\"']([\w.]+)[\"']")


def records(machine: Machine, name: str) -> tuple[list[tuple[str, Key]], bool] | None:
    """The records of a fixture as (model, constants), and whether these are all; None if it is not found."""
    for path, text in _found(machine, name):
        if path.endswith(".json"):
            return _json(text)
        models = dict.fromkeys((_XML if path.endswith(".xml") else _YAML).findall(text))
        return [(machine.labels.of(model), ()) for model in models], False
    return None


def _found(machine: Machine, name: str) -> Iterator[tuple[str, str]]:
    """The files that a name may mean: in the folder `fixtures` of an app, or below the root."""
    files = machine.names.modules.files
    folders = [f"{parent(folder)}/{FOLDER}/".lstrip("/") for folder in files.tree.migration_dirs]
    ending = name.rpartition(".")[2]
    names = (
        [name]
        if ending in ("json", "yaml", "yml", "xml")
        else [f"{name}.{e}" for e in ("json", "yaml", "xml")]
    )
    for one in names:
        for folder in [*folders, ""]:
            text = files.text(f"{folder}{one}") if not one.startswith("/") else None
            if text is not None:
                yield f"{folder}{one}", text


class _Record(msgspec.Struct):
    model: str
    pk: object = None
    fields: dict[str, object] = {}


def _json(text: str) -> tuple[list[tuple[str, Key]], bool] | None:
    try:
        found = msgspec.json.decode(text, type=list[_Record])
    except (msgspec.DecodeError, RecursionError):
        return None
    return [(one.model, _key(one)) for one in found[:MAX_RECORDS]], len(found) <= MAX_RECORDS


def _key(record: _Record) -> Key:
    """The constants of a record by field; a long text is no key."""
    values = {"pk": record.pk, **record.fields}
    return tuple(
        (name, str(value))
        for name, value in sorted(values.items())
        if isinstance(value, (str, int, float)) and len(str(value)) <= MAX_VALUE
    )
