"""Fields taken apart by some Django and by migscan, as the same JSON."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from analyzer.history.drift.fields import BOUND_UNTIL, TOLD_SINCE
from analyzer.history.drift.related import bound
from analyzer.schema.classes import Classes
from analyzer.schema.enumerations import Enumerations
from analyzer.schema.fields import Fields as Declarations
from analyzer.schema.translations import translations
from analyzer.schema.version import Version
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.objects import short
from analyzer.states.values import Built, Dictionary, FieldState, Form, Listing, ModelState, Name, Unsure
from tests.oracle.versions.shop import FIELDS, since
from tests.projects import project, source

TRUTH = Path(__file__).parents[1] / "deconstructed.py"
MODELS = ("Plain", "Chosen", "Related", "Link", "Keyed", "Custom")

Fields = dict[str, dict[str, Any]]
"""By model and name."""


def compared(python: str, django: Version) -> tuple[int, dict[str, tuple[Any, Any]]]:
    """How many fields there are, and those for which migscan and Django differ, by `model.field`."""
    told, found = truth(python, django), taken_apart(django)
    wrong: dict[str, tuple[Any, Any]] = {}
    for model, fields in told.items():
        for name in {**fields, **found[model]}:
            pair = tuple(
                _settled(side[model][name], django) if name in side[model] else None for side in (found, told)
            )
            if pair[0] != pair[1]:
                wrong[f"{model}.{name}"] = (pair[0], pair[1])
    return sum(map(len, told.values())), wrong


def truth(python: str, django: Version) -> Fields:
    """What the Django of an interpreter says."""
    with project(since(FIELDS, django)) as root:
        done = subprocess.run([python, str(TRUTH), str(root)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: Fields = json.loads(done.stdout)
    return found


def taken_apart(django: Version) -> Fields:
    """The same JSON from the source."""
    read = source(since(FIELDS, django))
    read.evaluator.calls = translations()
    classes = Classes(read.names, read.evaluator)
    read.evaluator.members = Enumerations(classes).attribute
    fields = Declarations(classes)
    deconstructor = Deconstructor(fields, lambda label: "id")
    module = read.module("shop.models")
    out: Fields = {}
    for name in MODELS:
        cls = classes.of_binding(read.names.member(module, name))
        assert cls is not None
        model = ModelState("shop", name, {}, {}, (), (), "", 0)
        states = [
            FieldState(key, declared, "", declared.line, target="?", through="?")
            for key, declared in fields.declared(cls).items()
        ]
        if django < BOUND_UNTIL:
            states = [bound(state, model, deconstructor) for state in states]
        out[name] = {state.name: _written(deconstructor, state) for state in states}
    return out


def _written(deconstructor: Deconstructor, state: FieldState) -> dict[str, Any]:
    found = deconstructor.arguments(state, cloned=True)
    assert not found.why, (state.name, found.why)
    named = {key: form(value) for key, value in found.arguments.items()}
    return {"path": found.path, "kwargs": named, "args": ["list"]}


def form(value: Form) -> Any:
    match value:
        case Listing(kind, items):
            return [kind, *map(form, items)]
        case Dictionary(pairs):
            return {"dict": [[form(key), form(item)] for key, item in pairs]}
        case Name(path):
            return {"name": path}
        case Built(path, args, kwargs):
            return {"call": path, "args": [*map(form, args)], "kwargs": {key: form(v) for key, v in kwargs}}
        case Unsure(why):
            return f"unsure: {why}"
        case _:
            return value


def _plain(value: Any) -> Any:
    """Choices without a difference between lists and tuples, relations without their models."""
    if isinstance(value, list):
        return ["list", *map(_plain, value[1:])]
    return value


def _settled(field: dict[str, Any], django: Version) -> dict[str, Any]:
    given: dict[str, Any] = field["kwargs"]
    kwargs = {name: value for name, value in given.items() if django >= TOLD_SINCE.get(name, django)}
    for name in ("to", "through"):
        if name in kwargs:
            kwargs[name] = "?"
    if "choices" in kwargs:
        kwargs["choices"] = _plain(kwargs["choices"])
    kwargs.pop("serialize", None)  # of a primary key: set by the model, not by the field
    return {**field, "kwargs": _shortened(kwargs)}


def _shortened(value: Any) -> Any:
    """Objects by the shortest path of their class: which of several a version writes says nothing."""
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    if isinstance(value, dict):
        call = {"call": short(value["call"])} if "call" in value else {}
        return {**{key: _shortened(item) for key, item in value.items()}, **call}
    return value
