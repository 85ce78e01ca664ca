"""What may set the arguments of a field beside the call that makes it and its class's constructor.

The field's class once it is added to a model, a metaclass that makes the link to a parent, and an
assignment to `Model._meta.get_field("name")`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from analyzer.schema.classes import Classes
from analyzer.schema.makers import gives_itself, has_metaclass
from analyzer.source.facts import Assign, Call, Evaluate, FuncDef, Ref, Stmt
from analyzer.source.scopes import flatten
from analyzer.states.builtin import BASE
from analyzer.states.tables import NOT_IN_TABLES
from analyzer.states.values import FieldState

ARGUMENTS = frozenset(BASE) | {"default", "validators"}
TOLD = ARGUMENTS | NOT_IN_TABLES | {"to", "through", "on_delete", "to_field", "db_constraint", "block_types"}
"""Arguments that Django's own `deconstruct` tells, whatever a package's class makes of others, and the
blocks of a stream field, which are compared by what each version tells of them."""

PREPARED = "class_prepared"
_FIELD = re.compile(
    rb"^(?:(\w+)[ \t]*=[ \t]*)?[\w.]+\.get_field\([ \t]*[\"']([^\"'\s]+)[\"'][ \t]*\)"
    rb"(?:\.(\w+)[ \t]*=(?!=))?",
    re.MULTILINE,
)


class Outside:
    """Looks for what sets arguments of fields from outside their calls."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._given: dict[str, list[tuple[str, str]]] | None = None

    def of_arguments(self, field: FieldState, names: Iterable[str]) -> str:
        """Why some of the arguments may not be what the call says; "" where each of them is."""
        left = frozenset(names)
        assigned = (path for name, path in self._assigned(field.name) if name in left)
        path = next(assigned, "")
        return self._changes_itself(field) or self._link(field) or (f"{path} may set it" if path else "")

    def _changes_itself(self, field: FieldState) -> str:
        """The class of a field that gives itself other arguments once it belongs to a model."""
        cls = field.declared.field.cls
        for ancestor in self.classes.ancestry(cls).classes if cls is not None else ():
            if ancestor.module.name.startswith("django."):
                return ""
            method = self.classes.attributes(ancestor).get("contribute_to_class")
            if isinstance(method, FuncDef) and sets_itself(method.body or ()):
                return f"{ancestor.path} changes itself when it is added to a model"
        return ""

    def _link(self, field: FieldState) -> str:
        """The metaclass that may make the link to a parent, which stands nowhere."""
        if dict(field.changed).get("parent_link") is not True:
            return ""
        model = field.declared.owner
        for ancestor in self.classes.ancestry(model).classes:
            package = not ancestor.module.own and not ancestor.module.name.startswith("django.")
            if package and has_metaclass(ancestor):
                return f"the metaclass of {ancestor.path} may make it"
        return gives_itself(self.classes, model, field.name)

    def _assigned(self, field: str) -> Iterable[tuple[str, str]]:
        """(argument, file) of what is set on fields of that name, at the top of modules."""
        if self._given is None:
            self._given = {}
            files = self.classes.names.modules.files
            for file in files.tree.files:
                for name, argument in _given(files.data(file.path)):
                    self._given.setdefault(name, []).append((argument, file.path))
        return self._given.get(field, ())


def _given(data: bytes) -> Iterator[tuple[str, str]]:
    """(field, argument) of what is set on fields by their name."""
    for match in _FIELD.finditer(data) if b".get_field(" in data else ():
        variable, name, argument = match.groups()
        given = [argument] if argument else _set_on(variable, data) if variable else []
        yield from ((name.decode(errors="replace"), each.decode(errors="replace")) for each in given)


def _set_on(variable: bytes, data: bytes) -> list[bytes]:
    return re.findall(rb"^" + re.escape(variable) + rb"\.(\w+)[ \t]*=(?!=)", data, re.MULTILINE)


def sets_itself(body: Iterable[Stmt]) -> bool:
    """Whether a method sets attributes that are arguments, now or once the model's class is ready."""
    for stmt in flatten(tuple(body)):
        match stmt:
            case Assign(targets=targets):
                own = (t.name.partition("self.")[2] for t in targets if isinstance(t, Ref))
                if not ARGUMENTS.isdisjoint(own):
                    return True
            case Evaluate(value=Call(func=Ref(name))) if PREPARED in name:
                return True
            case _:
                pass
    return False
