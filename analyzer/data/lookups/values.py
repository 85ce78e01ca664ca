"""What the code of data operations looks up by name: models, fields, rows, other migrations."""

from __future__ import annotations

from msgspec import Struct

from analyzer.history.values import Key


class ModelLookup(Struct, frozen=True, order=True):
    """`apps.get_model(app, model)` on the models of the migration state.

    `certain` tells that every run on an empty database comes by; `operation` is the operation's place
    among those of its migration.
    """

    migration: Key
    operation: int
    file: str
    line: int
    app: str
    model: str
    certain: bool


class FieldLookup(Struct, frozen=True, order=True):
    """A field by which rows of a historical model are made or picked; the rest as in `ModelLookup`."""

    migration: Key
    operation: int
    file: str
    line: int
    app: str
    model: str
    field: str
    certain: bool


class RealModel(Struct, frozen=True, order=True):
    """A model class as it is now, used where the historical one belongs.

    `path` is its dotted path; `through` names the function outside the migrations that uses it.
    """

    migration: Key
    file: str
    line: int
    path: str
    through: str = ""


class RowLookup(Struct, frozen=True, order=True):
    """`get()` of a permission or content type, which only `post_migrate` makes; always carried out."""

    migration: Key
    file: str
    line: int
    label: str


class MigrationImport(Struct, frozen=True, order=True):
    """A migration whose file imports another migration's."""

    migration: Key
    file: str
    line: int
    imported: Key


class Lookups(Struct, frozen=True):
    """Everything of a project, sorted; `making` are migrations that make permissions or content types."""

    models: tuple[ModelLookup, ...] = ()
    fields: tuple[FieldLookup, ...] = ()
    real: tuple[RealModel, ...] = ()
    rows: tuple[RowLookup, ...] = ()
    imports: tuple[MigrationImport, ...] = ()
    making: frozenset[Key] = frozenset()


class Standing(Struct, frozen=True, order=True):
    """A lookup that does not stand on what is there when its migration runs.

    `fails` tells that it fails on a fresh database, else it is luck that it does not; `why` says the
    fact, and `remedy` is the dependency that would make it stand, if one would.
    """

    migration: Key
    file: str
    line: int
    what: str
    why: str
    fails: bool
    missing: bool
    remedy: Key | None = None
