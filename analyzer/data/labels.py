"""How models are called: by the label that Django knows them by, however code names them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from analyzer.data.written import given_words
from analyzer.history.values import Migration
from analyzer.schema.values import Model

SETTING = "settings."


class Labels:
    """The labels of all models that there are or that migrations ever made.

    `swapped` are the models that settings name, by setting.
    """

    def __init__(
        self, migrations: Iterable[Migration], models: Iterable[Model], swapped: Mapping[str, str]
    ) -> None:
        self._swapped = dict(swapped)
        self._written: dict[str, str] = {}
        self._tables: dict[str, str] = {}
        self._classes: dict[str, str] = {}
        self._named: dict[str, str] = {}
        for migration in migrations:
            for operation in migration.operations:
                words = given_words(operation)
                if operation.cls in ("CreateModel", "RenameModel") and words:
                    self._know(f"{migration.app}.{words[-1 if operation.cls == 'RenameModel' else 0]}")
        for model in models:
            self._know(model.label)
            self._classes[model.name] = model.label
            self._tables[model.db_table.lower()] = model.label
            self._named[model.label.lower()] = model.db_table

    @property
    def digest(self) -> bytes:
        """What tells these labels from others."""
        known = (self._swapped, self._written, self._tables, self._classes, self._named)
        return hashlib.blake2b(repr(known).encode(errors="surrogateescape"), digest_size=16).digest()

    def _know(self, label: str) -> None:
        self._written[label.lower()] = label
        self._tables.setdefault(label.lower().replace(".", "_", 1), label)

    def of(self, label: str) -> str:
        """A label as Django writes it; what follows the model's name stays."""
        if label.startswith(SETTING):
            return self._swapped.get(label.removeprefix(SETTING), label)
        app, _, rest = label.partition(".")
        name, dot, field = rest.partition(".")
        return self._written.get(f"{app}.{name}".lower(), f"{app}.{name}") + dot + field if name else label

    def of_class(self, path: str) -> str | None:
        """The label of the model that a class defines."""
        return self._classes.get(path)

    def of_table(self, table: str) -> str | None:
        """The label of the model that a table belongs to."""
        return self._tables.get(table.lower())

    def table(self, name: str) -> str:
        """A table by its own name, where it may be called by its model's label."""
        return self._named.get(self.of(name).lower(), name) if "." in name else name

    def models(self, targets: Iterable[str]) -> tuple[str, ...]:
        """The models among what code works with: labels, related managers and tables."""
        found = set()
        for target in targets:
            parts = self.of(target).split(".")
            label = ".".join(parts[:2]) if len(parts) > 1 else self.of_table(target)
            if label and "?" not in label and not label.startswith(SETTING):
                found.add(label)
        return tuple(sorted(found))
