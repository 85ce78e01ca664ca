"""Options and managers of models that both sides have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from analyzer.history.drift.models import KINDS, names_in
from analyzer.history.drift.sides import Sides
from analyzer.history.drift.values import Dependency, Step, Undecided
from analyzer.states.comparison import MISSING
from analyzer.states.managers import OBJECTS, PLAIN
from analyzer.states.options import SINCE, UNTIL, together
from analyzer.states.sameness import same
from analyzer.states.values import Form, Listing, ModelKey, Unsure, reason

ALTERED = frozenset(
    {
        "base_manager_name", "default_manager_name", "default_related_name", "get_latest_by", "managed",
        "ordering", "permissions", "default_permissions", "select_on_save", "verbose_name",
        "verbose_name_plural",
    }
)  # fmt: skip
"""Options that AlterModelOptions changes (`ALTER_OPTION_KEYS`); the others have operations of their own."""

ALTERED_SINCE = {"default_related_name": (2, 1)}
"""Options that it changes only since a version."""

MANAGED_SINCE = (1, 8)
"""The version since which migrations know managers."""


class OptionDrift:
    """Collects the operations on options, and what is not decided about them."""

    def __init__(self, sides: Sides) -> None:
        self.sides = sides
        self.undecided: list[Undecided] = []
        old, new = sides.old, sides.new
        kept = [*(old.plain & new.plain), *(old.proxies & new.proxies), *(old.unmanaged & new.unmanaged)]
        changed = [*(old.unmanaged & new.plain), *(old.plain & new.unmanaged)]
        self.kept = sorted(key for key in kept if not self._is_unread(key))
        self.altered = sorted(key for key in (*kept, *changed) if not self._is_unread(key))
        self.plain = [key for key in sides.kept if not self._is_unread(key)]

    def _is_unread(self, key: ModelKey) -> bool:
        """Whether nothing but the name of a model is known on the side of the models."""
        model = self.sides.after[key]
        return bool(model.why) and not model.fields and "indexes" not in model.options

    def options(self) -> Iterator[Step]:
        """AlterModelOptions, one for each model (`generate_altered_options`)."""
        untold = self.sides.deconstructor.habits.options
        untold |= {name for name, since in ALTERED_SINCE.items() if self.sides.django < since}
        for key in self.altered:
            old, new = self.sides.before[key].options, self.sides.after[key].options
            names = sorted((ALTERED - untold) & (old.keys() | new.keys()))
            found = self._compared(key, old, new, names)
            if found is not None:
                yield self._step("AlterModelOptions", key, *found)

    def single(self, name: str, kind: str, keys: Iterable[ModelKey]) -> Iterator[Step]:
        """The operation for one option that has its own."""
        if self.sides.django < SINCE.get(name, (0, 0)):
            return
        for key in keys:
            old, new = self.sides.before[key].options, self.sides.after[key].options
            found = self._compared(key, _given(old, name), _given(new, name), [name])
            if found is not None:
                yield self._step(kind, key, *found)

    def _compared(
        self, key: ModelKey, old: Mapping[str, Form], new: Mapping[str, Form], names: list[str]
    ) -> tuple[bool, str] | None:
        """(certain, why) of options that differ or may differ; None where they are equal."""
        differs: list[str] = []
        open_: list[str] = []
        for name in names:
            one, other = old.get(name, MISSING), new.get(name, MISSING)
            equal = same(one, other)
            doubt = self.sides.clues.of_option(key, name) if equal is False else ""
            if equal is False and not doubt:
                differs.append(name)
            elif not equal:
                open_.append(f"{name}: {doubt or reason(one) or reason(other)}")
        if differs:
            return True, f"differs in {', '.join(differs)}"
        return (False, "; ".join(open_)) if open_ else None

    def order(self) -> Iterator[Step]:
        """AlterOrderWithRespectTo."""
        name = "order_with_respect_to"
        for step in self.single(name, "AlterOrderWithRespectTo", self.plain):
            order = self.sides.after[step.key].options.get(name)
            field = frozenset([order]) if isinstance(order, str) else frozenset()
            waits = tuple(Dependency(*step.key, found, "create") for found in field)
            yield replace(step, names=field, waits=waits)

    def together(self, name: str) -> Iterator[Step]:
        """AlterUniqueTogether and AlterIndexTogether: sets of tuples, however they are written."""
        if name in UNTIL and self.sides.django >= UNTIL[name]:
            return
        for key in self.plain:
            old = together(self.sides.before[key].options.get(name, Listing("set", ())))
            new = together(self.sides.after[key].options.get(name, Listing("set", ())))
            equal = _same_sets(old, new)
            if equal:
                continue
            doubt = reason(old) or reason(new) if equal is None else self.sides.clues.of_option(key, name)
            step = self._step(KINDS[name], key, equal is False and not doubt, doubt or f"`{name}` differs")
            waits = self._waits(key, new)
            names = names_in(new.items) if isinstance(new, Listing) else frozenset()
            yield replace(step, waits=waits, names=names)

    def _waits(self, key: ModelKey, new: Form) -> tuple[Dependency, ...]:
        fields = self.sides.after[key].fields
        names = names_in(new.items) if isinstance(new, Listing) else frozenset()
        found = [
            wait for n in sorted(names & fields.keys()) for wait in self.sides.waits_for_targets(fields[n])
        ]
        return tuple(dict.fromkeys(found))

    def managers(self) -> Iterator[Step]:
        """AlterModelManagers; a manager that is not decided speaks for no difference by itself."""
        for key in self.plain if self.sides.django >= MANAGED_SINCE else ():
            old, new = self.sides.before[key].managers, self.sides.after[key].managers
            open_ = {name: form.why for name, form in (*old, *new) if isinstance(form, Unsure)}
            one, other = (_listed(_kept(managers, open_)) for managers in (old, new))
            equal = same(one, other)
            if equal is True and open_:
                place = self.sides.place_after(key)
                self.undecided.append(Undecided(*key, "", *place, next(iter(open_.values()))))
            elif equal is not True:
                why = next(iter(open_.values()), "") or reason(one) or reason(other)
                certain = equal is False and not open_
                yield self._step("AlterModelManagers", key, certain, why or "the managers differ")

    def _step(self, kind: str, key: ModelKey, certain: bool, why: str) -> Step:
        clues = self.sides.clues
        clue = clues.of_bases(key) if kind == "AlterModelManagers" else clues.of_meta(key, kind)
        doubt = self.sides.doubt(key) or clue
        return Step(
            kind,
            *key,
            certain=certain and not doubt,
            why=doubt or why,
            place=self.sides.place_after(key),
            other=self.sides.place_before(key),
        )


def _given(options: Mapping[str, Form], name: str) -> dict[str, Form]:
    """One option by its name; None is as good as nothing."""
    return {name: options[name]} if options.get(name) is not None else {}


def _kept(managers: tuple[tuple[str, Form], ...], open_: Mapping[str, str]) -> tuple[tuple[str, Form], ...]:
    """The managers that are decided; a default one alone is kept only beside others."""
    kept = tuple((name, form) for name, form in managers if name not in open_)
    return () if open_ and kept == ((OBJECTS, PLAIN),) else kept


def _listed(managers: Iterable[tuple[str, Form]]) -> Listing:
    return Listing("list", tuple(Listing("tuple", pair) for pair in managers))


def _same_sets(one: Form, other: Form) -> bool | None:
    """Whether two sets of tuples of names are equal; None where an item is not decided."""
    if reason(one) or reason(other) or not isinstance(one, Listing) or not isinstance(other, Listing):
        return None
    return set(one.items) == set(other.items)
