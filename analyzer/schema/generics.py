"""Field classes written with the types that they hold: `ForeignKey["User", "User"](User, …)`.

Django's relations give themselves back whatever stands in the brackets, and typed stubs teach the
other field classes to do so (django.db.models.fields.related.ForeignObject.__class_getitem__).
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.schema.classes import Class, Classes
from analyzer.schema.given import functions_in
from analyzer.source.facts import Call, ClassDef, Expr, FuncDef, Op, Ref, Return
from analyzer.source.modules import Module
from analyzer.source.names import Defined, External, Names

GETS_ITEM = "__class_getitem__"
MAX_ALIASES = 10


def without_types(classes: Classes, value: Expr, module: Module) -> tuple[Expr, str]:
    """A call of a class as if no types were written behind its name; else why that may not be the same.

    Other expressions come back as they are.
    """
    match value:
        case Call(func=Op("[]", (Ref(written), *_))):
            binding = meant(classes.names, module, written)
            if binding is None:
                return value, ""
            return replace(value, func=Ref(written)), _changed(classes, classes.of_binding(binding))
        case _:
            return value, ""


def meant(names: Names, module: Module, written: str) -> Defined | External | None:
    """The class, or the name of unknown source, that a name leads to, also through aliases with types."""
    for _alias in range(MAX_ALIASES):
        binding = names.resolve(module, written)
        match binding:
            case Defined(node=ClassDef()) | External():
                return binding
            case Defined(home, _, Ref(name) | Op("[]", (Ref(name), *_))):
                module, written = home, name
            case _:
                return None
    return None


def _changed(classes: Classes, cls: Class | None) -> str:
    """Why brackets behind a class of the project may not give it back."""
    found = classes.lookup(cls, GETS_ITEM) if cls is not None else None
    if found is None or not found[0].module.own:
        return ""
    owner, stmt = found
    body = classes.names.modules.facts(owner.module, full=True).body
    match next((f for f in functions_in(body) if f.name == GETS_ITEM and f.line == stmt.line), None):
        case FuncDef(params=(first, *_), body=(*_, Return(value=Ref(given)))) if given == first:
            return ""
        case _:
            return f"what `{GETS_ITEM}` of {owner.path} gives is not known"
