"""What a reset makes: the migrations that `makemigrations` will write, and what becomes of each app."""

from __future__ import annotations

from msgspec import Struct

from analyzer.history.drift.values import Version
from analyzer.history.values import Key

SETTING = "__setting__"
"""Stands for the app in a dependency on whatever model a setting names (`swappable_dependency`)."""

FIRST = "__first__"


class PlannedOperation(Struct, frozen=True):
    """An operation that `makemigrations` will write.

    `kind` is Django's class name, `model` in lower case, `name` that of the field, index or constraint,
    or, of a new model, its own as it is declared.
    `fields` are those of a new model that Django puts into CreateModel at once or merges into it.
    `why` says why the operation is not certain; it is empty where it is.
    """

    kind: str
    model: str
    name: str
    fields: tuple[str, ...]
    file: str
    line: int
    why: str = ""

    def __str__(self) -> str:
        if self.kind == "CreateModel":
            return f"{self.kind} {self.name or self.model}"
        return f"{self.kind} {self.model}{f'.{self.name}' if self.name else ''}"


class PlannedMigration(Struct, frozen=True):
    """A file that `makemigrations` will write.

    `dependencies` are as they will be written, sorted, (SETTING, name of the setting) among them.
    `held` tells what the next file of the app waits for, as `app.model` or `app.model.field`;
    empty where there is none.  `why` says why the dependencies are not certain.
    """

    app: str
    name: str
    operations: tuple[PlannedOperation, ...]
    dependencies: tuple[Key, ...]
    held: str = ""
    why: str = ""

    @property
    def key(self) -> Key:
        return (self.app, self.name)

    @property
    def certain(self) -> bool:
        return not self.why and not any(operation.why for operation in self.operations)


class UserModel(Struct, frozen=True):
    """Where the user model of the project will be made; `migration` is None where it is no own one."""

    label: str
    migration: Key | None
    first: bool


class Layout(Struct, frozen=True):
    """The files that `makemigrations` writes once the migrations of some apps are deleted.

    `apps` are the apps whose migrations are deleted, `skipped` holds (app, why) of those that get no
    file.  `others` are further versions of Django that are possible and write other files.  `why` is
    set where `makemigrations` would write nothing at all.
    """

    django: Version
    apps: tuple[str, ...]
    migrations: tuple[PlannedMigration, ...]
    skipped: tuple[tuple[str, str], ...]
    user: UserModel
    others: tuple[Version, ...] = ()
    why: str = ""

    def of(self, app: str) -> tuple[PlannedMigration, ...]:
        return tuple(migration for migration in self.migrations if migration.app == app)
