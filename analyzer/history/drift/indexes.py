"""Indexes and constraints of models that both sides have (`create_altered_indexes`, `…_constraints`)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from analyzer.history.drift.sides import Sides
from analyzer.history.drift.values import Step
from analyzer.states.conditions import HASHES, hashable
from analyzer.states.indexes import name_of, nameless, normal, without
from analyzer.states.options import together
from analyzer.states.sameness import same
from analyzer.states.values import Built, Form, Listing, ModelKey, Unsure, reason

RENAMES = (4, 1)
"""Since this version the autodetector sees that an index has only another name."""

ALTERS = (5, 2)
NOT_IN_DATABASE = ("violation_error_code", "violation_error_message")
"""Arguments of constraints that the database does not know; since `ALTERS` they are altered in place."""


Found = tuple[Form, bool, str]


class Changes(Struct, frozen=True):
    """What becomes of the indexes of a model: (item, certain, why)."""

    added: list[Found]
    removed: list[Found]
    renamed: list[Found]


class IndexDrift:
    """Collects the operations on indexes and constraints."""

    def __init__(self, sides: Sides, keys: list[ModelKey]) -> None:
        self.sides = sides
        self.keys = keys
        self.taken: dict[ModelKey, frozenset[Form]] = {}
        """Items of `index_together` that became indexes, by model."""

    def steps(self) -> Iterator[Step]:
        for key in self.keys:
            yield from self._indexes(key)
            yield from self._constraints(key)

    def _indexes(self, key: ModelKey) -> Iterator[Step]:
        old, new, why = self._items(key, "indexes")
        if why:
            yield self._step("AddIndex", key, False, why)
            return
        changes = self._settled(key, "indexes", _compared(old, new))
        if self.sides.django >= RENAMES:
            changes = self._renamed(key, changes)
        for kind, found in (
            ("RemoveIndex", changes.removed),
            ("RenameIndex", changes.renamed),
            ("AddIndex", changes.added),
        ):
            for _, certain, said in found:
                yield self._step(kind, key, certain, said)

    def _renamed(self, key: ModelKey, changes: Changes) -> Changes:
        """Pairs that only the name tells apart, and indexes that take the place of `index_together`."""
        added, removed, renamed = list(changes.added), list(changes.removed), list(changes.renamed)
        for new in changes.added:
            for old in changes.removed:
                alike = same(nameless(new[0]), nameless(old[0]))
                if alike is None:
                    added, removed = (_doubted(found, new, old) for found in (added, removed))
                elif alike and old in removed and new in added:
                    added.remove(new)
                    removed.remove(old)
                    names = f"{name_of(old[0])} is called {name_of(new[0])}"
                    renamed.append((new[0], new[1] and old[1], names))
        for columns in self._no_longer_together(key):
            plain = [new for new in added if _only_fields(new[0]) == columns.items]
            if len(plain) == 1:
                added.remove(plain[0])
                renamed.append((plain[0][0], plain[0][1], "takes the place of `index_together`"))
                self.taken[key] = self.taken.get(key, frozenset()) | {columns}
        return Changes(added, removed, renamed)

    def _no_longer_together(self, key: ModelKey) -> list[Listing]:
        old, new = (
            together(side[key].options.get("index_together", Listing("set", ())))
            for side in (self.sides.before, self.sides.after)
        )
        if not isinstance(old, Listing) or not isinstance(new, Listing):
            return []
        return [item for item in old.items if isinstance(item, Listing) and item not in new.items]

    def _constraints(self, key: ModelKey) -> Iterator[Step]:
        old, new, why = self._items(key, "constraints")
        if why:
            yield self._step("AddConstraint", key, False, why)
            return
        changes = self._settled(key, "constraints", _compared(old, new))
        altered: set[str] = set()
        if self.sides.django >= ALTERS:
            altered = {name for one, _, _ in changes.removed for name in _altered(one, changes.added)}
        for kind, found in (("RemoveConstraint", changes.removed), ("AddConstraint", changes.added)):
            for item, certain, said in found:
                if name_of(item) not in altered:
                    yield self._step(kind, key, certain, said)
        for name in sorted(altered):
            yield self._step("AlterConstraint", key, True, name)

    def _settled(self, key: ModelKey, option: str, changes: Changes) -> Changes:
        """The changes, none of them certain where the option may be another one."""
        doubt = self.sides.clues.of_option(key, option) if changes.added or changes.removed else ""
        if not doubt:
            return changes
        added = [(item, False, doubt) for item, _, _ in changes.added]
        removed = [(item, False, doubt) for item, _, _ in changes.removed]
        return Changes(added, removed, changes.renamed)

    def _items(self, key: ModelKey, option: str) -> tuple[tuple[Form, ...], tuple[Form, ...], str]:
        """Both sides' items in one way of writing; else why they are not known."""
        out: list[tuple[Form, ...]] = []
        for side in (self.sides.before, self.sides.after):
            form = side[key].options.get(option, Listing("list", ()))
            if not isinstance(form, Listing):
                return (), (), reason(form) or "is no list"
            items = map(normal, form.items)
            out.append(tuple(map(hashable, items) if self.sides.django >= HASHES else items))
        return out[0], out[1], ""

    def _step(self, kind: str, key: ModelKey, certain: bool, why: str) -> Step:
        doubt = self.sides.doubt(key) or self.sides.clues.of_meta(key, kind)
        waits = self.sides.waits_for_all_targets(key) if kind.startswith(("Add", "Alter")) else ()
        return Step(
            kind,
            *key,
            certain=certain and not doubt,
            why=doubt or why,
            place=self.sides.place_after(key),
            other=self.sides.place_before(key),
            waits=waits,
        )


def _compared(old: tuple[Form, ...], new: tuple[Form, ...]) -> Changes:
    """What only one side has.  Of two of one name that may be equal, neither counts for certain."""
    added = [found for item in new for found in _missing(item, old)]
    removed = [found for item in old for found in _missing(item, new)]
    return Changes(added, removed, [])


def _missing(item: Form, others: tuple[Form, ...]) -> list[Found]:
    answers = [same(item, other) for other in others]
    if any(answer is True for answer in answers):
        return []
    open_ = [other for other, answer in zip(others, answers, strict=True) if answer is None]
    if open_ or isinstance(item, Unsure):
        return [(item, False, reason(item) or reason(open_[0]))]
    return [(item, True, name_of(item) or "its name is not decided")]


def _doubted(found: list[Found], *doubtful: Found) -> list[Found]:
    """Items of which some may be the same as others under another name."""
    why = next((why for item, _, _ in doubtful if (why := reason(item))), "")
    return [(item[0], False, why) if item in doubtful else item for item in found]


def _altered(old: Form, added: list[Found]) -> Iterator[str]:
    """The name of a constraint that differs only in what the database does not know."""
    for new, certain, _ in added:
        name = name_of(new)
        alike = same(without(old, *NOT_IN_DATABASE), without(new, *NOT_IN_DATABASE))
        if certain and name is not None and name == name_of(old) and alike:
            yield name


def _only_fields(index: Form) -> tuple[Form, ...] | None:
    """The fields of an index that has nothing else."""
    if not isinstance(index, Built) or index.args or {key for key, _ in index.kwargs} != {"fields", "name"}:
        return None
    fields = index.keyword("fields")
    return fields.items if isinstance(fields, Listing) else None
