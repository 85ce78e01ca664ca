"""`class Meta`: which one a model gets, and what it says (django.db.models.base.ModelBase.__new__)."""

from __future__ import annotations

from analyzer.schema.classes import Class, Classes
from analyzer.source.facts import Assign, ClassDef, Ref
from analyzer.source.values import Undecided, Value


def own_meta(classes: Classes, cls: Class) -> Class | None:
    """The Meta in a class's own body, written there or taken over by assignment."""
    stmt = classes.attributes(cls).get("Meta")
    if isinstance(stmt, ClassDef):
        return Class(cls.module, f"{cls.qualname}.Meta", stmt)
    if isinstance(stmt, Assign):
        taken = classes.meta_base(stmt.value.name, cls) if isinstance(stmt.value, Ref) else None
        return taken or classes.of_binding(classes.names.resolve(cls.module, f"{cls.qualname}.Meta"))
    return None


def meta_of(classes: Classes, owner: Class) -> Class | None:
    """What `Owner.Meta` is once Django has made Owner: a concrete model keeps none of its own."""
    if _has_meta_class(classes, owner) and not is_abstract(classes, owner):
        return _inherited(classes, owner)
    return effective_meta(classes, owner)


def is_abstract(classes: Classes, cls: Class) -> bool:
    """`abstract` counts only where the class's own Meta has it; heirs of that Meta lose it."""
    meta = own_meta(classes, cls)
    if meta is None:
        return False
    own_path = f"{cls.path}.Meta"
    for ancestor in classes.ancestry(meta).classes:
        if ancestor.path != own_path and ancestor.qualname.endswith(".Meta"):
            continue
        stmt = classes.attributes(ancestor).get("abstract")
        if isinstance(stmt, Assign):
            return classes.evaluator.evaluate(stmt.value, ancestor.module) is True
    return False


def effective_meta(classes: Classes, cls: Class) -> Class | None:
    """The Meta that gives a model its options: its own, else that of the first abstract ancestor."""
    return own_meta(classes, cls) or _inherited(classes, cls)


def _inherited(classes: Classes, cls: Class) -> Class | None:
    for ancestor in classes.ancestry(cls).classes[1:]:
        found = own_meta(classes, ancestor)
        if found is not None and (is_abstract(classes, ancestor) or not _has_meta_class(classes, ancestor)):
            return found
    return None


def _has_meta_class(classes: Classes, cls: Class) -> bool:
    return classes.is_a(cls, "django.db.models.base.Model")


def option(classes: Classes, meta: Class | None, name: str) -> Value:
    """An option's value; `Undecided` where it is not given."""
    if meta is None:
        return Undecided("not given")
    return classes.constant(meta, name)


def text_option(classes: Classes, meta: Class | None, name: str) -> str | None:
    value = option(classes, meta, name)
    return value if isinstance(value, str) else None
