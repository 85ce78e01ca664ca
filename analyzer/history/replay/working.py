"""The state while operations change it, and what it was at every migration."""

from __future__ import annotations

from bisect import bisect_left

from analyzer.states.values import Doubt, FieldState, Form, ModelKey, ModelState, ProjectState


class MisfitError(Exception):
    """An operation that cannot be carried out: what it is about is not there, or not decided."""


class Draft:
    """A model that may still change."""

    __slots__ = ("app", "bases", "fields", "file", "line", "managers", "name", "options", "why")

    def __init__(self, app: str, name: str, file: str, line: int) -> None:
        self.app = app
        self.name = name
        self.file = file
        self.line = line
        self.fields: dict[str, FieldState] = {}
        self.options: dict[str, Form] = {}
        self.bases: tuple[str, ...] = ()
        self.managers: tuple[tuple[str, Form], ...] = ()
        self.why = ""

    @property
    def key(self) -> ModelKey:
        return (self.app, self.name.lower())

    @property
    def label(self) -> str:
        return f"{self.app}.{self.name}"

    def state(self) -> ModelState:
        return ModelState(
            self.app, self.name, dict(self.fields), dict(self.options), self.bases, self.managers,
            self.file, self.line, self.why,
        )  # fmt: skip


class Doubted:
    """A doubt and how long it holds: from one migration of the plan until before another."""

    __slots__ = ("doubt", "since", "until")

    def __init__(self, doubt: Doubt, since: int) -> None:
        self.doubt = doubt
        self.since = since
        self.until: int | None = None

    def holds(self, position: int) -> bool:
        return self.since < position and (self.until is None or self.until >= position)


class Working:
    """Models by key as they stand, changed by one migration after the other."""

    def __init__(self) -> None:
        self.models: dict[ModelKey, Draft] = {}
        self.position = 0
        self._touched: dict[ModelKey, None] = {}
        self._pointing: dict[str, dict[tuple[ModelKey, str], None]] = {}
        self._journal: dict[ModelKey, list[tuple[int, ModelState | None]]] = {}
        self._doubts: list[Doubted] = []
        self._open: dict[tuple[str, str], dict[str, Doubted]] = {}

    # ------------------------------------------------------------ models

    def model(self, app: str, name: str) -> Draft:
        """The model of that name, about to change.  Raises MisfitError where there is none."""
        key = (app, name.lower())
        found = self.models.get(key)
        if found is None:
            raise MisfitError(f"the state has no model {app}.{name} here")
        self._touched[key] = None
        return found

    def put(self, draft: Draft) -> None:
        self.models[draft.key] = draft
        self._touched[draft.key] = None

    def drop(self, key: ModelKey) -> None:
        del self.models[key]
        self._touched[key] = None

    def set_field(self, draft: Draft, field: FieldState) -> None:
        """Give a model a field, under its name."""
        draft.fields[field.name] = field
        for label in (field.target, field.through):
            if label is not None:
                self._pointing.setdefault(label.lower(), {})[draft.key, field.name] = None
        self._touched[draft.key] = None

    def set_bases(self, draft: Draft, bases: tuple[str, ...]) -> None:
        draft.bases = bases
        for base in bases:
            self._pointing.setdefault(base.lower(), {})[draft.key, ""] = None
        self._touched[draft.key] = None

    def pointing(self, label: str) -> list[tuple[Draft, str]]:
        """The models with a field, or "" for a base, that point to a model or did so once."""
        found = self._pointing.get(label.lower(), {})
        return [(self.models[key], name) for key, name in found if key in self.models]

    def close(self) -> None:
        """End of a migration: remember every model that it changed."""
        for key in self._touched:
            draft = self.models.get(key)
            state = draft.state() if draft is not None else None
            self._journal.setdefault(key, []).append((self.position, state))
        self._touched.clear()
        self.position += 1

    # ------------------------------------------------------------ doubts

    def doubt(self, app: str, model: str, field: str, why: str, place: tuple[str, int]) -> None:
        """Say that source leaves something open, unless that is known of what lies around it."""
        known = self._open.get((app, model), {})
        if self._open.get((app, "")) or "" in known or field in known:
            return
        found = Doubted(Doubt(app, model, field, why, *place), self.position)
        self._doubts.append(found)
        self._open.setdefault((app, model), {})[field] = found

    def settle(self, app: str, model: str, field: str | None = None) -> None:
        """From here on a model with all its fields, or one field, is known, whatever it was before."""
        known = self._open.get((app, model))
        if known is None:
            return
        for name in [name for name in known if field in (None, name)]:
            known.pop(name).until = self.position

    def move_doubts(self, app: str, old: tuple[str, str | None], new: tuple[str, str | None]) -> None:
        """Doubts about a model, or about one of its fields, go on under another name."""
        known = self._open.get((app, old[0]), {})
        for name in [name for name in known if old[1] in (None, name)]:
            moved = known.pop(name)
            moved.until = self.position
            field = name if new[1] is None else new[1]
            self.doubt(app, new[0], field, moved.doubt.why, (moved.doubt.file, moved.doubt.line))

    # ------------------------------------------------------------ results

    def at(self, position: int) -> ProjectState:
        """The state before the migration at a position of the plan."""
        models: dict[ModelKey, ModelState] = {}
        for key, entries in self._journal.items():
            index = bisect_left(entries, position, key=lambda entry: entry[0])
            state = entries[index - 1][1] if index else None
            if state is not None:
                models[key] = state
        doubts = {known.doubt for known in self._doubts if known.holds(position)}
        return ProjectState(models, tuple(sorted(doubts)))


def points(label: str | None, lowered: str) -> bool:
    """Whether a label means the model whose label in lower case is the other."""
    return label is not None and label.lower() == lowered
