"""What calls in a migration's code say: the models that they are made on, the fields that they give."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from analyzer.reset.drafts.module import Edit, called


def default_names(call: ast.Call) -> Iterator[str]:
    for word in call.keywords:
        if word.arg in ("defaults", "create_defaults") and isinstance(word.value, ast.Dict):
            yield from (str(key.value) for key in word.value.keys if isinstance(key, ast.Constant))


def models_of(function: ast.FunctionDef) -> Iterator[tuple[str, tuple[str, str]]]:
    """The local names of historical models, with (app, model)."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if (
                called(call) == "get_model"
            ):
                texts = [one.value for one in (*call.args, *(word.value for word in call.keywords))
                         if isinstance(one, ast.Constant) and isinstance(one.value, str)]  # fmt: skip
                label = ".".join(texts)
                if label.count(".") == 1:
                    app, _, model = label.partition(".")
                    yield name, (app, model)


def base(call: ast.Call) -> str | None:
    """The name that a chain such as `Model.objects.using(alias).create(…)` begins with."""
    node: ast.expr = call.func
    steps = 0
    while not isinstance(node, ast.Name):
        steps += 1
        if isinstance(node, ast.Attribute):
            node = node.value
        elif isinstance(node, ast.Call) and called(node) in ("using", "db_manager"):
            node = node.func
        else:
            return None
    return node.id if steps > 1 else None


def overlapping(edits: Iterable[Edit]) -> bool:
    """Whether one edit reaches into another."""
    end = -1
    for edit in sorted(edits):
        if edit.start < end:
            return True
        end = max(end, edit.end)
    return False
