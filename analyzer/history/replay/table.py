"""What each operation does to a state, and which model and field it is about: data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from analyzer.history.forwards import ALTER_BASES
from analyzer.history.replay import columns, indexes, models, options
from analyzer.history.replay.step import Step


def _alter_managers(step: Step) -> None:
    draft = step.model("name")
    draft.managers = models.managers(step, draft, 1)


OPERATIONS: Mapping[str, Callable[[Step], None]] = {
    "CreateModel": models.create_model,
    "DeleteModel": models.delete_model,
    "RenameModel": models.rename_model,
    "AlterModelManagers": _alter_managers,
    ALTER_BASES: models.alter_bases,
    "AlterModelTable": options.alter_table,
    "AlterModelTableComment": options.alter_table_comment,
    "AlterModelOptions": options.alter_options,
    "AlterUniqueTogether": options.alter_unique_together,
    "AlterIndexTogether": options.alter_index_together,
    "AlterOrderWithRespectTo": options.alter_order,
    "AddField": columns.add_field,
    "RemoveField": columns.remove_field,
    "AlterField": columns.alter_field,
    "RenameField": columns.rename_field,
    "AddIndex": indexes.add_index,
    "RemoveIndex": indexes.remove_index,
    "RenameIndex": indexes.rename_index,
    "AddConstraint": indexes.add_constraint,
    "RemoveConstraint": indexes.remove_constraint,
    "AlterConstraint": indexes.alter_constraint,
    "AddTrigger": indexes.add_trigger,
    "RemoveTrigger": indexes.remove_trigger,
}
"""By the name of the operation of Django's that an operation is (`Operation.django`)."""


class Subject(Struct, frozen=True):
    """The arguments that name the models of an operation, and those that name fields of its model."""

    models: tuple[tuple[str, int | None], ...]
    fields: tuple[tuple[str, int | None], ...] = ()


_MODEL = Subject((("name", 0),))
_OF_MODEL = Subject((("model_name", 0),))
_FIELD = Subject((("model_name", 0),), (("name", 1),))

SUBJECTS: Mapping[str, Subject] = {
    **dict.fromkeys(OPERATIONS, _MODEL),
    "RenameModel": Subject((("old_name", 0), ("new_name", 1))),
    **dict.fromkeys(("AddField", "RemoveField", "AlterField"), _FIELD),
    "RenameField": Subject((("model_name", 0),), (("old_name", 1), ("new_name", 2))),
    **dict.fromkeys(
        (name for name in OPERATIONS if name.endswith(("Index", "Constraint", "Trigger"))), _OF_MODEL
    ),
}
"""What an operation is about, for all that can be said where it is not carried out."""

UNKNOWN = Subject((("model_name", None),))
"""What an operation whose class is not known is taken to be about, if it says so."""

ADDING = ("CreateModel", "AddField")
"""Operations that can be carried out on a state that may hold what they add: it then holds it already."""
