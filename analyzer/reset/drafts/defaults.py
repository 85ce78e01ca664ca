"""What fields were filled with when a seed ran, where that is something else at the end of the history."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from analyzer.data.sqltext import words
from analyzer.history.values import Key
from analyzer.pipeline import Examined
from analyzer.reset.drafts.evolution import Event, Evolution
from analyzer.source.values import Made
from analyzer.states.forms import Former
from analyzer.states.sameness import same
from analyzer.states.values import Absent, FieldState, Form, ModelState, Name

TEXTS = words("CharField TextField SlugField EmailField URLField FilePathField FileField ImageField")
"""Django's fields that are an empty text where nothing fills them."""

RELATIONS = words("ForeignKey OneToOneField ManyToManyField")
FILLED = ("auto_now", "auto_now_add", "primary_key", "db_default")
"""Arguments by which a field is filled whatever its default is."""

UNFILLED, BY_DJANGO = Name("<nothing>"), Name("<what Django fills in>")


class Given(Struct, frozen=True):
    """What a field was filled with: Python that says it, with the module that this names.

    No `text` where it cannot be said in a few words.
    """

    field: str
    text: str = ""
    module: str = ""


class Defaults:
    """The defaults of fields, along the history."""

    def __init__(self, examined: Examined, evolution: Evolution) -> None:
        self.states = examined.states
        self.evolution = evolution
        self.registry = examined.schema.resolver.registry.fields
        self.evaluator = examined.schema.classes.evaluator
        self.former = Former(self.evaluator)

    def other(self, app: str, model: str, final: ModelState, since: Key) -> Iterator[Given]:
        """The fields of a model in the end that rows made by a migration got filled otherwise."""
        state = self.states.at(since, after=True)
        before = state.models.get((app, model.lower())) if state is not None else None
        if before is None:
            return
        added = self.evolution.added(app, model, since)
        kept = {
            self.evolution.field(app, model, name, since).name: old for name, old in before.fields.items()
        }
        for name, field in final.fields.items():
            old = kept.get(name)
            if _kind(field) in RELATIONS or not name.isidentifier():
                continue
            if old is not None:
                then = self._filled(old)
                alike = _kind(old) == _kind(field)
            elif name in added:
                then, alike = self._added(app, added[name]), True
            else:
                continue
            yield from self._given(name, then, field, alike=alike)

    def _given(self, name: str, then: Form, field: FieldState, *, alike: bool) -> Iterator[Given]:
        now = self._filled(field)
        if then in (UNFILLED, BY_DJANGO) or now == BY_DJANGO or same(then, now) is not False:
            return
        if then is None and not field.null:
            return
        if not alike and then is not None and not isinstance(then, Name):
            yield Given(name)
        elif then is None or isinstance(then, str | int | float | bool):
            yield Given(name, repr(then))
        elif isinstance(then, Name) and all(part.isidentifier() for part in then.path.split(".")):
            path = then.path.removeprefix("builtins.")
            yield Given(name, f"{path}()", path.rpartition(".")[0])
        else:
            yield Given(name)

    def _added(self, app: str, event: Event) -> Form:
        """What the rows that were there got when a field was added."""
        value = self.evaluator.argument(event.made, "field", 2)
        if not isinstance(value, Made):
            return UNFILLED
        default = self.evaluator.argument(value, "default")
        if default is not None:
            return self.former.value(default)
        state = self.states.at(event.key, after=True)
        model = state.models.get((app, event.names[0].lower())) if state is not None else None
        field = model.fields.get(event.names[1]) if model is not None else None
        return self._filled(field) if field is not None else UNFILLED

    def _filled(self, field: FieldState) -> Form:
        """What a row has that nothing is said for."""
        changed = dict(field.changed)
        for word in FILLED:
            if changed.get(word, self.registry.argument(field.declared, word)) not in (None, False):
                return BY_DJANGO
        given = changed.get("default")
        if given is not None and not isinstance(given, Absent):
            return given
        default = self.registry.argument(field.declared, "default") if given is None else None
        if default is not None:
            return self.former.value(default)
        if field.null:
            return None
        return "" if _kind(field) in TEXTS else UNFILLED


def _kind(field: FieldState) -> str:
    return field.declared.field.name.rpartition(".")[2]
