"""The two states that are compared, and what is not decided about either."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from analyzer.history.drift.values import NOWHERE, Dependency, Place, Version
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.values import Doubt, FieldState, ModelKey, ModelState, ProjectState

USER = "AUTH_USER_MODEL"


class Clues(Protocol):
    """Says why something may not be as it looks; "" where nothing speaks for it."""

    def of_model(self, model: ModelState) -> str:
        """Why a model that only the migrations have may be there."""

    def of_field(self, field: FieldState) -> str:
        """Why a field that only the models have may be none."""

    def of_missing(self, key: ModelKey, name: str) -> str:
        """Why a field that only the migrations have may be there."""

    def of_owner(self, field: FieldState) -> str:
        """Why a field may not be as its class was read."""

    def of_arguments(self, field: FieldState, names: Iterable[str]) -> str:
        """Why some arguments of a field may not be what the call that makes it says."""

    def of_metaclass(self, key: ModelKey, names: Iterable[str]) -> str:
        """Why some arguments of a model's fields may be others than their calls say."""

    def of_target(self, one: FieldState, other: FieldState) -> str:
        """Why two relations may point to one model though their targets are told differently."""

    def of_bases(self, key: ModelKey) -> str:
        """Why a model may not be as its bases were read."""

    def of_meta(self, key: ModelKey, operation: str) -> str:
        """Why the options of a model that an operation changes may not be as they were read."""

    def of_option(self, key: ModelKey, option: str) -> str:
        """Why one option of a model may not be as it was read."""


class NoClues:
    """Takes everything as it looks."""

    def of_model(self, model: ModelState) -> str:
        return ""

    def of_field(self, field: FieldState) -> str:
        return ""

    def of_missing(self, key: ModelKey, name: str) -> str:
        return ""

    def of_owner(self, field: FieldState) -> str:
        return ""

    def of_arguments(self, field: FieldState, names: Iterable[str]) -> str:
        return ""

    def of_metaclass(self, key: ModelKey, names: Iterable[str]) -> str:
        return ""

    def of_target(self, one: FieldState, other: FieldState) -> str:
        return ""

    def of_bases(self, key: ModelKey) -> str:
        return ""

    def of_meta(self, key: ModelKey, operation: str) -> str:
        return ""

    def of_option(self, key: ModelKey, option: str) -> str:
        return ""


class Sides:
    """The state of the migrations (`before`) and that of the models (`after`), of some apps.

    Models are told apart as the autodetector does it: plain, proxies, unmanaged.
    """

    def __init__(
        self,
        before: ProjectState,
        after: ProjectState,
        apps: Collection[str],
        deconstructor: Deconstructor,
        django: Version,
        swappable: str,
        clues: Clues,
    ) -> None:
        self.before = {key: model for key, model in before.models.items() if key[0] in apps}
        self.after = {key: model for key, model in after.models.items() if key[0] in apps}
        self.deconstructor = deconstructor
        self.clues = clues
        self.django = django
        self.swappable = swappable.lower()
        self.old = Keys(self.before.items())
        self.new = Keys(self.after.items())
        self._before_doubts = _by_place(before.doubts)
        self._after_doubts = _by_place(after.doubts)
        self._before_fields: dict[ModelKey, list[Doubt]] = {}
        for doubt in self._before_doubts.values():
            if doubt.model and doubt.field:
                self._before_fields.setdefault((doubt.app, doubt.model), []).append(doubt)

    @property
    def kept(self) -> list[ModelKey]:
        """Plain models that are on both sides."""
        return sorted(self.old.plain & self.new.plain)

    def doubt(self, key: ModelKey, field: str = "") -> str:
        """Why a model, or a field of it, is not decided; "" where it is."""
        return self.doubt_before(key, field) or self.doubt_after(key, field)

    def doubt_before(self, key: ModelKey, field: str = "") -> str:
        return _doubt(self._before_doubts, key, field) or _why(self.before.get(key))

    def doubt_after(self, key: ModelKey, field: str = "") -> str:
        return _doubt(self._after_doubts, key, field) or _why(self.after.get(key))

    def is_open(self, key: ModelKey, field: str) -> str:
        """Why the field itself, not the whole model, is not decided on the side of the models."""
        places = ((key[0], key[1], field),)
        return next((self._after_doubts[place].why for place in places if place in self._after_doubts), "")

    def unread_fields(self, key: ModelKey) -> list[Doubt]:
        """Fields that a model of the migrations may have beside those that are known."""
        model = self.before.get(key)
        known = model.fields if model is not None else {}
        return [doubt for doubt in self._before_fields.get(key, ()) if doubt.field not in known]

    def place_after(self, key: ModelKey) -> Place:
        model = self.after.get(key)
        return (model.file, model.line) if model is not None else NOWHERE

    def place_before(self, key: ModelKey) -> Place:
        model = self.before.get(key)
        return (model.file, model.line) if model is not None else NOWHERE

    # ------------------------------------------------------------ dependencies

    def waits_for_targets(self, field: FieldState) -> tuple[Dependency, ...]:
        """That the models which a field refers to are there (`_get_dependencies_for_foreign_key`)."""
        return tuple(
            Dependency(*key, None, "create", USER if ".".join(key) == self.swappable else "")
            for key in targets(field)
        )

    def waits_for_all_targets(self, key: ModelKey) -> tuple[Dependency, ...]:
        """The same for all fields of a model (`_get_dependencies_for_model`)."""
        fields = self.after[key].fields.values()
        return tuple(dict.fromkeys(wait for field in fields for wait in self.waits_for_targets(field)))


class Keys:
    """The models of one side by kind."""

    def __init__(self, models: Iterable[tuple[ModelKey, ModelState]]) -> None:
        self.plain: set[ModelKey] = set()
        self.proxies: set[ModelKey] = set()
        self.unmanaged: set[ModelKey] = set()
        for key, model in models:
            if model.options.get("managed") is False:
                self.unmanaged.add(key)
            elif model.options.get("proxy") is True:
                self.proxies.add(key)
            else:
                self.plain.add(key)


def targets(field: FieldState) -> tuple[ModelKey, ...]:
    """The models that a field refers to: where it points, and through which."""
    labels = (field.target, field.through)
    return tuple(key_of(label) for label in labels if label is not None and "." in label)


def key_of(label: str) -> ModelKey:
    app, _, name = label.partition(".")
    return app, name.lower()


def _by_place(doubts: Iterable[Doubt]) -> dict[tuple[str, str, str], Doubt]:
    out: dict[tuple[str, str, str], Doubt] = {}
    for doubt in doubts:
        out.setdefault((doubt.app, doubt.model, doubt.field), doubt)
    return out


def _doubt(doubts: dict[tuple[str, str, str], Doubt], key: ModelKey, field: str) -> str:
    app, model = key
    places = ((app, model, field), (app, model, ""), (app, "", ""))
    return next((doubts[place].why for place in places if place in doubts), "")


def _why(model: ModelState | None) -> str:
    return model.why if model is not None else ""
