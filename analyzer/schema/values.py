"""What the models of a project say, resolved: apps, models, fields, relations."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

UNSEEN = "the package's source is not known"
"""How the reason of an app ends of which nothing but the name is known."""

RelationKind = Literal["FK", "O2O", "M2M", "GFK"]


class App(Struct, frozen=True):
    """A package that Django would load.

    `installed` is None where the settings do not decide.  `own` is False for apps of installed
    packages that are known from the catalogue.  `migrations_module` is None where
    MIGRATION_MODULES switches migrations off.
    """

    label: str
    name: str
    path: str
    installed: bool | None
    own: bool
    migrations_module: str | None
    default_auto_field: str | None
    reason: str


class Field(Struct, frozen=True):
    """One field of a model, its own or inherited; `kind` is None where it is no relation.

    `why` is set where the source of its class is not known, so that only a name tells a field.
    """

    name: str
    cls: str
    null: bool
    kind: RelationKind | None
    target: str | None
    declared_in: str
    file: str
    line: int
    why: str = ""


class Model(Struct, frozen=True):
    """A class that Django would register (or an abstract one, whose label is never registered).

    `name` is the dotted path of the class; `own` tells a model of the project from an external
    one; `certain` is False where a base class could not be resolved, so that fields or the very
    nature of the class may be missing; `why` then says what is missing.
    """

    label: str
    app: str
    name: str
    file: str
    line: int
    installed: bool | None
    own: bool
    abstract: bool
    proxy: bool
    managed: bool
    swappable: str | None
    swapped: bool
    auto_created: bool
    db_table: str
    abstract_ancestors: tuple[str, ...]
    parents: tuple[str, ...]
    fields: tuple[Field, ...]
    certain: bool = True
    why: str = ""

    @property
    def object_name(self) -> str:
        return self.label.partition(".")[2]


class Relation(Struct, frozen=True):
    """An edge from the model that has the field (also by inheritance) to its target.

    `target` is None where source does not decide it; `why` then says why.  `through` is None
    where Django makes the through model itself.  `declared_in` names the class that holds the
    field's line.
    """

    source: str
    field: str
    kind: RelationKind
    target: str | None
    null: bool
    parent_link: bool
    through: str | None
    on_delete: str | None
    swappable_setting: str | None
    declared_in: str
    file: str
    line: int
    certain: bool
    why: str = ""


class Unknown(Struct, frozen=True, order=True):
    """Something that source does not decide: where, what, and why."""

    file: str
    line: int
    what: str
    why: str
