"""Tables that old migrations made by SQL, for models that new files make plain tables of."""

from __future__ import annotations

from analyzer.data.ddl import BEARER
from analyzer.data.values import DataOperation
from analyzer.data.written import given_words
from analyzer.history.kinds import STATE
from analyzer.history.values import Migration, Operation
from analyzer.pipeline import Examined
from analyzer.reset.state_only import PYTHON, groups
from analyzer.states.values import ModelState

BY_HAND = "put its CreateModel into the state operations of the new file by hand"


def replaced(examined: Examined, migration: Migration, operation: DataOperation) -> ModelState | None:
    """The model whose table a partitioned or virtual one is in the old migrations, if it is one's.

    `CREATE TABLE … PARTITION BY` and `CREATE VIRTUAL TABLE` beside a `CreateModel` that only a state gets.
    Raises ValueError, which says why, where more than the plain table would go with it.
    """
    if not any(made.kind == BEARER and made.action == "create" for made in operation.objects):
        return None
    group = next((one for one in groups(migration.operations) if _holds(one, operation)), [])
    names = [_model(one) for one in group if one.django == "CreateModel" and one.inside == "state_operations"]
    models = [examined.state.models.get((migration.app, name)) for name in names]
    found = [model for model in models if model is not None]
    if len(found) > 1:
        raise ValueError(f"several models are made with it: {BY_HAND}")
    for model in found:
        _refuse_more(examined, model, group)
    return found[0] if found else None


def _holds(group: list[Operation], operation: DataOperation) -> bool:
    place = (operation.file, operation.line)
    return any((one.file, one.line) == place for one in group if one.inside == "database_operations")


def _model(operation: Operation) -> str:
    return next((word.lower() for word in given_words(operation)), "")


def _refuse_more(examined: Examined, model: ModelState, group: list[Operation]) -> None:
    """Refuse where other tables point to a model's, or later migrations change it."""
    for other in examined.state.models.values():
        for field in other.fields.values():
            if model.label.lower() in ((field.target or "").lower(), (field.through or "").lower()):
                raise ValueError(f"new files make a plain table {other.label} points to: {BY_HAND}")
    for one in examined.migrations:
        if one.app == model.app and one.key in examined.analysis.history.nodes:
            for operation in one.operations:
                words = {word.lower() for word in given_words(operation)}
                about = operation.django in STATE - PYTHON and model.name.lower() in words
                if about and operation not in group:
                    raise ValueError(f"new files make a plain table, which {one.name} changes: {BY_HAND}")
