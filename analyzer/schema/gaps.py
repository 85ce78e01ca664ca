"""Which bases and options of a model leave open what the model is like."""

from __future__ import annotations

from analyzer.schema.classes import Class, Classes, Gap
from analyzer.schema.meta import effective_meta, is_abstract, option
from analyzer.source.values import Undecided

STANDARD = ("builtins", "typing", "abc", "collections", "enum", "six", "object")
"""Modules whose classes bring no fields."""


KINDS = ("abstract", "managed", "proxy")
"""Options without which nobody knows what to expect of a model."""


def open_bases(classes: Classes, cls: Class) -> list[Gap]:
    """The bases that are not known, and the abstract models of packages that may have other fields; of
    a package one stands for all.  And the options that are not decided.
    """
    ancestry = classes.ancestry(cls)
    found = [gap for gap in ancestry.gaps if gap.path.partition(".")[0] not in STANDARD]
    doubted: dict[str, Gap] = {}
    for ancestor in ancestry.classes[1:] if cls.module.own else ():
        why = "" if ancestor.module.own else classes.doubt(ancestor.module.name, ancestor.qualname)
        if why and is_abstract(classes, ancestor):
            doubted.setdefault(why, Gap(ancestor.path, f"{ancestor.path} is inherited: {why}"))
    return [*found, *doubted.values(), *_open_options(classes, cls)]


def _open_options(classes: Classes, cls: Class) -> list[Gap]:
    """The options that make a model of another kind, as far as source does not decide them."""
    meta = effective_meta(classes, cls)
    given = {name: option(classes, meta, name) for name in KINDS if meta and classes.lookup(meta, name)}
    return [
        Gap(f"{cls.path}.Meta", f"`{name}` of its Meta is not decided: {value.why}")
        for name, value in given.items()
        if isinstance(value, Undecided)
    ]
