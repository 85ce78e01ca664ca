"""Which bases of a model leave open what the model is like."""

from __future__ import annotations

from analyzer.schema.classes import Class, Classes, Gap
from analyzer.schema.meta import is_abstract

STANDARD = ("builtins", "typing", "abc", "collections", "enum", "six", "object")
"""Modules whose classes bring no fields."""


def open_bases(classes: Classes, cls: Class) -> list[Gap]:
    """The bases that are not known, and the abstract models of packages that may have other fields.

    Of a package one stands for all.
    """
    ancestry = classes.ancestry(cls)
    found = [gap for gap in ancestry.gaps if gap.path.partition(".")[0] not in STANDARD]
    doubted: dict[str, Gap] = {}
    for ancestor in ancestry.classes[1:] if cls.module.own else ():
        why = "" if ancestor.module.own else classes.doubt(ancestor.module.name, ancestor.qualname)
        if why and is_abstract(classes, ancestor):
            doubted.setdefault(why, Gap(ancestor.path, f"{ancestor.path} is inherited: {why}"))
    return [*found, *doubted.values()]
