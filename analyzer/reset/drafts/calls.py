"""What calls in a migration's code say: the models that they are made on, the fields that they give."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from analyzer.data.sqltext import words
from analyzer.reset.drafts.module import Edit, called


def default_names(call: ast.Call) -> Iterator[str]:
    for word in call.keywords:
        if word.arg in ("defaults", "create_defaults") and isinstance(word.value, ast.Dict):
            yield from (str(key.value) for key in word.value.keys if isinstance(key, ast.Constant))


LOOKING = words(
    """F OuterRef Q When Case Sum Count Max Min values values_list order_by only defer distinct annotate
    aggregate select_related prefetch_related in_bulk earliest latest filter exclude get update"""
)
"""What calls are named that look fields up by name."""


def fields_of(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """The fields that calls in a function look up, with their lines."""
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and called(call) in LOOKING:
            said = [(word.lineno, word.arg) for word in call.keywords if word.arg is not None]
            texts = (one for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
            said += [(one.lineno, str(one.value).lstrip("-")) for one in texts]
            yield from ((line, name.partition("__")[0]) for line, name in said)


Model = tuple[str, str]
"""(app, model) as `get_model` is asked for it."""


def models_of(function: ast.FunctionDef) -> Iterator[tuple[str, Model]]:
    """The historical models that a function gets, with the local names of those that get one."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                model = _got(call)
                if model is not None:
                    yield name, model
            case ast.Call() as call:
                model = _got(call)
                if model is not None:
                    yield "", model


def _got(call: ast.Call) -> Model | None:
    """The model that a call of `get_model` gives."""
    if called(call) != "get_model":
        return None
    given = (*call.args, *(word.value for word in call.keywords))
    texts = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    label = ".".join(texts)
    app, _, model = label.partition(".")
    return (app, model) if label.count(".") == 1 else None


def made_on(call: ast.Call, models: Mapping[str, Model]) -> Model | None:
    """The model that a chain such as `Model.objects.using(alias).create(…)` begins with."""
    node: ast.expr = call.func
    steps = 0
    while not isinstance(node, ast.Name):
        steps += 1
        if isinstance(node, ast.Attribute):
            node = node.value
        elif isinstance(node, ast.Call) and called(node) in ("using", "db_manager"):
            node = node.func
        else:
            return _got(node) if isinstance(node, ast.Call) and steps > 1 else None
    return models.get(node.id) if steps > 1 else None


def overlapping(edits: Iterable[Edit]) -> bool:
    """Whether one edit reaches into another."""
    end = -1
    for edit in sorted(edits):
        if edit.start < end:
            return True
        end = max(end, edit.end)
    return False
