"""The state that the models of a project are in (django.db.migrations.state.ProjectState.from_apps).

Concrete models, proxies and unmanaged ones of the project's own apps, swapped ones included; no
abstract ones, and none that Django makes for a many-to-many field.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from analyzer.schema.classes import Class
from analyzer.schema.models import MODEL, Candidate, to_model
from analyzer.schema.reach import ONLY_CHECKS
from analyzer.schema.read import SchemaReading
from analyzer.schema.values import Model
from analyzer.source.facts import Call, If, Literal, Op, Stmt
from analyzer.states.forms import Former
from analyzer.states.localfields import LocalFields
from analyzer.states.managers import Managers
from analyzer.states.options import OptionReader, Version, is_kept
from analyzer.states.unsettled import doubtful
from analyzer.states.values import EXISTENCE, Doubt, FieldState, ModelKey, ModelState, ProjectState

AUTOMATIC = "id"
PLAIN_BASE = "django.db.models.Model"
PRODUCT = "is made by an attribute of another model, its fields are not followed one by one"


def model_states(
    reading: SchemaReading, former: Former, versions: Collection[Version]
) -> tuple[ProjectState, ...]:
    """What the models say under each of some versions of Django, in the terms of migrations.

    Versions under which all say the same share their models.  A model that may not be there at all, or
    may hold more than source shows, has a doubt on it.
    """
    reader = _Reader(reading, former, max(versions))
    state = reader.state()
    return tuple(_under(_keyed(state, reader, django), django) for django in versions)


def _keyed(state: ProjectState, reader: _Reader, django: Version) -> ProjectState:
    """The state with the automatic keys that another version makes."""
    fields = LocalFields(reader.registry, reader.resolver, django)
    models = dict(state.models)
    keys = {(found.app_label, found.name.lower()): found for found in reader.fields.with_automatic}
    for key, candidate in keys.items():
        known, made = models[key].fields.get(AUTOMATIC), fields.automatic(candidate)
        if known is not None and made.declared.field != known.declared.field:
            models[key] = replace(models[key], fields={**models[key].fields, AUTOMATIC: made})
    about = [doubt for doubt in reader.fields.doubts if doubt.field == AUTOMATIC]
    own = {doubt for doubt in about if (doubt.app, doubt.model) in keys}
    return ProjectState(models, tuple(sorted({*state.doubts} - own | {*fields.doubts})))


def _under(state: ProjectState, django: Version) -> ProjectState:
    """A state without the options that a version does not keep."""
    models = {key: _kept(model, django) for key, model in state.models.items()}
    return ProjectState(models, state.doubts)


def _kept(model: ModelState, django: Version) -> ModelState:
    kept = {name: form for name, form in model.options.items() if is_kept(name, django)}
    return model if len(kept) == len(model.options) else replace(model, options=kept)


def _exact(reading: SchemaReading) -> Iterator[Candidate]:
    """The models that packages make for those of the project, where all of them is known."""
    registry = reading.resolver.registry
    known = {model.label.lower() for model in reading.models if model.own and model.installed is not False}
    for cls in registry.made.values():
        candidate = registry.candidate(cls) if cls is not None and cls.key in registry.exact else None
        if candidate is not None and not candidate.abstract and candidate.label.lower() in known:
            yield candidate


class _Reader:
    def __init__(self, reading: SchemaReading, former: Former, django: Version) -> None:
        self.reading = reading
        self.resolver = reading.resolver
        self.registry = reading.resolver.registry
        self.fields = LocalFields(self.registry, self.resolver, django)
        self.options = OptionReader(self.registry, former)
        self.managers = Managers(self.registry, former)
        self.models: dict[ModelKey, ModelState] = {}
        self.doubts: list[Doubt] = []
        self.perhaps = {u.what: u.why for u in reading.not_imported if u.why != ONLY_CHECKS}
        self._sure: set[ModelKey] = set()
        self._unsettled: dict[str, dict[str, str]] = {}

    def state(self) -> ProjectState:
        for candidate in self.reading.candidates:
            app = candidate.app
            if not candidate.abstract and app is not None and app.installed is not False:
                self.model(candidate)
        for candidate in _exact(self.reading):
            self.model(candidate)
        for model in self.reading.models:
            if model.own and not model.auto_created and model.installed is not False:
                self.product(model)
        return ProjectState(self.models, tuple(sorted({*self.doubts, *self.fields.doubts})))

    def model(self, candidate: Candidate) -> None:
        key = (candidate.app_label, candidate.name.lower())
        cls = candidate.cls
        sure = self.registry.classes.is_a(cls, MODEL) and cls.key not in self.registry.perhaps
        known = self.models.get(key)
        if known is not None and not sure and key in self._sure:
            return  # Django refuses to load two models of one name
        if known is not None and sure == (key in self._sure):
            why = (
                f"two classes are that model: {known.file}:{known.line} and {cls.module.path}:{cls.node.line}"
            )
            self._doubt(known, why)
            return
        if sure:
            self._sure.add(key)
            for doubts in (self.doubts, self.fields.doubts) if known is not None else ():
                doubts[:] = [doubt for doubt in doubts if (doubt.app, doubt.model) != key]
        perhaps = self.registry.perhaps.get(cls.key, "")
        table = to_model(self.registry, candidate, True, self.reading.settings.auth_user_model).db_table
        state = ModelState(
            app=candidate.app_label,
            name=candidate.name,
            fields=self.fields.state(candidate),
            options=self.options.state(candidate, self.fields.private(candidate), table),
            bases=self._bases(cls),
            managers=self.managers.state(cls),
            file=cls.module.path,
            line=cls.node.line,
            why="; ".join(gap.why for gap in candidate.gaps if gap.why != perhaps),
        )
        self.models[key] = state
        if perhaps:
            self._doubt(state, perhaps, EXISTENCE)
        if state.why:
            self._doubt(state, state.why)
        if state.label in self.perhaps:
            self._doubt(state, self.perhaps[state.label])
        condition = self._condition(cls)
        if condition and not asks_for_itself(candidate, self.body(cls)):
            self._doubt(state, f"whether the class is defined {condition}")

    def product(self, model: Model) -> None:
        """A model that a factory makes: that it is there is known, what is in it only in part."""
        key = (model.app, model.object_name.lower())
        if key in self.models:
            return
        fields: dict[str, FieldState] = {}
        state = ModelState(model.app, model.object_name, fields, {}, (), (), model.file, model.line, PRODUCT)
        self.models[key] = state
        self._doubt(state, PRODUCT)

    def _doubt(self, model: ModelState, why: str, field: str = "") -> None:
        self.doubts.append(Doubt(model.app, model.name.lower(), field, why, model.file, model.line))

    def _condition(self, cls: Class) -> str:
        """What decides whether the module defines the class at all; "" where it does in any case."""
        path = cls.module.path
        if path not in self._unsettled:
            self._unsettled[path] = doubtful(self.reading.classes, self.body(cls), cls.module)
        return self._unsettled[path].get(cls.qualname.partition(".")[0], "")

    def body(self, cls: Class) -> tuple[Stmt, ...]:
        """The module that holds a class."""
        return self.reading.classes.names.modules.facts(cls.module).body

    def _bases(self, cls: Class) -> tuple[str, ...]:
        """Labels of concrete bases and paths of others, abstract models replaced by their own bases."""
        order = {c.key: place for place, c in enumerate(self.reading.classes.ancestry(cls).classes)}
        found = {base.key: base for base in self._flattened(cls, set())}
        bases = sorted(found.values(), key=lambda base: order.get(base.key, len(order)))
        return tuple(map(self._name, bases)) or (PLAIN_BASE,)

    def _flattened(self, cls: Class, seen: set[str]) -> Iterator[Class]:
        for base in self.reading.classes.bases(cls):
            if not isinstance(base, Class) or base.key in seen:
                continue
            seen.add(base.key)
            candidate = self.registry.candidate(base)
            if candidate is not None and candidate.abstract:
                yield from self._flattened(base, seen)
            else:
                yield base

    def _name(self, base: Class) -> str:
        candidate = self.registry.candidate(base)
        if candidate is not None:
            return candidate.label
        return PLAIN_BASE if base.path == MODEL else base.path


def asks_for_itself(candidate: Candidate, body: tuple[Stmt, ...]) -> bool:
    """Whether the condition around a class is that no model of its label is registered yet.

    That holds where no other class of the project is that model.
    """
    label = (Literal(candidate.app_label), Literal(candidate.name))
    for stmt in body:
        match stmt:
            case If(test=Op("not", (Call(args=args),)), body=inner) if args == label:
                return any(found == candidate.cls.node for found in inner)
            case _:
                pass
    return False
