"""What later migrations do to a model and its table: renamed, deleted, given to others."""

from __future__ import annotations

from analyzer.data.labels import Labels
from analyzer.data.written import given_words, option
from analyzer.history.values import Migration

_FATES = ("RenameModel", "DeleteModel", "AlterModelOptions")


class ModelFates:
    """The places in a history where models are renamed, deleted or left to others to manage."""

    def __init__(self, ordered: tuple[Migration, ...], labels: Labels) -> None:
        self.labels = labels
        self._by_app: dict[str, list[tuple[int, str, list[str]]]] = {}
        for at, migration in enumerate(ordered):
            for operation in migration.operations:
                if operation.cls not in _FATES or operation.inside == "database_operations":
                    continue
                what = operation.cls
                if what == "AlterModelOptions":
                    managed = option(operation, "managed")
                    if managed is None or managed.value is not False:
                        continue
                words = [word.lower() for word in given_words(operation)]
                self._by_app.setdefault(migration.app.lower(), []).append((at, what, words))

    def gone(self, at: int, label: str) -> int | None:
        """Where a model that exists at a place of the history goes later, under whatever name."""
        app, _, name = label.lower().partition(".")
        for place, what, words in self._by_app.get(app, ()):
            if place < at or words[:1] != [name]:
                continue
            if what == "RenameModel" and len(words) > 1:
                name = words[1]
            elif what != "RenameModel" and place > at:
                return place
        return None
