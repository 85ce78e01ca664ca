"""Columns that a package adds to a model before another one copies it.

Both happen while apps get ready: django-modeltranslation adds its columns at the line that registers
a model, and what is asked for below that line (`simple_history.register`) copies them, too.  What a
class body asks for is made with the class, and has none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.schema.factories import AFTER_CLASS, Factories
from analyzer.schema.languages import ADDS, Columns
from analyzer.schema.requests import Request
from analyzer.schema.values import Unknown


def copy_columns(factories: Factories, added: Mapping[str, Columns]) -> Iterator[Unknown]:
    """Give the copies of models the columns that these had by then; yields where that is not decided.

    `added` are the columns by the key of the model's class.
    """
    registry = factories.registry
    for request, cls in factories.waiting:
        columns, source = added.get(request.model.key), registry.candidate(request.model)
        late = request.recipe.way in AFTER_CLASS and request.recipe.copying is not None
        if columns is None or source is None or not late:
            continue
        earlier = _are_earlier(columns, request)
        if earlier:
            copies = factories.copies(request, source, columns.fields)
            registry.added[cls.key] = {**registry.added.get(cls.key, {}), **copies}
            registry.local_fields(cls, anew=True)
        made = registry.candidate(cls)
        if earlier is None and made is not None:
            why = f"{ADDS}'s model, but whether before it is copied is not decided"
            yield Unknown(request.module.path, request.line, made.label, why)


def _are_earlier(columns: Columns, request: Request) -> bool | None:
    """Whether columns are there when a model is asked for: in one file, they are if they stand above."""
    if columns.module.path == request.module.path:
        return columns.line < request.line
    models = request.module == request.model.module or request.module.name.rpartition(".")[2] == "models"
    return False if models else None
