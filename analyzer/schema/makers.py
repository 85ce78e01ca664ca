"""What changes or makes models in ways that are not followed, to be said where it happens.

A metaclass of the project's own that touches Meta or fields, and decorators that make models
(`catalogue.rules.MODEL_MAKERS`).
"""

from __future__ import annotations

import re

from analyzer.schema.classes import Class, Classes, Gap
from analyzer.source.facts import Ref

TOUCHES = re.compile(
    rb"""add_to_class|contribute_to_class|\["Meta"\]\.(?:abstract|app_label|db_table|managed|proxy) = """
)
"""What a metaclass that changes a model's fields or options writes."""


def rewriting_metaclass(classes: Classes, cls: Class) -> Gap | None:
    """The project's own metaclass of a class that may give it other fields or options than it says."""
    for ancestor in classes.ancestry(cls).classes:
        written = dict(ancestor.node.keywords).get("metaclass")
        if not ancestor.module.own or not isinstance(written, Ref):
            continue
        meta = classes.of_binding(classes.names.resolve(ancestor.module, written.name))
        if meta is not None and meta.module.own and _touches(classes, meta):
            return Gap(meta.path, f"its metaclass {meta.path} may change fields and Meta")
    return None


def _touches(classes: Classes, meta: Class) -> bool:
    known = classes.rewriting.get(meta.key)
    if known is None:
        known = classes.rewriting[meta.key] = TOUCHES.search(_source(classes, meta)) is not None
    return known


def _source(classes: Classes, cls: Class) -> bytes:
    """The lines of a class at the top of a module, up to the next one."""
    lines = classes.names.modules.files.data(cls.module.path).splitlines()[cls.node.line :]
    end = next((at for at, line in enumerate(lines) if line.startswith((b"class ", b"def "))), len(lines))
    return b"\n".join(lines[:end])
