"""What stands on or in a class that may give its model fields: decorators, attributes that are no fields."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from analyzer.history.drift.adding import Adding
from analyzer.schema.classes import Class, Classes
from analyzer.schema.given import CONTRIBUTES
from analyzer.source.facts import Assign, Call, Ref
from analyzer.source.names import External, Unresolved

FAMILIAR = frozenset({"django", *sys.stdlib_module_names})


class Bodies:
    """Looks at the classes that a model is made of."""

    def __init__(self, classes: Classes, adding: Adding) -> None:
        self.classes = classes
        self.adding = adding

    def of_model(self, cls: Class, wanted: str) -> str:
        """What may give a model a field of a name; "" where nothing does."""
        own = [ancestor for ancestor in self.classes.ancestry(cls).classes if ancestor.module.own]
        found = (why for ancestor in own for why in self._decorators(ancestor))
        return next(found, "") or next((why for one in own for why in self._attributes(one, wanted)), "")

    def _decorators(self, cls: Class) -> Iterator[str]:
        """The decorators of unknown packages."""
        for decorator in cls.node.decorators:
            func = decorator.func if isinstance(decorator, Call) else decorator
            binding = self.classes.names.resolve(cls.module, func.name) if isinstance(func, Ref) else None
            path = binding.path if isinstance(binding, External) else ""
            path = binding.path if isinstance(binding, Unresolved) else path
            top = path.partition(".")[0]
            if top and top not in FAMILIAR and self.classes.names.modules.find(top) is None:
                yield f"`{_written(func)}` may add it: the source of {path} is not known"

    def _attributes(self, cls: Class, wanted: str) -> Iterator[str]:
        """The objects that are told when they are made a part of the model."""
        for name, stmt in self.classes.attributes(cls).items():
            match stmt:
                case Assign(value=Call(func=Ref(written))):
                    made = self.classes.of_binding(self.classes.names.resolve(cls.module, written))
                    why = self.adding.others(made, name, wanted) if self._is_told(made) and made else ""
                    if why:
                        yield f"`{name}` may add it: {why}"
                case _:
                    pass

    def _is_told(self, made: Class | None) -> bool:
        """Whether a class of the project says itself what becomes of a model that gets an object of it."""
        classes = self.classes.ancestry(made).classes if made is not None else ()
        return any(cls.module.own and CONTRIBUTES in self.classes.attributes(cls) for cls in classes)


def _written(func: object) -> str:
    return func.name if isinstance(func, Ref) else "a decorator"
