"""Fields of models that are on both sides: added, removed, altered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from analyzer.history.drift.outside import TOLD
from analyzer.history.drift.related import bound
from analyzer.history.drift.sides import Sides, key_of, targets
from analyzer.history.drift.values import Dependency, Step, Undecided
from analyzer.states.comparison import Comparison
from analyzer.states.values import EXISTENCE, FieldState, ModelKey, ModelState

BOUND_UNTIL = (4, 0)
"""Before this version the autodetector compared fields as models have them, not as they are written."""

TOLD_SINCE = {
    "limit_choices_to": (2, 0),
    "db_comment": (4, 2),
    "db_default": (5, 0),
    "through_fields": (5, 2),
}
"""Arguments that `deconstruct` tells only since a version."""

BLANK_SINCE = (2, 1)
"""Before this version every BooleanField was blank, and no migration told so."""

TO_FIELD = "to_field"

MAX_PAIRS = 2_500
"""So many pairs of a removed and an added field of one model are looked at for a renaming."""


class FieldDrift(Struct, frozen=True):
    """What the fields of all models come to; `fields` are those on both sides, `equal` the proved ones."""

    steps: tuple[Step, ...]
    fields: int
    equal: int
    undecided: tuple[Undecided, ...]


def field_drift(sides: Sides) -> FieldDrift:
    """The operations on fields of plain models that both sides have."""
    reader = _Reader(sides)
    for key in sides.kept:
        reader.model(key)
    for key in sorted(sides.before):
        reader.unread(key)
    return FieldDrift(
        (*reader.removed, *reader.added, *reader.altered),
        reader.fields,
        reader.equal,
        tuple(reader.undecided),
    )


class _Reader:
    def __init__(self, sides: Sides) -> None:
        self.sides = sides
        self.removed: list[Step] = []
        self.added: list[Step] = []
        self.altered: list[Step] = []
        self.undecided: list[Undecided] = []
        self.fields = self.equal = 0

    def model(self, key: ModelKey) -> None:
        before, after = self.sides.before[key], self.sides.after[key]
        perhaps = self.sides.is_open(key, EXISTENCE) or (after.why if not after.fields else "")
        if perhaps:
            self.undecided.append(Undecided(*key, "", *self.sides.place_after(key), perhaps))
        gone = [name for name in before.fields if name not in after.fields]
        new = [name for name in after.fields if name not in before.fields]
        renamed = dict(self._renamed(key, gone, new))
        for name in sorted(gone):
            if after.why:
                self.fields += 1
                self._leave_open(key, before.fields[name], after.why)
            else:
                self.removed.append(self._remove(key, before.fields[name], renamed.get(name, "")))
        back = {new_name: old_name for old_name, new_name in renamed.items()}
        for name in sorted(new):
            self.added.append(self._add(key, after.fields[name], back.get(name, "")))
        for name in sorted(before.fields.keys() & after.fields.keys()):
            self.fields += 1
            self._compare(key, before.fields[name], after.fields[name])

    def unread(self, key: ModelKey) -> None:
        """Fields of which only the migrations say something, and nothing that is understood."""
        after = self.sides.after.get(key)
        for doubt in self.sides.unread_fields(key):
            if after is None or doubt.field not in after.fields:
                self.undecided.append(Undecided(*key, doubt.field, doubt.file, doubt.line, doubt.why))

    def _renamed(self, key: ModelKey, gone: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
        """Fields that only their name tells from one that is gone, each of them once."""
        if len(gone) * len(new) > MAX_PAIRS:
            return
        left = sorted(gone)
        for name in sorted(new):
            for old in left:
                if self._compared(key, old, name).equal:
                    left.remove(old)
                    yield old, name
                    break

    def _compared(self, key: ModelKey, old: str, new: str) -> Comparison:
        before, after = self.sides.before[key], self.sides.after[key]
        one, other = before.fields[old], after.fields[new]
        deconstructor, as_models = self.sides.deconstructor, self.sides.django < BOUND_UNTIL
        found = deconstructor.compare(one, other, as_models)
        if as_models and not (found.equal and _bind_alike(before, after, one)):
            sides = bound(one, before, deconstructor), bound(other, after, deconstructor)
            found = deconstructor.compare(*sides, as_models)
            if self._names_key(one, self.sides.before) and self._names_key(other, self.sides.after):
                found = replace(found, differs=tuple(name for name in found.differs if name != TO_FIELD))
        untold = {name for name, since in TOLD_SINCE.items() if self.sides.django < since}
        if self.sides.django < BLANK_SINCE and other.declared.field.path.endswith(".BooleanField"):
            untold.add("blank")
        differs = tuple(name for name in found.differs if name not in untold)
        return Comparison(differs, tuple((name, why) for name, why in found.open if name not in untold))

    def _names_key(self, field: FieldState, models: Mapping[ModelKey, ModelState]) -> bool:
        """Whether a relation points to the primary key of its target, be it by name or without."""
        told = self.sides.deconstructor.arguments
        named = told(field).arguments.get(TO_FIELD)
        target = models.get(key_of(field.target or ""))
        key = target.fields.get(named) if target is not None and isinstance(named, str) else None
        return named is None or (key is not None and told(key).arguments.get("primary_key") is True)

    def _compare(self, key: ModelKey, one: FieldState, other: FieldState) -> None:
        found = self._compared(key, one.name, other.name)
        doubt = self.sides.doubt(key, one.name)
        if found.equal:
            self.equal += not doubt
            if doubt:
                self._leave_open(key, other, doubt)
            return
        if self.sides.is_open(key, one.name):
            self._leave_open(key, other, doubt)
            return
        if found.differs and not doubt:
            clues = self.sides.clues
            doubt = clues.of_owner(other) or clues.of_arguments(other, found.differs)
            doubt = doubt or clues.of_metaclass(key, found.differs)
            doubt = doubt or (clues.of_target(one, other) if "to" in found.differs else "")
            doubt = doubt or _kept_to_itself(one, other, found.differs)
        certain = bool(found.differs) and not doubt
        why = f"{_spoken(found)}, but {doubt}" if doubt else _spoken(found)
        if _is_many(one) == _is_many(other):
            step = self._alter(key, one, other, certain, why)
            names = (*found.differs, *(name for name, _ in found.open))
            self.altered.append(replace(step, arguments=names))
        else:
            both = {"certain": certain, "why": doubt or "a many-to-many field cannot be altered to another"}
            self.altered.append(replace(self._remove(key, one, ""), **both))
            self.altered.append(replace(self._add(key, other, ""), **both))

    def _leave_open(self, key: ModelKey, field: FieldState, why: str) -> None:
        self.undecided.append(Undecided(*key, field.name, field.file, field.line, why))

    # ------------------------------------------------------------ operations

    def _alter(self, key: ModelKey, one: FieldState, other: FieldState, certain: bool, why: str) -> Step:
        return Step(
            "AlterField",
            *key,
            other.name,
            certain=certain,
            why=why,
            place=(other.file, other.line),
            other=(one.file, one.line),
            waits=self.sides.waits_for_targets(other),
            targets=frozenset(targets(other)),
        )

    def _add(self, key: ModelKey, field: FieldState, old: str) -> Step:
        why = self.sides.doubt(key, field.name) or self.sides.clues.of_field(field)
        return Step(
            "AddField",
            *key,
            field.name,
            certain=not why,
            why=why or (f"renamed from `{old}`, or added after that was removed" if old else "not migrated"),
            place=(field.file, field.line),
            other=self.sides.place_before(key),
            waits=(Dependency(*key, field.name, "remove"), *self.sides.waits_for_targets(field)),
            targets=frozenset(targets(field)),
        )

    def _remove(self, key: ModelKey, field: FieldState, new: str) -> Step:
        why = self.sides.doubt(key, field.name) or self.sides.clues.of_missing(key, field.name)
        said = f"renamed to `{new}`, or removed before that was added" if new else "no longer in the model"
        return Step(
            "RemoveField",
            *key,
            field.name,
            certain=not why,
            why=why or said,
            place=self.sides.place_after(key),
            other=(field.file, field.line),
            waits=(
                Dependency(*key, field.name, "unset order"),
                Dependency(*key, field.name, "alter together"),
            ),
        )


def _kept_to_itself(one: FieldState, other: FieldState, names: tuple[str, ...]) -> str:
    """The class of a package that may not tell an argument: none of Django's, and not in the migration."""
    cls, call = other.declared.field.cls, one.declared.made.call
    if cls is None or cls.module.own or cls.module.name.startswith("django.") or call.args:
        return ""
    written = {name for name, _ in call.kwargs}
    kept = next((name for name in names if name not in TOLD and name not in written), "")
    return f"{cls.path} may keep `{kept}` to itself" if kept else ""


def _bind_alike(before: ModelState, after: ModelState, field: FieldState) -> bool:
    """Whether two equal fields stay so when both belong to models."""
    names = [model.options.get("default_related_name") for model in (before, after)]
    return names[0] == names[1] and field.declared.field.kind in ("FK", "O2O")


def _is_many(field: FieldState) -> bool:
    return field.declared.field.kind == "M2M"


def _spoken(found: Comparison) -> str:
    if found.differs:
        return f"differs in {', '.join(found.differs)}"
    return "; ".join(f"{name}: {why}" if why else name for name, why in found.open)
