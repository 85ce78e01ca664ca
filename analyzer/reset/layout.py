"""The predicted layout: the files that `makemigrations` writes once migrations are deleted.

`makemigrations` without labels, for all apps at once: what MigrationAutodetector generates for new
models, put in order, cut into migrations, merged and named (django.db.migrations.autodetector;
`suggest_name` in django.db.migrations.migration).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from analyzer.history.drift.arrange import Part, Unordered, parted
from analyzer.history.drift.models import created
from analyzer.history.drift.sides import USER, NoClues, Sides, key_of
from analyzer.history.drift.values import Dependency, Drift, Step, Version
from analyzer.history.values import Key
from analyzer.pipeline import Examined
from analyzer.reset.packages import Package, packages
from analyzer.reset.planned import FIRST, SETTING, Layout, PlannedMigration, PlannedOperation, UserModel
from analyzer.reset.tags import with_tags
from analyzer.reset.triggers import with_triggers
from analyzer.schema.version import written
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.habits import habits
from analyzer.states.models import model_states
from analyzer.states.values import FieldState, ModelKey, ModelState, ProjectState, Unsure

ALWAYS_INITIAL: Version = (4, 0)
"""Since then every migration of an app that had none is called so (Migration.suggest_name)."""

LONGEST = 100
"""So many letters of a suggested name are used."""

FRAGMENTS = {
    "AlterUniqueTogether": "alter_{model}_unique_together",
    "AlterIndexTogether": "alter_{model}_index_together",
    "AlterOrderWithRespectTo": "alter_{model}_order_with_respect_to",
}


WRITTEN_FOR = {"RemoveIndex": "AddIndex", "RenameIndex": "AddIndex"}
WRITTEN_FOR |= {"RemoveConstraint": "AddConstraint", "AlterConstraint": "AddConstraint"}
"""Operations on what both sides may have, by the one that a new model gets."""


class Ground(Struct, frozen=True):
    """What a layout rests on: the project, the apps that are reset, and what stays of the others.

    `leaves` are the last migrations of apps that keep theirs, None where the last one is not known;
    apps without migrations are not among them.
    """

    examined: Examined
    packages: Mapping[str, Package]
    apps: frozenset[str]
    leaves: Mapping[str, str | None]


def ground(examined: Examined, apps: Collection[str]) -> Ground:
    """What the layout of a project rests on, where the migrations of these apps are deleted."""
    reading = examined.schema
    found = packages(reading.apps.apps, reading.classes.names.modules, examined.migrations)
    ends = reversed(examined.analysis.history.leaves)
    leaves: dict[str, str | None] = {label: name for label, name in ends if label not in apps}
    for app in reading.apps.apps:
        if not app.own and app.label not in leaves:
            last = examined.last(app)
            if last is None or last:
                leaves[app.label] = last
    return Ground(examined, found, frozenset(apps), leaves)


def layout(on: Ground) -> Layout:
    """The files that `makemigrations` writes, under the version of Django to go by."""
    versions = on.examined.schema.django
    taken = _Reader(on, versions.taken).layout()
    others = []
    for version in versions.bounds:
        if version != versions.taken:
            other = _Reader(on, version).layout()
            if (other.migrations, other.why) != (taken.migrations, taken.why):
                others.append(version)
    return replace(taken, others=tuple(others))


class Doubts:
    """What speaks against a layout though nothing does in the models: the migrations say otherwise, and
    the drift between both is not certain."""

    def __init__(self, drift: Drift) -> None:
        self._about: dict[tuple[str, str, str, str], str] = {}
        self._missing: dict[str, str] = {}
        for one in drift.differences:
            if not one.certain:
                kind = WRITTEN_FOR.get(one.operation, one.operation)
                self._about.setdefault((one.app, one.model, kind, one.field or ""), one.why)
                if one.operation in ("DeleteModel", "RemoveField"):
                    what = f"{one.model}.{one.field}" if one.field else one.model
                    self._missing.setdefault(one.app, f"{what} may be there: {one.why}")

    def about(self, step: Step) -> str:
        """Why an operation may not be written; "" where nothing says so."""
        field = step.field if step.kind == "AddField" else ""
        return self._about.get((step.app, step.model, step.kind, field or ""), "")

    def missing(self, app: str) -> str:
        """Why there may be more operations on an app's models."""
        return self._missing.get(app, "")


class _Reader:
    def __init__(self, on: Ground, django: Version) -> None:
        self.on = on
        self.django = django
        self.reading = on.examined.schema
        usual = habits(self.reading.classes.names, self.reading.classes.evaluator)
        labels = self.reading.resolver.by_key
        self.deconstructor = Deconstructor(
            self.reading.resolver.registry.fields, habits=usual, label=lambda cls: labels.get(cls.key)
        )
        (after,) = model_states(self.reading, self.deconstructor.former, (django,))
        self.after = with_tags(after, self.reading, self.deconstructor)
        self.user = self.reading.settings.auth_user_model
        self.settings = self._swappables()
        self.doubts = Doubts(on.examined.analysis.drift)
        self.absent = {
            app.label: "whether the app is installed is not decided"
            for app in self.reading.apps.apps
            if app.own and app.installed is None
        }
        # Apps whose migrations package holds nothing yet get their first migration along with the rest.
        fresh = {
            app for app, package in on.packages.items()
            if not package.why and not package.delete and app not in on.leaves
        }  # fmt: skip
        self.blank = fresh - {app for app in fresh if on.packages[app].helpers}
        self.new = {*(app for app in on.apps if app in on.packages and not on.packages[app].why), *fresh}

    def _swappables(self) -> dict[ModelKey, tuple[str, ModelKey]]:
        """By model that a setting names, or that may be swapped by it: the setting and the model it names
        (Apps.get_swappable_settings_name)."""
        out: dict[ModelKey, tuple[str, ModelKey]] = {_key(self.user): (USER, _key(self.user))}
        for model in self.reading.models:
            if model.swappable:
                given = self.user if model.swappable == USER else model.label
                named = self.reading.settings.text(model.swappable, given)
                found = (model.swappable, _key(named if "." in named else model.label))
                out.setdefault(found[1], found)
                out.setdefault(_key(model.label), found)
        return out

    def layout(self) -> Layout:
        before = self.on.examined.state
        kept = {key: model for key, model in before.models.items() if key[0] not in self.new}
        sides = Sides(
            ProjectState(kept, before.doubts), self.after, self.new, self.deconstructor,
            self.django, self.user, NoClues(),
        )  # fmt: skip
        steps = [self._completed(sides, step) for step in created(sides)]
        skipped = tuple(sorted(self._skipped()))
        try:
            parts = parted(steps, self.django)
        except Unordered as error:
            why = f"operations of {error} wait for each other"
            return Layout(self.django, self._apps(), (), skipped, UserModel(self.user, None, False), (), why)
        plain = tuple(sorted(self._migrations(parts), key=lambda one: one.key))
        migrations = with_triggers(plain, self.reading, self.deconstructor.former)
        return Layout(self.django, self._apps(), migrations, skipped, self._user(migrations))

    def _apps(self) -> tuple[str, ...]:
        return tuple(sorted(self.on.apps))

    def _skipped(self) -> Iterable[tuple[str, str]]:
        made = {key[0] for key in self.after.models}
        for app in sorted(self.on.apps | self.on.packages.keys()):
            package = self.on.packages.get(app)
            if app in self.on.apps and app not in made:
                yield app, "it has no models any more"
            elif app in made and package is not None and package.why and app not in self.on.leaves:
                yield app, package.why
            elif app in made and app in self.new - self.blank - self.on.apps:
                yield app, f"its migrations package holds {package.helpers[0]}" if package else ""

    # ------------------------------------------------------------ operations

    def _completed(self, sides: Sides, step: Step) -> Step:
        """An operation that knows which settings it waits for, and what of it source leaves open."""
        model = sides.after[step.key]
        why = self.doubts.about(step) if step.certain else step.why
        if step.kind == "CreateModel":
            return self._marked(step, why or sides.doubt_after(step.key) or _open(model))
        if step.kind != "AddField" or step.field is None:
            return self._marked(step, why)
        field = model.fields[step.field]
        why = why or sides.doubt_after(step.key, step.field) or (field.why if field.target is None else "")
        return self._marked(replace(step, waits=self._waits(field, step)), why)

    def _marked(self, step: Step, why: str) -> Step:
        return replace(step, certain=not why, why=why)

    def _waits(self, field: FieldState, step: Step) -> tuple[Dependency, ...]:
        fixed = self.deconstructor.fields.argument(field.declared, "swappable") is False
        target = key_of(field.target) if field.target is not None and not fixed else None
        return tuple(
            self._resolved(wait) if (wait.app, wait.model) == target and _is_model(wait) else _plain(wait)
            for wait in step.waits
        )

    def _resolved(self, wait: Dependency) -> Dependency:
        """What a relation to a swappable model waits for (MigrationAutodetector._resolve_dependency)."""
        setting, (app, model) = self.settings.get((wait.app, wait.model), ("", (wait.app, wait.model)))
        return Dependency(app, model, None, "create", setting)

    # ------------------------------------------------------------ migrations

    def _migrations(self, parts: list[Part]) -> Iterable[PlannedMigration]:
        by_app: dict[str, list[Part]] = {}
        for part in parts:
            by_app.setdefault(part.app, []).append(part)
        names = {app: [self._name(part, place) for place, part in enumerate(found)]
                 for app, found in by_app.items()}  # fmt: skip
        for app, found in by_app.items():
            if app in self.new - self.blank - self.on.apps:
                continue
            missing = self.doubts.missing(app) or self.absent.get(app, "")
            for place, part in enumerate(found):
                needs, why = self._needs(part, names)
                needs |= {(app, names[app][place - 1])} if place else set()
                needs |= {(SETTING, setting) for setting in part.settings}
                operations = tuple(map(self._planned, part.steps))
                held = _spoken(part.held) if part.held is not None else ""
                name, why = names[app][place], why or missing
                yield PlannedMigration(app, name, operations, tuple(sorted(needs)), held, why)

    def _needs(self, part: Part, names: Mapping[str, list[str]]) -> tuple[set[Key], str]:
        out: set[Key] = set()
        why = ""
        for app, place in sorted(part.needs, key=lambda need: (need[0], need[1] or 0)):
            if place is not None and app not in self.new - self.blank - self.on.apps:
                out.add((app, names[app][place]))
                continue
            leaf = self.on.leaves.get(app, "")
            if leaf is None:
                why = f"which migration of {app} is the last is not known"
            out.add((app, leaf or FIRST))
        return out, why

    def _name(self, part: Part, place: int) -> str:
        if place == 0 or self.django >= ALWAYS_INITIAL:
            return f"{place + 1:04d}_initial"
        return f"{place + 1:04d}_{_suggested(part.steps)[:LONGEST]}"

    def _planned(self, step: Step) -> PlannedOperation:
        fields = tuple(self._fields(step)) if step.kind == "CreateModel" else ()
        why = step.why if not step.certain else next((one.why for one in step.taken if not one.certain), "")
        if step.kind in ("AddIndex", "AddConstraint") and not step.called:
            why = why or "its name is not decided"
        name = self.after.models[step.key].name if step.kind == "CreateModel" else step.field or step.called
        return PlannedOperation(step.kind, step.model, name, fields, *step.place, why)

    def _fields(self, step: Step) -> Iterable[str]:
        """The fields of a new model in the order in which they will stand."""
        known = self.after.models[step.key].fields
        late = [one.field for one in step.taken if one.field is not None]
        yield from (name for name in known if name in step.names and name not in late)
        yield from late

    def _user(self, migrations: tuple[PlannedMigration, ...]) -> UserModel:
        app, model = _key(self.user)
        for migration in migrations:
            if migration.app == app:
                made = (one.model for one in migration.operations if one.kind == "CreateModel")
                if model in made:
                    return UserModel(self.user, migration.key, migration.name.startswith("0001_"))
        return UserModel(self.user, None, False)


def _suggested(steps: tuple[Step, ...]) -> str:
    """The name before Django 4.0 of a second migration."""
    fragments = [_fragment(step) for step in steps]
    if len(steps) == 1:
        return fragments[0]
    if all(step.kind == "CreateModel" for step in steps):
        return "_".join(sorted(fragments))
    return "initial"


def _fragment(step: Step) -> str:
    if step.kind == "CreateModel":
        return step.model
    if step.kind == "AddField":
        return f"{step.model}_{step.field}".lower()
    if step.kind in ("AddIndex", "AddConstraint"):
        return f"{step.model}_{step.called.lower()}"
    return FRAGMENTS[step.kind].format(model=step.model)


def _open(model: ModelState) -> str:
    """Why it is open which operations follow the one that makes a model, and where this one stands."""
    listed = ((name, model.options.get(name)) for name in ("unique_together", "constraints", "indexes"))
    return next((f"{name}: {form.why}" for name, form in listed if isinstance(form, Unsure)), "")


def _is_model(wait: Dependency) -> bool:
    return wait.need == "create" and wait.field is None


def _plain(wait: Dependency) -> Dependency:
    return replace(wait, swappable="")


def _spoken(wait: Dependency) -> str:
    return f"{wait.app}.{wait.model}{f'.{wait.field}' if wait.field else ''}"


def _key(label: str) -> ModelKey:
    app, _, name = label.partition(".")
    return app, name.lower()


def versions_spoken(layout: Layout) -> str:
    """The versions under which other files are written."""
    return " and ".join(map(written, layout.others))
