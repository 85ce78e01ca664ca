"""Whether what data operations look up is there when they run: the state and the graph decide it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from analyzer.data.lookups.values import FieldLookup, Lookups, ModelLookup, Standing
from analyzer.history.order import full_plan, reached
from analyzer.history.replay import States
from analyzer.history.values import History, Key, Migration, Operation, WrittenOperation
from analyzer.source.facts import Literal
from analyzer.states.values import ModelState, ProjectState

OF_DJANGO: Mapping[str, frozenset[str]] = {
    "admin": frozenset({"auth", "contenttypes"}),
    "auth": frozenset({"contenttypes"}),
    "contenttypes": frozenset(),
    "flatpages": frozenset({"sites"}),
    "redirects": frozenset({"sites"}),
    "sessions": frozenset(),
    "sites": frozenset(),
}
"""Django's own apps, and those that their migrations depend on."""

Named = tuple[str, str]
"""(app, model in lower case)"""


def standings(
    lookups: Lookups,
    migrations: Iterable[Migration],
    history: History,
    states: States,
    of_package: Callable[[str], bool],
) -> tuple[Standing, ...]:
    """The lookups that do not stand on what is there; `of_package` tells apps of packages with migrations.

    Only migrations in the graph are judged, and nothing that source leaves open.
    """
    if history.cycles or not (lookups.models or lookups.fields):
        return ()
    judge = _Judge(migrations, history, states, of_package)
    found = [judge.model(lookup) for lookup in lookups.models if lookup.migration in history.nodes]
    found += [judge.field(lookup) for lookup in lookups.fields if lookup.migration in history.nodes]
    return tuple(sorted({one for one in found if one is not None}, key=_order))


def endings(migrations: Iterable[Migration], history: History) -> dict[str, str]:
    """What became of models (`app.model`) and fields (`app.model.field`) that migrations took away.

    Names of models are in lower case.
    """
    known = {migration.key: migration for migration in migrations}
    events = _Events(known[key] for key in full_plan(history))
    found = {".".join(name): f"taken away by {_said(keys[-1])}" for name, keys in events.ended.items()}
    found |= {".".join(name): f"taken away by {_said(keys[-1])}" for name, keys in events.removed.items()}
    return found | events.renamed


def _order(one: Standing) -> tuple[Key, str, int, str]:
    return (one.migration, one.file, one.line, one.what)


class _Judge:
    def __init__(
        self,
        migrations: Iterable[Migration],
        history: History,
        states: States,
        of_package: Callable[[str], bool],
    ) -> None:
        self.edges = history.edges
        self.states = states
        self.of_package = of_package
        self.own = {key[0] for key in history.nodes}
        plan = full_plan(history)
        self.place = {key: at for at, key in enumerate(plan)}
        known = {migration.key: migration for migration in migrations}
        self.events = _Events(known[key] for key in plan)
        self._above: dict[Key, frozenset[Key]] = {}
        self._at: dict[Key, tuple[ProjectState, ProjectState] | None] = {}

    # ------------------------------------------------------------ models

    def model(self, lookup: ModelLookup) -> Standing | None:
        named = (lookup.app, lookup.model.lower())
        if lookup.migration in self.events.made.get(named, ()):
            return None  # by one of its own operations, perhaps only to take it away at the end
        if lookup.app in self.own:
            around = self._around(lookup.migration)
            if around is None or any(_open(state, *named) for state in around):
                return None
            if all(named not in state.models for state in around):
                return (
                    None
                    if any(_may_be_link(state, *named) for state in around)
                    else self._missing(lookup, named)
                )
            return self._without_path(lookup, named)
        return self._of_package(lookup)

    def _missing(self, lookup: ModelLookup, named: Named) -> Standing:
        """No migration before makes the model."""
        at = self.place[lookup.migration]
        later = [key for key in self.events.made.get(named, ()) if self.place[key] > at]
        gone = [key for key in self.events.ended.get(named, ()) if self.place[key] < at]
        what = f"{lookup.app}.{lookup.model}"
        if gone:
            why = f"{_said(gone[-1])} took it away before"
        elif later and lookup.migration not in self._ancestors(later[0]):
            why = f"{_said(later[0])} makes it, which runs later"
            return self._standing(lookup, what, why, missing=True, fails=lookup.certain, remedy=later[0])
        elif later:
            why = f"only {_said(later[0])} makes it, which needs this one"
        else:
            why = "no migration makes it"
        return self._standing(lookup, what, why, missing=True, fails=lookup.certain)

    def _without_path(self, lookup: ModelLookup, named: Named) -> Standing | None:
        """The model is there only because Django happens to run another migration first."""
        makers = self.events.made.get(named, ())
        above = self._ancestors(lookup.migration) | {lookup.migration}
        at = self.place[lookup.migration]
        before = [key for key in makers if self.place[key] < at]
        if not before or any(key in above for key in makers):
            return None
        why = f"nothing makes {_said(before[-1])}, which makes it, run first"
        what = f"{lookup.app}.{lookup.model}"
        return self._standing(lookup, what, why, missing=False, fails=False, remedy=before[-1])

    def _of_package(self, lookup: ModelLookup) -> Standing | None:
        """A model of a package whose app no migration above depends on."""
        if not self.of_package(lookup.app):
            return None
        above = self._ancestors(lookup.migration)
        apps = {key[0] for key in above} - self.own
        if any(app not in OF_DJANGO for app in apps):
            return None  # whose own dependencies are not read
        reached = {*apps, *(inner for app in apps for inner in OF_DJANGO[app])}
        if lookup.app in reached:
            return None
        why = f"nothing makes the migrations of {lookup.app} run first"
        what = f"{lookup.app}.{lookup.model}"
        return self._standing(lookup, what, why, missing=False, fails=False, remedy=(lookup.app, "__first__"))

    # ------------------------------------------------------------ fields

    def field(self, lookup: FieldLookup) -> Standing | None:
        """A field that the model has at another time only."""
        named = (lookup.app, lookup.model.lower())
        around = self._around(lookup.migration) if lookup.app in self.own else None
        if around is None or lookup.field == "pk":
            return None
        for state in around:
            found = state.models.get(named)
            if found is None or found.why or _open(state, *named) or _has(state, found, lookup.field):
                return None
        if lookup.migration in self.events.added.get((*named, lookup.field), ()):
            return None
        at = self.place[lookup.migration]
        later = [key for key in self.events.added.get((*named, lookup.field), ()) if self.place[key] > at]
        gone = [key for key in self.events.removed.get((*named, lookup.field), ()) if self.place[key] < at]
        what = f"{lookup.app}.{lookup.model}.{lookup.field}"
        if gone:
            why = f"{_said(gone[-1])} took it away before"
        elif later:
            why = f"only {_said(later[0])} adds it, which runs later"
        else:
            return None
        return self._standing(lookup, what, why, missing=True, fails=lookup.certain)

    # ------------------------------------------------------------ the ground

    def _standing(
        self,
        lookup: ModelLookup | FieldLookup,
        what: str,
        why: str,
        missing: bool,
        fails: bool,
        remedy: Key | None = None,
    ) -> Standing:
        return Standing(lookup.migration, lookup.file, lookup.line, what, why, fails, missing, remedy)

    def _around(self, key: Key) -> tuple[ProjectState, ProjectState] | None:
        """The state before a migration and the one behind it: its own operations lie between them."""
        if key not in self._at:
            before, after = self.states.at(key), self.states.at(key, after=True)
            self._at[key] = (before, after) if before is not None and after is not None else None
        return self._at[key]

    def _ancestors(self, key: Key) -> frozenset[Key]:
        """Every migration that Django runs before, whatever else it is asked to run."""
        if key not in self._above:
            self._above[key] = frozenset(reached([key], self.edges))
        return self._above[key]


def _open(state: ProjectState, app: str, model: str) -> bool:
    return any(True for _ in state.doubts_about(app, model))


def _may_be_link(state: ProjectState, app: str, model: str) -> bool:
    """Whether a many-to-many field makes the model, perhaps one that the migration itself adds or renames.

    It is called after its model and itself (`create_many_to_many_intermediary_model` in
    django.db.models.fields.related).
    """
    return any(known[0] == app and model.startswith(f"{known[1]}_") for known in state.models)


def _has(state: ProjectState, model: ModelState, name: str, depth: int = 0) -> bool:
    """Whether a model may have a field of that name, by inheritance or from the other side too."""
    if name in model.fields or name.removesuffix("_id") in model.fields or depth > 10:
        return True
    label = model.label.lower()
    for other in state.models.values():
        pointed = any((field.target or "").lower() == label for field in other.fields.values())
        if pointed and (name == other.name.lower() or _words(other, label, name)):
            return True
    for base in model.bases:
        parent = state.model(base) if base.count(".") == 1 else None
        if parent is not None and parent is not model and _has(state, parent, name, depth + 1):
            return True
    return False


def _words(other: ModelState, label: str, name: str) -> bool:
    """Whether a relation to the model may give it this name for the way back."""
    for field in other.fields.values():
        if (field.target or "").lower() != label:
            continue
        call = field.declared.made.call
        given = [call.argument(word) for word in ("related_name", "related_query_name")]
        if call.unpacks or any(value is not None and not isinstance(value, Literal) for value in given):
            return True
        if Literal(name) in given:
            return True
    return False


class _Events:
    """Which migrations make and end models and fields, in order, as far as names are written down."""

    def __init__(self, plan: Iterable[Migration]) -> None:
        self.made: dict[Named, list[Key]] = {}
        self.ended: dict[Named, list[Key]] = {}
        self.added: dict[tuple[str, str, str], list[Key]] = {}
        self.removed: dict[tuple[str, str, str], list[Key]] = {}
        self.renamed: dict[str, str] = {}
        for migration in plan:
            for operation in migration.operations:
                if operation.inside != "database_operations":
                    self._learn(migration, operation)

    def _learn(self, migration: Migration, operation: Operation) -> None:
        key, app = migration.key, migration.app
        match operation.django, *_texts(operation):
            case "CreateModel", str(name), *_:
                self.made.setdefault((app, name), []).append(key)
            case "DeleteModel", str(name), *_:
                self.ended.setdefault((app, name), []).append(key)
            case "RenameModel", str(old), str(new), *_:
                self.ended.setdefault((app, old), []).append(key)
                self.made.setdefault((app, new), []).append(key)
                self.renamed[f"{app}.{old}"] = (
                    f"renamed to {app}.{_as_written(operation, new)} by {_said(key)}"
                )
            case "AddField", str(model), str(name), *_:
                self.added.setdefault((app, model, name), []).append(key)
            case "RemoveField", str(model), str(name), *_:
                self.removed.setdefault((app, model, name), []).append(key)
            case "RenameField", str(model), str(old), str(new):
                self.removed.setdefault((app, model, old), []).append(key)
                self.added.setdefault((app, model, new), []).append(key)
                self.renamed[f"{app}.{model}.{old}"] = f"renamed to {new} by {_said(key)}"
            case _:
                pass


_ARGUMENTS = {
    "CreateModel": ("name",),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AddField": ("model_name", "name"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
}


def _texts(operation: Operation) -> Iterator[str | None]:
    """The names that an operation is given; names of models in lower case."""
    if not isinstance(operation, WrittenOperation):
        return
    for at, name in enumerate(_ARGUMENTS.get(operation.django, ())):
        value = operation.made.call.argument(name, at)
        text = value.value if isinstance(value, Literal) and isinstance(value.value, str) else None
        is_model = text is not None and (at == 0 or operation.django == "RenameModel")
        yield text.lower() if is_model and text is not None else text


def _as_written(operation: Operation, new: str) -> str:
    """The new name of a model with its capitals."""
    written = operation.made.call.argument("new_name", 1) if isinstance(operation, WrittenOperation) else None
    return written.value if isinstance(written, Literal) and isinstance(written.value, str) else new


def _said(key: Key) -> str:
    return ".".join(key)
