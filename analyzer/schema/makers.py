"""What changes or makes models in ways that are not followed, to be said where it happens.

A metaclass of the project's own that touches Meta or fields, and decorators that make models
(`catalogue.rules.MODEL_MAKERS`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.schema.bases import WITH_METACLASS
from analyzer.schema.classes import Class, Classes, Gap
from analyzer.source.facts import Call, Expr, Ref
from analyzer.source.modules import Module

TOUCHES = re.compile(
    rb"add_to_class|contribute_to_class|\.(?:abstract|app_label|db_table|managed|proxy)\s*=(?!=)"
)
"""What a metaclass that changes a model's fields or options writes."""

META = re.compile(rb"""["']Meta["']|\.Meta\b|\._meta\.\w+\s*=(?!=)""")
MADE_META = re.compile(rb"""\[["']Meta["']\]\s*=(?!=)|\bsetdefault\(\s*["']Meta["']""")
"""What a metaclass writes that puts another Meta in the place of the one in the class."""

WHERE_NONE_IS = re.compile(rb"""["']Meta["']\s+not\s+in\b|\b(?:setdefault|get|pop)\(\s*["']Meta["']""")
"""What a metaclass writes that asks first whether the class has a Meta of its own."""

UNNAMED = re.compile(
    rb"""^[ \t]*\w+\[(?!["']\w+["']\])[^=\n]+\]\s*=(?!=)|\bsetattr\([^,()]*,\s*[^"'\s]"""
    rb"""|\b(?:attrs|namespace|dct|dict)\.update\(|\.(?:add_to_class|contribute_to_class)\(""",
    re.MULTILINE,
)
"""What a metaclass writes that binds names in a class which are not written there."""

COMPUTED = re.compile(rb"""\b[sd]e[tl]attr\([^,()]*(?:\[[^]]*\])?,\s*[^"'\s]""")
"""What a metaclass writes that changes options whose names are not written there."""


def rewriting_metaclass(classes: Classes, cls: Class) -> Gap | None:
    """The project's own metaclass of a class that may give it other fields or options than it says."""
    for meta in _metaclasses(classes, cls):
        if _touches(classes, meta):
            return Gap(meta.path, f"its metaclass {meta.path} may change fields and Meta")
    return None


def retouched(classes: Classes, cls: Class, option: str) -> str:
    """Why an option may not be what Meta says: the project's own metaclass that names it; "" without."""
    word = re.compile(rb"\b" + re.escape(option.encode()) + rb"\b")
    for meta in _metaclasses(classes, cls):
        source = _source(classes, meta)
        kept = WHERE_NONE_IS.search(source) is not None and "Meta" in classes.attributes(cls)
        signs = (word, COMPUTED) if kept else (word, COMPUTED, MADE_META)
        if META.search(source) and any(sign.search(source) for sign in signs):
            return f"its metaclass {meta.path} may change `{option}`"
    return ""


def gives_itself(classes: Classes, cls: Class, name: str) -> str:
    """The project's own metaclass that names a field, which no class body has; "" without."""
    quoted = re.compile(rb"""["']""" + re.escape(name.encode()) + rb"""["']""")
    found = (meta for meta in _metaclasses(classes, cls) if quoted.search(_source(classes, meta)))
    meta = next(found, None)
    return f"its metaclass {meta.path} may give it" if meta is not None else ""


def gives_unnamed(classes: Classes, cls: Class) -> str:
    """The project's own metaclass that may give a field under a name it computes; "" without."""
    found = (meta for meta in _metaclasses(classes, cls) if UNNAMED.search(_source(classes, meta)))
    meta = next(found, None)
    return f"its metaclass {meta.path} may give it" if meta is not None else ""


def sets_argument(classes: Classes, cls: Class, name: str) -> str:
    """The project's own metaclass that may set an argument of a field once the model is made; "" without."""
    word = re.escape(name.encode())
    sets = re.compile(rb"""\.""" + word + rb"""\s*=(?!=)|\bsetattr\([^()]*["']""" + word + rb"""["']""")
    found = (meta for meta in _metaclasses(classes, cls) if sets.search(_source(classes, meta)))
    meta = next(found, None)
    return f"its metaclass {meta.path} may set it" if meta is not None else ""


def has_metaclass(cls: Class) -> bool:
    """Whether a class says what its metaclass is, by the keyword or by six's `with_metaclass`."""
    called = (base.func for base in cls.node.bases if isinstance(base, Call))
    names = (func.name.rpartition(".")[2] for func in called if isinstance(func, Ref))
    return "metaclass" in dict(cls.node.keywords) or not WITH_METACLASS.isdisjoint(names)


def metaclasses(classes: Classes, cls: Class) -> Iterator[Class]:
    """The metaclasses of a class and its ancestors that are known, the nearest first."""
    for ancestor in classes.ancestry(cls).classes:
        written = dict(ancestor.node.keywords).get("metaclass") or _with_metaclass(ancestor)
        if isinstance(written, Ref):
            meta = classes.of_binding(classes.names.resolve(ancestor.module, written.name))
            if meta is not None:
                yield meta


def _with_metaclass(cls: Class) -> Expr | None:
    """The metaclass in `with_metaclass(Meta, Base)`, as six and older versions of Django have it."""
    for base in cls.node.bases:
        match base:
            case Call(func=Ref(name), args=(meta, *_)) if name.rpartition(".")[2] in WITH_METACLASS:
                return meta
            case _:
                pass
    return None


def _metaclasses(classes: Classes, cls: Class) -> Iterator[Class]:
    """The project's own metaclasses of a class and its ancestors, and what those inherit from."""
    for meta in metaclasses(classes, cls):
        yield from (one for one in classes.ancestry(meta).classes if one.module.own)


def _touches(classes: Classes, meta: Class) -> bool:
    known = classes.rewriting.get(meta.key)
    if known is None:
        known = classes.rewriting[meta.key] = TOUCHES.search(_source(classes, meta)) is not None
    return known


def _source(classes: Classes, cls: Class) -> bytes:
    return source_of(classes, cls.module, cls.node.line)


def source_of(classes: Classes, module: Module, line: int) -> bytes:
    """The lines of a class or function at the top of a module, up to the next one."""
    lines = classes.names.modules.files.data(module.path).splitlines()[line:]
    end = next((at for at, line in enumerate(lines) if line.startswith((b"class ", b"def "))), len(lines))
    return b"\n".join(lines[:end])
