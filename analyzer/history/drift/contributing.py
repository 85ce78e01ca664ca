"""Fields whose class has a say in what becomes of their model (`contribute_to_class`)."""

from __future__ import annotations

from analyzer.schema.classes import Classes, Gap
from analyzer.states.values import FieldState


def contributes(classes: Classes, field: FieldState) -> str:
    """Why the class of a field may decide itself what it adds to a model; "" for Django's own."""
    cls = field.declared.field.cls
    if cls is None:
        return field.declared.field.why or f"the source of {field.declared.field.path} is not known"
    for ancestor in classes.ancestry(cls).order:
        if isinstance(ancestor, Gap):
            return ancestor.why
        if ancestor.module.name.startswith("django."):
            return ""
        if "contribute_to_class" in classes.attributes(ancestor):
            return f"{ancestor.path} decides itself what it adds to a model"
    return ""
