"""Fields of a state: what the call in an operation makes, and where it points."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from analyzer.history.replay.working import Draft
from analyzer.schema.classes import Class, Classes
from analyzer.schema.fields import Declared, FieldClass, Fields, Target
from analyzer.source.facts import ClassDef, Literal
from analyzer.source.modules import Module
from analyzer.source.values import Made, Undecided, truth
from analyzer.states.values import FieldState, ModelKey

RELATIONS = ("FK", "O2O", "M2M")
SELF = "self"
THROUGH = 5
"""Where ManyToManyField takes `through` without a keyword."""

ALWAYS_NULL = "NullBooleanField"


class Read(Struct, frozen=True):
    """A field, and what about it is not decided."""

    field: FieldState
    open: tuple[str, ...]


class Labels(Struct, frozen=True):
    """Labels of registered models: by themselves in lower case, and by the dotted path of the class."""

    by_lower: Mapping[str, str]
    by_path: Mapping[str, str]


class FieldReader:
    """Makes fields of a state."""

    def __init__(self, classes: Classes, labels: Labels) -> None:
        self.evaluator = classes.evaluator
        self.fields = Fields(classes)
        self.labels = labels
        self._owners: dict[str, Class] = {}

    def read(
        self, name: str, made: Made, draft: Draft, models: Mapping[ModelKey, Draft], place: tuple[str, int]
    ) -> Read:
        """The field that a call makes for a model, its target among the models as they stand."""
        declared = self.declared(name, made)
        open_ = [] if self.fields.field_class(made) else [f"field `{name}`: {declared.field.why}"]
        target = through = None
        why = declared.field.why if declared.field.kind is None else ""
        found = self._target(declared)
        if found is not None:
            target, why = self.label(found, draft, models), found.why
            if target is None:
                why = why or "its target is not known to be a model"
                open_.append(f"the target of `{name}` is not decided: {why}")
        if declared.field.kind == "M2M" or (found is not None and declared.field.hidden):
            through = self._through(declared, draft, models, open_)
        null = self._null(declared)
        if null is None:
            open_.append(f"`null` of `{name}` is not decided")
        field = FieldState(
            name, declared, made.module.path or place[0], made.call.line or place[1],
            target=target, through=through, why=why, null=bool(null),
        )  # fmt: skip
        return Read(field, tuple(open_))

    def _target(self, declared: Declared) -> Target | None:
        """Where a field points: a relation of Django's, or another one that says so (tag managers).

        What a class makes of `to` need not be followed: migrations are written so that it is the target.
        """
        found = self.fields.target(declared) if declared.field.kind in RELATIONS else None
        if found is not None and (found.text is not None or found.cls is not None):
            return found
        written = self._written(declared, "to", 0 if found else None)
        return written if found is None or written is not None else found

    def _written(self, declared: Declared, name: str, position: int | None) -> Target | None:
        """The model that an argument of the call itself names."""
        relation = declared.field.kind in RELATIONS or declared.field.hidden
        made = declared.made
        expr = made.call.argument(name, position) if relation else None
        if expr is None or expr == Literal(None):
            return None
        return self.fields.target_of(expr, made.module, dict(made.local))

    def declared(self, name: str, made: Made) -> Declared:
        """The field as a class body would declare it; that it is one need not be shown by its class."""
        cls = self.fields.field_class(made)
        if cls is None:
            path = made.path
            cls = FieldClass(
                path.rpartition(".")[2], path, None, False, None, f"{path} is not known to be a field"
            )
        return Declared(name, cls, made, self._owner(made.module), made.call.line)

    def _owner(self, module: Module) -> Class:
        """The class `Migration`, whose body gives names in an operation their meaning."""
        key = module.path or module.name
        if key not in self._owners:
            self._owners[key] = Class(module, "Migration", ClassDef("Migration", (), (), (), (), 0))
        return self._owners[key]

    def label(self, target: Target, draft: Draft, models: Mapping[ModelKey, Draft]) -> str | None:
        """Where a relation points, as `app.Model`: as the state's model or the registered one is called."""
        if target.cls is not None:
            return self.labels.by_path.get(target.cls.path)
        if target.text is None:
            return None
        if target.text == SELF:
            return draft.label
        app, dot, name = target.text.rpartition(".")
        app = app if dot else draft.app
        known = models.get((app, name.lower()))
        if known is not None:
            return known.label
        return self.labels.by_lower.get(f"{app}.{name}".lower(), f"{app}.{name}")

    def _through(
        self, declared: Declared, draft: Draft, models: Mapping[ModelKey, Draft], open_: list[str]
    ) -> str | None:
        position = None if declared.field.hidden else THROUGH
        target = self._written(declared, "through", position)
        if target is None and not declared.field.hidden:
            given = self.fields.handed(declared, "through", position)
            if given is not None and given.expr != Literal(None):
                target = self.fields.target_of(given.expr, given.module, dict(given.local))
        if target is None:
            return None
        found = self.label(target, draft, models)
        if found is None:
            open_.append(f"`through` of `{declared.name}` is not decided: {target.why}")
        # Unlike `to`, it is compared letter by letter, so it stays as written.
        return target.text if target.text and "." in target.text else found

    def _null(self, declared: Declared) -> bool | None:
        if declared.field.name == ALWAYS_NULL:
            return True
        call = declared.made.call
        if declared.field.path.startswith("django.") and not call.unpacks:
            expr = call.argument("null")
            if expr is None or isinstance(expr, Literal):
                return bool(expr is not None and expr.value)
        value = self.fields.argument(declared, "null")
        if isinstance(value, Undecided):
            return None
        return value is not None and truth(value)
